import type { ErrorCode, WhileBusy } from "../protocol/generated";
import type { Auth } from "./auth";
import { ApiError, SignedOutError, type Problem } from "./codes";

export interface SessionSummary {
  readonly sessionId: string;
  readonly title: string;
  /** UTC, ISO 8601. */
  readonly updatedAt: string;
}

export interface SessionPage {
  readonly sessions: readonly SessionSummary[];
  /** Cursor of the next, older page; null at the end. */
  readonly next: string | null;
}

export interface Api {
  /** The URL of a client connection, good for a short time. */
  negotiate(): Promise<string>;
  sessions(before: string | null): Promise<SessionPage>;
  /** Set what becomes of questions asked while a turn runs. */
  setWhileBusy(sessionId: string, whileBusy: WhileBusy): Promise<void>;
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

  async sessions(before: string | null): Promise<SessionPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (before) query.set("before", before);
    const { sessions, next } = await this.request("GET", `/sessions?${query.toString()}`);
    if (!Array.isArray(sessions)) throw badAnswer();
    return { sessions: sessions.map(summary), next: typeof next === "string" ? next : null };
  }

  async setWhileBusy(sessionId: string, whileBusy: WhileBusy): Promise<void> {
    await this.request("PATCH", `/sessions/${encodeURIComponent(sessionId)}`, { while_busy: whileBusy });
  }

  private async request(method: string, path: string, content?: Json): Promise<Json> {
    let answer = await this.send(method, path, await this.auth.token(), content);
    if (answer.status === 401) {
      answer = await this.send(method, path, await this.auth.token({ fresh: true }), content);
    }
    if (answer.status === 401) throw new SignedOutError();
    const body = await readJson(answer);
    if (!answer.ok) throw new ApiError(answer.status, problemOf(body));
    return body;
  }

  private async send(method: string, path: string, token: string, content?: Json): Promise<Response> {
    try {
      return await fetch(`${this.base}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: "application/json",
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

async function readJson(answer: Response): Promise<Json> {
  const body: unknown = await answer.json().catch(() => null);
  return typeof body === "object" && body !== null ? (body as Json) : {};
}

function summary(raw: unknown): SessionSummary {
  const { session_id, title, updated_at } = raw as Json;
  if (typeof session_id !== "string") throw badAnswer();
  return {
    sessionId: session_id,
    title: typeof title === "string" ? title : "",
    updatedAt: typeof updated_at === "string" ? updated_at : "",
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
