import { Store } from "../core/store";

const SESSION_PATH = /^\/s\/([A-Za-z0-9_.-]{1,100})\/?$/;

/** The session the address names; null for a new chat. */
export const route = new Store<string | null>(read());

function read(): string | null {
  return SESSION_PATH.exec(window.location.pathname)?.[1] ?? null;
}

export function pathOf(sessionId: string | null): string {
  return sessionId === null ? "/" : `/s/${sessionId}`;
}

/** Go to a session or a new chat; `replace` when the address merely catches up with what is shown. */
export function go(sessionId: string | null, { replace }: { replace: boolean } = { replace: false }): void {
  const path = pathOf(sessionId);
  if (window.location.pathname !== path) {
    if (replace) window.history.replaceState(null, "", path);
    else window.history.pushState(null, "", path);
  }
  route.set(sessionId);
}

/** Take up an address that changed without `go`. */
export function followAddress(): void {
  route.set(read());
}

window.addEventListener("popstate", followAddress);
