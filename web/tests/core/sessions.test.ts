import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeServer } from "../../dev/fake-server";
import { ApiError } from "../../src/core/codes";
import { Sessions } from "../../src/core/sessions";

const session = (id: string, day: number) => ({
  sessionId: id,
  title: id,
  pinned: false,
  updatedAt: `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`,
});
let server: FakeServer;
let sessions: Sessions;
const ids = () => sessions.list.get().sessions.map((item) => item.sessionId);

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  sessions = new Sessions(server);
});

afterEach(() => {
  vi.useRealTimers();
});

it("answers a burst of changes with one request", async () => {
  const asked = vi.spyOn(server, "sessions");
  for (let change = 0; change < 5; change++) sessions.refreshSoon();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveBeenCalledTimes(1);
});

it("keeps older pages behind a renewed first page", async () => {
  server.page = { sessions: [session("c", 9), session("b", 8)], next: "n1" };
  sessions.refreshSoon();
  await vi.advanceTimersByTimeAsync(300);
  server.page = { sessions: [session("a", 2)], next: null };
  await sessions.more();
  expect(ids()).toEqual(["c", "b", "a"]);
  server.page = { sessions: [session("d", 10), session("c", 9)], next: "n1" };
  sessions.refreshSoon();
  await vi.advanceTimersByTimeAsync(300);
  expect(ids()).toEqual(["d", "c", "b", "a"]);
  expect(sessions.list.get().next).toBeNull();
});

it("keeps what is shown when the list cannot be read", async () => {
  server.page = { sessions: [session("a", 1)], next: null };
  sessions.refreshSoon();
  await vi.advanceTimersByTimeAsync(300);
  const problem = { code: "unreachable", message: "", retryable: true } as const;
  vi.spyOn(server, "sessions").mockRejectedValueOnce(new ApiError(0, problem));
  sessions.refreshSoon();
  await vi.advanceTimersByTimeAsync(300);
  expect(ids()).toEqual(["a"]);
  expect(sessions.list.get().problem).toEqual(problem);
});
