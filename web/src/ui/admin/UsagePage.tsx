import { useCallback, useMemo } from "react";
import type { UsageReport } from "../../core/adminApi";
import {
  barSpec,
  csvOf,
  sorted,
  tokensOf,
  totalOf,
  usageRows,
  type Grouping,
  type UsageRow,
} from "../../core/adminTables";
import { money } from "../money";
import { save } from "../saveFile";
import type { PageProps } from "./AdminArea";
import { adminStrings, figure } from "./adminStrings";
import { LazyPart } from "../LazyPart";
import { LoadedView } from "./LoadedView";
import { Choice } from "./fields";
import { PeriodForm } from "./PeriodForm";
import { SortableTable, type Column } from "./SortableTable";
import { useLoaded } from "./useLoaded";
import { oneOf, periodOf } from "./wishes";

/** Drawing takes a large library, which is loaded with the first chart that is shown. */
const loadVega = () => import("../VegaChart");

const GROUPINGS = ["people", "teams", "models", "lines"] as const;
const MEASURES = ["tokens", "cost", "turns"] as const;
/** The server counts from the first day to the last, and both are shown. */
const MOST_DAYS = 401;
const MOST_BARS = 12;
const MICROS = 1_000_000;

type Measure = (typeof MEASURES)[number];

/** What people, teams and models used in some days. */
export function UsagePage({ api, wishes }: PageProps) {
  const { from, to, fault } = periodOf(wishes, MOST_DAYS);
  const read = useLoaded(useCallback(() => (fault ? null : api.usage({ from, to })), [api, from, to, fault]));
  const by = oneOf(wishes.get("by"), GROUPINGS);
  const measure = oneOf(wishes.get("of"), MEASURES);
  return (
    <>
      <PeriodForm period={{ from, to }} most={MOST_DAYS} wishes={wishes} />
      <div className="admin-filters">
        <Choice
          label={adminStrings.sumUpBy}
          value={by}
          choices={GROUPINGS.map((name) => [name, adminStrings.groupings[name]])}
          set={(name) => {
            wishes.set({ by: name });
          }}
        />
        <Choice
          label={adminStrings.measure}
          value={measure}
          choices={MEASURES.map((name) => [name, adminStrings.measures[name]])}
          set={(name) => {
            wishes.set({ of: name });
          }}
        />
      </div>
      <LoadedView read={read}>
        {(report) => <Told {...{ report, by, measure }} file={`usage-${by}-${from}-${to}.csv`} />}
      </LoadedView>
    </>
  );
}

interface ToldProps {
  readonly report: UsageReport;
  readonly by: Grouping;
  readonly measure: Measure;
  readonly file: string;
}

function Told({ report, by, measure, file }: ToldProps) {
  const rows = useMemo(() => usageRows(report, by), [report, by]);
  const columns = useMemo(() => columnsOf(by, report.currency), [by, report.currency]);
  const total = totalOf(report.models);
  const { turns, usage } = total;
  if (rows.length === 0) return <p role="status">{adminStrings.noUsage}</p>;
  const foot = columns.map((column, place) => {
    if (place === 0) return adminStrings.total;
    return column.numeric ? figure(column.cell(total)) : "";
  });
  return (
    <>
      <p className="admin-totals" role="status" data-testid="usage-total">
        {adminStrings.totals(turns, tokensOf(usage), money(usage.cost_micros, report.currency))}
      </p>
      {by !== "lines" && <UsageChart {...{ rows, by, measure, currency: report.currency }} />}
      <SortableTable
        key={by}
        caption={adminStrings.chartTitle(adminStrings.pages.usage, adminStrings.groupings[by])}
        testId="usage-table"
        columns={columns}
        rows={rows}
        keyOf={(row) => row.names.join("\n")}
        first={{ by: adminStrings.nameTitles[by].length + 1, direction: "descending" }}
        foot={foot}
      />
      <Download {...{ rows, columns, file }} />
    </>
  );
}

interface DownloadProps {
  readonly rows: readonly UsageRow[];
  readonly columns: readonly Column<UsageRow>[];
  readonly file: string;
}

function Download({ rows, columns, file }: DownloadProps) {
  const download = () => {
    const titles = columns.map(({ title }) => title);
    const lines = rows.map((row) => columns.map(({ cell }) => cell(row)));
    save(csvOf(titles, lines), file, "text/csv;charset=utf-8");
  };
  return (
    <button type="button" className="secondary" data-testid="usage-csv" onClick={download}>
      {adminStrings.downloadCsv}
    </button>
  );
}

function columnsOf(by: Grouping, currency: string): readonly Column<UsageRow>[] {
  const names = adminStrings.nameTitles[by].map((title, place) => ({
    title,
    cell: (row: UsageRow) => row.names[place] ?? "",
  }));
  const numbers: [string, (row: UsageRow) => number][] = [
    [adminStrings.turns, ({ turns }) => turns],
    [adminStrings.read, ({ usage }) => usage.input_tokens],
    [adminStrings.cached, ({ usage }) => usage.cached_input_tokens],
    [adminStrings.written, ({ usage }) => usage.output_tokens],
    [adminStrings.cost(currency), ({ usage }) => usage.cost_micros / MICROS],
  ];
  return [...names, ...numbers.map(([title, cell]) => ({ title, cell, numeric: true }))];
}

const AMOUNTS: Readonly<Record<Measure, (row: UsageRow) => number>> = {
  tokens: ({ usage }) => tokensOf(usage),
  cost: ({ usage }) => usage.cost_micros / MICROS,
  turns: ({ turns }) => turns,
};

interface ChartProps {
  readonly rows: readonly UsageRow[];
  readonly by: Grouping;
  readonly measure: Measure;
  readonly currency: string;
}

/** The most of them as bars; all of them are in the table. */
function UsageChart({ rows, by, measure, currency }: ChartProps) {
  const chart = useMemo(() => {
    const amount = AMOUNTS[measure];
    const most = sorted(rows, amount, { by: 0, direction: "descending" }).slice(0, MOST_BARS);
    const bars = most.map((row) => [row.names[0] ?? "", amount(row)] as const);
    const words = measure === "cost" ? adminStrings.cost(currency) : adminStrings.measures[measure];
    const alt = adminStrings.chartAlt(adminStrings.chartTitle(words, adminStrings.groupings[by]), bars);
    return { spec: barSpec(words, "var(--accent)", bars.length), rows: bars, alt };
  }, [rows, by, measure, currency]);
  return (
    <figure className="admin-chart" data-testid="usage-chart">
      <LazyPart load={loadVega} props={{ chart }} />
    </figure>
  );
}
