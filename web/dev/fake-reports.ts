import type { ReportsApi, Timeline } from "../src/core/reports";

const NOTHING = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost_micros: 0 };

/** What the server tells of answers, for tests. */
export class FakeReports implements ReportsApi {
  timeline: Timeline = {
    waited_ms: 0,
    ms: null,
    status: null,
    error: null,
    usage: NOTHING,
    steps: [],
    manifests: [],
  };

  /** Of which conversation and what in it was asked. */
  readonly reportsAsked: (readonly [conversationId: string, what: string])[] = [];

  turnTimeline(conversationId: string, turnId: string): Promise<Timeline> {
    this.reportsAsked.push([conversationId, turnId]);
    return Promise.resolve(this.timeline);
  }

  chartCsv(conversationId: string, chartId: string): Promise<string> {
    this.reportsAsked.push([conversationId, chartId]);
    return Promise.resolve(`${chartId}\r\n`);
  }
}
