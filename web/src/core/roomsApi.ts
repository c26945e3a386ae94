import type { GroupRole } from "../protocol/generated";
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

/** What the rooms need of the app over HTTP. Every method throws as `Http` does. */
export interface RoomsApi {
  /** The URL of a client connection to the hub of groups, good for a short time. */
  negotiate(): Promise<string>;
  /** The person's rooms and invitations, the last active first: those that are archived, or the others. */
  rooms(archived: boolean): Promise<RoomPage>;
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
