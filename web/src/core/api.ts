import type { WhileBusy } from "../protocol/generated";
import type { Auth } from "./auth";
import { badAnswer, Http, type Json, type Requests } from "./http";
import { HttpRoomsApi, type RoomsApi } from "./roomsApi";
import type { ReportsApi, Timeline } from "./reports";

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

export type ExportFormat = "markdown" | "json";

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

export type EntryKind = "fact" | "instruction";

/** What an entry of a person's memory says. */
export interface EntryWords {
  readonly kind: EntryKind;
  readonly text: string;
}

export interface MemoryEntry extends EntryWords {
  readonly id: string;
  /** UTC, ISO 8601. */
  readonly changedAt: string;
  /** Whose words it is: the person's, or the coach's, which the person approved. */
  readonly by: "person" | "coach";
}

/** What a person lets the coach remember, oldest first. `version` grows with every change. */
export interface Memory {
  readonly enabled: boolean;
  readonly version: number;
  readonly entries: readonly MemoryEntry[];
  /** Entries it can hold, and characters of each. */
  readonly limits: { readonly entries: number; readonly characters: number };
}

/** A message with the words looked for. In a group, `by` is the author's name. */
export interface FoundText<By extends string = "person" | "coach"> {
  readonly message_id: string;
  readonly by: By;
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

export interface FoundSession {
  readonly session_id: string;
  readonly title: string;
  readonly updated_at: string;
  readonly archived: boolean;
  readonly found: readonly FoundText[];
}

/** A page may be empty and still have a `next`. */
export interface SearchPage {
  readonly sessions: readonly FoundSession[];
  readonly next: string | null;
}

/** A change of the memory is made on `version` only; else it is refused with `memory_changed`. */
export interface MemoryApi {
  memory(): Promise<Memory>;
  switchMemory(enabled: boolean): Promise<void>;
  /** `key` tells a repetition from another entry. */
  addEntry(words: EntryWords, version: number, key: string): Promise<void>;
  changeEntry(id: string, words: EntryWords, version: number): Promise<void>;
  /** For good, everywhere it is kept. */
  deleteEntry(id: string, version: number): Promise<void>;
}

export interface Api extends MemoryApi, ReportsApi {
  readonly rooms: RoomsApi;
  readonly http: Requests;
  /** The URL of a client connection, good for a short time. */
  negotiate(): Promise<string>;
  /** `archived`: those put aside, instead of the others. */
  sessions(before: string | null, archived: boolean): Promise<SessionPage>;
  changeSession(sessionId: string, changes: SessionChanges): Promise<void>;
  /** For good, with all that was said in it. */
  deleteSession(sessionId: string): Promise<void>;
  /** All that was said in it, as Markdown. */
  exportSession(sessionId: string, format: ExportFormat): Promise<string>;
  /** The person's sessions with these words, the last used first. */
  searchSessions(words: string, before: string | null): Promise<SearchPage>;
  connections(): Promise<readonly ToolConnection[]>;
  /** Forget and revoke the person's credential for a server. */
  disconnect(server: string): Promise<void>;
}

const PAGE_SIZE = 50;

/** The app's HTTP face. Every method throws as `Http` does. */
export class HttpApi implements Api {
  readonly rooms: RoomsApi;
  readonly http: Http;

  constructor(base: string, auth: Auth) {
    this.http = new Http(base, auth);
    this.rooms = new HttpRoomsApi(this.http);
  }

  async negotiate(): Promise<string> {
    const { url } = await this.http.json("POST", "/chat/negotiate");
    if (typeof url !== "string") throw badAnswer();
    return url;
  }

  async sessions(before: string | null, archived: boolean): Promise<SessionPage> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
    if (archived) query.set("archived", "true");
    if (before) query.set("before", before);
    const { sessions, next } = await this.http.json("GET", `/sessions?${query.toString()}`);
    if (!Array.isArray(sessions)) throw badAnswer();
    return { sessions: sessions.map(summary), next: typeof next === "string" ? next : null };
  }

  async changeSession(sessionId: string, changes: SessionChanges): Promise<void> {
    await this.http.json("PATCH", pathOf(sessionId), { content: { ...changes } });
  }

  async deleteSession(sessionId: string): Promise<void> {
    await this.http.json("DELETE", pathOf(sessionId));
  }

  exportSession(sessionId: string, format: ExportFormat): Promise<string> {
    return this.http.text(`${pathOf(sessionId)}/export?format=${format}`);
  }

  async connections(): Promise<readonly ToolConnection[]> {
    const { connections } = await this.http.json("GET", "/connections");
    if (!Array.isArray(connections)) throw badAnswer();
    return connections as ToolConnection[];
  }

  async disconnect(server: string): Promise<void> {
    await this.http.json("DELETE", `/connections/${encodeURIComponent(server)}`);
  }

  async searchSessions(words: string, before: string | null): Promise<SearchPage> {
    const query = new URLSearchParams({ q: words });
    if (before) query.set("before", before);
    const { sessions, next } = await this.http.json("GET", `/sessions/search?${query.toString()}`);
    if (!Array.isArray(sessions)) throw badAnswer();
    return { sessions: sessions as FoundSession[], next: typeof next === "string" ? next : null };
  }

  async turnTimeline(conversationId: string, turnId: string): Promise<Timeline> {
    const told = await this.http.json("GET", `${pathOf(conversationId)}/turns/${encodeURIComponent(turnId)}`);
    return told as unknown as Timeline;
  }

  chartCsv(conversationId: string, chartId: string): Promise<string> {
    return this.http.text(`${pathOf(conversationId)}/charts/${encodeURIComponent(chartId)}.csv`);
  }

  async memory(): Promise<Memory> {
    return memoryOf(await this.http.json("GET", "/memory"));
  }

  async switchMemory(enabled: boolean): Promise<void> {
    await this.http.json("PATCH", "/memory", { content: { enabled } });
  }

  async addEntry({ kind, text }: EntryWords, version: number, key: string): Promise<void> {
    const headers = { ...onVersion(version), "Idempotency-Key": key };
    await this.http.json("POST", "/memory/entries", { content: { kind, text }, headers });
  }

  async changeEntry(id: string, { kind, text }: EntryWords, version: number): Promise<void> {
    await this.http.json("PUT", entryPath(id), { content: { kind, text }, headers: onVersion(version) });
  }

  async deleteEntry(id: string, version: number): Promise<void> {
    await this.http.json("DELETE", entryPath(id), { headers: onVersion(version) });
  }
}

function pathOf(conversationId: string): string {
  const kind = conversationId.startsWith("g_") ? "groups" : "sessions";
  return `/${kind}/${encodeURIComponent(conversationId)}`;
}

function entryPath(id: string): string {
  return `/memory/entries/${encodeURIComponent(id)}`;
}

function onVersion(version: number): Readonly<Record<string, string>> {
  return { "If-Match": `"${version}"` };
}

function memoryOf(raw: Json): Memory {
  const { enabled, version, entries, limits } = raw;
  if (typeof version !== "number" || !Array.isArray(entries)) throw badAnswer();
  return {
    enabled: enabled === true,
    version,
    entries: entries.map(entryOf),
    limits: limits as Memory["limits"],
  };
}

function entryOf(raw: unknown): MemoryEntry {
  const { id, kind, text, changed_at, source } = raw as Json;
  return {
    id: String(id),
    kind: kind === "instruction" ? kind : "fact",
    text: String(text),
    changedAt: String(changed_at),
    by: (source as Json | undefined)?.by === "coach" ? "coach" : "person",
  };
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
