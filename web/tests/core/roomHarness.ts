import type { Rooms } from "../../src/core/rooms";
import { settle, type Harness } from "./harness";

/** Ways into the rooms of a harness. */
export function roomsOf(harness: Harness) {
  const started = async (): Promise<Rooms> => {
    await harness.start();
    const rooms = await harness.client.rooms.load();
    await settle(300);
    return rooms;
  };

  /** Ada in the room `g_1`, beside which there is `g_2`. */
  const entered = async (): Promise<Rooms> => {
    harness.server.rooms.begin("g_1", "Contoso");
    harness.server.rooms.begin("g_2", "Fabrikam");
    const rooms = await started();
    rooms.open("g_1");
    await settle(1);
    return rooms;
  };
  return { started, entered };
}
