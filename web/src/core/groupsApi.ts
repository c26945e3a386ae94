import type { GroupMember, GroupRole, GroupSettings } from "../protocol/generated";
import { badAnswer, type Json, type Requests } from "./http";

export interface GroupSummary {
  readonly group_id: string;
  readonly title: string;
  /** UTC, ISO 8601. */
  readonly updated_at: string;
  readonly role: GroupRole;
  /** They are invited and have not accepted yet. */
  readonly invited: boolean;
  /** Of an invitation: the name of who made it. */
  readonly invited_by: string | null;
  /** How many people belong to it. */
  readonly people: number;
  /** Messages of others, 100 at most. */
  readonly unread: number;
  readonly seq: number;
  readonly read_seq: number;
  readonly archived: boolean;
}

export interface GroupDetails extends GroupSummary {
  readonly description: string;
  readonly settings: GroupSettings;
  readonly created_at: string;
  readonly epoch: number;
}

/** A link by which people join. What opens it, its token, is told once. */
export interface InvitationLink {
  readonly invitation_id: string;
  readonly role: GroupRole;
  /** A principal. */
  readonly made_by: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly max_uses: number;
  readonly uses: number;
}

export interface MadeLink {
  readonly link: InvitationLink;
  readonly token: string;
}

export interface WantedLink {
  readonly role: LinkRole;
  readonly hours: number;
  readonly max_uses: number;
}

export type LinkRole = Exclude<GroupRole, "owner">;

export interface Invitee {
  readonly principal: string;
  readonly role: GroupRole;
}

/** What may be set of a group; what is left out stays. */
export interface GroupChanges {
  readonly title?: string;
  readonly description?: string;
  readonly settings?: Partial<GroupSettings>;
  readonly archived?: boolean;
}

export interface NewGroup {
  readonly title: string;
  readonly description: string;
  readonly members: readonly Invitee[];
}

/** The events of a session a group begins with, both ends included. */
export interface SessionPart {
  readonly sessionId: string;
  readonly from_seq: number;
  readonly to_seq: number;
}

export interface CopiedGroup {
  readonly group: GroupDetails;
  readonly copied: number;
  /** Answers that stayed behind, for what only the asker may see may be in them. */
  readonly left_out: number;
}

/** One thing to know, and the messages it rests on. */
export interface CatchUpLine {
  readonly text: string;
  readonly messages: readonly string[];
}

export const TOPICS = ["decisions", "questions_for_me", "commitments", "numbers"] as const;
export type Topic = (typeof TOPICS)[number];

/** What was missed. `earlier` messages were too many to be read; `written` is false when there are only numbers. */
export interface CatchUp extends Readonly<Record<Topic, readonly CatchUpLine[]>> {
  readonly messages: number;
  readonly earlier: number;
  readonly written: boolean;
}

/** A coach that reads a lot before it answers. Milliseconds. */
const CATCH_UP_MS = 45_000;

/** Groups over HTTP. Every method throws as `Http` does. */
export class GroupsApi {
  constructor(private readonly http: Requests) {}

  async read(groupId: string): Promise<GroupDetails> {
    return detailsOf(await this.http.json("GET", pathOf(groupId)));
  }

  /** `key` tells a repetition from another group. */
  async create(group: NewGroup, key: string): Promise<GroupDetails> {
    return detailsOf(await this.http.json("POST", "/groups", { content: { ...group }, headers: keyed(key) }));
  }

  /** Begin a group with a copy; `key` as in `create`. */
  async createFrom({ sessionId, ...part }: SessionPart, title: string, key: string): Promise<CopiedGroup> {
    const path = `/sessions/${encodeURIComponent(sessionId)}/group`;
    const sent = { content: { title, ...part }, headers: keyed(key) };
    const { group, copied, left_out } = await this.http.json("POST", path, sent);
    return { group: detailsOf(group), copied: Number(copied), left_out: Number(left_out) };
  }

  async change(groupId: string, changes: GroupChanges): Promise<GroupDetails> {
    return detailsOf(await this.http.json("PATCH", pathOf(groupId), { content: { ...changes } }));
  }

  /** For everybody and for good. */
  async remove(groupId: string): Promise<void> {
    await this.http.json("DELETE", pathOf(groupId));
  }

  async members(groupId: string): Promise<readonly GroupMember[]> {
    const { members } = await this.http.json("GET", `${pathOf(groupId)}/members`);
    if (!Array.isArray(members)) throw badAnswer();
    return members as GroupMember[];
  }

  async giveRole(groupId: string, principal: string, role: GroupRole): Promise<void> {
    await this.http.json("PATCH", memberPath(groupId, principal), { content: { role } });
  }

  /** Remove somebody, or take their invitation back; `me` leaves. */
  async removeMember(groupId: string, principal: string): Promise<void> {
    await this.http.json("DELETE", memberPath(groupId, principal));
  }

  async invite(groupId: string, { principal, role }: Invitee): Promise<void> {
    await this.http.json("POST", `${pathOf(groupId)}/invitations`, { content: { principal, role } });
  }

  async makeLink(groupId: string, link: WantedLink): Promise<MadeLink> {
    const made = await this.http.json("POST", `${pathOf(groupId)}/invitations`, { content: { link } });
    if (typeof made.token !== "string") throw badAnswer();
    return { link: made.link as InvitationLink, token: made.token };
  }

  /** The links that hold, the newest first. */
  async links(groupId: string): Promise<readonly InvitationLink[]> {
    const { links } = await this.http.json("GET", `${pathOf(groupId)}/invitations`);
    if (!Array.isArray(links)) throw badAnswer();
    return links as InvitationLink[];
  }

  async withdrawLink(groupId: string, invitationId: string): Promise<void> {
    await this.http.json("DELETE", `${pathOf(groupId)}/invitations/${encodeURIComponent(invitationId)}`);
  }

  /** Join by a link. */
  async join(token: string): Promise<GroupDetails> {
    return detailsOf(await this.http.json("POST", "/groups/join", { content: { token } }));
  }

  async accept(groupId: string): Promise<GroupDetails> {
    return detailsOf(await this.http.json("POST", `${pathOf(groupId)}/accept`));
  }

  async decline(groupId: string): Promise<void> {
    await this.http.json("POST", `${pathOf(groupId)}/decline`);
  }

  /** What was missed above the event numbered `after`; without it, above what was read. */
  async catchUp(groupId: string, after: number | null = null): Promise<CatchUp> {
    const since = after === null ? "" : `?after=${after}`;
    const told = await this.http.json("GET", `${pathOf(groupId)}/catch-up${since}`, {
      timeoutMs: CATCH_UP_MS,
    });
    if (typeof told.messages !== "number") throw badAnswer();
    return told as unknown as CatchUp;
  }

  export(groupId: string, format: "markdown" | "json"): Promise<string> {
    return this.http.text(`${pathOf(groupId)}/export?format=${format}`);
  }
}

function pathOf(groupId: string): string {
  return `/groups/${encodeURIComponent(groupId)}`;
}

function memberPath(groupId: string, principal: string): string {
  return `${pathOf(groupId)}/members/${encodeURIComponent(principal)}`;
}

function keyed(key: string): Readonly<Record<string, string>> {
  return { "Idempotency-Key": key };
}

function detailsOf(raw: unknown): GroupDetails {
  const told = raw as Json | undefined;
  if (typeof told?.group_id !== "string" || typeof told.settings !== "object") throw badAnswer();
  return told as unknown as GroupDetails;
}
