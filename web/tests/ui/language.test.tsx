import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { appendAnswer } from "../../dev/script";
import { loadedCatalogs } from "../../src/ui/languages/catalog";
import { german } from "../../src/ui/languages/de/language-de";
import { chooseLanguage, LANGUAGES } from "../../src/ui/languages/language";
import { serverWords } from "../../src/ui/languages/serverWords";
import { go } from "../../src/ui/route";
import { problemText, strings } from "../../src/ui/strings";
import { begun, ended } from "../core/events";
import { Page, texts } from "./page";

const page = new Page();

afterEach(async () => {
  cleanup();
  vi.restoreAllMocks();
  await chooseLanguage("en");
  window.localStorage.clear();
});

async function choose(tag: string): Promise<void> {
  fireEvent.change(screen.getByTestId("language"), { target: { value: tag } });
  await vi.dynamicImportSettled();
  await page.settle();
}

/** Everything the page says, to the eye or the ear. */
function said(): string[] {
  const labels = [...document.querySelectorAll("*")].flatMap((element) =>
    ["aria-label", "title", "placeholder"].map((name) => element.getAttribute(name) ?? ""),
  );
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode()) found.push(walker.currentNode.nodeValue ?? "");
  return [...labels, ...found].map((text) => text.trim()).filter((text) => text !== "");
}

function sentences(words: unknown): string[] {
  if (typeof words === "string") return [words];
  return typeof words === "object" && words !== null ? Object.values(words).flatMap(sentences) : [];
}

/** What is said nowhere but in one language. */
function only(language: unknown, other: unknown): Set<string> {
  const both = new Set(sentences(other));
  return new Set(sentences(language).filter((text) => text !== "" && !both.has(text)));
}

const ENGLISH = only(Object.fromEntries(loadedCatalogs()), german);
const GERMAN = only(german, Object.fromEntries(loadedCatalogs()));

async function answeredSession(): Promise<void> {
  page.server.titles.set("s_1", "Contoso");
  const updatedAt = new Date().toISOString();
  page.server.page = {
    sessions: [{ sessionId: "s_1", title: "Contoso", pinned: false, updatedAt }],
    next: null,
  };
  appendAnswer(page.server, "s_1", "t_1");
  page.server.append("s_1", begun("t_2"));
  page.server.append("s_1", ended("t_2", { status: "failed", error: FILTERED }));
  go("s_1", { replace: true });
  await page.show();
  await page.settle(300);
}

/** The person's own words, though the empty page offers them too. */
const QUESTION = strings.suggestions[0].question;
const FILTERED = {
  code: "content_filtered",
  message: "Blocked.",
  fault: "model",
  retryable: false,
  after_ms: null,
  trace_id: null,
} as const;

describe("Another language", () => {
  it("is spoken all over the page as soon as it is chosen, and English again after it", async () => {
    await answeredSession();
    expect(said().filter((text) => GERMAN.has(text))).toEqual([]);
    const before = said();
    await choose("de");
    expect(said().filter((text) => ENGLISH.has(text))).toEqual([QUESTION]);
    expect(said().filter((text) => GERMAN.has(text)).length).toBeGreaterThan(25);
    expect(document.documentElement.lang).toBe("de");
    expect(screen.getByRole("navigation", { name: "Unterhaltungen" }).textContent).toContain("Heute");
    expect(texts("tool-step")[0]).toContain("412 ms");
    expect(document.body.textContent).toContain("Die Inhaltsregeln des Sprachmodells");
    await choose("en");
    expect(said()).toEqual(before);
    expect(document.documentElement.lang).toBe("en");
  });

  it("costs nothing that is typed, open or under way", async () => {
    await answeredSession();
    fireEvent.change(page.box, { target: { value: "Half a question" } });
    const box = page.box;
    const connections = page.server.listeners.size;
    const step = screen.getAllByTestId<HTMLDetailsElement>("tool-step")[0]?.querySelector("details");
    if (step) step.open = true;
    await choose("de");
    expect(page.box).toBe(box);
    expect(page.box.value).toBe("Half a question");
    expect(page.box.placeholder).toBe("Coach fragen …");
    expect(page.server.listeners.size).toBe(connections);
    expect(step?.open ?? true).toBe(true);
    expect(page.server.received.map(({ type }) => type)).not.toContain("query");
  });

  it("can be chosen before anyone has signed in", async () => {
    await page.show(new FakeAuth(null));
    await choose("de");
    expect(screen.getByTestId("sign-in").textContent).toBe("Anmelden");
    expect(within(screen.getByTestId("language")).getByText("English").lang).toBe("en");
  });

  it("says when it does not come, and the page stays as it was", async () => {
    await page.show();
    vi.spyOn(LANGUAGES.de, "load").mockRejectedValue(new Error("offline"));
    vi.spyOn(console, "warn").mockReturnValue();
    await choose("de");
    expect(screen.getByText(/^This language could not be loaded/)).toBeTruthy();
    expect(screen.getByTestId<HTMLSelectElement>("language").value).toBe("en");
    expect(page.box.placeholder).toBe(strings.placeholder);
  });
});

describe("What the server says", () => {
  const full = { code: "memory_full", message: "200 notes are the most.", retryable: false } as const;

  it("stands as it came in English, and is said by its code in German", async () => {
    expect(problemText(full)).toBe("200 notes are the most.");
    await chooseLanguage("de");
    expect(problemText(full)).toBe("Ihr Gedächtnis ist voll. Löschen Sie erst eine Notiz.");
  });

  it("stays where the code says nothing to people", async () => {
    await chooseLanguage("de");
    expect(problemText({ code: "invalid_command", message: "content: too long.", retryable: false })).toBe(
      "content: too long.",
    );
    expect(problemText({ code: "invalid_command", message: "", retryable: false })).toBe(
      german.problems.internal,
    );
  });

  it("tells of a budget in the words and the dates of the language", async () => {
    await chooseLanguage("de");
    const warning = {
      message: "80 %",
      scope: "team",
      used_percent: 80,
      resets_at: "2026-12-01T00:00:00",
    } as const;
    expect(serverWords.warning(warning)).toBe(
      "Ihr Team hat 80 % des Budgets verbraucht. Es beginnt neu am 01.12.2026, 00:00.",
    );
  });
});
