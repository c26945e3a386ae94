import type { GroupRole } from "../../protocol/generated";
import type { RoomNote } from "../../core/roomState";
import { inLanguage } from "../languages/catalog";
import { locale } from "../languages/language";

const MANY = 99;
const MOMENT = { dateStyle: "medium", timeStyle: "short" } as const;

/** The sentences of groups. */
export const roomStrings = inLanguage("roomStrings", {
  groups: "Groups",
  noGroups: "No groups yet.",
  archivedGroups: "Archived groups",
  noArchivedGroups: "No group is archived.",
  listFailed: "Your groups could not be loaded.",
  unread: (count: number) => `${count > MANY ? `${MANY}+` : count} unread`,
  unreadShort: (count: number) => (count > MANY ? `${MANY}+` : String(count)),
  mentioned: "You are spoken to",
  invitedBy: (name: string | null) => (name ? `${name} invites you` : "You are invited"),
  accept: "Join",
  acceptLabel: (title: string) => `Join ${title}`,
  decline: "Decline",
  declineLabel: (title: string) => `Decline the invitation to ${title}`,
  untitled: "Group without a title",
  opening: "Opening the group…",
  openFailed: "This group cannot be opened",
  notYours: "It does not exist any more, or you do not belong to it.",
  backToChat: "To your own chats",
  people: (count: number) => (count === 1 ? "1 person" : `${count} people`),
  here: (count: number) => `${count} here`,
  hereNames: (names: string) => `Here now: ${names}`,
  timeline: "Messages of the group",
  emptyTitle: "Nothing was said here yet",
  emptyNote:
    "Write to everyone, or begin with @ to speak to somebody. The coach answers when it is spoken to: @coach.",
  you: "You",
  coach: "Coach",
  today: "Today",
  yesterday: "Yesterday",
  newMessages: "New",
  edited: "(edited)",
  gone: "This message was taken back.",
  whisper: (names: string) => `Whisper · only you and ${names} see this`,
  whisperCoach: "Asked privately · only you see this",
  copied: (name: string, at: string) =>
    `Copied by ${name} from a private conversation, ${new Date(at).toLocaleString(locale(), MOMENT)}`,
  onlyYou: "Only you see this answer",
  share: "Share with the group",
  shareSure: "Everyone will read it. Share?",
  sharing: "Sharing…",
  sharedAlready: "Shared with the group",
  sharedBy: (name: string) => `Shared by ${name}`,
  privately: (name: string | null) =>
    name ? `The coach answered ${name} privately.` : "The coach answered somebody privately.",
  privatelyNow: "The coach is answering somebody privately…",
  answerTo: (name: string) => `To ${name}`,
  replyTo: (name: string, text: string) => `Reply to ${name}: ${text}`,
  unknownReply: "A message you cannot see",
  goneReply: "A message that was taken back",
  goTo: "Go to the message",
  reply: "Reply",
  replyLabel: (name: string) => `Reply to ${name}`,
  replying: (name: string) => `Replying to ${name}`,
  cancelReply: "Do not reply",
  react: "React",
  reactLabel: (name: string) => `React to the message of ${name}`,
  reaction: (emoji: string, names: string, mine: boolean) =>
    `${emoji} from ${names}. ${mine ? "Take yours back" : "Join"}`,
  emojiNames: {
    "👍": "Thumbs up",
    "❤️": "Heart",
    "😂": "Laughing",
    "🎉": "Party",
    "👀": "Eyes",
    "🤔": "Thinking",
    "✅": "Done",
    "🙏": "Thank you",
  },
  edit: "Edit",
  editLabel: "Edit your message",
  editor: "Your message in other words",
  save: "Save",
  saving: "Saving…",
  cancel: "Cancel",
  takeBack: "Take back",
  takeBackSure: "Take back for everyone?",
  more: (name: string) => `More for the message of ${name}`,
  actions: (name: string) => `What you can do with the message of ${name}`,
  steered: "Put into the running answer",
  queued: (position: number) =>
    position <= 1 ? "Next in line for the coach" : `Number ${position} in line for the coach`,
  queueRemoved: "Taken out of the line before it was answered.",
  removeQueued: "Take out of the line",
  sending: "Sending…",
  waiting: "Waiting for the connection…",
  notSent: "Not sent.",
  retry: "Retry",
  toBox: "Back into the box",
  toBoxNot: "What is in the box is for others: send or remove that first",
  discard: "Discard",
  composer: (title: string) => `Message to ${title}`,
  placeholder: "Message the group…",
  placeholderWhisper: "Write what only they will see…",
  composerHint: "Enter to send · @ to name somebody",
  composerNote: "The coach can be wrong.",
  send: "Send",
  stop: "Stop",
  stopping: "Stopping…",
  to: "Who sees it",
  toAll: "Everyone",
  toCoach: "Only the coach",
  toOne: (name: string) => `Only ${name}`,
  toNobody: "Choose who sees it",
  whisperAstray:
    "Whoever this was for is no longer in the group. It is not sent before you choose anew who sees it.",
  whispering: (names: string) => `Only you and ${names} will see this`,
  whisperingCoach: "Only you and the coach: its answer comes to you alone",
  observer: "You observe this group: you read along, and cannot write or react.",
  archived: "This group is archived. It can be read, but nobody writes in it any more.",
  mentionList: "Who to mention",
  mentionCount: (count: number) =>
    count === 1 ? "1 match. Enter takes it." : `${count} matches. Arrow keys choose, Enter takes.`,
  mentionNone: "Nobody of that name",
  coachRole: "answers when it is spoken to",
  typing: (names: readonly string[]) => {
    const [first, second] = names;
    if (first === undefined) return "";
    if (second === undefined) return `${first} is typing…`;
    return names.length === 2 ? `${first} and ${second} are typing…` : "Several people are typing…";
  },
  latest: "Jump to the latest",
  latestNew: (count: number) => (count === 1 ? "1 new message" : `${count} new messages`),
  announced: (name: string, text: string, whisper: boolean) =>
    whisper ? `${name} whispers: ${text}` : `${name}: ${text}`,
  outcome: {
    completed: "",
    stopped: "This answer was stopped.",
    failed: "The coach could not finish this answer.",
    expired: "This answer took too long and was ended.",
    exhausted: "The coach reached its limit for one answer.",
  },
  and: "and",
  note: noteWords,
} as const);

/** One line of what changed in the group. */
function noteWords(note: RoomNote): string {
  return NOTES[note.what](note, note.participant?.name ?? "");
}

const NOTES: Record<RoomNote["what"], (note: RoomNote, who: string) => string> = {
  invited: ({ actor }, who) => `${actor.name} invited ${who}`,
  joined: (_note, who) => `${who} joined`,
  left: (_note, who) => `${who} left`,
  removed: ({ actor }, who) => `${actor.name} removed ${who}`,
  role: ({ actor, role }, who) => `${actor.name} made ${who} ${role === null ? "" : ROLES[role]}`,
  title: ({ actor, title }) => `${actor.name} named the group “${title ?? ""}”`,
  settings: ({ actor }) => `${actor.name} changed the group's settings`,
  archived: ({ actor }) => `${actor.name} archived the group`,
};

const ROLES: Record<GroupRole, string> = {
  owner: "an owner",
  facilitator: "a facilitator",
  member: "a member",
  observer: "an observer",
};

/** "Ann", "Ann and Ben", "Ann, Ben and Chi". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} ${roomStrings.and} ${names.at(-1) ?? ""}`;
}
