import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeServer } from "../../dev/fake-server";
import type { FoundSession, SearchPage } from "../../src/core/api";
import { ApiError, SignedOutError } from "../../src/core/codes";
import { ConversationSearch, idOf, PAGES_AT_ONCE, SETTLE_MS } from "../../src/core/search";

const session = (id: string): FoundSession => ({
  session_id: id,
  title: id,
  updated_at: "",
  archived: false,
  found: [{ message_id: `${id}.q`, by: "person", before: "", match: "price", after: "" }],
});
const page = (ids: string[], next: string | null = null): SearchPage => ({
  sessions: ids.map(session),
  next,
});
let server: FakeServer;
let search: ConversationSearch;
const ids = () => search.view.get().found.map(idOf);
const settle = (milliseconds = SETTLE_MS) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  search = new ConversationSearch(server);
});

afterEach(() => {
  vi.useRealTimers();
});

it("looks once typing pauses, for the words without the blanks around", async () => {
  server.onSearch = () => page(["a"]);
  for (const words of ["p", "pr", "pri", " price "]) {
    search.type(words);
    await settle(SETTLE_MS - 1);
  }
  expect(server.searched).toEqual([]);
  expect(search.view.get().state).toBe("searching");
  await settle();
  expect(server.searched).toEqual([["price", null]]);
  expect(search.view.get()).toMatchObject({ words: " price ", state: "done", next: null });
  expect(ids()).toEqual(["a"]);
  search.type("price");
  await settle();
  expect(server.searched).toHaveLength(1);
});

it("looks for nothing shorter than two characters", async () => {
  search.type(" p ");
  await settle();
  expect([server.searched, search.view.get().state]).toEqual([[], "idle"]);
  await search.now();
  expect(server.searched).toEqual([]);
});

it("looks at once when asked to", async () => {
  search.type("price");
  await search.now();
  await settle();
  expect(server.searched).toEqual([["price", null]]);
});

it("shows nothing that comes late for other words", async () => {
  let late: (found: SearchPage) => void = () => undefined;
  server.onSearch = (words) => (words === "old words" ? new Promise((done) => (late = done)) : page(["new"]));
  search.type("old words");
  await settle();
  search.type("new words");
  await settle();
  late(page(["old"]));
  await settle();
  expect(ids()).toEqual(["new"]);
});

it("goes on through empty pages until something is found, and not for ever", async () => {
  server.onSearch = (_words, before) => (before === "2" ? page(["a"], "3") : page([], before ? "2" : "1"));
  search.type("price");
  await settle();
  expect(server.searched.map(([, before]) => before)).toEqual([null, "1", "2"]);
  expect(search.view.get()).toMatchObject({ state: "done", next: { sessions: "3", groups: null } });
  server.onSearch = (_words, before) => page([], `${before ?? "0"}x`);
  await search.more();
  expect(server.searched).toHaveLength(3 + PAGES_AT_ONCE);
  expect(search.view.get()).toMatchObject({ state: "done", next: { sessions: "3xxxx", groups: null } });
  expect(ids()).toEqual(["a"]);
});

it("adds older ones, each once", async () => {
  server.onSearch = (_words, before) => (before ? page(["b", "c"]) : page(["a", "b"], "n"));
  search.type("price");
  await settle();
  await search.more();
  expect(ids()).toEqual(["a", "b", "c"]);
  await search.more();
  expect(server.searched).toHaveLength(2);
});

it("keeps what was found when older ones cannot be looked through, and tries again", async () => {
  server.onSearch = () => page(["a"], "n");
  search.type("price");
  await settle();
  const away = { code: "unreachable", message: "", retryable: true } as const;
  server.onSearch = () => Promise.reject(new ApiError(0, away));
  await search.more();
  expect(search.view.get()).toMatchObject({ state: "failed", problem: away });
  expect(ids()).toEqual(["a"]);
  server.onSearch = () => page(["b"]);
  await search.now();
  expect(search.view.get()).toMatchObject({ state: "done", problem: null });
  expect(ids()).toEqual(["b"]);
});

it("shows nothing found for other words when a search fails", async () => {
  server.onSearch = () => page(["a"]);
  search.type("price");
  await settle();
  server.onSearch = () =>
    Promise.reject(new ApiError(0, { code: "unreachable", message: "", retryable: true }));
  search.type("discount");
  expect(ids()).toEqual(["a"]);
  await settle();
  expect(search.view.get().state).toBe("failed");
  expect(ids()).toEqual([]);
});

it("forgets what was found when the words are cleared, also what is on its way", async () => {
  let late: (found: SearchPage) => void = () => undefined;
  server.onSearch = () => new Promise((done) => (late = done));
  search.type("price");
  await settle();
  search.clear();
  late(page(["a"]));
  await settle();
  expect(search.view.get()).toEqual({ words: "", state: "idle", found: [], next: null, problem: null });
});

it("says nothing of a sign-in that ended: the page does", async () => {
  server.onSearch = () => Promise.reject(new SignedOutError());
  search.type("price");
  await settle();
  expect(search.view.get()).toMatchObject({ state: "done", problem: null });
});

it("looks through groups beside the sessions, the last used first, each as far as it goes", async () => {
  const group = (id: string, updated_at: string) => ({
    group_id: id,
    title: id,
    updated_at,
    archived: true,
    found: [],
  });
  server.onSearch = () => ({ sessions: [{ ...session("a"), updated_at: "2026-01-02" }], next: null });
  server.rooms.onSearch = (_words, before) =>
    before
      ? { groups: [group("g_3", "2026-01-04")], next: null }
      : { groups: [group("g_1", "2026-01-01"), group("g_2", "2026-01-03")], next: "n" };
  search.type("price");
  await settle();
  expect(ids()).toEqual(["g_2", "a", "g_1"]);
  expect(search.view.get().next).toEqual({ sessions: null, groups: "n" });
  await search.more();
  expect(ids()).toEqual(["g_2", "a", "g_1", "g_3"]);
  expect([search.view.get().next, server.searched]).toEqual([null, [["price", null]]]);
});
