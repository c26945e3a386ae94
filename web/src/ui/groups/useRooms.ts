import { useEffect, useState } from "react";
import type { Client } from "../../core/client";
import type { Rooms } from "../../core/rooms";

/** The rooms; null until their code is there. Throws, for the boundary around, when it cannot be loaded. */
export function useRooms(client: Client): Rooms | null {
  const [rooms, setRooms] = useState<Rooms | null>(null);
  const [failed, setFailed] = useState<Error | null>(null);
  useEffect(() => {
    let current = true;
    client.rooms.load().then(
      (loaded) => {
        if (current) setRooms(loaded);
      },
      (error: unknown) => {
        if (current) setFailed(new Error("The rooms could not be loaded.", { cause: error }));
      },
    );
    return () => {
      current = false;
    };
  }, [client]);
  if (failed) throw failed;
  return rooms;
}
