import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import type { FoundSession, SearchPage } from "../../src/core/api";
import { ApiError } from "../../src/core/codes";
import { asked } from "../../dev/said";
import { begun, ended, step } from "../core/events";
import { CardPage } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();
const FOUND: FoundSession = {
  session_id: "s_5",
  title: "Contoso renewal",
  updated_at: "2026-01-02",
  archived: true,
  found: [
    { message_id: "t_a.q", by: "person", before: "What of the ", match: "price", after: "?" },
    { message_id: "t_a.0", by: "coach", before: "The ", match: "Price", after: " is fair." },
  ],
};
const OTHER: FoundSession = {
  session_id: "s_6",
  title: "",
  updated_at: "2026-01-01",
  archived: false,
  found: [],
};
const found = (sessions: FoundSession[], next: string | null = null): SearchPage => ({ sessions, next });

beforeEach(() => {
  page.server.onSearch = () => found([FOUND, OTHER]);
});

const box = () => screen.getByTestId<HTMLInputElement>("search");
const said = () => screen.getByTestId("search-said").textContent;

async function lookFor(words: string): Promise<void> {
  fireEvent.change(box(), { target: { value: words } });
  await page.settle(300);
}

async function shown(): Promise<void> {
  page.server.append("s_5", asked("t_a", "What of the price?", { client_message_id: "m" }));
  page.server.append("s_5", begun("t_a"));
  page.server.append("s_5", step("t_a", 0));
  page.server.append("s_5", ended("t_a"));
  await page.show();
}

it("shows what was found in place of the list, and says how much", async () => {
  await shown();
  expect(screen.getByTestId("session-list")).toBeTruthy();
  fireEvent.change(box(), { target: { value: "p" } });
  expect(said()).toBe("Type at least two characters.");
  fireEvent.change(box(), { target: { value: "price" } });
  expect(said()).toBe("Searching…");
  await page.settle(300);
  expect(screen.queryByTestId("session-list")).toBeNull();
  expect(texts("found-session")).toHaveLength(2);
  expect(texts("found-text")).toEqual(["You: What of the price?", "Coach: The Price is fair."]);
  expect(screen.getByText("Contoso renewal").textContent).toBe("Contoso renewal · archived");
  expect(screen.getByText("New conversation").getAttribute("href")).toBe("/s/s_6");
  expect(said()).toBe("2 conversations");
  expect(screen.getByTestId("search-said").getAttribute("role")).toBe("status");
});

it("opens the conversation at the message, and focuses it there", async () => {
  await shown();
  await lookFor("price");
  const [, second] = screen.getAllByTestId("found-text");
  if (second) fireEvent.click(second);
  await page.settle();
  expect(window.location.pathname + window.location.hash).toBe("/s/s_5#t_a.0");
  expect(document.activeElement?.id).toBe("m-t_a.0");
  const [first] = screen.getAllByTestId("found-text");
  if (first) fireEvent.click(first);
  await page.settle();
  expect(document.activeElement?.id).toBe("m-t_a.q");
});

it("lets the browser open it in another tab", async () => {
  await shown();
  await lookFor("price");
  const [first] = screen.getAllByTestId("found-text");
  expect(first?.getAttribute("href")).toBe("/s/s_5#t_a.q");
  if (first) expect(fireEvent.click(first, { ctrlKey: true })).toBe(true);
  expect(window.location.pathname).toBe("/");
});

it("is used by keyboard: down to what was found, up again, and Escape ends it", async () => {
  await shown();
  await lookFor("price");
  const down = () => fireEvent.keyDown(document.activeElement ?? document.body, { key: "ArrowDown" });
  const up = () => fireEvent.keyDown(document.activeElement ?? document.body, { key: "ArrowUp" });
  box().focus();
  down();
  expect(document.activeElement?.textContent).toContain("Contoso renewal");
  down();
  expect(document.activeElement?.textContent).toBe("You: What of the price?");
  up();
  up();
  expect(document.activeElement).toBe(box());
  down();
  for (let times = 0; times < 9; times++) down();
  expect(document.activeElement?.textContent).toBe("New conversation");
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" });
  expect([document.activeElement, box().value]).toEqual([box(), ""]);
  expect(screen.getByTestId("session-list")).toBeTruthy();
});

it("clears the words on Escape, and looks at once on Enter", async () => {
  await shown();
  fireEvent.change(box(), { target: { value: "price" } });
  fireEvent.submit(box());
  await page.settle();
  expect(said()).toBe("2 conversations");
  fireEvent.keyDown(box(), { key: "Escape" });
  expect([box().value, said()]).toEqual(["", ""]);
});

it("says when nothing was found, and looks through older ones when asked", async () => {
  await shown();
  page.server.onSearch = (_words, before) => found([], `${before ?? ""}x`);
  await lookFor("price");
  expect(said()).toBe("Nothing found in your latest conversations.");
  page.server.onSearch = () => found([OTHER]);
  fireEvent.click(screen.getByRole("button", { name: "Search older conversations" }));
  await page.settle();
  expect(said()).toBe("1 conversation");
  expect(screen.queryByRole("button", { name: "Search older conversations" })).toBeNull();
  page.server.onSearch = () => found([]);
  await lookFor("prices");
  expect(said()).toBe("Nothing found in your conversations.");
});

it("says when it did not work, and tries again", async () => {
  await shown();
  const away = new ApiError(0, { code: "unreachable", message: "", retryable: true });
  vi.spyOn(page.server, "searchSessions").mockRejectedValueOnce(away);
  await lookFor("price");
  expect(said()).toBe("The search did not work. SalesCoach could not be reached.");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await page.settle();
  expect(said()).toBe("2 conversations");
});

it("shows what was said in groups beside the rest, and opens the group at the message", async () => {
  page.server.onSearch = () => found([FOUND]);
  page.server.rooms.onSearch = () => ({
    groups: [
      {
        group_id: "g_1",
        title: "Deal room",
        updated_at: "2026-01-03",
        archived: true,
        found: [{ message_id: "t_b.q", by: "Ben Okafor", before: "A fair ", match: "price", after: "" }],
      },
    ],
    next: null,
  });
  await shown();
  await lookFor("price");
  expect(said()).toBe("2 conversations");
  expect(texts("found-group")).toEqual(["Deal room · group · archivedBen Okafor: A fair price"]);
  const [first] = screen.getAllByTestId("found-text");
  expect(first?.getAttribute("href")).toBe("/g/g_1#t_b.q");
  if (first) fireEvent.click(first);
  await page.settle();
  expect(window.location.pathname + window.location.hash).toBe("/g/g_1#t_b.q");
});
