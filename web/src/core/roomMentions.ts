import { mayWrite, type Room } from "./roomState";

/** Somebody who can be spoken to by name. */
export interface Named {
  /** A principal, or `coach`. */
  readonly id: string;
  /** What stands behind the `@`. */
  readonly name: string;
}

/** A part of a text: what stands in it, and whom it names. */
export interface Segment {
  readonly text: string;
  readonly id: string | null;
}

/** Where somebody is being named: from the `@` to the caret. */
export interface Naming {
  readonly start: number;
  readonly end: number;
  readonly query: string;
}

export const COACH_NAMED: Named = { id: "coach", name: "coach" };

const MAX_QUERY = 40;
const MAX_OFFERED = 8;
/** Before the `@` the text begins, or there is something no name or address is made of. */
const NAMING = /(^|[\s([{"'/,;:])@([^@\n]*)$/u;

/** What is being named in front of the caret; null when nothing is. */
export function namingAt(text: string, caret: number): Naming | null {
  const found = NAMING.exec(text.slice(0, caret));
  const query = found?.[2];
  if (query === undefined || query.length > MAX_QUERY) return null;
  return { start: caret - query.length - 1, end: caret, query };
}

/** Who may be meant: each whose name, or a word of it, begins so. The coach comes first. */
export function offered(people: readonly Named[], query: string): readonly Named[] {
  const wanted = query.toLowerCase();
  return people
    .filter(({ name }) => {
      const lower = name.toLowerCase();
      return lower.startsWith(wanted) || lower.split(/[\s-]+/).some((word) => word.startsWith(wanted));
    })
    .slice(0, MAX_OFFERED);
}

/** The text with the name put in, and where the caret is then. */
export function named(
  text: string,
  { start, end }: Naming,
  { name }: Named,
): { text: string; caret: number } {
  const before = `${text.slice(0, start)}@${name} `;
  return { text: before + text.slice(end).replace(/^ /, ""), caret: before.length };
}

/** The text in pieces, each of which names one of the people or nobody. Of two names the longer one counts. */
export function segments(text: string, people: readonly Named[]): readonly Segment[] {
  if (!text.includes("@") || people.length === 0) return [{ text, id: null }];
  const byName = new Map(people.map(({ id, name }) => [name.toLowerCase(), id]));
  const names = [...byName.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_@.])@(${names.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
  const parts: Segment[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > from) parts.push({ text: text.slice(from, found.index), id: null });
    parts.push({ text: found[0], id: byName.get((found[1] ?? "").toLowerCase()) ?? null });
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), id: null });
  return parts;
}

/** Whom the text names, each once. */
export function mentionsIn(text: string, people: readonly Named[]): readonly string[] {
  return [...new Set(segments(text, people).flatMap(({ id }) => (id === null ? [] : [id])))];
}

/** Who can be named by this reader: the coach, and everyone else who belongs to the group. */
export function nameable(room: Room): readonly Named[] {
  if (!mayWrite(room)) return [];
  const others = [...room.members.values()].filter(({ id, invited }) => !invited && id !== room.me);
  return [COACH_NAMED, ...others.toSorted((a, b) => a.name.localeCompare(b.name))];
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
