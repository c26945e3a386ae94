/** Longer ones are spoken in parts: some voices fall silent after a quarter of a minute. */
const MAX_CHARACTERS = 240;

/** A point behind these, or behind a single letter, ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s("'„“])(?:\p{L}|\p{L}\.\p{L}|Dr|Mr|Mrs|Ms|Prof|St|vs|approx|No|Nr|Abs|bzw|ca|ggf|inkl|evtl|Mio|Mrd|Tsd|max|min)\.\s*$/iu;
const SPOKEN = /[\p{L}\p{N}]/u;
const PART = /.{1,239}[,;:–—)](?=\s)|.{1,239}(?=\s)|.{1,240}/gsu;

/** The sentences of running text, without what has nothing to say. */
export function sentencesOf(text: string, language: string): readonly string[] {
  const sentences: string[] = [];
  let begun = "";
  for (const { segment } of segmenter(language).segment(text)) {
    begun += segment;
    if (ABBREVIATION.test(begun)) continue;
    sentences.push(begun);
    begun = "";
  }
  sentences.push(begun);
  return sentences
    .map((sentence) => sentence.trim())
    .filter((sentence) => SPOKEN.test(sentence))
    .flatMap(inParts);
}

/** The words of a text, lower case, as the language writes them. */
export function wordsOf(text: string, language: string): readonly string[] {
  const words = new Intl.Segmenter(known(language), { granularity: "word" }).segment(text);
  return [...words].filter((word) => word.isWordLike).map((word) => word.segment.toLowerCase());
}

function segmenter(language: string): Intl.Segmenter {
  return new Intl.Segmenter(known(language), { granularity: "sentence" });
}

/** A language tag somebody else may have stored: one that is none would throw. */
function known(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}

function inParts(sentence: string): readonly string[] {
  if (sentence.length <= MAX_CHARACTERS) return [sentence];
  return (sentence.match(PART) ?? []).map((part) => part.trim()).filter((part) => SPOKEN.test(part));
}
