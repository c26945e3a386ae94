import { expect, it } from "vitest";
import { excerptOf, excerptOfMarkdown } from "../../src/ui/excerpt";

it.each([
  [
    "## What to say about price\n\n> A price **objection** is `normal`.",
    "What to say about price A price objection is normal.",
  ],
  ["- one\n- [two](https://x.example)\n\n| a | b |\n| - | - |\n| 1 | 2 |", "one two a b 1 2"],
  ["a  \nb <b>c</b> ![chart](x.png)", "a b c chart"],
  ["", ""],
])("shows %j in plain words", (markdown, words) => {
  expect(excerptOfMarkdown(markdown)).toBe(words);
});

it("is cut behind a word, or within one that is too long", () => {
  expect(excerptOf("alpha beta  gamma delta", 17)).toBe("alpha beta gamma…");
  expect(excerptOf("x".repeat(50), 10)).toBe(`${"x".repeat(9)}…`);
  expect(excerptOfMarkdown("word ".repeat(20_000)).length).toBeLessThanOrEqual(140);
});

it("leaves what people wrote as they wrote it", () => {
  expect(excerptOf("2 * 3 * 4 # yes")).toBe("2 * 3 * 4 # yes");
});
