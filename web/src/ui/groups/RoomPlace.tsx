import type { Person } from "../../core/auth";
import type { Client } from "../../core/client";
import { LazyPart } from "../LazyPart";
import { strings } from "../strings";
import "../styles/room-list.css";
import { RoomListSpace } from "./RoomListSpace";

// Rooms come in a file of their own, which a private chat does not wait for.
const loadPage = async () => ({ default: (await import("./RoomPage")).RoomPage });
const loadList = async () => ({ default: (await import("./RoomList")).RoomList });

interface RoomPlaceProps {
  readonly client: Client;
  readonly person: Person;
  readonly groupId: string;
  readonly openMenu: () => void;
  readonly signIn: () => void;
}

/** Where a group is shown. */
export function RoomPlace(props: RoomPlaceProps) {
  return (
    <LazyPart load={loadPage} props={props} meanwhile={<p className="page opening">{strings.opening}</p>} />
  );
}

/** Where the person's groups are listed. */
export function RoomsPlace(props: { readonly client: Client; readonly onNavigate: () => void }) {
  return <LazyPart load={loadList} props={props} meanwhile={<RoomListSpace />} />;
}
