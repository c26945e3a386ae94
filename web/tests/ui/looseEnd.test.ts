import { expect, it } from "vitest";
import { withoutLooseEnd } from "../../src/ui/looseEnd";
import { byPeriod } from "../../src/ui/periods";

it("hides a table until its delimiter row is whole", () => {
  const table = ["Text", "", "| A | B |", "| --- | --: |", "| 1 | 2 |"].join("\n");
  const shown = Array.from(table, (_, index) => withoutLooseEnd(table.slice(0, index + 1)));
  const first = shown.findIndex((text) => text.includes("|"));
  expect(shown[first]).toBe(["Text", "", "| A | B |", "| --- | --: |", ""].join("\n"));
  expect(shown.at(-1)).toBe(table);
});

it("leaves everything else as it is", () => {
  for (const text of ["", "plain", "a | b", "| A |\n| - |\n| 1 |\n\nafter"])
    expect(withoutLooseEnd(text)).toBe(text);
});

it("groups sessions by the reader's own days", () => {
  const now = new Date(2026, 4, 20, 9, 0);
  const at = (daysAgo: number) => new Date(2026, 4, 20 - daysAgo, 8, 0).toISOString();
  const sessions = [0, 1, 2, 7, 8].map((days) => ({
    sessionId: String(days),
    title: "",
    pinned: false,
    updatedAt: at(days),
  }));
  expect(
    byPeriod(sessions, now).map((period) => [period.label, period.sessions.map((item) => item.sessionId)]),
  ).toEqual([
    ["Today", ["0"]],
    ["Yesterday", ["1"]],
    ["Previous 7 days", ["2", "7"]],
    ["Older", ["8"]],
  ]);
});
