import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { BEN } from "../../dev/fake-rooms";
import { ADA, asked, COACH } from "../../dev/said";
import { goToRoom } from "../../src/ui/route";
import type { GroupInfo } from "../../src/protocol/generated";
import { refusal } from "../core/harness";
import { card } from "../core/cardEvents";
import { Page, texts } from "./page";

const page = new Page();

/** Show Ada the room `g_1`, in which Ben said something. */
async function enter(fields: Partial<GroupInfo> = {}): Promise<void> {
  page.server.rooms.begin("g_1", "Contoso", fields);
  page.server.rooms.append("g_1", said("b1", "Good morning"), { publish: false });
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
}

function said(id: string, text: string, fields: Parameters<typeof asked>[2] = {}) {
  return asked(id, text, { actor: BEN, author: BEN, turn_id: null, ...fields });
}

function box(): HTMLTextAreaElement {
  return screen.getByTestId("room-composer");
}

async function type(text: string): Promise<void> {
  fireEvent.change(box(), { target: { value: text, selectionStart: text.length } });
  await page.settle();
}

async function press(key: string): Promise<void> {
  fireEvent.keyDown(box(), { key });
  await page.settle(20);
}

describe("the box of a room", () => {
  it("completes names by keyboard alone, and says whom they are", async () => {
    await enter();
    await type("hi @");
    expect(texts("name-option")).toHaveLength(3);
    expect(box().getAttribute("aria-activedescendant")).toBe("name-list-0");
    await press("ArrowDown");
    const names = within(screen.getByRole("listbox"));
    expect(names.getByRole("option", { selected: true }).textContent).toContain("Ben Okafor");
    await press("Tab");
    expect(box().value).toBe("hi @Ben Okafor ");
    expect(screen.queryByRole("listbox")).toBeNull();
    await press("Enter");
    expect(page.server.rooms.sent("group.message")).toMatchObject([
      { content: "hi @Ben Okafor", mentions: ["p2"], to: [] },
    ]);
    expect(texts("room-message").at(-1)).toContain("hi @Ben Okafor");
  });

  it("closes the names with Escape, and sends with the next Enter", async () => {
    await enter();
    await type("@co");
    await press("Escape");
    expect(screen.queryByRole("listbox")).toBeNull();
    await press("Enter");
    expect(page.server.rooms.sent("group.message")).toMatchObject([{ content: "@co", mentions: [] }]);
  });

  it("keeps the answer to a whisper a whisper, and the coach out of it", async () => {
    await enter();
    page.server.rooms.append("g_1", said("b2", "psst", { audience: [BEN.id, ADA.id] }));
    await page.settle();
    const whisper = screen.getAllByTestId("room-message").at(-1);
    if (!whisper) throw new Error("nothing was whispered");
    expect(within(whisper).getByTestId("whisper-mark").textContent).toContain("only you and Ben Okafor");
    fireEvent.click(within(whisper).getByTestId("reply"));
    await type("@");
    expect(texts("name-option").join()).not.toContain("Coach");
    await type("yes?");
    await press("Enter");
    expect(page.server.rooms.sent("group.message")).toMatchObject([{ to: ["p2"], reply_to: "b2.q" }]);
    expect(page.server.rooms.sent("typing")).toHaveLength(0);
  });

  it("is not there for who only observes, nor is anything to react with", async () => {
    await enter({ role: "observer" });
    expect(screen.getByTestId("read-only").textContent).toContain("observe");
    expect(screen.queryByTestId("room-composer")).toBeNull();
    expect(screen.queryByTestId("react")).toBeNull();
  });

  it("keeps what was begun while one is elsewhere", async () => {
    await enter();
    await type("half a sen");
    page.server.rooms.begin("g_2", "Fabrikam");
    goToRoom("g_2");
    await page.settle(10);
    expect(box().value).toBe("");
    goToRoom("g_1");
    await page.settle(10);
    expect(box().value).toBe("half a sen");
  });
});

