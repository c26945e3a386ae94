import type { Named } from "./roomMentions";

/** What the server takes for the coach (`group_chat/spoken_to.py`), and a little more. */
const LIKE_COACH = /^(?:sales)?coach(?![\p{L}\p{N}_])/iu;
/** So many characters of a principal tell people of one name apart. */
const MARK = 4;

/**
 * People under names that tell them apart: where several have one name, the end of the principal is added, which stays
 * what it is whoever comes and goes. Who is called like the coach gets a name that does not speak to it.
 */
export function labelled(people: readonly Named[]): readonly Named[] {
  const counts = new Map<string, number>();
  for (const { name } of people) counts.set(keyOf(name), (counts.get(keyOf(name)) ?? 0) + 1);
  return people.map(({ id, name }) => {
    const mark = id.slice(-MARK);
    if (isLikeCoach(name)) return { id, name: `${name.replace(/[^\p{L}\p{N}]+/gu, "-")}-${mark}` };
    return { id, name: (counts.get(keyOf(name)) ?? 0) > 1 ? `${name} (${mark})` : name };
  });
}

export function isLikeCoach(name: string): boolean {
  return LIKE_COACH.test(name);
}

function keyOf(name: string): string {
  return name.toLowerCase();
}
