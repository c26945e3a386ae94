import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  chooseLanguage,
  language,
  LANGUAGES,
  locale,
  preferred,
  regional,
  startLanguage,
} from "../../src/ui/languages/language";
import { german } from "../../src/ui/languages/de/language-de";
import { NO_CURRENCY } from "../../src/core/currency";
import { money } from "../../src/ui/money";
import { strings } from "../../src/ui/strings";

const KEY = "salescoach.language";

beforeEach(() => {
  browserSpeaks("en-US");
});

afterEach(async () => {
  vi.restoreAllMocks();
  await chooseLanguage("en");
  window.localStorage.clear();
});

function browserSpeaks(...languages: string[]): void {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
}

describe("The language that is preferred", () => {
  it("is what was chosen on the device", () => {
    expect(preferred("de", ["en-US", "en"])).toBe("de");
    expect(preferred("en", ["de-DE"])).toBe("en");
  });

  it("is else the first of the browser's that there is", () => {
    expect(preferred(null, ["fr-FR", "de-CH", "en-US"])).toBe("de");
    expect(preferred(null, ["DE"])).toBe("de");
    expect(preferred("tlh", ["en-GB", "de-DE"])).toBe("en");
  });

  it("is English when there is none, and never a word of the object's own", () => {
    expect(preferred(null, ["fr-FR", "it"])).toBe("en");
    expect(preferred("constructor", ["toString", ""])).toBe("en");
    expect(preferred(null, [])).toBe("en");
  });
});

describe("Dates and numbers", () => {
  it("are written as in the region the browser names for the language", () => {
    expect(regional("en", ["de-DE", "en-GB", "en-US"])).toBe("en-GB");
    expect(regional("de", ["en-US"])).toBe("de");
  });

  it("follow the language of the page", async () => {
    browserSpeaks("en-GB", "de-LI", "de-DE");
    expect(locale()).toBe("en-GB");
    await chooseLanguage("de");
    expect(locale()).toBe("de-LI");
    browserSpeaks("en-GB", "de-DE");
    expect(strings.usage({ input: 1_000_000, cached: 0, output: 1, costMicros: 0 })).toBe("1.000.001 Tokens");
    expect(money(2_203, "USD")).toBe("0,002203\u00a0USD");
    expect(money(1_234_500_000, "USD")).toBe("1.234,50\u00a0USD");
    expect(money(28_800, NO_CURRENCY)).toBe("0,0288");
  });
});

describe("The page", () => {
  it("begins in the browser's language, and says which it is", async () => {
    browserSpeaks("de-AT", "en");
    await startLanguage();
    expect(strings.send).toBe("Senden");
    expect(document.documentElement.lang).toBe("de");
    expect(window.localStorage.getItem(KEY)).toBeNull();
  });

  it("keeps a choice on the device, and takes it back up", async () => {
    await chooseLanguage("de");
    expect(window.localStorage.getItem(KEY)).toBe("de");
    await chooseLanguage("en");
    browserSpeaks("de-DE");
    await startLanguage();
    expect(strings.send).toBe("Send");
    expect(document.documentElement.lang).toBe("en");
  });

  it("begins in English when the words do not come", async () => {
    browserSpeaks("de-DE");
    vi.spyOn(LANGUAGES.de, "load").mockRejectedValue(new Error("offline"));
    vi.spyOn(console, "warn").mockReturnValue();
    await startLanguage();
    expect([language.get(), strings.send]).toEqual(["en", "Send"]);
    expect(console.warn).toHaveBeenCalled();
  });

  it("goes on in its language when another does not come, and keeps no such choice", async () => {
    vi.spyOn(LANGUAGES.de, "load").mockRejectedValue(new Error("offline"));
    await expect(chooseLanguage("de")).rejects.toThrow("offline");
    expect([language.get(), strings.send, window.localStorage.getItem(KEY)]).toEqual(["en", "Send", null]);
  });

  it("speaks the last language asked for, however late another comes", async () => {
    let come: (words: typeof german) => void = () => undefined;
    const words = new Promise<typeof german>((resolve) => {
      come = resolve;
    });
    vi.spyOn(LANGUAGES.de, "load").mockReturnValue(words);
    const late = chooseLanguage("de");
    await chooseLanguage("en");
    come(german);
    await late;
    expect([language.get(), strings.send, window.localStorage.getItem(KEY)]).toEqual(["en", "Send", "en"]);
  });
});
