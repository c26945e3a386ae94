import type { AnswerOffered, ServerEvent } from "../protocol/generated";
import type { Auth } from "./auth";
import { ApiError, SignedOutError, type Problem } from "./codes";
import { badAnswer, Http } from "./http";
import { holdsRole } from "./roles";
import { Store, type Signal } from "./store";

export interface ApprovedAnswer {
  readonly version: number;
  readonly state: "approved" | "withdrawn";
  readonly text: string;
  readonly threshold: number;
  readonly by: string;
  /** UTC, ISO 8601. */
  readonly at: string;
}

export interface QuestionCluster {
  readonly cluster_id: string;
  readonly label: string;
  readonly size: number;
  readonly people: number;
  readonly trend: "growing" | "steady" | "falling";
  /** Oldest first. */
  readonly weeks: readonly { readonly week: string; readonly count: number }[];
  readonly signals: Readonly<Record<"up" | "down" | "tool_failures" | "repeats" | "unanswered", number>>;
  /** Masked; never a whole sentence of few people. */
  readonly examples: readonly string[];
  readonly answer: ApprovedAnswer | null;
  readonly offered: number;
  readonly taken: number;
}

export interface QuestionReport {
  /** UTC, ISO 8601; empty when nothing was analyzed yet. */
  readonly analyzed_at: string;
  readonly questions: number;
  readonly running: boolean;
  readonly available: boolean;
  readonly clusters: readonly QuestionCluster[];
}

/** All methods throw as `Http` does. A change is made on `version` only, 0 where there was none. */
export interface QuestionsApi {
  report(): Promise<QuestionReport>;
  analyze(): Promise<void>;
  approve(clusterId: string, text: string, threshold: number, version: number): Promise<void>;
  withdraw(clusterId: string, version: number): Promise<void>;
  /** Take the answer that was offered beside a turn. */
  take(sessionId: string, turnId: string): Promise<void>;
}

const PATH = "/manage/common-questions";

export class HttpQuestions implements QuestionsApi {
  private readonly http: Http;

  constructor(base: string, auth: Auth) {
    this.http = new Http(base, auth);
  }

  async report(): Promise<QuestionReport> {
    const body = await this.http.json("GET", PATH);
    if (!Array.isArray(body.clusters)) throw badAnswer();
    return body as unknown as QuestionReport;
  }

  async analyze(): Promise<void> {
    await this.http.json("POST", `${PATH}/run`);
  }

  async approve(clusterId: string, text: string, threshold: number, version: number): Promise<void> {
    await this.http.json("PUT", answerPath(clusterId), {
      content: { text, threshold },
      headers: { "If-Match": `"${version}"` },
    });
  }

  async withdraw(clusterId: string, version: number): Promise<void> {
    await this.http.json("DELETE", answerPath(clusterId), { headers: { "If-Match": `"${version}"` } });
  }

  async take(sessionId: string, turnId: string): Promise<void> {
    const turn = `/sessions/${encodeURIComponent(sessionId)}/turns/${encodeURIComponent(turnId)}`;
    await this.http.json("POST", `${turn}/approved-answer`);
  }
}

function answerPath(clusterId: string): string {
  return `${PATH}/${encodeURIComponent(clusterId)}/answer`;
}

export interface QuestionsView {
  /** Null until it was read. */
  readonly report: QuestionReport | null;
  readonly problem: Problem | null;
  readonly busy: boolean;
}

const KEEPERS = ["Knowledge", "Admin"];

/** What people commonly ask, for those who may look after the answers. */
export class CommonQuestions {
  readonly view = new Store<QuestionsView>({ report: null, problem: null, busy: false });

  constructor(
    private readonly api: QuestionsApi | undefined,
    private readonly auth: Auth,
  ) {}

  /** Whether the person's token has a role that may; the server decides. */
  async allowed(): Promise<boolean> {
    return this.api !== undefined && (await holdsRole(this.auth, KEEPERS));
  }

  load(): Promise<boolean> {
    return this.attempt(() => Promise.resolve());
  }

  analyze(): Promise<boolean> {
    return this.attempt((api) => api.analyze());
  }

  approve(cluster: QuestionCluster, text: string, threshold: number): Promise<boolean> {
    const version = cluster.answer?.version ?? 0;
    return this.attempt((api) => api.approve(cluster.cluster_id, text, threshold, version));
  }

  withdraw(cluster: QuestionCluster): Promise<boolean> {
    return this.attempt((api) => api.withdraw(cluster.cluster_id, cluster.answer?.version ?? 0));
  }

  /** Do something, and show what is so afterwards; tells whether it was done. */
  private async attempt(work: (api: QuestionsApi) => Promise<void>): Promise<boolean> {
    const { api } = this;
    if (!api) return false;
    this.view.update((view) => ({ ...view, busy: true }));
    try {
      await work(api);
      this.view.set({ report: await api.report(), problem: null, busy: false });
      return true;
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : null;
      // What was shown is not what is: it has to be looked at again before anything is decided.
      const report =
        problem?.code === "approved_answer_changed" ? await api.report().catch(() => null) : null;
      this.view.update((view) => ({ report: report ?? view.report, problem, busy: false }));
      if (error instanceof ApiError || error instanceof SignedOutError) return false;
      throw error;
    }
  }
}

export interface Offer {
  readonly sessionId: string;
  readonly turnId: string;
  readonly text: string;
  readonly approvedAt: string;
  readonly taken: boolean;
}

const PUT_AWAY = "salescoach.offer.put-away";

/** The approved answer that was offered last; it stays until it is put away or another is offered. */
export class Offers {
  readonly offer = new Store<Offer | null>(null);

  constructor(
    private readonly api: QuestionsApi | undefined,
    events: Signal<ServerEvent>,
    /** Remembers which offer was put away last. */
    private readonly tab: Storage,
  ) {
    events.on((event) => {
      if (event.type === "answer.offered") this.offer.set(offerOf(event, false));
    });
  }

  /** It was offered before this page was opened. */
  again(event: AnswerOffered, taken: boolean): void {
    const isKnown = this.offer.get()?.turnId === event.turn_id;
    if (!isKnown && this.tab.getItem(PUT_AWAY) !== event.turn_id) this.offer.set(offerOf(event, taken));
  }

  dismiss(): void {
    const offer = this.offer.get();
    if (offer) this.tab.setItem(PUT_AWAY, offer.turnId);
    this.offer.set(null);
  }

  /** Take it: it is noted, and shown in full. That it cannot be noted keeps nobody from reading it. */
  async take(): Promise<void> {
    const offer = this.offer.get();
    if (!offer) return;
    this.offer.set({ ...offer, taken: true });
    try {
      await this.api?.take(offer.sessionId, offer.turnId);
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof SignedOutError)) throw error;
    }
  }
}

function offerOf(event: AnswerOffered, taken: boolean): Offer {
  return {
    sessionId: event.conversation_id,
    turnId: event.turn_id,
    text: event.text,
    approvedAt: event.approved_at,
    taken,
  };
}
