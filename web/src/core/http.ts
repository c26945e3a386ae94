import type { ErrorCode } from "../protocol/generated";
import type { Auth } from "./auth";
import { ApiError, SignedOutError, type Problem } from "./codes";

export type Json = Readonly<Record<string, unknown>>;

export interface Sent {
  readonly content?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long to wait for the answer. Milliseconds. */
  readonly timeoutMs?: number;
}

/** Requests to the app in the person's name, for what is loaded when it is needed. They throw as `Http` does. */
export interface Requests {
  json(method: string, path: string, sent?: Sent): Promise<Json>;
  text(path: string): Promise<string>;
}

const TIMEOUT_MS = 15_000;

/** Requests to the app in the person's name. All methods throw `ApiError`, or `SignedOutError` when the token is refused. */
export class Http implements Requests {
  constructor(
    private readonly base: string,
    private readonly auth: Auth,
  ) {}

  async json(method: string, path: string, sent: Sent = {}): Promise<Json> {
    const answer = await this.authorized(method, path, sent);
    const body = await readJson(answer);
    if (!answer.ok) throw new ApiError(answer.status, problemOf(body));
    return body;
  }

  async text(path: string): Promise<string> {
    const answer = await this.authorized("GET", path, {});
    if (!answer.ok) throw new ApiError(answer.status, problemOf(await readJson(answer)));
    return answer.text();
  }

  /** The answer to a request with a token that the app takes. */
  private async authorized(method: string, path: string, sent: Sent): Promise<Response> {
    let answer = await this.send(method, path, await this.auth.token(), sent);
    if (answer.status === 401) {
      answer = await this.send(method, path, await this.auth.token({ fresh: true }), sent);
    }
    if (answer.status === 401) throw new SignedOutError();
    return answer;
  }

  private async send(
    method: string,
    path: string,
    token: string,
    { content, headers, timeoutMs = TIMEOUT_MS }: Sent,
  ): Promise<Response> {
    try {
      return await fetch(`${this.base}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: "application/json, text/markdown;q=0.9",
          ...(content ? { "Content-Type": "application/json" } : {}),
          ...headers,
        },
        ...(content ? { body: JSON.stringify(content) } : {}),
        signal: AbortSignal.timeout(timeoutMs),
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

function problemOf(body: Json): Problem {
  const { code, message, retryable } = body;
  if (typeof code !== "string") return badAnswer().problem;
  return {
    code: code as ErrorCode,
    message: typeof message === "string" ? message : "",
    retryable: retryable === true,
  };
}

export function badAnswer(): ApiError {
  return new ApiError(0, { code: "bad_answer", message: "", retryable: true });
}
