import type { ErrorCode, WhileBusy } from "../protocol/generated";
import type { Auth } from "./auth";
import { ApiError, SignedOutError, type Problem } from "./codes";

export interface SessionSummary {
  readonly sessionId: string;
  readonly title: string;
  /** UTC, ISO 8601. */
  readonly updatedAt: string;
  readonly pinned: boolean;
}

/** What a person may set of a session; what is left out stays. */
export interface SessionChanges {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly archived?: boolean;
  readonly while_busy?: WhileBusy;
}

export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** Cursor of the next, older page; null at the end. */
  readonly next: string | null;
}

/** A tool server that acts for the person with a credential of theirs. */
export interface ToolConnection {
  readonly server: string;
  /** Signed in to there, or lent from the sign-in to SalesCoach. */
  readonly kind: "oauth" | "on_behalf_of";
  /** UTC, ISO 8601. */
  readonly since: string;
}

export interface Api {
  /** The URL of a client connection, good for a short time. */
  negotiate(): Promise<string>;
  /** `archived`: those put aside, instead of the others. */
  sessions(before: string | null, archived: boolean): Promise<SessionPage>;
  changeSession(sessionId: string, changes: SessionChanges): Promise<void>;
  /** For good, with all that was said in it. */
  deleteSession(sessionId: string): Promise<void>;
  /** All that was said in it, as Markdown. */
  exportSession(sessionId: string): Promise<string>;
  connections(): Promise<readonly ToolConnection[]>;
  /** Forget and revoke the person's credential for a server. */
  disconnect(server: string): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 50;

/** The app's HTTP face. Every method throws `ApiError`, or `SignedOutError` when the token is refused for good. */
export class HttpApi implements Api {
  constructor(
    private readonly base: string,
    private readonly auth: Auth,
  ) {}

  async negotiate(): Promise<string> {
    const { url } = await this.request("POST", "/chat/negotiate");
    if (typeof url !== "string") throw badAnswer();
    return url;
  }

  async sessions(before: string | null, archived: boolean): Promise<SessionPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (archived) query.set("archived", "true");
    if (before) query.set("before", before);
    const { sessions, next } = await this.request("GET", `/sessions?${query.toString()}`);
    if (!Array.isArray(sessions)) throw badAnswer();
    return { sessions: sessions.map(summary), next: typeof next === "string" ? next : null };
  }

  async changeSession(sessionId: string, changes: SessionChanges): Promise<void> {
    await this.request("PATCH", pathOf(sessionId), { ...changes });
  }

  async deleteSession(sessionId: string): Promise<void> {
    await this.request("DELETE", pathOf(sessionId));
  }

  async exportSession(sessionId: string): Promise<string> {
    const answer = await this.authorized("GET", `${pathOf(sessionId)}/export?format=markdown`);
    if (!answer.ok) throw new ApiError(answer.status, problemOf(await readJson(answer)));
    return answer.text();
  }

  async connections(): Promise<readonly ToolConnection[]> {
    const { connections } = await this.request("GET", "/connections");
    if (!Array.isArray(connections)) throw badAnswer();
    return connections as ToolConnection[];
  }

  async disconnect(server: string): Promise<void> {
    await this.request("DELETE", `/connections/${encodeURIComponent(server)}`);
  }

  private async request(method: string, path: string, content?: Json): Promise<Json> {
    const answer = await this.authorized(method, path, content);
    const body = await readJson(answer);
    if (!answer.ok) throw new ApiError(answer.status, problemOf(body));
    return body;
  }

  /** The answer to a request with a token that the app takes. */
  private async authorized(method: string, path: string, content?: Json): Promise<Response> {
    let answer = await this.send(method, path, await this.auth.token(), content);
    if (answer.status === 401) {
      answer = await this.send(method, path, await this.auth.token({ fresh: true }), content);
    }
    if (answer.status === 401) throw new SignedOutError();
    return answer;
  }

  private async send(method: string, path: string, token: string, content?: Json): Promise<Response> {
    try {
      return await fetch(`${this.base}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: "application/json, text/markdown;q=0.9",
          ...(content ? { "Content-Type": "application/json" } : {}),
        },
        ...(content ? { body: JSON.stringify(content) } : {}),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      if (error instanceof TypeError)
        throw new ApiError(0, { code: "unreachable", message: "", retryable: true });
      if (error instanceof DOMException)
        throw new ApiError(0, { code: "timed_out", message: "", retryable: true });
      throw error;
    }
  }
}

function pathOf(sessionId: string): string {
  return `/sessions/${encodeURIComponent(sessionId)}`;
}

async function readJson(answer: Response): Promise<Json> {
  const body: unknown = await answer.json().catch(() => null);
  return typeof body === "object" && body !== null ? (body as Json) : {};
}

function summary(raw: unknown): SessionSummary {
  const { session_id, title, updated_at, pinned } = raw as Json;
  if (typeof session_id !== "string") throw badAnswer();
  return {
    sessionId: session_id,
    title: typeof title === "string" ? title : "",
    updatedAt: typeof updated_at === "string" ? updated_at : "",
    pinned: pinned === true,
  };
}

function problemOf(body: Json): Problem {
  const { code, message, retryable } = body;
  if (typeof code !== "string") return badAnswer().problem;
  return {
    code: code as ErrorCode,
    message: typeof message === "string" ? message : "",
    retryable: retryable === true,
  };
}

function badAnswer(): ApiError {
  return new ApiError(0, { code: "bad_answer", message: "", retryable: true });
}
