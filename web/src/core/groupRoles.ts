import type { GroupMember, GroupRole } from "../protocol/generated";
import type { GroupDetails, LinkRole } from "./groupsApi";

/** From the most to the least that a role allows. */
export const ROLES: readonly GroupRole[] = ["owner", "facilitator", "member", "observer"];

const BELOW_FACILITATOR: readonly GroupRole[] = ["member", "observer"];

/** What the person may do with a group: what their role does not allow is not offered. The server decides. */
export interface Rights {
  /** Name, description, settings. */
  readonly set: boolean;
  /** Whom they may invite; empty: nobody. */
  readonly invite: readonly GroupRole[];
  /** Whom they may invite by a link: nobody becomes an owner by one. */
  readonly link: readonly LinkRole[];
  /** See and take back invitations, also in an archived group. */
  readonly seeInvitations: boolean;
  readonly giveRoles: boolean;
  /** Archive it, take it back, delete it. */
  readonly own: boolean;
}

export function rightsOf({ role, archived, invited }: GroupDetails): Rights {
  const leads = !invited && (role === "owner" || role === "facilitator");
  const owns = !invited && role === "owner";
  const open = !archived;
  const inviting = leads && open ? below(role) : [];
  return {
    set: leads && open,
    invite: inviting,
    link: inviting.filter((each) => each !== "owner"),
    seeInvitations: leads,
    giveRoles: owns && open,
    own: owns,
  };
}

function below(role: GroupRole): readonly GroupRole[] {
  return role === "owner" ? ROLES : BELOW_FACILITATOR;
}

/** Whether somebody of this role removes people of the other, and takes their invitations back. */
export function mayRemove(role: GroupRole, other: GroupRole): boolean {
  return role === "owner" || (role === "facilitator" && BELOW_FACILITATOR.includes(other));
}

/** Whether nobody else owns the group: they can neither leave it nor become something else. */
export function isLastOwner(members: readonly GroupMember[], principal: string): boolean {
  const owners = members.filter(({ role, invited }) => role === "owner" && !invited);
  return owners.length === 1 && owners[0]?.participant.id === principal;
}

const PRINCIPAL = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+$/;
const MAX_PRINCIPAL = 90;

/** The principals in what somebody typed or pasted, each once, and what is none. */
export function principalsIn(text: string): {
  readonly principals: readonly string[];
  readonly others: readonly string[];
} {
  const words = [...new Set(text.split(/[\s,;]+/).filter((word) => word !== ""))];
  const fits = (word: string) => word.length <= MAX_PRINCIPAL && PRINCIPAL.test(word);
  return { principals: words.filter(fits), others: words.filter((word) => !fits(word)) };
}
