import { Store } from "../core/store";

const SESSION_PATH = /^\/s\/([A-Za-z0-9_.-]{1,100})\/?$/;
const ROOM_PATH = /^\/g\/([A-Za-z0-9_.-]{1,100})\/?$/;
const QUESTIONS_PATH = "/common-questions";
const MESSAGE_HASH = /^#([A-Za-z0-9_.-]{1,100})$/;

/** A message to go to. */
export interface Spot {
  readonly sessionId: string;
  readonly messageId: string;
}

/** The session the address names; null for a new chat. */
export const route = new Store<string | null>(read());
/** The group the address names; null when it is about a session. */
export const roomRoute = new Store<string | null>(readRoom());
/** Whether the address names the page of common questions instead of a conversation. */
export const atQuestions = new Store<boolean>(readAtQuestions());
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

/** Go to the page of common questions. */
export function goToQuestions(): void {
  window.history.pushState(null, "", QUESTIONS_PATH);
  roomRoute.set(null);
  atQuestions.set(true);
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
  roomRoute.set(null);
  atQuestions.set(false);
  route.set(sessionId);
}

export function roomPath(groupId: string): string {
  return `/g/${groupId}`;
}

/** Go to a group; the session that was shown stays as it is behind it. */
export function goToRoom(groupId: string): void {
  if (window.location.pathname !== roomPath(groupId)) window.history.pushState(null, "", roomPath(groupId));
  atQuestions.set(false);
  roomRoute.set(groupId);
}

/** Go to a message of a session. */
export function goToMessage(sessionId: string, messageId: string): void {
  const path = pathOf(sessionId, messageId);
  if (window.location.pathname + window.location.hash !== path) window.history.pushState(null, "", path);
  spot.set({ sessionId, messageId });
  roomRoute.set(null);
  atQuestions.set(false);
  route.set(sessionId);
}

/** Take up an address that changed without `go`. */
export function followAddress(): void {
  spot.set(readSpot());
  const groupId = readRoom();
  roomRoute.set(groupId);
  atQuestions.set(readAtQuestions());
  if (groupId === null) route.set(read());
}

window.addEventListener("popstate", followAddress);
