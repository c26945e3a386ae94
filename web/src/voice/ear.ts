import type { Platform, Recogniser, RecogniserResults } from "./platform";
import { problemOfRecogniser, type VoiceProblem } from "./problems";

/** Something that was said. Times are in milliseconds of the clock given. */
export interface Utterance {
  readonly text: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface EarListener {
  /** Words that may still change; `startedAt`: when they began. */
  heard(text: string, startedAt: number): void;
  said(utterance: Utterance): void;
  /** It listens no more, as asked. */
  ended(): void;
  failed(problem: VoiceProblem): void;
}

/** Recognisers end by themselves after a silence; a few that end at once are a fault. */
const RESTART_MS = 250;
const SHORT_MS = 1_000;
const MAX_SHORT = 5;
/** Words are shown this much after they began, at most. */
const MAX_LEAD_MS = 1_500;
/** A recogniser that was asked for the rest and does not end is not waited for any longer. */
const FINISH_MS = 4_000;

/** The browser's recogniser as one that listens until it is told otherwise. */
export class Ear {
  private recogniser: Recogniser | null = null;
  private wanted: "off" | "on" | "rest" = "off";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private begunAt = 0;
  private shortRuns = 0;
  /** Results of this run that are final and told. */
  private told = 0;
  private soundAt: number | null = null;
  private startedAt: number | null = null;
  private changedAt: number | null = null;
  private interim = "";

  constructor(
    private readonly platform: Platform,
    private readonly listener: EarListener,
    private readonly now: () => number = () => performance.now(),
  ) {}

  listen(language: string): void {
    this.drop();
    this.wanted = "on";
    this.shortRuns = 0;
    this.run(language);
  }

  /** Tell what was said so far, then `ended`. */
  finish(): void {
    if (this.wanted !== "on") return;
    this.wanted = "rest";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.over();
    }, FINISH_MS);
    if (this.recogniser) this.recogniser.stop();
    else this.over();
  }

  /** Listen no more, and tell nothing more. */
  drop(): void {
    clearTimeout(this.timer);
    this.wanted = "off";
    const { recogniser } = this;
    this.recogniser = null;
    if (!recogniser) return;
    recogniser.onspeechstart = recogniser.onresult = recogniser.onerror = recogniser.onend = null;
    recogniser.abort();
  }

  private run(language: string): void {
    const recogniser = this.platform.makeRecogniser?.();
    if (!recogniser) {
      this.fail("recognition");
      return;
    }
    this.recogniser = recogniser;
    this.told = 0;
    this.forget();
    this.begunAt = this.now();
    recogniser.lang = language;
    recogniser.continuous = this.platform.continuous;
    recogniser.interimResults = true;
    recogniser.onspeechstart = () => (this.soundAt ??= this.now());
    recogniser.onresult = (event) => {
      this.results(event);
    };
    recogniser.onerror = ({ error }) => {
      const problem = problemOfRecogniser(error);
      if (problem) this.fail(problem);
    };
    recogniser.onend = () => {
      this.runEnded(language);
    };
    try {
      recogniser.start();
    } catch (error) {
      console.warn("The browser's recogniser did not start.", error);
      this.fail("recognition");
    }
  }

  private results({ results }: RecogniserResults): void {
    const now = this.now();
    let interim = "";
    for (let index = this.told; index < results.length; index += 1) {
      const result = results[index];
      const text = result?.[0]?.transcript ?? "";
      this.startedAt ??= Math.max(this.soundAt ?? now, now - MAX_LEAD_MS);
      if (result?.isFinal && index === this.told) {
        this.told += 1;
        this.say(text);
      } else interim += text;
    }
    this.hear(interim, now);
  }

  private hear(interim: string, now: number): void {
    if (interim === this.interim) return;
    this.interim = interim;
    this.changedAt = now;
    if (interim.trim() !== "") this.listener.heard(interim.trim(), this.startedAt ?? now);
  }

  private say(text: string): void {
    const now = this.now();
    const utterance = {
      text: text.trim(),
      startedAt: this.startedAt ?? now,
      endedAt: this.changedAt ?? now,
    };
    this.forget();
    if (utterance.text !== "") this.listener.said(utterance);
  }

  /** What comes next begins anew. */
  private forget(): void {
    this.soundAt = this.startedAt = this.changedAt = null;
    this.interim = "";
  }

  private runEnded(language: string): void {
    // Some recognisers end without ever calling their last words final.
    if (this.interim.trim() !== "") this.say(this.interim);
    this.recogniser = null;
    if (this.wanted !== "on") {
      this.over();
      return;
    }
    this.shortRuns = this.now() - this.begunAt < SHORT_MS ? this.shortRuns + 1 : 0;
    if (this.shortRuns >= MAX_SHORT) {
      this.fail("keeps_ending");
      return;
    }
    this.timer = setTimeout(() => {
      this.run(language);
    }, RESTART_MS);
  }

  private over(): void {
    if (this.interim.trim() !== "") this.say(this.interim);
    this.drop();
    this.listener.ended();
  }

  private fail(problem: VoiceProblem): void {
    this.drop();
    this.listener.failed(problem);
  }
}
