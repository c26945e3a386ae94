import { fireEvent, screen, within } from "@testing-library/react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BEN, CHI } from "../../dev/fake-rooms";
import { ADA, asked, COACH, TO_ALL } from "../../dev/said";
import { goToRoom } from "../../src/ui/route";
import { begun, ended, queued, step } from "../core/events";
import { Page, texts } from "./page";

vi.mock("vega-embed", () => ({ default: () => Promise.resolve({ finalize: vi.fn() }) }));

const page = new Page();

// The page loads it with the first chart; here it is there already, so that no test waits for it.
beforeAll(() => import("../../src/ui/VegaChart"));

/** Ada in a room in which her question runs. */
async function running(): Promise<void> {
  const { rooms } = page.server;
  rooms.begin("g_1", "Contoso");
  rooms.append("g_1", asked("t_1", "@coach how are they?"), { publish: false });
  rooms.append("g_1", begun("t_1"), { publish: false });
  goToRoom("g_1");
  await page.show();
  await page.roomsLoaded();
}

/** ... and is answered. */
async function answered(text = "They pay 1,234."): Promise<void> {
  await running();
  page.server.rooms.append("g_1", step("t_1", 0, { parts: [{ type: "text", text }] }));
  page.server.rooms.append("g_1", ended("t_1"));
  await page.settle();
}

describe("an answer in a room", () => {
  it("tells why it is as it is, of the room's turn", async () => {
    HTMLDialogElement.prototype.showModal = vi.fn();
    await answered();
    fireEvent.click(screen.getByTestId("why"));
    await page.settle();
    expect(page.server.reportsAsked).toEqual([["g_1", "t_1"]]);
    expect(texts("why-total")).toHaveLength(1);
  });

  it("is voted on in the room", async () => {
    await answered();
    fireEvent.click(screen.getByTestId("vote-up"));
    await page.settle();
    expect(page.server.rooms.sent("feedback.record")).toMatchObject([
      { conversation_id: "g_1", message_id: "t_1.0", vote: "up" },
    ]);
    expect(page.server.received.filter(({ type }) => type === "feedback.record")).toEqual([]);
  });

  it("has its chart and its checked figures, and the chart's rows are asked of the room", async () => {
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "", revokeObjectURL: () => undefined }));
    await answered();
    const { rooms } = page.server;
    const of = { at: "", actor: COACH, turn_id: "t_1", message_id: "t_1.0", ...TO_ALL };
    rooms.append("g_1", {
      type: "answer.checked",
      figures: 1,
      unmatched: ["1,234"],
      sources: [],
      unsourced: [],
      ...of,
    });
    rooms.append("g_1", {
      ...of,
      ...{ type: "chart.created", chart_id: "t_1.chart", call_id: "t_1.0.0", server: "crm", tool: "find" },
      ...{ pointer: "/deals", title: "Pipeline", alt: "Bars.", spec: "{}", columns: ["stage", "sum"] },
      ...{ rows: [["Proposal", 7]], result_digest: "d", trust: "trusted", measure: null },
    });
    await page.settle();
    await vi.dynamicImportSettled();
    await page.settle(100);
    expect(screen.getByTestId("chart").textContent).toContain("Pipeline");
    expect(document.querySelector("mark.unmatched")?.textContent).toBe("1,234");
    fireEvent.click(screen.getByTestId("chart-csv"));
    await page.settle();
    expect(page.server.reportsAsked).toEqual([["g_1", "t_1.chart"]]);
  });

  it("offers what to ask next to who asked, who asks it of the coach", async () => {
    await running();
    const { rooms } = page.server;
    rooms.append("g_1", asked("b1", "Interesting", { actor: BEN, author: BEN, turn_id: null }));
    rooms.append("g_1", step("t_1", 0));
    await page.settle(10);
    rooms.append("g_1", ended("t_1", { at: new Date().toISOString() }));
    const offered = { turn_id: "t_1", suggestions: ["Who owns it?"] };
    rooms.send({ type: "suggestions.offered", conversation_id: "g_1", at: "", ...offered });
    await page.settle(10);
    fireEvent.click(screen.getByText("Who owns it?"));
    await page.settle();
    expect(rooms.sent("group.message")).toMatchObject([
      { content: "@coach Who owns it?", mentions: ["coach"], to: [] },
    ]);
    expect(screen.queryByRole("button", { name: "Who owns it?" })).toBeNull();
  });
});

