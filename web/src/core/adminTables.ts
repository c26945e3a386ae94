import type { Usage } from "../protocol/generated";
import type { Period, UsageReport, UsageSum } from "./adminApi";

export type Cell = string | number;
export type Direction = "ascending" | "descending";

export interface Sorting {
  /** Place of the column. */
  readonly by: number;
  readonly direction: Direction;
}

/** What usage is summed up by; `lines` are not summed up. */
export type Grouping = "people" | "teams" | "models" | "lines";

/** A line of usage: whose it is, in one to three names, and how much. */
export interface UsageRow {
  readonly names: readonly string[];
  readonly turns: number;
  readonly usage: Usage;
}

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** What a spreadsheet may take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** The last days up to this one, UTC. */
export function lastDays(count: number, now: Date): Period {
  return { from: dayOf(new Date(now.getTime() - (count - 1) * DAY_MS)), to: dayOf(now) };
}

export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** The day so many days later. */
export function later(day: string, days: number): string {
  return dayOf(new Date(Date.parse(day) + days * DAY_MS));
}

/** Why these days cannot be asked for, where `most` days can at once. */
export type PeriodFault = "incomplete" | "turned" | "long";

export function faultOf({ from, to }: Period, most: number): PeriodFault | null {
  if (!isDay(from) || !isDay(to)) return "incomplete";
  if (to < from) return "turned";
  return to > later(from, most - 1) ? "long" : null;
}

/** Whether it is a day there is, written as the server wants it. */
export function isDay(text: string | null): text is string {
  if (text === null || !DAY.test(text)) return false;
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && dayOf(time) === text;
}

export function tokensOf({ input_tokens: read, output_tokens: written }: Usage): number {
  return read + written;
}

export function usageRows(report: UsageReport, by: Grouping): readonly UsageRow[] {
  const called = calling(report);
  if (by === "lines")
    return report.lines.map(({ team, person, model, turns, usage }) => ({
      names: [called(person), team, model],
      turns,
      usage,
    }));
  return report[by].map(({ name, turns, usage }) => ({
    names: [by === "people" ? called(name) : name],
    turns,
    usage,
  }));
}

/** How people are told apart: by name, by name and id where several have the same, by id where no name is known. */
export function calling({ names }: Pick<UsageReport, "names">): (person: string) => string {
  const seen = new Map<string, number>();
  for (const name of Object.values(names)) seen.set(name, (seen.get(name) ?? 0) + 1);
  return (person) => {
    const name = names[person];
    if (name === undefined) return person;
    return seen.get(name) === 1 ? name : `${name} (${person})`;
  };
}

/** All together; each turn counts once, for a turn has one model and one team. */
export function totalOf(sums: readonly UsageSum[]): UsageRow {
  const usage = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost_micros: 0 };
  let turns = 0;
  for (const sum of sums) {
    turns += sum.turns;
    for (const key of Object.keys(usage) as (keyof Usage)[]) usage[key] += sum.usage[key];
  }
  return { names: [], turns, usage };
}

/** The rows in order; those that are equal there stay as they were. */
export function sorted<R>(rows: readonly R[], cellOf: (row: R, place: number) => Cell, how: Sorting): R[] {
  const turn = how.direction === "ascending" ? 1 : -1;
  return rows.toSorted((a, b) => turn * compared(cellOf(a, how.by), cellOf(b, how.by)));
}

function compared(a: Cell, b: Cell): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "en", { numeric: true });
}

/** Comma-separated values (RFC 4180); no words in it can be taken for a formula by a spreadsheet. */
export function csvOf(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [titles, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  const inert = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Of a bar and the space around it. Pixels. */
const BAR_STEP = 20;

/** So many lying bars, the longest first, as Vega-Lite over the columns `c0` (whose) and `c1` (how much). */
export function barSpec(title: string, color: string, count: number): string {
  return JSON.stringify({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container",
    // A height by steps would not go with a width that is fitted.
    height: BAR_STEP * count,
    mark: { type: "bar", color },
    encoding: {
      y: { field: "c0", type: "nominal", sort: null, title: null, axis: { labelLimit: 160 } },
      x: { field: "c1", type: "quantitative", title },
      tooltip: [
        { field: "c0", type: "nominal", title: " " },
        { field: "c1", type: "quantitative", title },
      ],
    },
  });
}