describe("messages", () => {
  it("are announced once they are new, and others' only", async () => {
    await enter();
    const announced = () => screen.getByTestId("room-announcement").textContent;
    expect(announced()).toBe("");
    page.server.rooms.append("g_1", said("b2", "The contract is here"));
    await page.settle();
    expect(announced()).toBe("Ben Okafor: The contract is here");
    await type("Great");
    await press("Enter");
    expect(announced()).toBe("Ben Okafor: The contract is here");
  });

  it("stay in the editor until their new words are taken", async () => {
    await enter();
    await type("Elevn");
    await press("Enter");
    fireEvent.click(screen.getByTestId("edit-message"));
    const editor = screen.getByTestId("message-editor");
    fireEvent.change(editor, { target: { value: "Eleven" } });
    page.server.rooms.refuse = (command) =>
      command.type === "message.edit" ? refusal(command, "store_unavailable") : null;
    fireEvent.keyDown(editor, { key: "Enter" });
    await page.settle();
    expect(screen.getByTestId<HTMLTextAreaElement>("message-editor").value).toBe("Eleven");
    page.server.rooms.refuse = () => null;
    fireEvent.keyDown(editor, { key: "Enter" });
    await page.settle();
    expect(screen.queryByTestId("message-editor")).toBeNull();
    expect(page.server.rooms.sent("message.edit")).toHaveLength(2);
  });

  it("are taken back only when one says so twice", async () => {
    await enter();
    const button = screen.getByTestId("take-back");
    fireEvent.click(button);
    expect(page.server.rooms.sent("message.delete")).toEqual([]);
    fireEvent.click(button);
    await page.settle();
    expect(page.server.rooms.sent("message.delete")).toMatchObject([{ message_id: "b1.q" }]);
    const gone = { type: "message.deleted", at: "", actor: ADA, message_id: "b1.q" } as const;
    page.server.rooms.append("g_1", { ...gone, audience: null, others_see: "nothing" });
    await page.settle();
    expect(texts("room-message")[0]).toContain("taken back");
    expect(document.body.textContent).not.toContain("Good morning");
  });
});

describe("the coach in a room", () => {
  const alone = { audience: [ADA.id], others_see: "nothing" as const };
  const begun = { type: "turn.started", at: "", actor: COACH, replaces: null, question_id: null } as const;

  it("offers to share what it told one alone, once and after a second thought", async () => {
    await enter();
    const { rooms } = page.server;
    rooms.append("g_1", asked("t_1", "My quota?", { audience: [ADA.id] }));
    rooms.append("g_1", { ...begun, turn_id: "t_1" });
    rooms.append("g_1", {
      type: "message.completed",
      at: "",
      actor: COACH,
      author: COACH,
      message_id: "t_1.0",
      turn_id: "t_1",
      step: 0,
      parts: [{ type: "text", text: "Two million." }],
      finish: "stop",
      usage: null,
      attempt: 1,
      steered_by: [],
      limit: null,
      manifest_id: null,
      memory_version: null,
      untrusted_from: [],
      ...alone,
    });
    await page.settle();
    expect(screen.getByTestId("private-answer").textContent).toContain("Only you see this answer");
    fireEvent.click(screen.getByTestId("share"));
    expect(rooms.sent("message.share")).toEqual([]);
    fireEvent.click(screen.getByTestId("share"));
    await page.settle();
    expect(rooms.sent("message.share")).toMatchObject([{ message_id: "t_1.0" }]);
    const parts = [{ type: "text" as const, text: "Two million." }];
    rooms.append("g_1", {
      type: "message.shared",
      at: "",
      actor: ADA,
      message_id: "t_1.0",
      turn_id: "t_1",
      parts,
    });
    await page.settle();
    expect(screen.getByTestId("room-shared").textContent).toContain("Shared by Ada");
    expect(screen.queryByTestId("share")).toBeNull();
  });

  it("says to the others only that it answers somebody", async () => {
    await enter();
    const { rooms } = page.server;
    rooms.append("g_1", { type: "withheld", at: "" });
    rooms.append("g_1", { ...begun, turn_id: "t_9" });
    await page.settle();
    expect(screen.getByTestId("private-elsewhere").textContent).toContain("privately");
    expect(screen.queryByTestId("message-coach")).toBeNull();
  });

  it("asks whom it concerns, and takes their answer", async () => {
    await enter();
    const { rooms } = page.server;
    rooms.append("g_1", asked("t_1", "@coach write to them"));
    rooms.append("g_1", { ...begun, turn_id: "t_1" });
    rooms.append("g_1", card("t_1"));
    rooms.append("g_1", card("t_1", 1, { owner: BEN.id }));
    await page.settle();
    const cards = screen.getAllByTestId("card");
    expect(cards.map((each) => within(each).queryAllByRole("button", { name: "Approve" }).length)).toEqual([
      1, 0,
    ]);
    fireEvent.click(screen.getByRole("button", { name: "Approve" }));
    await page.settle();
    expect(rooms.sent("question.answer")).toMatchObject([
      { conversation_id: "g_1", question_id: "t_1.0.0.q1", answer: "approve" },
    ]);
  });
});