describe("what to ask next", () => {
  it("is asked of the coach alone where a part of the answer was for the asker alone", async () => {
    await running();
    const { rooms } = page.server;
    rooms.append("g_1", step("t_1", 0, { audience: [ADA.id] }));
    rooms.append("g_1", step("t_1", 1, { parts: [{ type: "text", text: "I told Ada." }] }));
    rooms.append("g_1", ended("t_1", { at: new Date().toISOString() }));
    const offered = { turn_id: "t_1", suggestions: ["Why two million?"] };
    rooms.send({ type: "suggestions.offered", conversation_id: "g_1", at: "", ...offered });
    await page.settle(10);
    fireEvent.click(screen.getByText("Why two million?"));
    await page.settle();
    expect(rooms.sent("group.message")).toMatchObject([
      { content: "@coach Why two million?", to: ["coach"] },
    ]);
  });
});

describe("what somebody adds to one's question", () => {
  async function added(): Promise<void> {
    await running();
    const { rooms } = page.server;
    const by = { actor: BEN, author: BEN };
    rooms.append("g_1", asked("t_2", "@coach also look at Fabrikam", by));
    rooms.append("g_1", queued("t_2", 1));
    rooms.append("g_1", asked("t_3", "@coach and me?", { actor: CHI, author: CHI }));
    rooms.append("g_1", queued("t_3", 2));
    const names = { turn_id: "t_2", message_id: "t_2.q", author: BEN, steers: "t_1" };
    rooms.send({ type: "steer.offered", conversation_id: "g_1", at: "", ...names });
    await page.settle();
  }

  it("can be taken into the answer, and waits no longer", async () => {
    await added();
    const offer = screen.getByTestId("steer-offer");
    expect(offer.textContent).toContain("Ben Okafor adds to your question");
    expect(screen.getByTestId("offer-announcement").textContent).toContain("also look at Fabrikam");
    expect(texts("room-queued")).toEqual(["Next in line for the coach", "Number 2 in line for the coach"]);
    fireEvent.click(within(offer).getByTestId("take-steer"));
    await page.settle();
    expect(page.server.rooms.sent("steer.take")).toMatchObject([{ turn_id: "t_2" }]);
    const actor = { kind: "person", id: "p1", name: "Ada Lovelace" } as const;
    const taken = { turn_id: "t_2", message_id: "t_2.q", steers: "t_1" };
    page.server.rooms.append("g_1", { type: "steer.taken", at: "", actor, ...taken });
    await page.settle();
    expect(screen.queryByTestId("steer-offer")).toBeNull();
    expect(texts("room-steered")).toEqual(["Put into the running answer"]);
    expect(texts("room-queued")).toEqual(["Next in line for the coach"]);
  });

  it("can be left in line", async () => {
    await added();
    fireEvent.click(screen.getByTestId("leave-steer"));
    await page.settle();
    expect(screen.queryByTestId("steer-offer")).toBeNull();
    expect(page.server.rooms.sent("steer.take")).toEqual([]);
    expect(texts("room-queued")).toHaveLength(2);
  });
});

describe("a long room", () => {
  it("has only some of its messages on the page, and the quoted one when one goes to it", async () => {
    const { rooms } = page.server;
    rooms.begin("g_1", "Contoso");
    for (let number = 1; number <= 300; number++) {
      const fields = { actor: BEN, author: BEN, turn_id: null, reply_to: number === 300 ? "b7.q" : null };
      rooms.append("g_1", asked(`b${number}`, `message ${number}.`, fields), { publish: false });
    }
    goToRoom("g_1");
    await page.show();
    await page.roomsLoaded();
    expect(screen.getAllByTestId("room-message").length).toBeLessThan(100);
    expect(screen.queryByText("message 300.")).not.toBeNull();
    expect(document.getElementById("m-b7.q")).toBeNull();
    fireEvent.click(screen.getByTestId("reply-quote"));
    await page.settle();
    expect(document.activeElement?.id).toBe("m-b7.q");
  });
});
