import { useContext, useMemo, useState } from "react";
import type { Chart } from "../core/beside";
import { besideStrings } from "./besideStrings";
import { cellText, inOwnWords } from "./chartWords";
import { locale, regional } from "./languages/language";
import { LanguageContext } from "./languages/memo";
import { LazyPart } from "./LazyPart";
import { problemText } from "./strings";
import { useViewer } from "./viewer";

/** Drawing takes a large library, which is loaded with the first chart that is shown. */
const loadVega = () => import("./VegaChart");

/** A chart under an answer: the drawing, what it shows in words, its rows, and the rows to take away. */
export function ChartView({ chart: told }: { chart: Chart }) {
  const tag = regional(useContext(LanguageContext), navigator.languages);
  // The drawing is made anew only where something else would stand on it.
  const chart = useMemo(() => inOwnWords(told, tag), [told, tag]);
  return (
    <figure className="chart" data-testid="chart">
      <figcaption>{chart.title}</figcaption>
      <LazyPart load={loadVega} props={{ chart }} meanwhile={<p>{besideStrings.chartLoading}</p>} />
      <p className="chart-alt">{chart.alt}</p>
      <p className="chart-note">
        {chart.untrusted ? besideStrings.chartUntrusted : besideStrings.chartSource}
      </p>
      <div className="chart-tools">
        <details>
          <summary>{besideStrings.showRows}</summary>
          <Rows chart={chart} />
        </details>
        <Download chart={chart} />
      </div>
    </figure>
  );
}

function Rows({ chart: { columns, rows, title } }: { chart: Chart }) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
      <table data-testid="chart-rows">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, place) => (
                <td key={place}>{cellText(cell, locale())}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Download({ chart: { conversationId, chartId } }: { chart: Chart }) {
  const { client } = useViewer();
  const [problem, setProblem] = useState("");
  const download = async () => {
    const told = await client.reports.csv(conversationId, chartId);
    setProblem(told && "problem" in told ? problemText(told.problem) : "");
    if (told && "value" in told) save(`${chartId}.csv`, told.value);
  };
  return (
    <>
      <button type="button" className="quiet" data-testid="chart-csv" onClick={() => void download()}>
        {besideStrings.downloadCsv}
      </button>
      {problem && (
        <span className="fault" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}

function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
