import type { TimelineCall } from "../core/reports";
import type { ChartMeasure } from "../protocol/generated";
import { inLanguage } from "./languages/catalog";

/** The sentences of charts, checked figures and "why this answer". */
export const besideStrings = inLanguage("besideStrings", {
  showRows: "Show the rows",
  downloadCsv: "Download CSV",
  chartLoading: "Drawing…",
  chartFailed: "The chart could not be drawn. Its rows are below.",
  chartMark: {
    bar: "Bar chart",
    line: "Line chart",
    area: "Area chart",
    point: "Scatter plot",
    arc: "Pie chart",
    other: "Chart",
  },
  chartMeasure: {
    sum: (column) => `Sum of ${column ?? "rows"}`,
    mean: (column) => `Mean of ${column ?? "rows"}`,
    count: (column) => `Number of ${column ?? "rows"}`,
  } satisfies Record<Exclude<ChartMeasure["aggregate"], "none">, (column: string | null) => string>,
  chartBucket: {
    day: (column: string) => `${column} (day)`,
    week: (column: string) => `${column} (week)`,
    month: (column: string) => `${column} (month)`,
    quarter: (column: string) => `${column} (quarter)`,
    year: (column: string) => `${column} (year)`,
  },
  chartAlt: (mark: string, measure: string, by: readonly string[], count: number) =>
    `${mark}: ${measure} by ${by.join(" and ")}, ${count === 1 ? "1 value" : `${count} values`}.`,
  chartExtremes: (highest: string, lowest: string) => `Highest: ${highest}; lowest: ${lowest}.`,
  chartSource: "Computed from the tool’s result.",
  chartUntrusted: "Made of text from outside: check it before you use it.",
  unmatched: "No tool returned this figure. Check it before you use it.",
  why: "Why this answer",
  whyLoading: "Reading how this answer was made…",
  whyTotal: (ms: number | null, tokens: number) =>
    `${ms === null ? "Not finished" : seconds(ms)} · ${tokens.toLocaleString("en")} tokens`,
  whyWaited: (ms: number) => `Waited ${seconds(ms)} in line`,
  whyStep: (number: number) => `Step ${number + 1}`,
  whyAttempt: (attempt: number) => `attempt ${attempt}`,
  whyStepDetail: (ms: number, read: number, written: number) =>
    `${seconds(ms)} · ${read.toLocaleString("en")} tokens read, ${written.toLocaleString("en")} written`,
  whyCall: ({ ms }: Pick<TimelineCall, "ms">) => (ms === null ? "" : seconds(ms)),
  whyUntrusted: (servers: readonly string[]) => `Had read text from outside: ${servers.join(", ")}`,
  whyPrompt: (prompt: string, version: string, tools: number) =>
    `Prompt ${prompt}, version ${version}; ${tools === 1 ? "1 tool" : `${tools} tools`}`,
} as const);

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
}
