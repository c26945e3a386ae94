import { beforeEach, expect, it, vi } from "vitest";
import { FakeAuth } from "../../dev/fake-auth";
import { HttpApi } from "../../src/core/api";
import { ApiError, SignedOutError } from "../../src/core/codes";
import { loadSettings } from "../../src/core/settings";

const fetched = vi.fn<typeof fetch>();
let auth: FakeAuth;
let api: HttpApi;

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  auth = new FakeAuth();
  api = new HttpApi("/api", auth);
});

function answer(status: number, body: unknown): void {
  fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }));
}

function tokens(): (string | null)[] {
  return fetched.mock.calls.map(([, init]) => new Headers(init?.headers).get("Authorization"));
}

it("negotiates with the person's token", async () => {
  answer(200, { url: "ws://x/client/hubs/chat", expires_at: "", capabilities: [] });
  expect(await api.negotiate()).toBe("ws://x/client/hubs/chat");
  expect(fetched.mock.calls[0]?.[0]).toBe("/api/chat/negotiate");
  expect(tokens()).toEqual(["Bearer token-0"]);
});

it("tries a refused token once more with a fresh one", async () => {
  answer(401, { code: "token_expired", message: "old" });
  answer(200, { url: "ws://x", expires_at: "", capabilities: [] });
  await api.negotiate();
  expect(tokens()).toEqual(["Bearer token-0", "Bearer token-1"]);
});

it("gives up signing in by itself when the fresh token is refused too", async () => {
  answer(401, { code: "token_invalid", message: "" });
  answer(401, { code: "token_invalid", message: "" });
  await expect(api.negotiate()).rejects.toBeInstanceOf(SignedOutError);
});

it("keeps the words and the code of a problem", async () => {
  answer(503, { code: "store_unavailable", message: "The store is away.", retryable: true });
  const error: unknown = await api.sessions(null, false).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 503,
    problem: { code: "store_unavailable", message: "The store is away.", retryable: true },
  });
});

it("says that nothing answered", async () => {
  fetched.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  await expect(api.negotiate()).rejects.toMatchObject({ status: 0, problem: { code: "unreachable" } });
});

it("reads a page of sessions and asks for the next by its cursor", async () => {
  answer(200, {
    sessions: [{ session_id: "s_1", title: "One", updated_at: "2026-01-01T00:00:00Z" }],
    next: "c/1",
  });
  answer(200, { sessions: [], next: null });
  expect(await api.sessions(null, false)).toEqual({
    sessions: [{ sessionId: "s_1", title: "One", updatedAt: "2026-01-01T00:00:00Z", pinned: false }],
    next: "c/1",
  });
  expect(await api.sessions("c/1", true)).toEqual({ sessions: [], next: null });
  expect(fetched.mock.calls[1]?.[0]).toBe("/api/sessions?limit=50&archived=true&before=c%2F1");
});

it("changes what a session does with questions meanwhile", async () => {
  answer(200, { while_busy: "reject" });
  await api.changeSession("s_1", { while_busy: "reject" });
  const [url, init] = fetched.mock.calls[0] ?? [];
  expect(url).toBe("/api/sessions/s_1");
  expect(init).toMatchObject({ method: "PATCH", body: '{"while_busy":"reject"}' });
  expect(new Headers(init?.headers).get("Content-Type")).toBe("application/json");
  expect(tokens()).toEqual(["Bearer token-0"]);
});

it("deletes a session, which answers with nothing", async () => {
  fetched.mockResolvedValueOnce(new Response(null, { status: 204 }));
  await api.deleteSession("s/1");
  const [url, init] = fetched.mock.calls[0] ?? [];
  expect([url, init?.method]).toEqual(["/api/sessions/s%2F1", "DELETE"]);
});

it("exports a session as the text it is, or says why not", async () => {
  fetched.mockResolvedValueOnce(new Response("# Contoso"));
  expect(await api.exportSession("s_1", "markdown")).toBe("# Contoso");
  expect(fetched.mock.calls[0]?.[0]).toBe("/api/sessions/s_1/export?format=markdown");
  answer(404, { code: "conversation_not_found", message: "There is none." });
  await expect(api.exportSession("s_1", "markdown")).rejects.toMatchObject({
    status: 404,
    problem: { code: "conversation_not_found" },
  });
});

it("names what the configuration lacks", async () => {
  answer(200, { authority: "http://issuer", client_id: "web", scope: "openid" });
  await expect(loadSettings()).rejects.toThrow('lacks "api_base"');
});

const MEMORY = {
  enabled: true,
  version: 7,
  entries: [
    {
      id: "me_1",
      kind: "fact",
      text: "I sell to hospitals.",
      created_at: "2026-01-01T00:00:00Z",
      changed_at: "2026-01-02T00:00:00Z",
      source: { by: "coach", session_id: "s_1", turn_id: "t_1" },
    },
  ],
  limits: { entries: 50, characters: 500, bytes: 8192 },
};

it("reads the memory", async () => {
  answer(200, MEMORY);
  expect(await api.memory()).toEqual({
    enabled: true,
    version: 7,
    entries: [
      {
        id: "me_1",
        kind: "fact",
        text: "I sell to hospitals.",
        changedAt: "2026-01-02T00:00:00Z",
        by: "coach",
      },
    ],
    limits: MEMORY.limits,
  });
  answer(200, {});
  await expect(api.memory()).rejects.toMatchObject({ problem: { code: "bad_answer" } });
});

it("changes the memory on the version that was seen only", async () => {
  answer(200, MEMORY);
  await api.switchMemory(false);
  answer(201, MEMORY.entries[0]);
  await api.addEntry({ kind: "fact", text: "x" }, 7, "k1");
  answer(200, MEMORY.entries[0]);
  await api.changeEntry("me/1", { kind: "fact", text: "y" }, 8);
  fetched.mockResolvedValueOnce(new Response(null, { status: 204 }));
  await api.deleteEntry("me/1", 9);
  const sent = fetched.mock.calls.map(([url, init]) => {
    const headers = new Headers(init?.headers);
    return [init?.method, url, init?.body, headers.get("If-Match"), headers.get("Idempotency-Key")];
  });
  expect(sent).toEqual([
    ["PATCH", "/api/memory", '{"enabled":false}', null, null],
    ["POST", "/api/memory/entries", '{"kind":"fact","text":"x"}', '"7"', "k1"],
    ["PUT", "/api/memory/entries/me%2F1", '{"kind":"fact","text":"y"}', '"8"', null],
    ["DELETE", "/api/memory/entries/me%2F1", undefined, '"9"', null],
  ]);
});

it("searches, and goes on by the cursor", async () => {
  answer(200, { sessions: [], next: "c/1" });
  expect(await api.searchSessions("a & b", null)).toEqual({ sessions: [], next: "c/1" });
  answer(200, { sessions: [], next: null });
  await api.searchSessions("a & b", "c/1");
  answer(200, { groups: [], next: null });
  expect(await api.rooms.search("a & b", null)).toEqual({ groups: [], next: null });
  answer(200, { groups: [], next: null });
  await api.rooms.search("a & b", "c/1");
  expect(fetched.mock.calls.map(([url]) => url)).toEqual([
    "/api/sessions/search?q=a+%26+b",
    "/api/sessions/search?q=a+%26+b&before=c%2F1",
    "/api/groups/search?q=a+%26+b",
    "/api/groups/search?q=a+%26+b&before=c%2F1",
  ]);
});
