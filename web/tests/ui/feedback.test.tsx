import { fireEvent, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { called, returned } from "../core/cardEvents";
import { CardPage } from "./cardPage";
import { texts } from "./page";

const page = new CardPage();

describe("a tool call", () => {
  it("shows how far it is", async () => {
    await page.running();
    page.server.append("s_1", called(page.turn));
    const place = { conversation_id: "s_1", at: "", turn_id: page.turn, call_id: `${page.turn}.0.0` };
    page.server.send({ ...place, type: "tool_call.progress", progress: 3, total: 12, message: null });
    await page.settle();
    const shown = screen.getByTestId("tool-progress");
    expect(shown.textContent).toBe("25 %");
    expect(within(shown).getByRole<HTMLProgressElement>("progressbar").max).toBe(12);
    page.server.send({ ...place, type: "tool_call.progress", progress: 4, total: null, message: "Reading" });
    await page.settle();
    expect(screen.getByTestId("tool-progress").textContent).toBe("Reading");
    page.server.append("s_1", returned(page.turn));
    await page.settle();
    expect(screen.queryByTestId("tool-progress")).toBeNull();
  });

  it("can be judged once it is over, with a note, and the vote can be changed", async () => {
    await page.running();
    page.server.append("s_1", called(page.turn));
    await page.settle();
    expect(screen.queryByTestId("vote-wrong")).toBeNull();
    page.server.append("s_1", returned(page.turn));
    await page.settle();
    await page.click("vote-wrong");
    expect(screen.getByTestId("vote-wrong").getAttribute("aria-pressed")).toBe("true");
    await page.click("vote-note");
    fireEvent.change(screen.getByLabelText("Add a note"), { target: { value: "Old figures" } });
    fireEvent.submit(screen.getByLabelText("Add a note"));
    await page.settle();
    expect(texts("vote-note")).toEqual(["Note: Old figures"]);
    await page.click("vote-slow");
    const sent = page.server.received.filter((command) => command.type === "feedback.record");
    expect(sent.map(({ call_id, vote, note }) => [call_id, vote, note])).toEqual([
      [`${page.turn}.0.0`, "wrong", undefined],
      [`${page.turn}.0.0`, "wrong", "Old figures"],
      [`${page.turn}.0.0`, "slow", undefined],
    ]);
    expect(screen.getByTestId("vote-wrong").getAttribute("aria-pressed")).toBe("false");
  });
});

it("an answer can be judged", async () => {
  await page.answered();
  await page.click("vote-up");
  expect(page.server.received.at(-1)).toMatchObject({ message_id: `${page.turn}.0`, vote: "up" });
  expect(screen.getByTestId("vote-up").getAttribute("aria-pressed")).toBe("true");
});
