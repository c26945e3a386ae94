import type {
  GroupInfo,
  GroupUpdated,
  ParticipantInvited,
  ParticipantJoined,
  ParticipantLeft,
  ParticipantRemoved,
  ParticipantRole,
  TitleUpdated,
} from "../protocol/generated";
import type { Member, Room, RoomNote } from "./roomState";

type MemberEvent =
  ParticipantInvited | ParticipantJoined | ParticipantLeft | ParticipantRemoved | ParticipantRole;

/** What a snapshot tells of the group takes the place of all that is known. */
export function informed(room: Room, group: GroupInfo): Room {
  const members = group.members.map(({ participant: { id, name }, role, invited }): [string, Member] => [
    id,
    { id, name, role, invited },
  ]);
  return {
    ...room,
    conversation: { ...room.conversation, title: group.title },
    members: new Map(members),
    epoch: group.epoch,
    role: group.role,
    description: group.description,
    settings: group.settings,
    archived: group.archived,
  };
}

/** A change of the members counts unless a later one is known; that it was is worth a line in any case. */
export function joinedOrLeft(room: Room, event: MemberEvent): Room {
  const what = WHAT[event.type];
  const noted = withNote(room, event, {
    what,
    participant: event.participant,
    role: "role" in event ? event.role : null,
  });
  if (event.epoch <= room.epoch) return noted;
  const members = new Map(room.members);
  const { id, name } = event.participant;
  if ("role" in event)
    members.set(id, { id, name, role: event.role, invited: event.type === "participant.invited" });
  else members.delete(id);
  const role = id === room.me && "role" in event ? event.role : room.role;
  return { ...noted, members, role, epoch: event.epoch };
}

const WHAT: Record<MemberEvent["type"], RoomNote["what"]> = {
  "participant.invited": "invited",
  "participant.joined": "joined",
  "participant.left": "left",
  "participant.removed": "removed",
  "participant.role": "role",
};

export function updated(room: Room, event: GroupUpdated | TitleUpdated): Room {
  if (event.type === "title.updated") return withNote(room, event, { what: "title", title: event.title });
  const { description, settings, archived } = event;
  const what = archived === room.archived ? "settings" : archived ? "archived" : "settings";
  return { ...withNote(room, event, { what }), description, settings, archived };
}

function withNote(
  room: Room,
  { seq, at, actor }: MemberEvent | GroupUpdated | TitleUpdated,
  fields: Partial<RoomNote> & Pick<RoomNote, "what">,
): Room {
  const note: RoomNote = {
    kind: "note",
    seq,
    at,
    actor,
    participant: null,
    role: null,
    title: null,
    ...fields,
  };
  return { ...room, entries: [...room.entries, note] };
}
