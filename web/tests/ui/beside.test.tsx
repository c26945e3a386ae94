import { fireEvent, screen, within } from "@testing-library/react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { COACH, TO_ALL } from "../../dev/said";
import { begun, ended, step } from "../core/events";
import { Page, texts } from "./page";
import type { ChartCreated } from "../../src/protocol/generated";
import type { Unnumbered } from "../../dev/said";

const drawn = vi.hoisted(() => vi.fn());
vi.mock("vega-embed", () => ({ default: drawn }));

const page = new Page();

const chart = (turnId: string): Unnumbered<ChartCreated> => ({
  type: "chart.created",
  at: "",
  actor: COACH,
  chart_id: `${turnId}.chart`,
  turn_id: turnId,
  message_id: `${turnId}.0`,
  call_id: `${turnId}.0.0`,
  server: "crm",
  tool: "find",
  pointer: "/deals",
  title: "Pipeline by stage",
  alt: "Bar chart: Proposal: 226,500; Discovery: 90,000.",
  spec: '{"mark":{"type":"bar"}}',
  columns: ["stage", "Sum of amount"],
  rows: [
    ["Proposal", 226500],
    ["Discovery", 90000],
  ],
  result_digest: "d",
  trust: "untrusted",
  measure: null,
  ...TO_ALL,
});

async function answered(text: string): Promise<void> {
  await page.running();
  page.server.append("s_1", step(page.turn, 0, { parts: [{ type: "text", text }] }));
  await page.end();
}

// The page loads it with the first chart; here it is there already, so that no test waits for it.
beforeAll(() => import("../../src/ui/VegaChart"));

describe("what is made of an answer", () => {
  it("shows a chart with its words, its rows and where it comes from, drawn without compiling anything", async () => {
    drawn.mockResolvedValue({ finalize: vi.fn() });
    await answered("Here it is.");
    page.server.append("s_1", chart(page.turn));
    await page.settle();
    await vi.dynamicImportSettled();
    await page.settle(100);
    const figure = screen.getByTestId("chart");
    expect(within(figure).getByRole("img").getAttribute("aria-label")).toContain("Proposal: 226,500");
    expect(figure.textContent).toContain("check it before you use it");
    expect(screen.getByTestId("chart-rows").textContent).toBe(
      "stageSum of amountProposal226,500Discovery90,000",
    );
    const [, spec, options] = drawn.mock.lastCall as [unknown, { data: unknown }, { ast: boolean }];
    expect(spec.data).toEqual({
      name: "rows",
      values: [
        { c0: "Proposal", c1: 226500 },
        { c0: "Discovery", c1: 90000 },
      ],
    });
    expect(options.ast).toBe(true);
  });

  it("marks the figures that no result holds, in running text only and as whole figures", async () => {
    await answered("In all **1,234** of 1,234,567 and `1,234`, or 1,234.");
    const { turn } = page;
    const found = { figures: 3, unmatched: ["1,234"], sources: [], unsourced: [] };
    const checked = { turn_id: turn, message_id: `${turn}.0`, ...found };
    page.server.append("s_1", { type: "answer.checked", at: "", actor: COACH, ...checked, ...TO_ALL });
    await page.settle();
    const marks = [...document.querySelectorAll("mark.unmatched")].map((mark) => mark.textContent);
    expect(marks).toEqual(["1,234", "1,234"]);
    expect(document.querySelector(".answer .markdown")?.textContent).toContain(
      "1,234 of 1,234,567 and 1,234",
    );
  });

  it("offers what to ask next behind the answer, and asks it", async () => {
    await answered("Fine.");
    const offered = { turn_id: page.turn, suggestions: ["Who owns it?", "What next?", "When?"] };
    page.server.send({ type: "suggestions.offered", conversation_id: "s_1", at: "", ...offered });
    await page.settle();
    fireEvent.click(screen.getByText("What next?"));
    await page.settle();
    expect(page.server.received.at(-1)).toMatchObject({ type: "query", content: "What next?" });
  });

  it("tells why: steps, calls, times, tokens and prompt", async () => {
    const usage = { input_tokens: 1200, cached_input_tokens: 0, output_tokens: 34, cost_micros: 0 };
    page.server.timeline = {
      waited_ms: 0,
      ms: 2500,
      status: "completed",
      error: null,
      usage,
      steps: [
        {
          message_id: "m",
          step: 0,
          attempt: 1,
          ms: 900,
          usage,
          untrusted_from: ["web"],
          calls: [{ call_id: "c", server: "crm", tool: "get_pipeline", status: "completed", ms: 120 }],
        },
      ],
      manifests: [{ manifest_id: "x", prompt: "coach.sales", prompt_version: "v7", tools: 3 }],
    };
    HTMLDialogElement.prototype.showModal = vi.fn();
    await page.answered();
    fireEvent.click(screen.getByTestId("why"));
    await page.settle();
    expect(texts("why-total")).toEqual(["2.5 s · 1,234 tokens"]);
    expect(texts("why-call")[0]).toContain("120 ms");
    expect(document.body.textContent).toContain("Prompt coach.sales, version v7; 3 tools");
    expect(document.body.textContent).toContain("web");
  });

  it("shows nothing of a turn that is not known", async () => {
    await answered("Fine.");
    page.server.append("s_1", chart("t_other"));
    for (const event of [begun("t_next"), step("t_next", 0), ended("t_next")])
      page.server.append("s_1", event);
    await page.settle();
    expect(screen.queryByTestId("chart")).toBeNull();
  });
});
