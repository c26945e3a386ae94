import type { Turn } from "../../core/state";
import { guessedHeight, isKept as isTurnKept } from "../exchangeWindow";
import type { Row } from "./rows";

/** So many rows are all on the page; of more, only those around what is seen. */
export const WHOLE_ROOM = 100;

/** Pixels: of a line between messages, of a message without its text, and of each line of text. */
const LINE = { note: 34, message: 44, continued: 10, text: 25 } as const;
const CHARACTERS_A_LINE = 85;

export type TurnsById = ReadonlyMap<string, Turn>;

/** A guess at the height in pixels, for rows that were not on the page yet. */
export function guessedRow(row: Row, turns: TurnsById): number {
  if (row.kind !== "entry" || row.entry.kind === "note") return LINE.note;
  const { entry } = row;
  if (entry.kind === "answer") {
    const turn = turns.get(entry.turnId);
    return turn ? guessedHeight({ ...turn, question: null }) : LINE.note;
  }
  const head = row.continued ? LINE.continued : LINE.message;
  return head + LINE.text * linesOf(entry.text);
}

function linesOf(text: string): number {
  return text
    .split("\n")
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / CHARACTERS_A_LINE)), 0);
}

/** The messages that stand in the row. */
export function messagesOf(row: Row, turns: TurnsById): readonly string[] {
  if (row.kind !== "entry") return [];
  const { entry } = row;
  if (entry.kind === "message" || entry.kind === "shared") return [entry.messageId];
  if (entry.kind === "note") return [];
  return turns.get(entry.turnId)?.steps.map(({ messageId }) => messageId) ?? [];
}

/** Stays on the page wherever it is scrolled to: where the new begins, and an answer in the making. */
export function isRowKept(row: Row, turns: TurnsById): boolean {
  if (row.kind === "new") return true;
  if (row.kind !== "entry" || row.entry.kind !== "answer") return false;
  const turn = turns.get(row.entry.turnId);
  return turn !== undefined && isTurnKept(turn, undefined);
}

/** The first message at this row or, in steps of `by`, beyond it; null when there is none. */
export function nearestMessage(
  rows: readonly Row[],
  at: number,
  by: 1 | -1,
  turns: TurnsById,
): string | null {
  for (let index = at; index >= 0 && index < rows.length; index += by) {
    const row = rows[index];
    const messageId = row && messagesOf(row, turns)[0];
    if (messageId !== undefined) return messageId;
  }
  return null;
}
