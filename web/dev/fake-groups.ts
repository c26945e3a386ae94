import { ApiError, type Problem } from "../src/core/codes";
import type { Json, Requests, Sent } from "../src/core/http";
import type { GroupMember, GroupRole } from "../src/protocol/generated";

export interface Asking {
  readonly method: string;
  readonly path: string;
  readonly sent: Sent;
}

/** Answers one kind of request; what it returns is the body. */
export type Answering = (asking: Asking, ...parts: string[]) => unknown;

/** Requests over HTTP, answered by what a test sets up: the newest answer that fits. */
export class FakeRequests implements Requests {
  readonly asked: Asking[] = [];
  private readonly answers: [string, RegExp, Answering][] = [
    ["GET", /^\/groups\?/, () => ({ groups: [], next: null })],
    ["GET", /\/offers$/, () => ({ suggestions: null, answer: null, taken: false })],
  ];

  /** Answer requests whose path fits; the groups of the pattern are handed on. */
  on(method: string, path: RegExp, answer: Answering): void {
    this.answers.unshift([method, path, answer]);
  }

  /** What was sent with requests of this method, in order. */
  sent(method: string): [string, Json | undefined][] {
    return this.asked
      .filter((asking) => asking.method === method)
      .map(({ path, sent }) => [path, sent.content]);
  }

  json(method: string, path: string, sent: Sent = {}): Promise<Json> {
    return this.answer({ method, path, sent }) as Promise<Json>;
  }

  text(path: string): Promise<string> {
    return this.answer({ method: "GET", path, sent: {} }) as Promise<string>;
  }

  private answer(asking: Asking): Promise<unknown> {
    this.asked.push(asking);
    for (const [method, pattern, answer] of this.answers) {
      const found = method === asking.method ? pattern.exec(asking.path) : null;
      if (found) return Promise.resolve().then(() => answer(asking, ...found.slice(1)));
    }
    return Promise.reject(refusal("conversation_not_found"));
  }
}

export function refusal(code: Problem["code"], message = "", retryable = false): ApiError {
  return new ApiError(409, { code, message, retryable });
}

export function member(id: string, name: string, role: GroupRole, invited = false): GroupMember {
  return { participant: { kind: "person", id, name }, role, invited };
}

export const GROUP_ID = `g_${"A".repeat(26)}`;

/** One group on the server, as far as dialogs see it. */
export class FakeGroup {
  details = {
    group_id: GROUP_ID,
    title: "Contoso renewal",
    updated_at: "2026-01-02T10:00:00Z",
    role: "owner" as GroupRole,
    invited: false,
    invited_by: null as string | null,
    people: 2,
    unread: 0,
    archived: false,
    description: "All about the renewal.",
    settings: { follow_up: false, ambient: false, history: "all" },
    created_at: "2026-01-01T10:00:00Z",
    epoch: 1,
    seq: 9,
    read_seq: 3,
  };
  members: GroupMember[] = [member("p1", "Ada Lovelace", "owner"), member("t.ben", "Ben Okafor", "member")];
  links: Json[] = [];

  constructor(readonly requests: FakeRequests) {
    const group = `/groups/${GROUP_ID}`;
    const on = (method: string, path: string, answer: Answering) => {
      requests.on(method, new RegExp(`^${group}${path}$`), answer);
    };
    requests.on("GET", /^\/groups\?/, () => ({ groups: [this.details], next: null }));
    on("GET", "", () => this.details);
    on("GET", "/members", () => ({ epoch: this.details.epoch, members: this.members }));
    on("GET", "/invitations", () => ({ links: this.links }));
    on("PATCH", "", ({ sent: { content } }) => {
      const { settings, ...rest } = content as { settings?: object };
      this.details = { ...this.details, ...rest, settings: { ...this.details.settings, ...settings } };
      return this.details;
    });
    on("PATCH", "/members/(.+)", ({ sent: { content } }, id) => {
      this.members = this.members.map((one) =>
        one.participant.id === id ? { ...one, role: content?.role as GroupRole } : one,
      );
      return {};
    });
    on("DELETE", "/members/(.+)", (_asking, id) => {
      this.members = this.members.filter(({ participant }) => participant.id !== id);
      return {};
    });
    on("POST", "/invitations", ({ sent: { content } }) => this.invite(content ?? {}));
    on("DELETE", "/invitations/(.+)", (_asking, id) => {
      this.links = this.links.filter((link) => link.invitation_id !== id);
      return {};
    });
  }

  private invite({ principal, role, link }: Json): Json {
    if (typeof principal === "string") {
      this.members = [...this.members, member(principal, principal, role as GroupRole, true)];
      return { member: this.members.at(-1), link: null, token: null };
    }
    const name = `iv_${this.links.length}`;
    const made = { invitation_id: name, made_by: "p1", uses: 0, ...(link as Json) };
    this.links = [
      { created_at: "2026-01-02T10:00:00Z", expires_at: "2026-01-09T10:00:00Z", ...made },
      ...this.links,
    ];
    return { member: null, link: this.links[0], token: `${GROUP_ID}.${name}.secret` };
  }
}
