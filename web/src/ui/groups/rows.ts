import type { Entry } from "../../core/roomState";
import { firstUnread } from "../../core/roomUnread";

/** What stands below each other in the room. */
export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "new"; readonly key: string }
  /** `continued`: by the same person as the one above, and soon after. */
  | { readonly kind: "entry"; readonly key: string; readonly entry: Entry; readonly continued: boolean };

/** Messages of one person within this time stand together. Milliseconds. */
const TOGETHER_MS = 5 * 60_000;

/** `me` is who looks: what they said themselves is not new to them. */
export function rowsOf(entries: readonly Entry[], me: string, newAfter: number | null): readonly Row[] {
  const first = newAfter === null ? null : firstUnread({ entries, me }, newAfter);
  const rows: Row[] = [];
  let before: Entry | null = null;
  for (const entry of entries) {
    const isNewDay = before === null || dayOf(before.at) !== dayOf(entry.at);
    if (isNewDay) rows.push({ kind: "day", key: `day-${dayOf(entry.at)}-${entry.seq}`, at: entry.at });
    if (entry === first) rows.push({ kind: "new", key: "new" });
    const continued = !isNewDay && entry !== first && before !== null && isContinued(before, entry);
    rows.push({ kind: "entry", key: keyOf(entry), entry, continued });
    before = entry;
  }
  return rows;
}

function keyOf(entry: Entry): string {
  return entry.kind === "message" ? (entry.clientMessageId ?? entry.messageId) : `${entry.kind}-${entry.seq}`;
}

function isContinued(before: Entry, entry: Entry): boolean {
  return (
    before.kind === "message" &&
    entry.kind === "message" &&
    before.author.id === entry.author.id &&
    before.audience?.join() === entry.audience?.join() &&
    entry.replyTo === null &&
    Date.parse(entry.at) - Date.parse(before.at) < TOGETHER_MS
  );
}

function dayOf(at: string): string {
  return new Date(at).toDateString();
}
