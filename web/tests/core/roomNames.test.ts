import { describe, expect, it } from "vitest";
import { CHI } from "../../dev/fake-rooms";
import { mentionsIn, nameable, namesIn, offered, segments } from "../../src/core/roomMentions";
import { labelled } from "../../src/core/roomNames";
import { emptyRoom, type Member, type Room } from "../../src/core/roomState";

const member = (id: string, name: string): Member => ({ id, name, role: "member", invited: false });
const BENS = [member("t.aaaa0001", "Ben Okafor"), member("t.bbbb0002", "ben okafor"), member("t.c", "Chi")];
const ME = member("t.me", "Ada");

function room(...members: Member[]): Room {
  const all = new Map([ME, ...members].map((each): [string, Member] => [each.id, each]));
  return { ...emptyRoom("g_1", ME.id), role: "member", members: all };
}

describe("people of the same name", () => {
  it("are told apart by the end of their principal, others are not", () => {
    expect(labelled(BENS).map(({ name }) => name)).toEqual(["Ben Okafor (0001)", "ben okafor (0002)", "Chi"]);
    expect(labelled([...BENS].reverse()).map(({ name }) => name)).toContain("Ben Okafor (0001)");
  });

  it("are told from the reader, too", () => {
    const names = nameable(room(member("t.x9", ME.name))).map(({ name }) => name);
    expect(names).toEqual(["coach", "Ada (t.x9)"]);
  });

  it("are mentioned one by one, and none of them where it is not said which", () => {
    const people = nameable(room(...BENS));
    expect(mentionsIn("@Ben Okafor (0002), ask @Chi", people)).toEqual(["t.bbbb0002", "t.c"]);
    expect(mentionsIn("@ben okafor (0001) and (0002)", people)).toEqual(["t.aaaa0001"]);
    expect(mentionsIn("@Ben Okafor?", people)).toEqual([]);
    expect(mentionsIn("@A", [...people, { id: "p1", name: "A" }, { id: "p2", name: "a" }])).toEqual([]);
  });

  it("are found by what tells them apart", () => {
    const people = nameable(room(...BENS));
    expect(offered(people, "ben").map(({ id }) => id)).toEqual(["t.aaaa0001", "t.bbbb0002"]);
    expect(offered(people, "Ben Okafor (0002)").map(({ id }) => id)).toEqual(["t.bbbb0002"]);
  });
});

describe("somebody who is called like the coach", () => {
  it.each([
    ["coach", "coach-0007"],
    ["Coach Carter", "Coach-Carter-0007"],
    ["SalesCoach: Ben", "SalesCoach-Ben-0007"],
    ["Coachella", "Coachella"],
  ])("is named so that the coach is not meant: %s", (name, label) => {
    const people = nameable(room(member("t.0007", name)));
    expect(people.map((person) => person.name)).toEqual(["coach", label]);
    expect(mentionsIn(`@${label}`, people)).toEqual(["t.0007"]);
    expect(mentionsIn("@coach", people)).toEqual(["coach"]);
  });
});

describe("the names in a message", () => {
  const read = (text: string, mentions: readonly string[], people: readonly Member[]) =>
    segments(text, namesIn(people, mentions)).flatMap(({ id, text: words }) => (id ? [[words, id]] : []));

  it("are those of whom it mentions, also from before there were two of the name", () => {
    expect(read("@Ben Okafor, hi", ["t.aaaa0001"], BENS)).toEqual([["@Ben Okafor", "t.aaaa0001"]]);
    expect(read("@Ben Okafor (0002)", ["t.bbbb0002"], BENS)).toEqual([["@Ben Okafor (0002)", "t.bbbb0002"]]);
    expect(read("@Ben Okafor", ["t.aaaa0001", "t.bbbb0002"], BENS)).toEqual([]);
    expect(read("@Ben Okafor (0002)", ["t.gone"], BENS.slice(0, 1))).toEqual([]);
  });

  it("are the coach's wherever it is named", () => {
    expect(read("@coach and @Chi", [], [...BENS, member("t.9", "coach")])).toEqual([["@coach", "coach"]]);
    expect(read("@coach", ["t.9"], [member("t.9", "coach")])).toEqual([["@coach", "coach"]]);
  });
});

describe("names as they are typed", () => {
  it.each([
    ["zoe", "Zoë Ångström-Li"],
    ["angs", "Zoë Ångström-Li"],
    ["ångström-l", "Zoë Ångström-Li"],
    ["gross", "Jürgen Groß"],
    ["GROẞ", "Jürgen Groß"],
    ["o'n", "Sean O’Neill"],
    ["oneill", "Sean O’Neill"],
    ["ext", "Max Muster (Extern)"],
    ["(ext", "Max Muster (Extern)"],
    ["lukasz", "Łukasz Sørensen"],
    ["sor", "Łukasz Sørensen"],
  ])("are found without their marks: %s", (typed, name) => {
    expect(offered([{ id: "p1", name }, CHI], typed).map(({ id }) => id)).toEqual(["p1"]);
  });

  it("end where the text goes on", () => {
    expect(offered([{ id: "p1", name: "Ben" }], "Ben ")).toEqual([]);
    expect(offered([{ id: "p1", name: "Ben Okafor" }], "Ben,")).toEqual([]);
    expect(offered([{ id: "p1", name: "Ben" }], " ")).toEqual([]);
    expect(offered([{ id: "p1", name: "Ben" }], " b")).toEqual([]);
  });
});
