/** So long after the coach fell silent a recogniser may still begin to hear it: loudspeakers, rooms and buffers. */
const TAIL_MS = 700;
/** Words of one recognition, of which so many were the coach's, were all the coach's: recognisers mishear some. */
const ECHO_SHARE = 0.6;
/** A person's words behind an echo are believed from so many on. */
const MIN_OWN_WORDS = 3;
const MIN_LEADING_ECHO = 3;
const KEPT = 8;
const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu;

interface Sentence {
  readonly words: readonly string[];
  /** When it was over, in milliseconds; null while it is spoken. */
  ended: number | null;
}

/** Tells the person's words from what the microphone hears of the coach. */
export class EchoGuard {
  private sentences: Sentence[] = [];

  began(sentence: string): void {
    this.sentences = [...this.sentences, { words: words(sentence), ended: null }].slice(-KEPT);
  }

  /** The coach fell silent. */
  silent(now: number): void {
    for (const sentence of this.sentences) sentence.ended ??= now;
  }

  /** The part of what was recognised that is the person's own; `startedAt`: when it began, in milliseconds. */
  own(text: string, startedAt: number): string {
    const spoken = this.sentences.filter(({ ended }) => ended === null || startedAt <= ended + TAIL_MS);
    if (spoken.length === 0) return text.trim();
    const places = [...text.matchAll(WORD)];
    const echoed = echoes(
      places.map(([word]) => word.toLowerCase()),
      spoken.flatMap((sentence) => sentence.words),
    );
    const end = echoed.lastIndexOf(true) + 1;
    const leading = echoed.includes(false) ? echoed.indexOf(false) : echoed.length;
    const share = echoed.filter(Boolean).length / echoed.length;
    if (share >= ECHO_SHARE) return places.length - end >= MIN_OWN_WORDS ? from(text, places[end]) : "";
    return leading >= MIN_LEADING_ECHO ? from(text, places[leading]) : text.trim();
  }
}

function words(text: string): readonly string[] {
  return (text.match(WORD) ?? []).map((word) => word.toLowerCase());
}

function from(text: string, place: RegExpExecArray | undefined): string {
  return place ? text.slice(place.index).trim() : "";
}

/** Which words stand beside a neighbour they also have in what was spoken; a word alone need only occur there. */
function echoes(heard: readonly string[], spoken: readonly string[]): readonly boolean[] {
  if (heard.length === 1) return heard.map((word) => spoken.includes(word));
  const pairs = new Set(spoken.slice(1).map((word, index) => `${spoken[index] ?? ""} ${word}`));
  const isPair = (index: number) => pairs.has(`${heard[index] ?? ""} ${heard[index + 1] ?? ""}`);
  return heard.map((_, index) => isPair(index) || (index > 0 && isPair(index - 1)));
}
