import { expect, it } from "vitest";
import { emptyStep, emptyTurn, type Turn } from "../../src/core/state";
import { guessedHeight, holds, isKept, keyOf, keysOf, windowOf } from "../../src/ui/exchangeWindow";

const ended: Turn = { ...emptyTurn("t"), phase: "ended" };

function exchange(html: string): HTMLElement {
  const element = document.createElement("div");
  element.innerHTML = html;
  document.body.replaceChildren(element);
  return element;
}

it("what is in sight is on the page, with some around it, what is kept, and the last", () => {
  const range = { startIndex: 50, endIndex: 52, overscan: 2, count: 100 };
  expect(windowOf(range, [3, 51])).toEqual([3, 48, 49, 50, 51, 52, 53, 54, 99]);
  expect(windowOf({ ...range, startIndex: 0, endIndex: 1 }, [])).toEqual([0, 1, 2, 3, 99]);
});

it("an exchange with something open, or with the focus in it, stays on the page", () => {
  expect(isKept(ended, exchange("<p>words</p><details></details>"))).toBe(false);
  expect(isKept(ended, exchange("<details open></details>"))).toBe(true);
  expect(isKept(ended, exchange("<form></form>"))).toBe(true);
  const focused = exchange("<button></button>");
  focused.querySelector("button")?.focus();
  expect(isKept(ended, focused)).toBe(true);
  expect(isKept({ ...ended, phase: "running" }, undefined)).toBe(true);
  expect(isKept(ended, undefined)).toBe(false);
});

it("an exchange is found by each of its messages, and is guessed higher the more it says", () => {
  const longer = { ...ended, steps: [{ ...emptyStep("t.0", 0), text: "line\n".repeat(20) }] };
  expect(holds(longer, "t.0")).toBe(true);
  expect(holds(longer, "t.1")).toBe(false);
  expect(guessedHeight(longer)).toBeGreaterThan(guessedHeight(ended) + 400);
  expect(keyOf(ended)).toBe("t");
});

it("the list of keys is the same as before until an exchange comes or goes, however its text grows", () => {
  const turns = [ended, { ...ended, turnId: "u" }];
  const keys = keysOf(turns, []);
  expect(keys).toEqual(["t", "u"]);
  const grown = [ended, { ...emptyTurn("u"), steps: [{ ...emptyStep("u.0", 0), text: "more" }] }];
  expect(keysOf(grown, keys)).toBe(keys);
  expect(keysOf([...turns, emptyTurn("v")], keys)).toEqual(["t", "u", "v"]);
  expect(keysOf([ended], keys)).toEqual(["t"]);
});
