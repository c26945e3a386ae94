import { defaultRangeExtractor, type Range } from "@tanstack/react-virtual";
import type { Turn } from "../core/state";

/** So many exchanges are all on the page; of more, only those around what is seen. */
export const WHOLE = 40;

/** State that the page alone has: an opened detail, a form being filled in, an editor. */
const UNSAVED = "details[open], form";

/** Names an exchange from the moment it is asked, before its turn is known. */
export function keyOf(turn: Turn): string {
  return turn.question?.clientMessageId ?? turn.turnId;
}

const guessed = new WeakMap<Turn, number>();

/** A guess at the height in pixels, for exchanges that were not on the page yet; made once for each. */
export function guessedHeight(turn: Turn): number {
  const known = guessed.get(turn);
  if (known !== undefined) return known;
  const height = guess(turn);
  guessed.set(turn, height);
  return height;
}

function guess(turn: Turn): number {
  const asked = lines(turn.question?.text ?? "", 70);
  const answered = turn.steps.reduce((sum, step) => sum + lines(step.text, 85) + 2 * step.calls.length, 0);
  return 150 + 26 * (asked + answered);
}

function lines(text: string, width: number): number {
  return text.split("\n").reduce((sum, line) => sum + Math.ceil(line.length / width), 0);
}

/** The keys of the exchanges: the same list as before where they are the same, so that nothing is counted anew. */
export function keysOf(turns: readonly Turn[], before: readonly string[]): readonly string[] {
  const isSame =
    turns.length === before.length && turns.every((turn, index) => keyOf(turn) === before[index]);
  return isSame ? before : turns.map(keyOf);
}

/** Whether the exchange holds this message. */
export function holds(turn: Turn, messageId: string): boolean {
  return (
    turn.question?.messageId === messageId ||
    turn.steps.some((step) => step.messageId === messageId) ||
    turn.steers.some((steer) => steer.question.messageId === messageId)
  );
}

/** The message by which an exchange is gone to. */
export function firstMessageOf(turn: Turn): string | null {
  return turn.question?.messageId ?? turn.steps[0]?.messageId ?? null;
}

/** What is open or where a person is stays on the page, wherever it is scrolled to. */
export function isKept(turn: Turn, element: Element | undefined): boolean {
  if (turn.phase !== "ended" || turn.cards.some((card) => !card.decision)) return true;
  return element !== undefined && isInUse(element);
}

/** Something is open in it, or a person is there. */
export function isInUse(element: Element): boolean {
  if (!element.isConnected) return false;
  return element.contains(document.activeElement) || element.querySelector(UNSAVED) !== null;
}

/** The indexes in sight and around, and those to be kept, ascending. */
export function windowOf(range: Range, kept: readonly number[]): number[] {
  const seen = new Set([...defaultRangeExtractor(range), ...kept, range.count - 1]);
  return [...seen].sort((a, b) => a - b);
}
