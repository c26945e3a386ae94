import { describe, expect, it } from "vitest";
import { AnswerReader } from "../../src/voice/answerReader";
import { sentencesOf, wordsOf } from "../../src/voice/sentences";
import { spokenBlocks } from "../../src/voice/speakable";
import { TextReader } from "../../src/voice/textReader";
import { asked, begun, conversationOf, ended, step } from "../core/events";

const open = { complete: false, language: "en" };
const whole = { complete: true, language: "en" };

/** All sentences, in the order they are told, of a text that comes so many characters at a time. */
function streamed(text: string, size: number): string[] {
  const reader = new TextReader();
  const told: string[] = [];
  for (let end = size; end < text.length; end += size) told.push(...reader.next(text.slice(0, end), open));
  return [...told, ...reader.next(text, whole)];
}

function spoken(markdown: string): string[] {
  return spokenBlocks(markdown).flatMap((block) => block.paragraphs);
}

describe("sentences", () => {
  it("end where the language ends them, and not behind abbreviations and in numbers", () => {
    expect(sentencesOf("Dr. Smith paid 3.5 million, e.g. in May. Really? Yes!", "en")).toEqual([
      "Dr. Smith paid 3.5 million, e.g. in May.",
      "Really?",
      "Yes!",
    ]);
    expect(sentencesOf("Das kostet ca. 5 Euro, z. B. hier. Gut.", "de")).toEqual([
      "Das kostet ca. 5 Euro, z. B. hier.",
      "Gut.",
    ]);
  });

  it("that are long are spoken in parts, and lose no word", () => {
    const text = `${"We talk about price, value and time, ".repeat(20)}and stop.`;
    const parts = sentencesOf(text, "en");
    expect(parts.length).toBeGreaterThan(2);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(240);
    expect(parts.join(" ")).toBe(text);
  });

  it("need a letter or a figure, and survive a language that is none", () => {
    expect(sentencesOf("— … ***", "en")).toEqual([]);
    expect(sentencesOf("One. Two.", "not a language")).toEqual(["One.", "Two."]);
    expect(wordsOf("It’s 5 o'clock – ok?", "en")).toEqual(["it’s", "5", "o'clock", "ok"]);
  });
});

describe("Markdown as it is spoken", () => {
  it("leaves out code, tables, HTML and pictures, and reads links as their text", () => {
    const markdown = [
      "# The **plan** 🚀",
      "Read [the playbook](https://x.example/p) or https://www.contoso.example/deal?id=1.",
      "```js\nsecret();\n```",
      "| a | b |\n|---|---|\n| 1 | 2 |",
      "<div>markup</div>",
      "- first `price`\n- ~~old~~ second\n  1. inner",
      "> quoted ![a chart](https://x.example/c.png)",
    ].join("\n\n");
    expect(spoken(markdown)).toEqual([
      "The plan",
      "Read the playbook or contoso.example.",
      "first price",
      "second",
      "inner",
      "quoted a chart",
    ]);
  });
});

describe("a text that grows", () => {
  const text = [
    "Start with **value. Then** talk about price. See [the plan](https://x.example/a.b).",
    "Steps:\n\n1. Ask first.\n2. Listen. Then sum up.",
    "```\nnever. read. this.\n```",
    "| Deal | Sum |\n|---|---|\n| Contoso. | 5. |",
    "Done!",
  ].join("\n\n");

  it("is told sentence by sentence, the same in whatever pieces it comes", () => {
    const told = streamed(text, text.length);
    expect(told).toEqual([
      "Start with value.",
      "Then talk about price.",
      "See the plan.",
      "Steps:",
      "Ask first.",
      "Listen.",
      "Then sum up.",
      "Done!",
    ]);
    for (const size of [1, 2, 5, 17, 31]) expect(streamed(text, size)).toEqual(told);
  });

  it("is told as soon as a sentence is over, not when all is there", () => {
    const reader = new TextReader();
    expect(reader.next("One sentence. And an", open)).toEqual(["One sentence."]);
    expect(reader.next("One sentence. And another. T", open)).toEqual(["And another."]);
    expect(reader.next("One sentence. And another. This", whole)).toEqual(["This"]);
    expect(reader.next("One sentence. And another. This", whole)).toEqual([]);
  });

  it("that is replaced is told from where it differs", () => {
    const reader = new TextReader();
    reader.next("Same one.\n\nOld two. Old three.\n\nx", open);
    expect(reader.next("Same one.\n\nNew two. New three.", whole)).toEqual(["New two.", "New three."]);
    const again = new TextReader();
    again.next("First.\n\nSecond.\n\nThi", open);
    expect(again.next("", open)).toEqual([]);
    expect(again.next("First.\n\nSecond.\n\nThird.", whole)).toEqual(["Third."]);
  });
});

describe("a conversation read aloud", () => {
  const text = (words: string) => ({ parts: [{ type: "text" as const, text: words }] });
  const question = [asked("t_1"), begun("t_1")];

  it("is read from answers that begin while somebody listens", () => {
    const reader = new AnswerReader();
    const old = [asked("t_0"), begun("t_0"), step("t_0", 0, text("Old news.")), ended("t_0")];
    reader.skip(conversationOf(old), "en");
    expect(reader.follow(conversationOf([...old, ...question]), "en")).toEqual([]);
    const answered = conversationOf([...old, ...question, step("t_1", 0, text("Fresh. News."))]);
    expect(reader.follow(answered, "en")).toEqual(["Fresh.", "News."]);
    expect(reader.follow(answered, "en")).toEqual([]);
  });

  it("leaves out what is over when it is first seen, as all of another conversation", () => {
    const reader = new AnswerReader();
    const over = [...question, step("t_1", 0, text("Long ago.")), ended("t_1")];
    expect(reader.follow(conversationOf(over), "en")).toEqual([]);
  });

  it("says no more of an answer that was interrupted, but reads the next", () => {
    const reader = new AnswerReader();
    reader.follow(conversationOf(question), "en");
    const first = [...question, step("t_1", 0, text("One."))];
    expect(reader.follow(conversationOf(first), "en")).toEqual(["One."]);
    reader.mute(conversationOf(first));
    const more = [...first, step("t_1", 1, text("Two.")), ended("t_1"), asked("t_2"), begun("t_2")];
    expect(reader.follow(conversationOf(more), "en")).toEqual([]);
    expect(reader.follow(conversationOf([...more, step("t_2", 0, text("Three."))]), "en")).toEqual([
      "Three.",
    ]);
  });
});
