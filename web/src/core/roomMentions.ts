import { isLikeCoach, labelled } from "./roomNames";
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

const WORD = /(?<![\p{L}\p{N}])\S/gu;
/** Letters that do not come apart into one without its mark. */
const PLAIN: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d" };

/** What is being named in front of the caret; null when nothing is. */
export function namingAt(text: string, caret: number): Naming | null {
  const found = NAMING.exec(text.slice(0, caret));
  const query = found?.[2];
  if (query === undefined || query.length > MAX_QUERY) return null;
  return { start: caret - query.length - 1, end: caret, query };
}

/** Who may be meant: each whose name, or what stands behind the beginning of a word of it, begins so. The coach comes first. */
export function offered(people: readonly Named[], query: string): readonly Named[] {
  const wanted = plain(query);
  return people
    .filter(({ name }) => {
      const known = plain(name);
      return [...known.matchAll(WORD)].some(({ index }) => known.startsWith(wanted, index));
    })
    .slice(0, MAX_OFFERED);
}

/** As somebody types it who does not look for the right keys: without accents and apostrophes. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\p{M}'’‘ʼ`´]/gu, "")
    .replace(/[ßæœøłđ]/g, (letter) => PLAIN[letter] ?? letter);
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
  const byName = idsByName(people);
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

/** By name in small letters; what several have says of none of them that they are meant. */
function idsByName(people: readonly Named[]): ReadonlyMap<string, string | null> {
  const byName = new Map<string, string | null>();
  for (const { id, name } of people) {
    const key = name.toLowerCase();
    byName.set(key, (byName.get(key) ?? id) === id ? id : null);
  }
  return byName;
}

/** Whom the text names, each once. */
export function mentionsIn(text: string, people: readonly Named[]): readonly string[] {
  return [...new Set(segments(text, people).flatMap(({ id }) => (id === null ? [] : [id])))];
}

/** Who can be named by this reader: the coach, and everyone else who belongs to the group. */
export function nameable(room: Room): readonly Named[] {
  if (!mayWrite(room)) return [];
  const invited = (id: string) => room.members.get(id)?.invited === true;
  const others = labelled([...room.members.values()]).filter(({ id }) => !invited(id) && id !== room.me);
  return [COACH_NAMED, ...others.toSorted((a, b) => a.name.localeCompare(b.name))];
}

/** Whom a written message names: those it mentions, under either name, and the coach. */
export function namesIn(people: readonly Named[], mentions: readonly string[]): readonly Named[] {
  const own = people.filter(({ name }) => !isLikeCoach(name));
  return [COACH_NAMED, ...[...labelled(people), ...own].filter(({ id }) => mentions.includes(id))];
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
