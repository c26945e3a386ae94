import { Store } from "../core/store";

const SESSION_PATH = /^\/s\/([A-Za-z0-9_.-]{1,100})\/?$/;
const ROOM_PATH = /^\/g\/([A-Za-z0-9_.-]{1,100})\/?$/;
const QUESTIONS_PATH = "/common-questions";
const ADMIN_PATH = /^\/admin(?:\/([a-z]{1,20}))?\/?$/;
const MESSAGE_HASH = /^#([A-Za-z0-9_.-]{1,100})$/;

/** A message to go to. */
export interface Spot {
  readonly sessionId: string;
  readonly messageId: string;
}

/** A page of the administration: its name, empty for the first, and what is wished for there. */
export interface AdminPlace {
  readonly page: string;
  /** As in the address, without the question mark. */
  readonly query: string;
}

/** The session the address names; null for a new chat. */
export const route = new Store<string | null>(read());
/** The group the address names; null when it is about a session. */
export const roomRoute = new Store<string | null>(readRoom());
/** Whether the address names the page of common questions instead of a conversation. */
export const atQuestions = new Store<boolean>(readAtQuestions());
/** The page of the administration the address names; null when it names none. */
export const adminRoute = new Store<AdminPlace | null>(readAdmin());
/** The message the address names, until it was gone to. */
export const spot = new Store<Spot | null>(readSpot());

function read(): string | null {
  return SESSION_PATH.exec(window.location.pathname)?.[1] ?? null;
}

function readRoom(): string | null {
  return ROOM_PATH.exec(window.location.pathname)?.[1] ?? null;
}

function readAtQuestions(): boolean {
  return window.location.pathname === QUESTIONS_PATH;
}

function readAdmin(): AdminPlace | null {
  const found = ADMIN_PATH.exec(window.location.pathname);
  return found && { page: found[1] ?? "", query: window.location.search.slice(1) };
}

/** Only a conversation is shown, or a page that is named behind this. */
function leavePages(): void {
  roomRoute.set(null);
  atQuestions.set(false);
  adminRoute.set(null);
}

/** Go to the page of common questions. */
export function goToQuestions(): void {
  window.history.pushState(null, "", QUESTIONS_PATH);
  leavePages();
  atQuestions.set(true);
}

export function adminPath({ page, query }: AdminPlace): string {
  const path = page === "" ? "/admin" : `/admin/${page}`;
  return query === "" ? path : `${path}?${query}`;
}

/** Go to a page of the administration; `replace` when only what is wished for there has changed. */
export function goToAdmin(place: AdminPlace, { replace }: { replace: boolean } = { replace: false }): void {
  if (replace) window.history.replaceState(null, "", adminPath(place));
  else window.history.pushState(null, "", adminPath(place));
  roomRoute.set(null);
  atQuestions.set(false);
  adminRoute.set(place);
}

function readSpot(): Spot | null {
  const sessionId = readRoom() ?? read();
  const messageId = MESSAGE_HASH.exec(window.location.hash)?.[1];
  return sessionId !== null && messageId !== undefined ? { sessionId, messageId } : null;
}

export function pathOf(sessionId: string | null, messageId: string | null = null): string {
  if (sessionId === null) return "/";
  return messageId === null ? `/s/${sessionId}` : `/s/${sessionId}#${messageId}`;
}

/** Go to a session or a new chat; `replace` when the address merely catches up with what is shown. */
export function go(sessionId: string | null, { replace }: { replace: boolean } = { replace: false }): void {
  const path = pathOf(sessionId);
  if (window.location.pathname !== path) {
    if (replace) window.history.replaceState(null, "", path);
    else window.history.pushState(null, "", path);
  }
  leavePages();
  route.set(sessionId);
}

type Click = Pick<MouseEvent, "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "button">;

/** Whether the browser follows a link itself, because the person wants it in another tab or window. */
export function opensElsewhere({ ctrlKey, metaKey, shiftKey, altKey, button }: Click): boolean {
  return ctrlKey || metaKey || shiftKey || altKey || button !== 0;
}

export function roomPath(groupId: string): string {
  return `/g/${groupId}`;
}

/** Go to a group; the session that was shown stays as it is behind it. */
export function goToRoom(groupId: string): void {
  if (window.location.pathname !== roomPath(groupId)) window.history.pushState(null, "", roomPath(groupId));
  atQuestions.set(false);
  adminRoute.set(null);
  roomRoute.set(groupId);
}

/** Go to a message of a session. */
export function goToMessage(sessionId: string, messageId: string): void {
  const path = pathOf(sessionId, messageId);
  if (window.location.pathname + window.location.hash !== path) window.history.pushState(null, "", path);
  spot.set({ sessionId, messageId });
  leavePages();
  route.set(sessionId);
}

/** Take up an address that changed without `go`. */
export function followAddress(): void {
  spot.set(readSpot());
  const groupId = readRoom();
  roomRoute.set(groupId);
  atQuestions.set(readAtQuestions());
  adminRoute.set(readAdmin());
  if (groupId === null) route.set(read());
}

window.addEventListener("popstate", followAddress);
