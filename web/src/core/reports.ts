import type { Api } from "./api";
import { ApiError, SignedOutError, type Problem } from "./codes";
import type { ErrorInfo, ToolStatus, TurnStatus, Usage } from "../protocol/generated";

/** A tool call as the server's timeline tells it; times in milliseconds. */
export interface TimelineCall {
  readonly call_id: string;
  readonly server: string;
  readonly tool: string;
  readonly status: ToolStatus | "open";
  readonly ms: number | null;
}

export interface TimelineStep {
  readonly message_id: string;
  readonly step: number;
  readonly attempt: number;
  readonly ms: number;
  readonly usage: Usage;
  readonly untrusted_from: readonly string[];
  readonly calls: readonly TimelineCall[];
}

/** How a turn went. */
export interface Timeline {
  readonly waited_ms: number | null;
  readonly ms: number | null;
  readonly status: TurnStatus | null;
  readonly error: ErrorInfo | null;
  readonly usage: Usage;
  readonly steps: readonly TimelineStep[];
  readonly manifests: readonly {
    readonly manifest_id: string;
    readonly prompt: string;
    readonly prompt_version: string;
    readonly tools: number;
  }[];
}

/** What the app tells of an answer when it is asked. */
export interface ReportsApi {
  turnTimeline(conversationId: string, turnId: string): Promise<Timeline>;
  /** A chart's rows as CSV. */
  chartCsv(conversationId: string, chartId: string): Promise<string>;
}

export type Asked<T> = { readonly value: T } | { readonly problem: Problem } | null;

/** Asks for reports; null when the sign-in has ended, which is told elsewhere. */
export class Reports {
  constructor(private readonly api: Api) {}

  timeline(conversationId: string, turnId: string): Promise<Asked<Timeline>> {
    return asked(this.api.turnTimeline(conversationId, turnId));
  }

  csv(conversationId: string, chartId: string): Promise<Asked<string>> {
    return asked(this.api.chartCsv(conversationId, chartId));
  }
}

async function asked<T>(work: Promise<T>): Promise<Asked<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (error instanceof SignedOutError) return null;
    if (error instanceof ApiError) return { problem: error.problem };
    throw error;
  }
}
