import type { Participant } from "../../protocol/generated";
import { Logo } from "../Icon";

/** Backgrounds on which white text is readable; the same person always has the same. */
const TONES = 8;

/** A person's initials, or the coach's sign. Decoration: the name stands beside it. */
export function Avatar({ who, here = false }: { who: Pick<Participant, "id" | "name">; here?: boolean }) {
  if (who.id === "coach") return <Logo size={32} />;
  return (
    <span className="room-avatar" data-tone={toneOf(who.id)} data-here={here} aria-hidden="true">
      {initials(who.name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0]?.at(0) ?? "?";
  const last = words.length > 1 ? (words.at(-1)?.at(0) ?? "") : "";
  return (first + last).toUpperCase();
}

function toneOf(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return sum % TONES;
}
