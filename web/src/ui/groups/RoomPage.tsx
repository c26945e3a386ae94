import { useEffect, useMemo, useState } from "react";
import type { Person } from "../../core/auth";
import type { Client } from "../../core/client";
import type { Rooms } from "../../core/rooms";
import { NO_ROOM, type RoomView } from "../../core/roomView";
import { ConnectionBanner } from "../ConnectionView";
import { focusComposer } from "../focus";
import { strings } from "../strings";
import "../styles/rooms.css";
import { useSpot } from "../useSpot";
import { useStickToBottom } from "../useStickToBottom";
import { useStore } from "../useStore";
import { ViewerContext } from "../viewer";
import { RoomActionsContext, roomActions } from "./roomActions";
import { RoomAnnouncer } from "./RoomAnnouncer";
import { RoomDock } from "./RoomDock";
import { RoomHeader } from "./RoomHeader";
import { RoomProblem } from "./RoomProblem";
import { roomStrings as words } from "./roomStrings";
import { RoomTimeline } from "./RoomTimeline";
import { useReadMark } from "./useReadMark";
import { useRooms } from "./useRooms";

interface RoomPageProps {
  readonly client: Client;
  readonly person: Person;
  readonly groupId: string;
  readonly openMenu: () => void;
  readonly signIn: () => void;
}

/** One group: what is said in it, and the box below. */
export function RoomPage(props: RoomPageProps) {
  const rooms = useRooms(props.client);
  if (!rooms) return <p className="page opening">{words.opening}</p>;
  return <Entered key={props.groupId} {...props} rooms={rooms} />;
}

type EnteredProps = RoomPageProps & { readonly rooms: Rooms };

function Entered({ client, person, groupId, rooms, openMenu, signIn }: EnteredProps) {
  const view = useView(rooms, groupId);
  const viewer = useMemo(() => ({ client, person, requests: rooms.chat.requests }), [client, person, rooms]);
  useTitle(view.room?.conversation.title ?? "");
  return (
    <ViewerContext value={viewer}>
      <div className="page room">
        <RoomHeader {...{ client, rooms, groupId, openMenu }} room={view.room} newAfter={view.newAfter} />
        <ConnectionBanner connection={rooms.connection} signIn={signIn} />
        <main id="conversation" tabIndex={-1}>
          {view.problem ? (
            <RoomProblem problem={view.problem} rooms={rooms} />
          ) : (
            <Room view={view} rooms={rooms} />
          )}
        </main>
      </div>
    </ViewerContext>
  );
}

function Room({ view, rooms }: { view: RoomView; rooms: Rooms }) {
  const { groupId, room, newAfter } = view;
  const folded = room?.conversation.folded === true;
  const empty = folded && room.entries.length === 0;
  const { scroller, content, following, toBottom, leave } = useStickToBottom(!empty);
  const actions = useMemo(() => roomActions(rooms, toBottom), [rooms, toBottom]);
  useEffect(toBottom, [groupId, toBottom]);
  useArrival(folded, newAfter, leave);
  useSpot(room?.conversation ?? null, leave);
  const unseen = useReadMark(rooms.chat, room, following);
  return (
    <RoomActionsContext value={actions}>
      <div className="scroller" ref={scroller}>
        <div className="column" ref={content}>
          {!room && <p className="opening">{words.opening}</p>}
          {empty && <Nothing />}
          {room && <RoomTimeline {...{ room, newAfter, rooms, scroller }} />}
        </div>
      </div>
      <RoomAnnouncer room={room} />
      {room && <RoomDock {...{ rooms, room, toBottom, unseen }} following={following || empty} />}
    </RoomActionsContext>
  );
}

function Nothing() {
  return (
    <section className="room-empty">
      <h2>{words.emptyTitle}</h2>
      <p>{words.emptyNote}</p>
    </section>
  );
}

/** Be in the room as long as it is on the page. */
function useView(rooms: Rooms, groupId: string): RoomView {
  const view = useStore(rooms.chat.view);
  useEffect(() => {
    rooms.open(groupId);
    focusComposer();
    return () => {
      rooms.open(null);
    };
  }, [rooms, groupId]);
  return view.groupId === groupId ? view : { ...NO_ROOM, groupId };
}

/** Begin where the new messages begin. */
function useArrival(folded: boolean, newAfter: number | null, leave: () => void): void {
  const [arrived, setArrived] = useState(false);
  if (folded && !arrived) setArrived(true);
  useEffect(() => {
    if (!arrived || newAfter === null) return;
    document.getElementById("new-messages")?.scrollIntoView({ block: "center" });
    leave();
    // Only on arriving: what is new later comes at the end.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [arrived]);
}

function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${strings.product}` : strings.product;
  }, [title]);
}
