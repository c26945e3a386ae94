import { afterEach, describe, expect, it } from "vitest";
import type { Chart } from "../../src/core/beside";
import { inOwnWords } from "../../src/ui/chartWords";
import { chooseLanguage } from "../../src/ui/languages/language";

const SPEC = {
  mark: { type: "bar" },
  encoding: {
    x: { field: "c0", type: "ordinal", title: "stage", sort: null },
    y: { field: "c2", type: "quantitative", title: "Sum of amount (USD)" },
    tooltip: [{ field: "c2", type: "quantitative", title: "Sum of amount (USD)" }],
  },
};
const MEASURE = { place: "stage", bucket: "none", aggregate: "sum", value: "amount", unit: "USD" } as const;
const CHART: Chart = {
  chartId: "c",
  conversationId: "s_1",
  title: "Amount by stage",
  alt: "In the server's words.",
  spec: JSON.stringify(SPEC),
  columns: ["stage", "currency", "Sum of amount (USD)"],
  rows: [
    ["Negotiation", "USD", 420_000],
    ["Proposal", "USD", 185_000],
    ["Discovery", "USD", 60_000.5],
    ["Won", "USD", 60_000.5],
  ],
  untrusted: false,
  measure: MEASURE,
};

afterEach(() => chooseLanguage("en"));

describe("what stands on a chart", () => {
  it("is what the server says, in English", () => {
    const { alt, columns, spec } = inOwnWords(CHART, "en");
    expect(alt).toBe(
      "Bar chart: Sum of amount (USD) by stage and currency, 4 values. Highest: Negotiation, USD: 420,000; lowest: Discovery, USD: 60,000.5.",
    );
    expect(columns).toEqual(CHART.columns);
    expect(JSON.parse(spec)).toEqual(SPEC);
  });

  it("is said in German, its figures too, and on the drawing as well", async () => {
    await chooseLanguage("de");
    const { alt, columns, spec } = inOwnWords(CHART, "de");
    expect(alt).toBe(
      "Balkendiagramm: Summe von amount (USD) nach stage und currency, 4 Werte. Höchster Wert: Negotiation, USD: 420.000; niedrigster: Discovery, USD: 60.000,5.",
    );
    expect(columns).toEqual(["stage", "currency", "Summe von amount (USD)"]);
    expect(spec.match(/"title":"Summe von amount \(USD\)"/g)).toHaveLength(2);
  });

  it("names every mark of a few, and when they are", async () => {
    await chooseLanguage("de");
    const measure = { ...MEASURE, bucket: "month", aggregate: "count", value: null, unit: null } as const;
    const { alt } = inOwnWords({ ...CHART, measure, columns: ["a", "b"], rows: [["2026-01", 2]] }, "de");
    expect(alt).toBe("Balkendiagramm: Anzahl von Zeilen nach stage (Monat), 1 Wert. 2026-01: 2.");
  });

  it("stays as it is where nobody noted what the columns are", async () => {
    await chooseLanguage("de");
    const old = { ...CHART, measure: null };
    expect(inOwnWords(old, "de")).toBe(old);
  });
});
