import { cleanup, fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BEN } from "../../dev/fake-rooms";
import { ADA, asked } from "../../dev/said";
import { go, goToRoom } from "../../src/ui/route";
import { Page } from "./page";

const page = new Page();
const SYSTEM = { kind: "system", id: "system", name: "SalesCoach" } as const;

async function enter(): Promise<void> {
  page.server.rooms.begin("g_1", "Contoso");
  const said = asked("b1", "Good morning", { actor: BEN, author: BEN, turn_id: null });
  page.server.rooms.append("g_1", said, { publish: false });
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
}

async function reload(): Promise<void> {
  cleanup();
  await page.show();
  await page.roomsLoaded();
}

async function lookElsewhere(): Promise<void> {
  go(null);
  await page.settle(300);
  goToRoom("g_1");
  await page.settle(300);
}

const box = () => screen.getByTestId<HTMLTextAreaElement>("room-composer");
const chosen = () => screen.getByTestId<HTMLSelectElement>("whisper-to");
const send = () => screen.getByTestId<HTMLButtonElement>("room-send");
const sent = () => page.server.rooms.sent("group.message");

async function write(text: string): Promise<void> {
  fireEvent.change(box(), { target: { value: text, selectionStart: text.length } });
  await page.settle();
}

async function choose(value: string): Promise<void> {
  fireEvent.change(chosen(), { target: { value } });
  await page.settle();
}

async function enterKey(): Promise<void> {
  fireEvent.keyDown(box(), { key: "Enter" });
  await page.settle(20);
}

async function removeBen(): Promise<void> {
  const info = page.server.rooms.infos.get("g_1");
  if (!info) throw new Error("there is no such room");
  const members = info.members.filter(({ participant }) => participant.id !== BEN.id);
  page.server.rooms.infos.set("g_1", { ...info, members, epoch: 2 });
  const removed = { type: "participant.removed", at: "", actor: SYSTEM, participant: BEN, epoch: 2 } as const;
  page.server.rooms.append("g_1", removed);
  await page.settle(20);
}

describe("a whisper that was begun", () => {
  it.each([
    ["elsewhere", lookElsewhere],
    ["reloading", reload],
  ])("is still one, to the same person, after %s", async (_where, leave) => {
    await enter();
    await choose(BEN.id);
    await write("not for all");
    await leave();
    expect([box().value, chosen().value]).toEqual(["not for all", BEN.id]);
    await enterKey();
    expect(sent()).toMatchObject([{ content: "not for all", to: [BEN.id] }]);
  });

  it("to somebody who is no longer there goes nowhere until it is said anew who sees it", async () => {
    await enter();
    await choose(BEN.id);
    await write("not for all");
    await removeBen();
    await lookElsewhere();
    expect(box().value).toBe("not for all");
    expect(chosen().value).not.toBe("");
    expect(screen.getByTestId("whisper-astray").textContent).toMatch(/no longer in the group/);
    expect(send().disabled).toBe(true);
    await enterKey();
    expect(sent()).toEqual([]);
    await choose("coach");
    expect(screen.queryByTestId("whisper-astray")).toBeNull();
    await enterKey();
    expect(sent()).toMatchObject([{ content: "not for all", to: ["coach"] }]);
  });

  it("stays one where a message is replied to that everyone sees", async () => {
    await enter();
    await choose(BEN.id);
    await write("not for all");
    fireEvent.click(screen.getByTestId("reply"));
    await page.settle();
    await enterKey();
    expect(sent()).toMatchObject([{ to: [BEN.id], reply_to: "b1.q" }]);
  });
});

describe("a reply that was begun", () => {
  it.each([
    ["elsewhere", lookElsewhere],
    ["reloading", reload],
  ])("is still one after %s", async (_where, leave) => {
    await enter();
    fireEvent.click(screen.getByTestId("reply"));
    await write("And to you");
    await leave();
    expect(screen.getByTestId("replying").textContent).toContain("Good morning");
    await enterKey();
    expect(sent()).toMatchObject([{ content: "And to you", reply_to: "b1.q" }]);
    expect(screen.queryByTestId("replying")).toBeNull();
  });

  it("says so when its message is taken back meanwhile, and can be sent all the same", async () => {
    await enter();
    fireEvent.click(screen.getByTestId("reply"));
    await write("And to you");
    const gone = { type: "message.deleted", at: "", actor: BEN, message_id: "b1.q", audience: null } as const;
    page.server.rooms.append("g_1", { ...gone, others_see: "nothing" });
    await page.settle();
    const strip = screen.getByTestId("replying").textContent;
    expect(strip).toContain("Ben Okafor");
    expect(strip).toContain("A message that was taken back");
    await enterKey();
    expect(sent()).toMatchObject([{ content: "And to you", reply_to: "b1.q" }]);
  });

  it("can be given up, and is not replied any more", async () => {
    await enter();
    fireEvent.click(screen.getByTestId("reply"));
    await write("And to you");
    fireEvent.click(within(screen.getByTestId("replying")).getByRole("button"));
    await reload();
    expect(screen.queryByTestId("replying")).toBeNull();
    expect(box().value).toBe("And to you");
  });
});

describe("a draft of an older page", () => {
  it("is words for everyone", async () => {
    const key = `salescoach.draft.${ADA.id}/g_1`;
    window.localStorage.setItem(key, JSON.stringify({ text: "from before", at: Date.now() }));
    await enter();
    expect([box().value, chosen().value]).toEqual(["from before", ""]);
  });
});
