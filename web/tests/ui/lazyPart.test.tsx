import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Chart } from "../../src/core/beside";
import { ChartView } from "../../src/ui/ChartView";
import { PageBoundary } from "../../src/ui/PageBoundary";
import { ViewerContext, type Viewer } from "../../src/ui/viewer";

vi.mock("../../src/ui/VegaChart", () => {
  throw new Error("Failed to fetch dynamically imported module");
});

const CHART: Chart = {
  chartId: "ch_1",
  conversationId: "s_1",
  title: "Deals",
  alt: "Three deals.",
  spec: "{}",
  columns: ["deal"],
  rows: [["Contoso"]],
  untrusted: false,
  measure: null,
};

beforeEach(() => {
  // React says what a boundary caught.
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it("shows the chart's words and rows where its drawing cannot be loaded any more", async () => {
  render(
    <ViewerContext value={{} as Viewer}>
      <ChartView chart={CHART} />
    </ViewerContext>,
  );
  expect((await screen.findByRole("alert")).textContent).toContain("could not be loaded");
  expect(screen.getByText("Three deals.")).toBeTruthy();
  expect(screen.getByText("Contoso")).toBeTruthy();
});

it("leaves no empty page behind what cannot be shown", () => {
  const Broken = (): never => {
    throw new Error("a defect");
  };
  render(
    <PageBoundary>
      <Broken />
    </PageBoundary>,
  );
  expect(screen.getByRole("alert").textContent).toContain("Nothing you sent is lost");
  expect(screen.getByRole("button", { name: "Reload the page" })).toBeTruthy();
});
