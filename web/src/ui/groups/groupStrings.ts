import type { Problem, ProblemCode } from "../../core/codes";
import type { GroupDetails, InvitationLink, Topic } from "../../core/groupsApi";
import type { GroupRole } from "../../protocol/generated";
import { problemText } from "../strings";
import { inLanguage } from "../languages/catalog";
import { locale } from "../languages/language";

/** The sentences of groups' dialogs. */
export const groupStrings = inLanguage("groupStrings", {
  roles: {
    owner: "Owner",
    facilitator: "Facilitator",
    member: "Member",
    observer: "Observer",
  } satisfies Record<GroupRole, string>,
  roleNotes: {
    owner: "can do everything, also archive and delete the group",
    facilitator: "sets how the coach behaves, invites and removes members and observers",
    member: "reads and writes",
    observer: "reads only",
  } satisfies Record<GroupRole, string>,
  reading: "Reading the group…",
  title: "Name of the group",
  description: "What it is for (optional)",
  descriptionLabel: "What it is for",
  noDescription: "Nobody has described this group.",
  people: (count: number) => (count === 1 ? "1 person" : `${count} people`),
  yourRole: ({ role }: GroupDetails) => `You are ${ARTICLES[role]} of this group.`,
  archivedNote:
    "This group is archived: it can be read, but nothing can be written or changed in it. Only an owner takes it back from the archive.",
  tabs: { people: "People", invite: "Invite", settings: "Settings", more: "More" },
  sections: "Parts of the group",

  members: "People",
  filter: "Find somebody",
  nobodyFound: "Nobody of that name belongs to the group.",
  you: "you",
  invitedMark: "invited",
  unknownPerson: "Nobody with this ID has signed in lately",
  manage: (name: string) => `Change or remove ${name}`,
  manageShort: "Change",
  role: "Role",
  roleOf: (name: string) => `Role of ${name}`,
  saveRole: "Save role",
  roleSaved: (name: string, role: GroupRole) => `${name} is ${ARTICLES[role]} now.`,
  lastOwner:
    "You are the only owner. Make somebody else an owner before you leave or take another role, or delete the group.",
  remove: "Remove",
  withdraw: "Withdraw",
  removeLabel: (name: string) => `Remove ${name} from the group`,
  withdrawLabel: (name: string) => `Withdraw the invitation of ${name}`,
  removeSure: (name: string) =>
    `Remove ${name}? They can read nothing of the group from then on, and no link lets them in again.`,
  withdrawSure: (name: string) => `Withdraw the invitation of ${name}?`,
  removed: (name: string) => `${name} was removed.`,
  withdrawn: "The invitation was withdrawn.",

  inviteByLink: "Invite by a link",
  linkNote: "Whoever has the link can join with it. It is shown once: copy it now.",
  linkRole: "They join as",
  linkHours: "The link holds",
  hours: (hours: number) => HOURS[hours] ?? `${hours} hours`,
  linkUses: "At most so many people",
  makeLink: "Make a link",
  madeLink: "The new link",
  copyLink: "Copy the link",
  linkMade: "The link was made. Copy it now: it is not shown again.",
  links: "Links that hold",
  noLinks: "There are none.",
  link: ({ role, uses, max_uses, expires_at }: InvitationLink) =>
    `${ROLE_NAMES[role]} · used by ${uses} of ${max_uses} · until ${moment(expires_at)}`,
  withdrawLink: (link: InvitationLink) => `Withdraw the link of ${moment(link.created_at)}`,
  withdrawLinkSure: "Withdraw this link? Nobody can join with it any more; who has joined stays.",
  linkWithdrawn: "The link was withdrawn.",
  invitePeople: "Invite people",
  inviteById: "Invite people by their ID",
  ids: "Their IDs",
  idsNote:
    "One or more, separated by blanks or new lines. Everybody finds their own at the end of “New group”.",
  idsOptional: "Invite people by their IDs (optional)",
  inviteRole: "They are invited as",
  notIds: (words: readonly string[]) =>
    `${words.length === 1 ? "This is no ID" : "These are no IDs"}: ${words.join(", ")}`,
  tooManyIds: (limit: number) => `At most ${limit} people can be invited at once.`,
  ownId: "That is your own ID: you belong to the group already.",
  invite: "Invite",
  invited: (count: number) => (count === 1 ? "1 person was invited." : `${count} people were invited.`),
  someInvited: (count: number) => `${count} could not be invited; they still stand in the box.`,
  pending: "Invited by name",
  noPending: "Nobody who has not answered yet.",
  yourId: "Your own ID, for others who want to invite you:",
  copyId: "Copy your ID",

  name: "Name and purpose",
  saveName: "Save",
  nameSaved: "Saved.",
  coachTitle: "When the coach speaks",
  mentionAlways: "It always answers who mentions it, replies to it, or whispers to it.",
  followUp: "It goes on answering",
  followUpNote:
    "Whoever it just answered need not mention it again, for two minutes, unless somebody else speaks.",
  ambient: "It may speak up",
  ambientNote:
    "Without being addressed, when it has something useful to say: rarely, never twice in a row, never between two people in the middle of a talk.",
  historyTitle: "What newcomers see",
  history: {
    all: "All that was said before they joined",
    from_joining: "Only what is said after they joined",
  },
  settingSaved: "The setting was saved.",
  onlyLeaders: "Owners and facilitators can change this.",
  on: "Yes",
  off: "No",

  exportTitle: "Export",
  exportNote: "What you may see of the group, as it reads now.",
  exportMarkdown: "As Markdown",
  exportJson: "As JSON",
  exported: "The file was made.",
  leaveTitle: "Leave the group",
  leave: "Leave",
  leaveSure: "Leave this group? You can read nothing of it from then on, until somebody invites you again.",
  left: (title: string) => `You left “${title}”.`,
  archiveTitle: "Archive",
  archiveNote:
    "Everybody can still read it, nobody can write. It is found in the archive below the conversations.",
  unarchiveNote: "People can write again.",
  archive: "Archive",
  unarchive: "Take back from the archive",
  archived: "The group is archived.",
  unarchived: "The group is open again.",
  deleteTitle: "Delete",
  deleteNote: "For everybody and for good, with all that was said in it.",
  delete: "Delete the group",
  deleteSure: (title: string, people: number) =>
    `Delete “${title}” for ${people === 1 ? "good" : `all ${people} people and for good`}? This cannot be undone.`,
  deleteForGood: "Delete for good",
  deleted: (title: string) => `“${title}” was deleted.`,
  cancel: "Cancel",

  catchingUp: "Reading what you missed…",
  catchUpAgain: "Look again",
  nothingMissed: "You have missed nothing: everything here is read.",
  missed: (messages: number, earlier: number) =>
    `From ${messages === 1 ? "1 message" : `${messages} messages`} since you read last${
      earlier > 0 ? `; the ${earlier} oldest of them were too many to be read` : ""
    }.`,
  notWritten: "What happened could not be summed up just now. The messages are all there.",
  nothingOfNote: "Nothing was decided, asked of you or promised, and no figures were told.",
  topics: {
    decisions: "Decisions",
    questions_for_me: "Questions for you",
    commitments: "Who promised what",
    numbers: "Figures",
  } satisfies Record<Topic, string>,
  source: (number: number) => `message ${number}`,
  sourceOf: (number: number, line: string) => `message ${number} of: ${line}`,
  catchUpCaution: "Written by the coach, for you alone. Look at the messages before you rely on it.",

  create: "Create the group",
  goOn: "Go on",
  begun: "The group exists already; what is missing is done when you go on.",
  startFrom: "Begin with",
  startEmpty: "nothing",
  startWith: (title: string) => `a copy from “${title}”`,
  readingSession: "Reading the conversation…",
  from: "From",
  to: "To",
  message: (by: string, text: string) => `${by}: ${text}`,
  copyCount: (count: number) => (count === 1 ? "1 message is copied" : `${count} messages are copied`),
  copyStays: (count: number) =>
    count === 0
      ? ""
      : `, ${count === 1 ? "1 answer stays" : `${count} answers stay`} behind: ${count === 1 ? "it" : "they"} may rest on what only you may see`,
  copyNote:
    "Everybody in the group can read the copy. No tool calls are copied, and your conversation stays as it is.",
  nothingToCopy: "There is nothing here that can be copied.",
  tooMuchToCopy: (limit: number) => `At most ${limit} messages can be copied. Choose fewer.`,

  joinTitle: "Join a group",
  signedInAs: (name: string) => `You are signed in as ${name}.`,
  joinByLink: "Somebody gave you a link to a group of theirs. When you join, its people see your name.",
  joinByName: ({ title, invited_by, role }: Pick<GroupDetails, "title" | "invited_by" | "role">) =>
    `${invited_by ?? "Somebody"} invited you to “${title}” as ${ARTICLES[role]}. When you join, its people see your name.`,
  checkingLink: "Looking at the invitation…",
  linkIncomplete: "This link is not complete. Copy all of it, or ask for it again.",
  alreadyIn: (title: string) => `You belong to “${title}” already.`,
  join: "Join",
  decline: "Decline",
  notNow: "Not now",
  openGroup: "Open the group",
  toChats: "Go to your conversations",
  invitationTo: (title: string) => `Invitation to ${title}`,
} as const);

