import { useEffect, type MouseEvent } from "react";
import type { Client } from "../../core/client";
import type { Rooms } from "../../core/rooms";
import type { RoomSummary } from "../../core/roomsApi";
import type { Badge } from "../../core/roomUnread";
import { goToRoom, roomPath, roomRoute } from "../route";
import { useStore } from "../useStore";
import { openGroup } from "./groupRoute";
import { NewGroupButton } from "./NewGroupButton";
import { rememberHeight, RoomListSpace } from "./RoomListSpace";
import { roomStrings as words } from "./roomStrings";
import { useRooms } from "./useRooms";

interface ListProps {
  readonly client: Client;
  readonly onNavigate: () => void;
}

/** The person's groups, with what is unread in each, and the invitations to some. */
export function RoomList({ client, onNavigate }: ListProps) {
  const rooms = useRooms(client);
  return rooms ? <Loaded client={client} rooms={rooms} onNavigate={onNavigate} /> : <RoomListSpace />;
}

function Loaded({ client, rooms, onNavigate }: ListProps & { readonly rooms: Rooms }) {
  const { archived } = useStore(client.sessions.list);
  const { rooms: all, loaded, problem } = useStore(archived ? rooms.archive : rooms.list);
  const badges = useStore(rooms.badges);
  const current = useStore(roomRoute);
  useEffect(() => {
    rooms.showArchive(archived);
  }, [rooms, archived]);
  if (!loaded) return <RoomListSpace />;
  const nothing = archived ? words.noArchivedGroups : words.noGroups;
  return (
    <nav
      className="room-list"
      aria-labelledby="room-list-title"
      data-testid="room-list"
      ref={archived ? null : rememberHeight}
    >
      <Heading {...{ client, archived, onNavigate }} />
      {problem && <p className="list-note">{words.listFailed}</p>}
      {!problem && all.length === 0 && <p className="list-note">{nothing}</p>}
      <ul>
        {all.map((room) =>
          room.invited ? (
            <Invitation key={room.groupId} room={room} rooms={rooms} />
          ) : (
            <Line
              key={room.groupId}
              room={room}
              badge={badges.get(room.groupId) ?? null}
              current={room.groupId === current}
              onNavigate={onNavigate}
            />
          ),
        )}
      </ul>
    </nav>
  );
}

function Heading({ client, archived, onNavigate }: ListProps & { readonly archived: boolean }) {
  const opened = (groupId: string) => {
    openGroup(groupId);
    onNavigate();
  };
  return (
    <header>
      <h2 id="room-list-title">{archived ? words.archivedGroups : words.groups}</h2>
      {!archived && <NewGroupButton client={client} onOpened={opened} />}
    </header>
  );
}

interface LineProps {
  readonly room: RoomSummary;
  readonly badge: Badge | null;
  readonly current: boolean;
  readonly onNavigate: () => void;
}

function Line({ room: { groupId, title }, badge, current, onNavigate }: LineProps) {
  const follow = (event: MouseEvent) => {
    // The browser was asked for another tab.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    goToRoom(groupId);
    onNavigate();
  };
  const unread = badge?.unread ?? 0;
  // Of the group one looks at, what comes is read in a moment: a number that comes and goes would say nothing.
  const shown = !current;
  return (
    <li data-unread={unread > 0} data-current={current}>
      <a
        href={roomPath(groupId)}
        data-testid="room-item"
        data-room={groupId}
        aria-current={current ? "page" : undefined}
        onClick={follow}
      >
        <span className="room-title" dir="auto">
          {title || words.untitled}
        </span>
        {shown && badge !== null && badge.mentions > 0 && (
          <span className="mention-badge" data-testid="mention-badge" title={words.mentioned}>
            <span aria-hidden="true">@</span>
            <span className="hidden">{words.mentioned}, </span>
          </span>
        )}
        {shown && unread > 0 && (
          <span className="unread-badge" data-testid="unread-badge" title={words.unread(unread)}>
            <span aria-hidden="true">{words.unreadShort(unread)}</span>
            <span className="hidden">{words.unread(unread)}</span>
          </span>
        )}
      </a>
    </li>
  );
}

function Invitation({ room, rooms }: { room: RoomSummary; rooms: Rooms }) {
  const { groupId, title, invitedBy } = room;
  const name = title || words.untitled;
  return (
    <li className="invitation" data-testid="room-invitation" data-room={groupId}>
      <span className="room-title" dir="auto">
        {name}
      </span>
      <small>{words.invitedBy(invitedBy)}</small>
      <span>
        <button
          type="button"
          className="primary"
          aria-label={words.acceptLabel(name)}
          onClick={() => {
            void rooms.accept(groupId).then((accepted) => {
              if (accepted) goToRoom(groupId);
            });
          }}
        >
          {words.accept}
        </button>
        <button
          type="button"
          className="quiet"
          aria-label={words.declineLabel(name)}
          onClick={() => void rooms.decline(groupId)}
        >
          {words.decline}
        </button>
      </span>
    </li>
  );
}
