import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";
import { FakeGroup, GROUP_ID, refusal } from "../../dev/fake-groups";
import { followInvitation } from "../../src/ui/groups/groupRoute";
import { LazyPart } from "../../src/ui/LazyPart";
import { CardPage, write } from "./cardPage";

const page = new CardPage();
const SESSION = { sessionId: "s_9", title: "Contoso", updatedAt: "2026-01-01T00:00:00Z", pinned: false };

// Reading a part from the disk takes time that no clock of the tests moves: they are read before.
beforeAll(async () => {
  await import("../../src/ui/groups/NewGroupForm");
  await import("../../src/ui/groups/InvitationPage");
});

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
  window.history.replaceState(null, "", "/");
  followInvitation();
  page.server.page = { sessions: [SESSION], next: null };
});

async function opened(): Promise<void> {
  await page.show();
  await page.roomsLoaded();
  await page.click("new-group");
  await page.settle();
}

async function submit(): Promise<void> {
  fireEvent.submit(screen.getByTestId("create-group"));
  await page.settle();
}

const button = () => screen.getByTestId<HTMLButtonElement>("create-group");
const box = (label: string) => screen.getByLabelText<HTMLInputElement>(label);

it("makes a group, and loses nothing typed when that is refused", async () => {
  new FakeGroup(page.server.http);
  page.server.http.on("POST", /^\/groups$/, () => {
    throw refusal("store_unavailable", "Away for a moment.", true);
  });
  await opened();
  expect(button().disabled).toBe(true);
  write("Name of the group", " Deal ");
  write("What it is for (optional)", "Why");
  write("Invite people by their IDs (optional)", "t.ben t.chi");
  expect(button().disabled).toBe(false);
  write("They are invited as", "observer");
  await submit();
  expect(screen.getByTestId("group-problem").textContent).toBe("Away for a moment.");
  expect([box("Name of the group").value, box("What it is for (optional)").value]).toEqual([" Deal ", "Why"]);
  page.server.http.on("POST", /^\/groups$/, () => new FakeGroup(page.server.http).details);
  await submit();
  const asked = page.server.http.asked.filter(({ path }) => path === "/groups");
  expect(new Set(asked.map(({ sent }) => sent.headers?.["Idempotency-Key"])).size).toBe(1);
  expect(asked[1]?.sent.content).toMatchObject({
    title: "Deal",
    members: [
      { principal: "t.ben", role: "observer" },
      { principal: "t.chi", role: "observer" },
    ],
  });
  expect([window.location.pathname, box("Name of the group").value]).toEqual([`/g/${GROUP_ID}`, ""]);
});

it("begins with the messages that were chosen, and says what stays behind", async () => {
  new FakeGroup(page.server.http);
  const said = (message_id: string, coach: boolean, text: string) => ({
    message_id,
    at: "",
    by: "",
    coach,
    text,
  });
  const messages = [
    said("q", false, "How is Contoso?"),
    said("a", true, "Well."),
    said("b", true, "Private."),
  ];
  page.server.http.on("GET", /s_9\/export/, () => JSON.stringify({ messages }));
  const events = [
    { seq: 2, type: "message.created", message_id: "q" },
    { seq: 4, type: "message.completed", message_id: "a" },
    { seq: 6, type: "tool_call.completed", readers: "asker" },
    { seq: 7, type: "message.completed", message_id: "b" },
  ];
  page.server.http.on("GET", /s_9\/events/, () => ({ events, through_seq: 7, more: false }));
  const details = { ...new FakeGroup(page.server.http).details, description: "", title: "Deal" };
  page.server.http.on("POST", /^\/sessions\/s_9\/group$/, () => ({ group: details, copied: 1, left_out: 1 }));
  await opened();
  write("Name of the group", "Deal");
  write("Begin with", "s_9");
  expect(button().disabled).toBe(true);
  await page.settle();
  const count = () => screen.getByTestId("copy-count").textContent;
  expect(count()).toBe("2 messages are copied, 1 answer stays behind: it may rest on what only you may see.");
  write("From", "2");
  expect([count(), button().disabled]).toEqual(["There is nothing here that can be copied.", true]);
  write("From", "1");
  await submit();
  expect(page.server.http.sent("POST")).toEqual([
    ["/sessions/s_9/group", { title: "Deal", from_seq: 4, to_seq: 7 }],
  ]);
});

it("joins who is invited by name and follows a link, and goes to the group", async () => {
  const group = new FakeGroup(page.server.http);
  group.details = { ...group.details, invited: true, invited_by: "Ben Okafor", role: "observer" };
  page.server.http.on("POST", /^\/groups\/join$/, () => group.details);
  window.history.replaceState(null, "", `/join#${GROUP_ID}.iv_${"a".repeat(26)}.${"s".repeat(43)}`);
  followInvitation();
  await page.show();
  expect(screen.getByText(/Ben Okafor invited you to “Contoso renewal” as an observer/)).toBeTruthy();
  page.server.rooms.begin(GROUP_ID, "Contoso renewal");
  await page.click("join");
  await page.roomsLoaded();
  expect(window.location.pathname + window.location.hash).toBe(`/g/${GROUP_ID}`);
  expect(screen.getByTestId("room-composer")).toBeTruthy();
});

it("says when a part of the page could not be loaded, and loads it again", async () => {
  cleanup();
  vi.spyOn(console, "error").mockReturnValue();
  const Part = ({ words }: { words: string }) => <p>{words}</p>;
  const load = vi
    .fn<() => Promise<{ default: typeof Part }>>()
    .mockRejectedValueOnce(new TypeError("Failed to fetch"))
    .mockResolvedValue({ default: Part });
  render(<LazyPart load={load} props={{ words: "Here." }} />);
  await page.settle();
  expect(screen.getByRole("alert").textContent).toContain("could not be loaded");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await page.settle();
  expect(screen.getByText("Here.")).toBeTruthy();
});
