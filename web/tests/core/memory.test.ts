import { beforeEach, expect, it, vi } from "vitest";
import { FakeMemory, memoryEntry } from "../../dev/fake-memory";
import { ApiError, SignedOutError } from "../../src/core/codes";
import { PersonMemory } from "../../src/core/memory";

const FACT = { kind: "fact", text: "I sell to hospitals." } as const;
let server: FakeMemory;
let memory: PersonMemory;
let keys = 0;
const texts = () => memory.view.get().memory?.entries.map((entry) => entry.text);
const problem = () => memory.view.get().problem?.code ?? null;

beforeEach(() => {
  server = new FakeMemory();
  memory = new PersonMemory(server, () => `k${++keys}`);
});

it("is read, switched and written, and shows what is so afterwards", async () => {
  expect(memory.view.get().memory).toBeNull();
  await memory.load();
  expect(memory.view.get().memory).toMatchObject({ enabled: false, entries: [] });
  expect(await memory.turn(true)).toBe(true);
  expect(await memory.add(FACT)).toBe(true);
  const [entry] = memory.view.get().memory?.entries ?? [];
  expect(await memory.change(entry?.id ?? "", { kind: "instruction", text: "Be brief." })).toBe(true);
  expect(memory.view.get().memory).toMatchObject({
    enabled: true,
    entries: [{ kind: "instruction", text: "Be brief." }],
  });
  expect(await memory.remove(entry?.id ?? "")).toBe(true);
  expect(texts()).toEqual([]);
  expect(memory.view.get()).toMatchObject({ problem: null, busy: false });
});

it("is busy while a change is on its way", async () => {
  await memory.load();
  const adding = memory.add(FACT);
  expect(memory.view.get().busy).toBe(true);
  await adding;
  expect(memory.view.get().busy).toBe(false);
});

it("does what is asked for while a change is on its way after it, against what is so by then", async () => {
  await memory.load();
  const one = memory.add(FACT);
  const other = memory.add({ ...FACT, text: "My quota is a million." });
  expect(await Promise.all([memory.turn(true), one, other])).toEqual([true, true, true]);
  expect(texts()).toEqual(["I sell to hospitals.", "My quota is a million."]);
  expect(memory.view.get()).toMatchObject({ memory: { enabled: true }, problem: null, busy: false });
});

it("changes nothing that was changed elsewhere, and shows it as it is now", async () => {
  await memory.load();
  server.changeElsewhere({ entries: [memoryEntry("me_x", { kind: "fact", text: "From the phone." })] });
  expect(await memory.add(FACT)).toBe(false);
  expect([problem(), texts()]).toEqual(["memory_changed", ["From the phone."]]);
  expect(await memory.add(FACT)).toBe(true);
  expect([problem(), texts()]).toEqual([null, ["From the phone.", "I sell to hospitals."]]);
});

it("shows that an entry is gone", async () => {
  await memory.load();
  expect(await memory.change("me_gone", FACT)).toBe(false);
  expect(problem()).toBe("memory_entry_not_found");
});

it("keeps what is shown when a change is refused", async () => {
  await memory.load();
  await memory.add(FACT);
  server.changeElsewhere({ limits: { entries: 1, characters: 500 } });
  await memory.load();
  expect(await memory.add({ ...FACT, text: "One more." })).toBe(false);
  expect([problem(), texts()]).toEqual(["memory_full", ["I sell to hospitals."]]);
});

it("sends what may have been stored again under the same key, and other words under another", async () => {
  await memory.load();
  const lost = new ApiError(0, { code: "timed_out", message: "", retryable: true });
  const added = vi.spyOn(server, "addEntry").mockRejectedValueOnce(lost).mockRejectedValueOnce(lost);
  await memory.add(FACT);
  await memory.add(FACT);
  await memory.add({ ...FACT, text: "Else." });
  await memory.add(FACT);
  const used = added.mock.calls.map(([, , key]) => key);
  expect(used[1]).toBe(used[0]);
  expect(new Set(used).size).toBe(3);
});

it("says nothing of a sign-in that ended: the page does", async () => {
  vi.spyOn(server, "memory").mockRejectedValue(new SignedOutError());
  expect(await memory.load()).toBe(false);
  expect(memory.view.get()).toEqual({ memory: null, problem: null, busy: false });
});
