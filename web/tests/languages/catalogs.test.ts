import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadedCatalogs, type Translated } from "../../src/ui/languages/catalog";
import { german } from "../../src/ui/languages/de/language-de";
import { groupSentences } from "../../src/ui/languages/de/groupSentences";
import { chooseLanguage } from "../../src/ui/languages/language";

type Words = Readonly<Record<string, unknown>>;
type Sentence = (...given: unknown[]) => string;

const FILES = import.meta.glob<Words>(
  ["../../src/ui/**/*{Strings,Words,Labels,strings}.ts", "!**/languages/de/**"],
  {
    eager: true,
  },
);
const ENGLISH = loadedCatalogs();

/** Names, signs and words that German has from English, or the other way round. */
const SAME = new Set([
  "adminStrings.groupings.people",
  "adminStrings.groupings.teams",
  "adminStrings.measures.tokens",
  "adminStrings.nameTitles.lines.0",
  "adminStrings.nameTitles.lines.1",
  "adminStrings.nameTitles.people.0",
  "adminStrings.nameTitles.teams.0",
  "adminStrings.server",
  "adminStrings.version",
  "groupStrings.message",
  "besideStrings.whyCall",
  "questionsStrings.approvedBy",
  "roomStrings.coach",
  "roomStrings.unreadShort",
  "serverWords.problem",
  "strings.coach",
  "strings.connection.offline",
  "strings.foundBy.coach",
  "strings.optional",
  "strings.product",
  "strings.rawJson",
  "voiceStrings.longestValue",
  "voiceStrings.shortcut",
]);
/** The server's own sentence is put in by the English alone. */
const OWN_WORDS = new Set([
  "serverWords.privately",
  "serverWords.problem",
  "serverWords.warning",
  "strings.delay",
]);

/** What may be given to a sentence, so that it can be found again in it. */
const GIVEN: readonly (readonly unknown[])[] = [
  ["⟦0⟧", "⟦1⟧", "⟦2⟧"],
  [411, 523, 677],
  [1, 1, 1],
  [2800, 1400],
  [["⟦0⟧", "⟦1⟧"], ["⟦2⟧"]],
  ["⟦0⟧", "⟦1⟧", ["⟦2⟧", "⟦3⟧"], 411],
  [new Proxy({}, { get: (_target, key) => `⟦${String(key)}⟧` }), "⟦1⟧"],
  [{ code: "tooLow", limit: 411 }],
  [{ fillers: new Map([["hm", 411]]) }],
  [{ what: "title", actor: { name: "⟦0⟧" }, title: "⟦1⟧" }],
];

function leaves(words: unknown, path: string): [string, unknown][] {
  if (typeof words !== "object" || words === null) return [[path, words]];
  return Object.entries(words).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

function said(sentence: unknown, given: readonly unknown[]): string | null {
  if (typeof sentence === "string") return sentence;
  try {
    return String((sentence as (...given: readonly unknown[]) => unknown)(...given));
  } catch {
    return null;
  }
}

const PAIRS = [...ENGLISH].flatMap(([name, english]) => {
  const translated = new Map(leaves(german[name as keyof typeof german], name));
  return leaves(english, name).map(([path, words]) => ({ path, words, german: translated.get(path) }));
});

describe("German", () => {
  // Numbers are written in the language that is chosen.
  beforeAll(() => chooseLanguage("de"));
  afterAll(() => chooseLanguage("en"));

  it("has every catalog, and every catalog with its keys, and no other", () => {
    expect(Object.keys(german).sort()).toEqual([...ENGLISH.keys()].sort());
    for (const [name, english] of ENGLISH) {
      const paths = (words: unknown) => leaves(words, name).map(([path]) => path);
      expect(paths(german[name as keyof typeof german]).sort()).toEqual(paths(english).sort());
    }
  });

  it("says something else than English, but for what is the same in both", () => {
    const same = PAIRS.filter(({ words, german }) => {
      const both = GIVEN.map((given) => [said(words, given), said(german, given)] as const);
      const differs = both.some(([one, other]) => one !== null && other !== null && one !== other);
      return !differs && words !== "";
    });
    expect(same.map(({ path }) => path).sort()).toEqual([...SAME].sort());
  });

  it("leaves nothing empty that says something in English, nor the other way round", () => {
    const texts = PAIRS.filter(({ words }) => typeof words === "string");
    expect(texts.filter(({ words, german }) => (words === "") !== (german === ""))).toEqual([]);
  });

  it("puts in all that English puts in", () => {
    let compared = 0;
    for (const { path, words, german } of PAIRS) {
      if (typeof words !== "function" || OWN_WORDS.has(path)) continue;
      for (const given of GIVEN) {
        const wanted = said(words, given)?.match(/⟦\w+⟧|411|523|677/g) ?? [];
        const found = said(german, given);
        // It was given what it never is.
        if (found === null) continue;
        for (const part of wanted) expect(found, path).toContain(part);
        compared += wanted.length;
      }
    }
    expect(compared).toBeGreaterThan(150);
  });

  it("takes no more parameters than English gives", () => {
    const more = PAIRS.filter(
      ({ words, german }) =>
        typeof words === "function" && (german as Sentence).length > (words as Sentence).length,
    );
    expect(more).toEqual([]);
  });

  it("addresses people as Sie, and quotes as German does", () => {
    const texts = PAIRS.flatMap(({ path, german }) =>
      GIVEN.map((given) => said(german, given)).map((text) => [path, text ?? ""] as const),
    );
    const odd = texts.filter(([path, text]) => {
      const familiar =
        !path.startsWith("strings.suggestions") && /\b(du|dich|dir|dein\w*|euch|euer)\b/i.test(text);
      return familiar || /["”]|\w…|\.\.\./.test(text);
    });
    expect(odd).toEqual([]);
  });

  it("has its fixed sentences of groups only where no function says them", () => {
    const strings: Words = german.groupStrings;
    expect(Object.entries(groupSentences).filter(([key, words]) => strings[key] !== words)).toEqual([]);
  });
});

describe("The compiler", () => {
  type Other = Translated<{ plain: "Yes"; put: (count: number) => string; deep: { one: "One" } }>;

  it("takes what has the same keys and parameters, and nothing else", () => {
    const put = (count: number) => `${count} davon`;
    const right: Other = { plain: "Ja", put, deep: { one: "Eins" } };
    // @ts-expect-error A key is missing.
    const short: Other = { plain: "Ja", put, deep: {} };
    // @ts-expect-error A key is superfluous.
    const long: Other = { ...right, deep: { one: "Eins", two: "Zwei" } };
    // @ts-expect-error English gives no second parameter.
    const greedy: Other = { ...right, put: (count: number, of: number) => `${count} von ${of}` };
    expect([right, short, long, greedy].map(({ plain }) => plain)).toEqual(["Ja", "Ja", "Ja", "Ja"]);
  });
});

describe("Every file of sentences", () => {
  const parts = Object.entries(FILES).flatMap(([file, exported]) =>
    Object.entries(exported)
      .filter((entry): entry is [string, Words] => typeof entry[1] === "object")
      .map(([name, words]) => ({ file, name, words })),
  );

  it.each(parts)(
    "$file: $name follows the language (wrap it in inLanguage, name it in english.ts)",
    ({ words }) => {
      const keeps = (catalog: Words) =>
        Object.entries(words).every(([key, value]) => key in catalog && Object.is(catalog[key], value));
      expect([...ENGLISH.values()].some(keeps)).toBe(true);
    },
  );

  it("is found", () => {
    expect(parts.length).toBeGreaterThan(12);
  });
});