const ARTICLES: Record<GroupRole, string> = {
  owner: "an owner",
  facilitator: "a facilitator",
  member: "a member",
  observer: "an observer",
};

const ROLE_NAMES: Record<GroupRole, string> = {
  owner: "Owners",
  facilitator: "Facilitators",
  member: "Members",
  observer: "Observers",
};

const HOURS: Partial<Record<number, string>> = {
  1: "1 hour",
  24: "1 day",
  168: "7 days",
  720: "30 days",
};

function moment(at: string): string {
  return new Date(at).toLocaleString(locale(), { dateStyle: "medium", timeStyle: "short" });
}

/** What a refusal means where groups are concerned. */
export const groupProblems = inLanguage("groupProblems", {
  conversation_not_found: "This group does not exist any more, or you do not belong to it.",
  member_not_found: "They do not belong to the group any more. You see the people as they are now.",
  last_owner:
    "A group needs an owner. Make somebody else an owner first, or delete the group. Nothing was changed.",
  invitation_invalid:
    "This invitation does not hold, or no longer: it has expired, was used up or withdrawn, or you were removed from the group. Ask whoever sent it to invite you by name.",
  group_archived: "This group is archived: nothing can be changed in it, and nobody can join.",
  token_expired: "Your sign-in has ended. Sign in again; what you typed stays here until you leave the page.",
} as const satisfies Partial<Record<ProblemCode, string>>);

export function groupProblem(problem: Problem): string {
  const known: Partial<Record<ProblemCode, string>> = groupProblems;
  return known[problem.code] ?? problemText(problem);
}
