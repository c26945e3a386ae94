import type { Platform, Recogniser } from "../../src/voice/platform";

type Result = readonly { readonly transcript: string }[] & { readonly isFinal: boolean };

/** A recogniser that hears what the test says. */
export class ScriptedRecogniser implements Recogniser {
  static readonly all: ScriptedRecogniser[] = [];
  /** The one that listens. */
  static get current(): ScriptedRecogniser {
    const found = ScriptedRecogniser.all.findLast((recogniser) => recogniser.running);
    if (!found) throw new Error("nobody listens");
    return found;
  }

  lang = "";
  continuous = false;
  interimResults = false;
  onspeechstart: Recogniser["onspeechstart"] = null;
  onresult: Recogniser["onresult"] = null;
  onerror: Recogniser["onerror"] = null;
  onend: Recogniser["onend"] = null;
  running = false;
  /** Asked for the rest. */
  stopped = false;
  private results: Result[] = [];

  constructor() {
    ScriptedRecogniser.all.push(this);
  }

  start(): void {
    this.running = true;
  }

  stop(): void {
    this.stopped = true;
  }

  abort(): void {
    this.running = false;
  }

  /** Words that may still change. */
  hear(transcript: string): void {
    this.put(transcript, false);
  }

  /** Words that will not. */
  say(transcript: string): void {
    this.put(transcript, true);
  }

  fail(error: string): void {
    this.onerror?.({ error });
    this.end();
  }

  end(): void {
    this.running = false;
    this.onend?.();
  }

  private put(transcript: string, isFinal: boolean): void {
    const results = this.results.filter((result) => result.isFinal);
    this.results = [...results, Object.assign([{ transcript }], { isFinal })];
    this.onresult?.({ resultIndex: results.length, results: this.results });
  }
}

/** A voice that speaks until the test lets it end. */
export class ScriptedSynthesis extends EventTarget {
  readonly said: string[] = [];
  readonly utterances: ScriptedUtterance[] = [];
  voices: SpeechSynthesisVoice[] = [];
  cancelled = 0;
  private current: ScriptedUtterance | null = null;

  getVoices(): SpeechSynthesisVoice[] {
    return this.voices;
  }

  speak(utterance: ScriptedUtterance): void {
    this.said.push(utterance.text);
    this.utterances.push(utterance);
    this.current = utterance;
    utterance.onstart?.();
  }

  cancel(): void {
    this.cancelled += 1;
    const { current } = this;
    this.current = null;
    current?.onerror?.({ error: "canceled" });
  }

  get speaking(): boolean {
    return this.current !== null;
  }

  /** The sentence is over. */
  end(): void {
    const { current } = this;
    this.current = null;
    current?.onend?.();
  }

  fail(error: string): void {
    this.current?.onerror?.({ error });
  }
}

export class ScriptedUtterance {
  lang = "";
  rate = 1;
  voice: SpeechSynthesisVoice | null = null;
  onstart: (() => void) | null = null;
  onend: (() => void) | null = null;
  onerror: ((event: { readonly error: string }) => void) | null = null;

  constructor(readonly text: string) {}
}

export function scriptedPlatform(synthesis: ScriptedSynthesis): Platform {
  return {
    makeRecogniser: () => new ScriptedRecogniser(),
    continuous: true,
    synthesis: synthesis as unknown as SpeechSynthesis,
    makeUtterance: (text) => new ScriptedUtterance(text) as unknown as SpeechSynthesisUtterance,
  };
}
