/** Words that fill, by language; only such as are fillers nearly wherever they stand. */
const FILLERS: Readonly<Record<string, readonly string[]>> = {
  en: [
    "um",
    "umm",
    "uh",
    "uhm",
    "er",
    "erm",
    "ah",
    "hm",
    "hmm",
    "you know",
    "i mean",
    "sort of",
    "kind of",
    "basically",
    "actually",
    "literally",
  ],
  de: [
    "äh",
    "ähm",
    "öh",
    "öhm",
    "hm",
    "hmm",
    "em",
    "sozusagen",
    "quasi",
    "halt",
    "irgendwie",
    "eigentlich",
    "im prinzip",
    "sag ich mal",
    "weißt du",
  ],
};

/** How often each filler stands in these words, lower case; null where fillers of the language are not known. */
export function fillersIn(words: readonly string[], language: string): ReadonlyMap<string, number> | null {
  const fillers = FILLERS[primary(language)];
  if (!fillers) return null;
  const text = ` ${words.join("  ")} `;
  const counts = fillers.map((filler) => {
    const found = ` ${filler.replaceAll(" ", "  ")} `;
    return [filler, text.split(found).length - 1] as const;
  });
  return new Map(counts.filter(([, count]) => count > 0));
}

/** The language of a tag, without region and script. */
export function primary(language: string): string {
  return language.split("-")[0]?.toLowerCase() ?? "";
}
