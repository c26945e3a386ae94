import type { Platform } from "./platform";
import { problemOfSynthesis, type VoiceProblem } from "./problems";

export interface Manner {
  /** A language tag. */
  readonly language: string;
  /** 1 is the voice's own pace. */
  readonly rate: number;
  /** Null: the browser's choice for the language. */
  readonly voice: SpeechSynthesisVoice | null;
}

export interface MouthListener {
  began(sentence: string): void;
  /** A sentence was spoken, or broken off, between these times. */
  spoke(from: number, to: number): void;
  /** Nothing is left to say. */
  silent(): void;
  failed(problem: VoiceProblem): void;
}

/** Some voices never say that they are done: an utterance is given up after a multiple of the time it may take. */
const SLOWEST_MS_PER_CHARACTER = 200;
const PATIENCE_MS = 5_000;

/** The browser's synthesis, one sentence after the other. */
export class Mouth {
  private waiting: readonly { readonly sentence: string; readonly manner: Manner }[] = [];
  /** Kept while it is spoken: browsers forget utterances nobody holds, and then never say that they ended. */
  private current: SpeechSynthesisUtterance | null = null;
  private beganAt = 0;
  private patience: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly platform: Platform,
    private readonly listener: MouthListener,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get speaking(): boolean {
    return this.current !== null;
  }

  say(sentences: readonly string[], manner: Manner): void {
    this.waiting = [...this.waiting, ...sentences.map((sentence) => ({ sentence, manner }))];
    if (!this.current) this.next();
  }

  /** Stop at once, and forget what was to be said. */
  hush(): void {
    this.waiting = [];
    if (!this.current) return;
    this.finish();
    this.platform.synthesis?.cancel();
    this.listener.silent();
  }

  private next(): void {
    const { synthesis, makeUtterance } = this.platform;
    const [first, ...rest] = this.waiting;
    this.waiting = rest;
    if (!first || !synthesis) return;
    const utterance = makeUtterance(first.sentence);
    this.current = utterance;
    utterance.lang = first.manner.voice?.lang ?? first.manner.language;
    utterance.rate = first.manner.rate;
    utterance.voice = first.manner.voice;
    utterance.onstart = () => {
      if (this.current === utterance) this.beganAt = this.now();
    };
    utterance.onend = () => {
      if (this.current === utterance) this.goOn();
    };
    utterance.onerror = ({ error }) => {
      if (this.current === utterance) this.broken(problemOfSynthesis(error));
    };
    this.beganAt = this.now();
    this.wait(first.sentence, first.manner.rate);
    this.listener.began(first.sentence);
    synthesis.speak(utterance);
  }

  private wait(sentence: string, rate: number): void {
    const limit = PATIENCE_MS + (sentence.length * SLOWEST_MS_PER_CHARACTER) / rate;
    this.patience = setTimeout(() => {
      this.platform.synthesis?.cancel();
      this.goOn();
    }, limit);
  }

  private goOn(): void {
    this.finish();
    this.next();
    if (!this.current) this.listener.silent();
  }

  private broken(problem: VoiceProblem | null): void {
    if (problem === null) {
      this.goOn();
      return;
    }
    this.hush();
    this.listener.failed(problem);
  }

  private finish(): void {
    clearTimeout(this.patience);
    this.current = null;
    this.listener.spoke(this.beganAt, this.now());
  }
}
