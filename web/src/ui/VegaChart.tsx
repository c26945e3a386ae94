import { useContext, useEffect, useRef, useState } from "react";
import embed, { type VisualizationSpec } from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";
import type { Chart } from "../core/beside";
import { besideStrings } from "./besideStrings";
import { locale } from "./languages/language";
import { LanguageContext } from "./languages/memo";
import { numberLocale, timeLocale } from "./vegaLocale";

/** What of a chart is drawn: Vega-Lite over the rows, whose columns are `c0`, `c1` and so on; `alt` is it in words. */
export type Drawing = Pick<Chart, "spec" | "rows" | "alt">;

/** The colours of the page around it, also when the theme changes later: so it reads in every theme. */
const TEXT = "currentColor";
const LINE = "var(--border)";
const QUIET = { labelColor: TEXT, titleColor: TEXT };
const CONFIG = {
  background: "transparent",
  axis: { ...QUIET, domainColor: TEXT, tickColor: TEXT, gridColor: LINE },
  legend: QUIET,
  view: { stroke: LINE },
};

function draw(place: HTMLElement, chart: Drawing) {
  return embed(place, specOf(chart), {
    mode: "vega-lite",
    actions: false,
    renderer: "svg",
    ast: true,
    expr: expressionInterpreter,
    defaultStyle: false,
    config: CONFIG,
    tooltip: { disableDefaultStyle: true },
    formatLocale: numberLocale(locale()),
    timeFormatLocale: timeLocale(locale()),
  });
}

/** A chart, drawn as SVG. Expressions are interpreted, never compiled, so that the page needs no `unsafe-eval`. */
export default function VegaChart({ chart }: { chart: Drawing }) {
  const host = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState(false);
  const language = useContext(LanguageContext);
  useEffect(() => {
    const place = host.current;
    if (!place) return;
    let gone = false;
    let finalize = (): void => undefined;
    const drawing = draw(place, chart);
    drawing.then(
      (drawn) => {
        finalize = () => {
          drawn.finalize();
        };
        if (gone) finalize();
      },
      (error: unknown) => {
        console.warn("A chart could not be drawn.", error);
        if (!gone) setFailed(true);
      },
    );
    return () => {
      gone = true;
      finalize();
    };
    // What is written in it follows the language.
  }, [chart, language]);
  if (failed) return <p>{besideStrings.chartFailed}</p>;
  // The drawing names its own element; what stands around it says what it shows.
  return (
    <div role="img" aria-label={chart.alt}>
      <div className="chart-drawing" ref={host} aria-hidden="true" />
    </div>
  );
}

function specOf({ spec, rows }: Drawing): VisualizationSpec {
  const values = rows.map((row) => Object.fromEntries(row.map((cell, place) => [`c${place}`, cell])));
  return { ...(JSON.parse(spec) as VisualizationSpec), data: { name: "rows", values } } as VisualizationSpec;
}
