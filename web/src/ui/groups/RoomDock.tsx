import { mayStop, mayWrite, type Room } from "../../core/roomState";
import { openTurn, type Turn } from "../../core/state";
import type { Rooms } from "../../core/rooms";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { WaitingBar } from "../WaitingBar";
import { OfferedSteers } from "./OfferedSteers";
import { RoomComposer } from "./RoomComposer";
import { useRoomActions } from "./roomActions";
import { roomStrings as words } from "./roomStrings";
import { TypingLine } from "./TypingLine";

interface DockProps {
  readonly rooms: Rooms;
  readonly room: Room;
  readonly following: boolean;
  readonly toBottom: () => void;
  /** What came while the person was elsewhere. */
  readonly unseen: number;
}

/** What lies below the messages: the box to write in, and what may be said of it. */
export function RoomDock({ rooms, room, following, toBottom, unseen }: DockProps) {
  const turn = openTurn(room.conversation);
  const stoppable = turn !== null && turn.phase !== "queued" && mayStop(room, turn) ? turn : null;
  return (
    <div className="dock room-dock">
      {!following && (
        <button type="button" className="latest" onClick={toBottom}>
          <Icon name="down" size={16} />
          {unseen > 0 ? words.latestNew(unseen) : words.latest}
        </button>
      )}
      <WaitingBar conversation={room.conversation} />
      <OfferedSteers room={room} />
      <TypingLine leases={rooms.chat.leases} me={room.me} />
      {mayWrite(room) ? (
        <>
          <RoomComposer
            key={room.groupId}
            {...{ rooms, room }}
            stop={stoppable && <Stop turn={stoppable} rooms={rooms} />}
          />
          <p className="dock-note" id="composer-hint">
            <span className="keys">{words.composerHint} · </span>
            {words.composerNote}
          </p>
        </>
      ) : (
        <p className="read-only" data-testid="read-only">
          <Icon name="eye" size={16} />
          {room.archived ? words.archived : words.observer}
        </p>
      )}
    </div>
  );
}

function Stop({ turn, rooms }: { turn: Turn; rooms: Rooms }) {
  const actions = useRoomActions();
  const pending = useStore(rooms.chat.requests.turns.pending).has(turn.turnId);
  const stopping = pending || turn.phase === "stopping";
  return (
    <button
      type="button"
      className="stop"
      data-testid="stop"
      disabled={stopping}
      onClick={() => {
        actions.stop(turn.turnId);
      }}
    >
      <Icon name="stop" size={16} />
      <span>{stopping ? words.stopping : words.stop}</span>
    </button>
  );
}
