import type { GroupRole } from "../protocol/generated";
import type { FoundText } from "./api";
import { badAnswer, type Http, type Json } from "./http";

/** One line of the list of rooms. */
export interface RoomSummary {
  readonly groupId: string;
  readonly title: string;
  readonly role: GroupRole;
  /** The person has not accepted yet. */
  readonly invited: boolean;
  readonly invitedBy: string | null;
  /** What others said since the person last read; 100 stands for so many or more. */
  readonly unread: number;
  /** Up to which `seq` that was counted. */
  readonly seq: number;
  readonly readSeq: number;
}

export interface RoomPage {
  readonly rooms: readonly RoomSummary[];
  /** There are more than these. */
  readonly more: boolean;
}

export interface FoundGroup {
  readonly group_id: string;
  readonly title: string;
  /** UTC, ISO 8601. */
  readonly updated_at: string;
  readonly archived: boolean;
  readonly found: readonly FoundText<string>[];
}

/** A page may be empty and still have a `next`. */
export interface GroupSearchPage {
  readonly groups: readonly FoundGroup[];
  readonly next: string | null;
}

/** What the rooms need of the app over HTTP. Every method throws as `Http` does. */
export interface RoomsApi {
  /** The URL of a client connection to the hub of groups, good for a short time. */
  negotiate(): Promise<string>;
  /** The person's rooms and invitations, the last active first: those that are archived, or the others. */
  rooms(archived: boolean): Promise<RoomPage>;
  /** The person's groups with these words, archived ones too, the last active first. */
  search(words: string, before: string | null): Promise<GroupSearchPage>;
  accept(groupId: string): Promise<void>;
  decline(groupId: string): Promise<void>;
}

const PAGE_SIZE = 100;

export class HttpRoomsApi implements RoomsApi {
  constructor(private readonly http: Http) {}

  async negotiate(): Promise<string> {
    const { url } = await this.http.json("POST", "/group_chat/negotiate");
    if (typeof url !== "string") throw badAnswer();
    return url;
  }

  async rooms(archived: boolean): Promise<RoomPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(archived && { archived: "true" }) });
    const { groups, next } = await this.http.json("GET", `/groups?${query.toString()}`);
    if (!Array.isArray(groups)) throw badAnswer();
    return { rooms: groups.map(summary), more: typeof next === "string" };
  }

  async search(words: string, before: string | null): Promise<GroupSearchPage> {
    const query = new URLSearchParams({ q: words, ...(before !== null && { before }) });
    const { groups, next } = await this.http.json("GET", `/groups/search?${query.toString()}`);
    if (!Array.isArray(groups)) throw badAnswer();
    return { groups: groups as FoundGroup[], next: typeof next === "string" ? next : null };
  }

  async accept(groupId: string): Promise<void> {
    await this.http.json("POST", `${pathOf(groupId)}/accept`);
  }

  async decline(groupId: string): Promise<void> {
    await this.http.json("POST", `${pathOf(groupId)}/decline`);
  }
}

function pathOf(groupId: string): string {
  return `/groups/${encodeURIComponent(groupId)}`;
}

function summary(raw: unknown): RoomSummary {
  const { group_id, title, role, invited, invited_by, unread, seq, read_seq } = raw as Json;
  if (typeof group_id !== "string") throw badAnswer();
  return {
    groupId: group_id,
    title: typeof title === "string" ? title : "",
    role: role as GroupRole,
    invited: invited === true,
    invitedBy: typeof invited_by === "string" ? invited_by : null,
    unread: numberOr0(unread),
    seq: numberOr0(seq),
    readSeq: numberOr0(read_seq),
  };
}

function numberOr0(raw: unknown): number {
  return typeof raw === "number" ? raw : 0;
}
