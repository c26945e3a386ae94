import { tokenIn } from "../../core/invitationLinks";
import { Store } from "../../core/store";
import { followAddress, go } from "../route";

/** The token of the invitation link that was followed; null while none is. */
export const invitation = new Store<string | null>(tokenIn(window.location));

export function groupPath(groupId: string, messageId: string | null = null): string {
  return messageId === null ? `/g/${groupId}` : `/g/${groupId}#${messageId}`;
}

/** Go to a group, or to a message of it. */
export function openGroup(groupId: string, messageId: string | null = null): void {
  // An invitation that was followed is over: going back must not come to it again.
  const replace = invitation.get() !== null;
  const path = groupPath(groupId, messageId);
  if (replace) window.history.replaceState(null, "", path);
  else window.history.pushState(null, "", path);
  followAddress();
  invitation.set(null);
}

/** Leave the invitation as it is. */
export function leaveInvitation(): void {
  go(null, { replace: true });
  invitation.set(null);
}

/** The group is no longer the person's: its page is left, if it is shown. */
export function leavePageOf(groupId: string): void {
  if (window.location.pathname === groupPath(groupId)) go(null, { replace: true });
}

/** Take up the address, which a sign-in has put back or the person has changed. */
export function followInvitation(): void {
  invitation.set(tokenIn(window.location));
}

window.addEventListener("popstate", followInvitation);
