import type { Utterance } from "./ear";
import { fillersIn } from "./fillers";
import { wordsOf } from "./sentences";

/** How somebody spoke. Kept in the memory of this page alone: nothing here knows a connection. */
export interface Delivery {
  readonly words: number;
  readonly spokenMs: number;
  /** Words per minute; null while too little was said, or nothing that could be timed. */
  readonly pace: number | null;
  /** How often each filler was recognised; null where the language's are not known. */
  readonly fillers: ReadonlyMap<string, number> | null;
  /** The person's part of all speaking, 0 to 1; null while the coach said nothing aloud. */
  readonly talkShare: number | null;
  readonly longestMs: number;
}

export const NOTHING_SAID: Delivery = {
  words: 0,
  spokenMs: 0,
  pace: null,
  fillers: new Map(),
  talkShare: null,
  longestMs: 0,
};

/** Pauses up to this long belong to one monologue. */
const PAUSE_MS = 2_000;
/** Nobody says a word in less: what a recogniser tells all at once has no pace, and counts as so long. */
const MIN_MS_PER_WORD = 150;
const MIN_WORDS = 5;
const MINUTE_MS = 60_000;

/** What was said is counted and forgotten: no words are kept. */
export class DeliveryMeter {
  private words = 0;
  private timed = { words: 0, ms: 0 };
  private spokenMs = 0;
  private coachMs = 0;
  private longestMs = 0;
  private fillers: ReadonlyMap<string, number> | null = new Map();
  private monologue: { readonly from: number; readonly to: number } | null = null;

  said({ text, startedAt, endedAt }: Utterance, language: string): void {
    const words = wordsOf(text, language);
    const least = words.length * MIN_MS_PER_WORD;
    const ms = endedAt - startedAt;
    const to = startedAt + Math.max(ms, least);
    if (ms >= least) this.timed = { words: this.timed.words + words.length, ms: this.timed.ms + ms };
    this.words += words.length;
    this.spokenMs += to - startedAt;
    this.fillers = sum(this.fillers, fillersIn(words, language));
    const goesOn = this.monologue !== null && startedAt - this.monologue.to <= PAUSE_MS;
    this.monologue = { from: goesOn && this.monologue ? this.monologue.from : startedAt, to };
    this.longestMs = Math.max(this.longestMs, to - this.monologue.from);
  }

  coachSpoke(from: number, to: number): void {
    this.coachMs += to - from;
    this.monologue = null;
  }

  get delivery(): Delivery {
    const { words, spokenMs, coachMs, longestMs, fillers, timed } = this;
    return {
      words,
      spokenMs,
      pace: timed.words < MIN_WORDS ? null : (timed.words * MINUTE_MS) / timed.ms,
      fillers,
      talkShare: coachMs === 0 || spokenMs === 0 ? null : spokenMs / (spokenMs + coachMs),
      longestMs,
    };
  }
}

type Counts = ReadonlyMap<string, number> | null;

/** A language whose fillers are not known makes the whole unknown. */
function sum(all: Counts, more: Counts): Counts {
  if (!all || !more) return null;
  const counts = new Map(all);
  for (const [filler, count] of more) counts.set(filler, (counts.get(filler) ?? 0) + count);
  return counts;
}
