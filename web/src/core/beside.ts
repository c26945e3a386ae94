import type {
  AnswerChecked,
  AnswerSource,
  ChartCell,
  ChartCreated,
  ChartMeasure,
  SuggestionsOffered,
} from "../protocol/generated";
import type { DurableEvent } from "../protocol/frames";
import type { Conversation, Turn } from "./state";

/** A chart the server computed from a tool's result. */
export interface Chart {
  readonly chartId: string;
  readonly conversationId: string;
  readonly title: string;
  /** What it shows, in the server's English. */
  readonly alt: string;
  /** Vega-Lite over the data `rows`, as JSON text. */
  readonly spec: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ChartCell[])[];
  /** What the columns are made of; null where nobody noted it. */
  readonly measure: ChartMeasure | null;
  /** What it was made of may come from strangers. */
  readonly untrusted: boolean;
}

/** What was found when an answer was held against what its tools returned. */
export interface Checked {
  readonly messageId: string;
  /** Figures, as written, that no tool's result holds. */
  readonly unmatched: readonly string[];
  /** What its links lead to and a tool's result holds, in the order of the answer. */
  readonly sources: readonly AnswerSource[];
  /** Its links were looked at: those that lead to none of the sources are in no result. */
  readonly linked: boolean;
}

/** What was made of an answer behind its end. */
export interface Beside {
  readonly charts: readonly Chart[];
  readonly checked: Checked | null;
  /** What the person may want to ask next. */
  readonly offered: readonly string[];
}

export const NOTHING_BESIDE: Beside = { charts: [], checked: null, offered: [] };

export type BesideEvent = ChartCreated | AnswerChecked;

export function isBeside(event: DurableEvent): event is BesideEvent {
  return event.type === "chart.created" || event.type === "answer.checked";
}

/** What was made of a turn's answer; of a turn that is not known here, nothing is shown. */
export function besideTold(state: Conversation, event: BesideEvent | SuggestionsOffered): Conversation {
  const index = state.turns.findIndex((turn) => turn.turnId === event.turn_id);
  const turn = state.turns[index];
  return turn ? { ...state, turns: state.turns.with(index, withBeside(turn, event)) } : state;
}

function withBeside(turn: Turn, event: BesideEvent | SuggestionsOffered): Turn {
  const { beside } = turn;
  switch (event.type) {
    case "chart.created":
      return { ...turn, beside: { ...beside, charts: [...beside.charts, chartOf(event)] } };
    case "answer.checked":
      return { ...turn, beside: { ...beside, checked: checkedOf(event) } };
    case "suggestions.offered":
      return { ...turn, beside: { ...beside, offered: event.suggestions } };
  }
}

function checkedOf({ message_id, unmatched, sources, unsourced }: AnswerChecked): Checked {
  return { messageId: message_id, unmatched, sources, linked: sources.length + unsourced.length > 0 };
}

function chartOf(event: ChartCreated): Chart {
  return {
    chartId: event.chart_id,
    conversationId: event.conversation_id,
    title: event.title,
    alt: event.alt,
    spec: event.spec,
    columns: event.columns,
    rows: event.rows,
    measure: event.measure ?? null,
    untrusted: event.trust === "untrusted",
  };
}
