import { lazy, Suspense } from "react";
import type { Person } from "../../core/auth";
import type { Client } from "../../core/client";
import { strings } from "../strings";
import "../styles/room-list.css";
import { RoomListSpace } from "./RoomListSpace";

// Rooms come in a file of their own, which a private chat does not wait for.
const LazyPage = lazy(async () => ({ default: (await import("./RoomPage")).RoomPage }));
const LazyList = lazy(async () => ({ default: (await import("./RoomList")).RoomList }));

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
    <Suspense fallback={<p className="page opening">{strings.opening}</p>}>
      <LazyPage {...props} />
    </Suspense>
  );
}

/** Where the person's groups are listed. */
export function RoomsPlace(props: { readonly client: Client; readonly onNavigate: () => void }) {
  return (
    <Suspense fallback={<RoomListSpace />}>
      <LazyList {...props} />
    </Suspense>
  );
}
