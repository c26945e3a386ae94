import type { Chart } from "../core/beside";
import type { ChartMeasure } from "../protocol/generated";
import { parseObject } from "../core/schemaFields";
import { besideStrings as words } from "./besideStrings";

type Row = Chart["rows"][number];
type Json = Readonly<Record<string, unknown>>;

/** Up to so many marks are all named. */
const NAMED_IN_FULL = 3;

/** The chart with what stands on it in the page's language, numbers as `locale` has them; as the server says it, where that is all there is. */
export function inOwnWords(chart: Chart, locale: string): Chart {
  if (!chart.measure) return chart;
  const columns = headings(chart, chart.measure);
  const spec = parseObject(chart.spec);
  if (!spec) return chart;
  return {
    ...chart,
    columns,
    alt: alternative(chart, columns, spec, locale),
    spec: JSON.stringify(titled(spec, columns)),
  };
}

function headings({ columns }: Chart, { place, bucket, ...measure }: ChartMeasure): string[] {
  const first = bucket === "none" ? place : words.chartBucket[bucket](place);
  const value = valueWords(measure);
  return [first, ...columns.slice(1, -1), measure.unit === null ? value : `${value} (${measure.unit})`];
}

function valueWords({ aggregate, value }: Pick<ChartMeasure, "aggregate" | "value">): string {
  if (aggregate === "none" && value !== null) return value;
  return words.chartMeasure[aggregate === "none" ? "count" : aggregate](value);
}

function alternative({ rows }: Chart, columns: readonly string[], spec: Json, locale: string): string {
  const named = (row: Row) => namedIn(locale, row);
  const by = columns.slice(0, -1);
  const said = words.chartAlt(markOf(spec), columns.at(-1) ?? "", by, rows.length);
  if (rows.length <= NAMED_IN_FULL) return `${said} ${rows.map(named).join("; ")}.`;
  const [highest, lowest] = extremes(rows);
  return `${said} ${words.chartExtremes(named(highest), named(lowest))}`;
}

function markOf({ mark }: Json): string {
  const type = typeof mark === "object" && mark !== null && "type" in mark ? mark.type : null;
  return (words.chartMark as Readonly<Record<string, string>>)[String(type)] ?? words.chartMark.other;
}

/** The first of each, where several are alike. */
function extremes(rows: readonly Row[]): [Row, Row] {
  const value = (row: Row) => Number(row.at(-1));
  const pick = (better: (one: number, other: number) => boolean) =>
    rows.reduce((best, row) => (better(value(row), value(best)) ? row : best));
  return [pick((one, other) => one > other), pick((one, other) => one < other)];
}

function namedIn(locale: string, row: Row): string {
  const [value = "", ...by] = row.map((cell) => cellText(cell, locale)).reverse();
  return `${by.reverse().join(", ")}: ${value}`;
}

export function cellText(cell: Row[number], locale: string): string {
  return typeof cell === "number" ? cell.toLocaleString(locale, { maximumFractionDigits: 12 }) : cell;
}

/** The drawing with these headings on whatever shows a column: its channels name it `c0`, `c1` and so on. */
function titled(part: unknown, columns: readonly string[]): unknown {
  if (Array.isArray(part)) return part.map((each: unknown) => titled(each, columns));
  if (typeof part !== "object" || part === null) return part;
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, titled(value, columns)]));
  const title = typeof inner.field === "string" ? columns[Number(inner.field.slice(1))] : undefined;
  return title !== undefined && "title" in inner ? { ...inner, title } : inner;
}
