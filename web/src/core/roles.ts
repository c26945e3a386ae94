import type { Auth } from "./auth";
import { ApiError, SignedOutError } from "./codes";
import type { Json } from "./http";

/** Whether the person's token names one of these app roles; what they may do is decided by the server. */
export async function holdsRole(auth: Auth, wanted: readonly string[]): Promise<boolean> {
  try {
    const held = rolesIn(await auth.token());
    return wanted.some((role) => held.includes(role));
  } catch (error) {
    if (error instanceof SignedOutError || error instanceof ApiError) return false;
    throw error;
  }
}

/** The app roles in an access token, read for show: what one may do is decided where the token is validated. */
export function rolesIn(token: string): readonly unknown[] {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { roles } = JSON.parse(atob(payload)) as Json;
    return Array.isArray(roles) ? roles : [];
  } catch {
    return [];
  }
}
