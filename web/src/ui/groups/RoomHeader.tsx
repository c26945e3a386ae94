import type { Client } from "../../core/client";
import type { Rooms } from "../../core/rooms";
import type { Room } from "../../core/roomState";
import { ConnectionState } from "../ConnectionView";
import { Icon } from "../Icon";
import { strings } from "../strings";
import { useStore } from "../useStore";
import { Avatar } from "./Avatar";
import { GroupMenu } from "./GroupMenu";
import { listed, roomStrings as words } from "./roomStrings";

const SHOWN = 4;
/** On a phone, where the styles hide the others. */
const SHOWN_NARROW = 1;

interface RoomHeaderProps {
  readonly client: Client;
  readonly rooms: Rooms;
  readonly groupId: string;
  readonly room: Room | null;
  readonly newAfter: number | null;
  readonly openMenu: () => void;
}

/** The group's name, who is here, and what can be done with the group. */
export function RoomHeader({ client, rooms, groupId, room, newAfter, openMenu }: RoomHeaderProps) {
  const people = room ? [...room.members.values()].filter(({ invited }) => !invited) : [];
  return (
    <header className="page-header room-header">
      <button
        type="button"
        className="icon-button menu-button"
        aria-label={strings.openMenu}
        onClick={openMenu}
      >
        <Icon name="menu" size={22} />
      </button>
      <div className="room-heading">
        <h1 dir="auto">{room ? room.conversation.title || words.untitled : ""}</h1>
        {room && <p>{words.people(people.length)}</p>}
      </div>
      {room && <Present room={room} rooms={rooms} />}
      {room && <GroupMenu client={client} groupId={groupId} since={newAfter} />}
      <ConnectionState connection={rooms.connection} />
    </header>
  );
}

/** Who looks at the group at this moment. */
function Present({ room, rooms }: { room: Room; rooms: Rooms }) {
  const { here } = useStore(rooms.chat.leases.view);
  const present = [...here.values()]
    .map(({ participant }) => participant)
    .filter(({ id }) => id !== room.me && room.members.has(id));
  if (present.length === 0) return null;
  const names = listed(present.map(({ name }) => name));
  return (
    <div
      className="present"
      data-testid="present"
      role="img"
      aria-label={words.hereNames(names)}
      title={words.hereNames(names)}
    >
      {present.slice(0, SHOWN).map((who) => (
        <Avatar key={who.id} who={who} here />
      ))}
      {present.length > SHOWN && <span className="more-wide">+{present.length - SHOWN}</span>}
      {present.length > SHOWN_NARROW && <span className="more-narrow">+{present.length - SHOWN_NARROW}</span>}
    </div>
  );
}
