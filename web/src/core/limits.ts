import { LIMITS, type Command } from "../protocol/generated";

/** More than a command has beside the text and the people it names: its kind, ids, a trace. */
const ENVELOPE_BYTES = 1_024;
/** The trace, which is added when a command is sent. */
const TRACE_BYTES = 100;
/** The longest id, quoted. */
const ID_BYTES = 103;
/** A text of so few units of UTF-16 is never too long, even if each takes the six bytes that one may take at most. */
const SURELY_FITS = 8_000;

/** A text that is too long for one message, in characters: so many it has, so many of its kind would fit. */
export interface Excess {
  readonly count: number;
  readonly most: number;
}

/** Null when the text fits into one message beside so many ids of people and messages. */
export function excessOf(text: string, ids = 0): Excess | null {
  const words = text.trim();
  if (words.length <= SURELY_FITS) return null;
  const count = Array.from(words).length;
  const bytes = bytesOf(words);
  const room = LIMITS.frame_bytes - ENVELOPE_BYTES - ids * ID_BYTES;
  const fitting = bytes > room ? Math.floor((count * room) / bytes) : count;
  const most = Math.min(LIMITS.content_characters, fitting);
  return count > most ? { count, most } : null;
}

/** The server could not even read whose command it is: there would be no answer to it. */
export function isTooLarge(command: Command): boolean {
  return bytesOf(command) > LIMITS.frame_bytes - TRACE_BYTES;
}

function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
