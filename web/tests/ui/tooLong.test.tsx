import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { asked } from "../../dev/said";
import { goToRoom } from "../../src/ui/route";
import { refusal } from "../core/harness";
import { Page, texts } from "./page";

const page = new Page();
const LONG = "x".repeat(32_001);
const SAID = /at most 32,000 characters/;

function sent(type: string) {
  return [...page.server.received, ...page.server.rooms.received].filter((command) => command.type === type);
}

async function enter(): Promise<void> {
  page.server.rooms.begin("g_1", "Contoso");
  page.server.rooms.append("g_1", asked("a1", "Mine", { turn_id: null }), { publish: false });
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
}

const roomBox = () => screen.getByTestId<HTMLTextAreaElement>("room-composer");

async function say(text: string): Promise<void> {
  fireEvent.change(roomBox(), { target: { value: text, selectionStart: text.length } });
  fireEvent.keyDown(roomBox(), { key: "Enter" });
  await page.settle(20);
}

describe("a text that is too long for one message", () => {
  it("stays in the box, which says how much may be sent", async () => {
    await page.running();
    await page.ask(LONG);
    expect(screen.getByTestId("too-long").textContent).toMatch(SAID);
    expect(screen.getByTestId("too-long").textContent).toContain("32,001");
    expect(page.box.value).toBe(LONG);
    expect(page.box.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(true);
    expect(screen.getByTestId<HTMLButtonElement>("steer").disabled).toBe(true);
    await page.ask(LONG, { ctrlKey: true });
    expect(sent("query")).toHaveLength(1);
    await page.ask(LONG.slice(1));
    expect(screen.queryByTestId("too-long")).toBeNull();
    expect(sent("query")).toHaveLength(2);
  });

  it("stays in the editor of a question", async () => {
    await page.answered();
    fireEvent.click(screen.getByTestId("edit"));
    fireEvent.change(screen.getByTestId("editor"), { target: { value: LONG } });
    expect(screen.getByTestId("too-long").textContent).toMatch(SAID);
    expect(screen.getByTestId<HTMLButtonElement>("save").disabled).toBe(true);
    fireEvent.keyDown(screen.getByTestId("editor"), { key: "Enter", ctrlKey: true });
    await page.settle();
    expect(sent("message.edit")).toEqual([]);
    expect(screen.getByTestId<HTMLTextAreaElement>("editor").value).toBe(LONG);
  });

  it("stays in the box of a room", async () => {
    await enter();
    await say(LONG);
    expect(screen.getByTestId("too-long").textContent).toMatch(SAID);
    expect(roomBox().value).toBe(LONG);
    expect(screen.getByTestId<HTMLButtonElement>("room-send").disabled).toBe(true);
    expect(sent("group.message")).toEqual([]);
  });

  it("stays in the editor of a message", async () => {
    await enter();
    fireEvent.click(screen.getByTestId("edit-message"));
    fireEvent.change(screen.getByTestId("message-editor"), { target: { value: LONG } });
    expect(screen.getByTestId("too-long").textContent).toMatch(SAID);
    fireEvent.keyDown(screen.getByTestId("message-editor"), { key: "Enter" });
    await page.settle();
    expect(sent("message.edit")).toEqual([]);
  });
});

describe("a question that was refused", () => {
  it("for good is not to be sent again: its words go back into the box", async () => {
    await page.show();
    page.server.refuse = (command) =>
      command.type === "query" ? refusal(command, "content_too_long") : null;
    await page.ask("no good");
    expect(screen.queryByText("Retry")).toBeNull();
    fireEvent.change(page.box, { target: { value: "begun since" } });
    fireEvent.click(screen.getByText("Back into the box"));
    await page.settle();
    expect(page.box.value).toBe("no good\n\nbegun since");
    expect(document.activeElement).toBe(page.box);
    expect(texts("message-person")).toEqual([]);
  });

  it("for now may be sent again, or be taken back", async () => {
    await page.show();
    page.server.refuse = (command) => (command.type === "query" ? refusal(command, "queue_full") : null);
    await page.ask("later");
    expect(screen.getByText("Retry")).toBeTruthy();
    fireEvent.click(screen.getByText("Back into the box"));
    expect(page.box.value).toBe("later");
  });
});

describe("what was said to a room and refused", () => {
  async function refused(): Promise<void> {
    await enter();
    page.server.rooms.refuse = (command) =>
      command.type === "group.message" ? refusal(command, "message_not_found") : null;
    fireEvent.click(screen.getByTestId("reply"));
    fireEvent.change(screen.getByTestId("whisper-to"), { target: { value: "p2" } });
    await say("no good");
  }

  const back = () => screen.getByText<HTMLButtonElement>("Back into the box");

  it("goes back into the box with whom it was for and what it replied to", async () => {
    await refused();
    expect(screen.queryByText("Retry")).toBeNull();
    fireEvent.change(screen.getByTestId("whisper-to"), { target: { value: "" } });
    fireEvent.click(back());
    await page.settle();
    expect(roomBox().value).toBe("no good");
    expect(screen.getByTestId<HTMLSelectElement>("whisper-to").value).toBe("p2");
    expect(within(screen.getByTestId("replying")).getByText(/Mine/)).toBeTruthy();
    expect(screen.queryByTestId("room-outgoing")).toBeNull();
  });

  it("does not get among words that are for others", async () => {
    await refused();
    fireEvent.change(screen.getByTestId("whisper-to"), { target: { value: "" } });
    fireEvent.change(roomBox(), { target: { value: "for all", selectionStart: 7 } });
    await page.settle();
    expect(back().disabled).toBe(true);
    fireEvent.change(screen.getByTestId("whisper-to"), { target: { value: "p2" } });
    await page.settle();
    fireEvent.click(back());
    expect(roomBox().value).toBe("no good\n\nfor all");
  });
});
