import { describe, expect, it } from "vitest";
import { COACH_NAMED, mentionsIn, named, namingAt, offered, segments } from "../../src/core/roomMentions";

const BEN = { id: "p2", name: "Ben" };
const BEN_OKAFOR = { id: "p3", name: "Ben Okafor" };
const ZOE = { id: "p4", name: "Zoë Ångström-Li" };
const PEOPLE = [COACH_NAMED, BEN, BEN_OKAFOR, ZOE];

describe("naming somebody", () => {
  it("begins with an @ at the beginning of a word", () => {
    expect(namingAt("@", 1)).toEqual({ start: 0, end: 1, query: "" });
    expect(namingAt("hi @Ben Ok there", 10)).toEqual({ start: 3, end: 10, query: "Ben Ok" });
    expect(namingAt("mail ben@contoso", 16)).toBeNull();
    expect(namingAt("@ben\nnext", 9)).toBeNull();
    expect(namingAt("no", 2)).toBeNull();
  });

  it("offers whoever has a word of the name that begins so", () => {
    expect(offered(PEOPLE, "o").map(({ id }) => id)).toEqual(["p3"]);
    expect(offered(PEOPLE, "LI").map(({ id }) => id)).toEqual(["p4"]);
    expect(offered(PEOPLE, "ben").map(({ id }) => id)).toEqual(["p2", "p3"]);
    expect(offered(PEOPLE, "ben o").map(({ id }) => id)).toEqual(["p3"]);
    expect(offered(PEOPLE, "x")).toEqual([]);
  });

  it("puts the name where it was begun, and the caret behind it", () => {
    const naming = namingAt("hi @be, ok?", 6);
    expect(naming && named("hi @be, ok?", naming, BEN)).toEqual({ text: "hi @Ben , ok?", caret: 8 });
  });
});

describe("the names in a text", () => {
  it("are the longest that fit", () => {
    expect(mentionsIn("@Ben Okafor and @ben: see @coach", PEOPLE)).toEqual(["p3", "p2", "coach"]);
    expect(mentionsIn("@Ben Okafor, @Ben Okafor", PEOPLE)).toEqual(["p3"]);
    expect(mentionsIn("(@zoë ångström-li)", PEOPLE)).toEqual(["p4"]);
  });

  it("are no parts of other words or addresses", () => {
    expect(mentionsIn("@Benny me@coach @coaches a.@Ben @@Ben", PEOPLE)).toEqual([]);
    expect(mentionsIn("@a+b (x)", [{ id: "p9", name: "a+b (x)" }])).toEqual(["p9"]);
  });

  it("leave every character of the text where it is", () => {
    const text = "@Ben, ask @coach about @Ben Okafor’s deal 🎯";
    const parts = segments(text, PEOPLE);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts.map(({ id }) => id)).toEqual(["p2", null, "coach", null, "p3", null]);
  });
});
