/** Where an invitation link leads. Its token stands behind the `#`, so that no server's log gets to see it. */
export const JOIN_PATH = "/join";

const TOKEN = /^(g_[0-9A-Z]{26})\.iv_[a-z2-7]{26}\.[A-Za-z0-9_-]{43}$/;

export function linkTo(origin: string, token: string): string {
  return `${origin}${JOIN_PATH}#${token}`;
}

/** The token in the address, empty when it is cut off; null when it is no invitation. */
export function tokenIn({ pathname, hash }: Pick<Location, "pathname" | "hash">): string | null {
  return pathname.replace(/\/$/, "") === JOIN_PATH ? hash.slice(1) : null;
}

/** The group a token is for; null when it is none, or not all of it. */
export function groupOf(token: string): string | null {
  return TOKEN.exec(token)?.[1] ?? null;
}
