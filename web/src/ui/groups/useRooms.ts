import { useEffect, useState } from "react";
import type { Client } from "../../core/client";
import type { Rooms } from "../../core/rooms";

/** The rooms; null until their code is there. */
export function useRooms(client: Client): Rooms | null {
  const [rooms, setRooms] = useState<Rooms | null>(null);
  useEffect(() => {
    let current = true;
    client.rooms.load().then(
      (loaded) => {
        if (current) setRooms(loaded);
      },
      (error: unknown) => {
        console.error("The rooms could not be loaded.", error);
      },
    );
    return () => {
      current = false;
    };
  }, [client]);
  return rooms;
}
