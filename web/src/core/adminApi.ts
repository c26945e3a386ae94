import type { CallVote, MessageVote, Usage } from "../protocol/generated";
import { ApiError, type Problem } from "./codes";
import { badAnswer, type Json, type Requests } from "./http";
import type { Timeline } from "./reports";
import { Store } from "./store";

/** Days (`2026-03-02`, UTC), both included. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** What all that share a name used together. */
export interface UsageSum {
  readonly name: string;
  readonly turns: number;
  readonly usage: Usage;
}

/** What one person used of one model as a member of one team. */
export interface UsageLine {
  readonly team: string;
  readonly person: string;
  readonly model: string;
  readonly turns: number;
  readonly usage: Usage;
}

/** Costs are in millionths of `currency`, XXX where nothing has a price. */
export interface UsageReport {
  readonly currency: string;
  /** The names of people whose sign-in is still known. */
  readonly names: Readonly<Record<string, string>>;
  readonly lines: readonly UsageLine[];
  readonly teams: readonly UsageSum[];
  readonly people: readonly UsageSum[];
  readonly models: readonly UsageSum[];
}

export interface VoteCount<V> {
  readonly vote: V;
  readonly count: number;
}

/** The votes of people with one app role; `none` are people without any. */
export interface RoleVotes<V> {
  readonly role: string;
  readonly total: number;
  readonly votes: readonly VoteCount<V>[];
}

export interface ToolVotes {
  readonly server: string;
  readonly tool: string;
  readonly total: number;
  readonly votes: readonly VoteCount<CallVote>[];
  readonly roles: readonly RoleVotes<CallVote>[];
}

/** What somebody wrote beside a vote on a call. */
export interface ToolNote {
  readonly conversation_id: string;
  readonly call_id: string;
  readonly at: string;
  readonly server: string;
  readonly tool: string;
  readonly roles: readonly string[];
  readonly vote: CallVote;
  readonly note: string;
}

export interface ToolReport {
  readonly tools: readonly ToolVotes[];
  /** The latest, newest first. */
  readonly notes: readonly ToolNote[];
}

export interface ToolName {
  readonly server: string;
  readonly tool: string;
}

/** The votes on answers given with one version of a prompt; both are empty where that is not known. */
export interface AnswerVotes {
  readonly prompt: string;
  readonly prompt_version: string;
  readonly total: number;
  readonly votes: readonly VoteCount<MessageVote>[];
}

export interface PromptLabel {
  readonly label: string;
  readonly version: string;
  readonly previous: string | null;
  readonly moved_by: string;
  readonly moved_at: string;
}

export interface Prompt {
  readonly name: string;
  readonly versions: readonly string[];
  readonly labels: readonly PromptLabel[];
  /** What the instance that answered uses; null while it was not asked for it. */
  readonly in_use: string | null;
  /** It could not be refreshed lately. */
  readonly degraded: boolean;
}

/** `label` is the one that new sessions go by. */
export interface Prompts {
  readonly label: string;
  readonly prompts: readonly Prompt[];
}

/** A vote against an answer or a call, whichever is named. */
export interface Review {
  readonly conversation_id: string;
  readonly turn_id: string;
  readonly message_id: string | null;
  readonly call_id: string | null;
  readonly at: string;
  readonly roles: readonly string[];
  readonly vote: CallVote | MessageVote;
  readonly note: string | null;
  /** The path under which it is noted that somebody looked into it; begins with `/api`. */
  readonly review: string;
  readonly reviewed: Reviewed | null;
}

/** Somebody looked into it, and noted this. */
export interface Reviewed {
  readonly at: string;
  readonly by: string;
  readonly note: string | null;
}

export interface SecurityEvent {
  readonly at: string;
  readonly kind: string;
  readonly principal: string;
  readonly detail: string;
}

export interface SecurityPage {
  readonly events: readonly SecurityEvent[];
  /** The names of people whose sign-in is still known. */
  readonly names: Readonly<Record<string, string>>;
  /** Continues with older ones; null at the end. */
  readonly next: string | null;
}

/** Of a day (UTC); of one kind, of one person, where that is not empty. */
export interface SecurityWish {
  readonly day: string;
  readonly kind: string;
  readonly person: string;
}

/** Where paths that the server tells begin; requests begin behind it. */
const BASE = /^\/api(?=\/)/;

/** What is so where the app, older than this page, tells no names. */
const NAMELESS: { readonly names?: Readonly<Record<string, string>> } = { names: {} };

/** What administrators may look at. Every look is noted by the server. All methods throw as `Http` does. */
export class AdminApi {
  /** Why the person may not look; null while nothing says so. */
  readonly refused = new Store<Problem | null>(null);

  constructor(private readonly http: Requests) {}

  async usage({ from, to }: Period): Promise<UsageReport> {
    const told = await this.get("usage", { since: from, until: to });
    return { ...NAMELESS, ...(having("lines", told) as UsageReport) };
  }

  /** The votes on all tools, or on one. */
  async tools(period: Period, of?: ToolName): Promise<ToolReport> {
    return having("tools", await this.get("tool-feedback", { ...period, ...of })) as ToolReport;
  }

  async answerVotes(period: Period): Promise<readonly AnswerVotes[]> {
    const told = await this.get("feedback", { ...period });
    return (having("answers", told) as { answers: readonly AnswerVotes[] }).answers;
  }

  async prompts(): Promise<Prompts> {
    return having("prompts", await this.get("prompts", {})) as Prompts;
  }

  /** `done`: those that somebody looked into, too. */
  async reviews(period: Period, done: boolean): Promise<readonly Review[]> {
    const told = await this.get("feedback/reviews", { ...period, done: done ? "true" : "" });
    return (having("reviews", told) as { reviews: readonly Review[] }).reviews;
  }

  /** How a turn that was complained of went; nothing that was said is in it. */
  async reviewedTurn(conversationId: string, turnId: string): Promise<Timeline> {
    const turn = `${encodeURIComponent(conversationId)}/${encodeURIComponent(turnId)}`;
    return having("steps", await this.get(`feedback/reviews/${turn}`, {})) as Timeline;
  }

  /** Note that it was looked into, and what came of it where there is anything to say. */
  async finish({ review }: Review, note: string): Promise<void> {
    const content = note === "" ? {} : { note };
    await this.http.json("PUT", review.replace(BASE, ""), { content });
  }

  async reopen({ review }: Review): Promise<void> {
    await this.http.json("DELETE", review.replace(BASE, ""));
  }

  async security({ day, kind, person }: SecurityWish, before: string | null): Promise<SecurityPage> {
    const told = await this.get("security", { day, kind, person, before: before ?? "" });
    return { ...NAMELESS, ...(having("events", told) as SecurityPage) };
  }

  /** Wishes that are empty are left out. */
  private async get(path: string, wishes: Readonly<Record<string, string>>): Promise<Json> {
    const query = new URLSearchParams(Object.entries(wishes).filter(([, value]) => value !== "")).toString();
    try {
      return await this.http.json("GET", query === "" ? `/manage/${path}` : `/manage/${path}?${query}`);
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === "forbidden") this.refused.set(error.problem);
      throw error;
    }
  }
}

/** The answer, if it has the list it has to have; what is in it is the app's own. */
function having(list: string, body: Json): unknown {
  if (!Array.isArray(body[list])) throw badAnswer();
  return body;
}
