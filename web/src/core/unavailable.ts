/** What the server writes behind the name of a tool server that waits for the person's own sign-in. */
const NEEDS_SIGN_IN = " (needs your sign-in)";

export interface Unavailable {
  /** Which can be reached, but want the person to sign in first. */
  readonly signIn: readonly string[];
  /** Which cannot be reached, with the reason if there is one. */
  readonly away: readonly string[];
}

export function sorted(servers: readonly string[]): Unavailable {
  const waits = (server: string) => server.endsWith(NEEDS_SIGN_IN);
  return {
    signIn: servers.filter(waits).map((server) => server.slice(0, -NEEDS_SIGN_IN.length)),
    away: servers.filter((server) => !waits(server)),
  };
}
