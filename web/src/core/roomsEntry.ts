import type { Notice } from "../protocol/generated";
import type { Auth } from "./auth";
import type { Problem } from "./codes";
import type { Connection } from "./connection";
import type { Drafts } from "./drafts";
import type { Requests } from "./http";
import type { Rooms } from "./rooms";
import type { RoomsApi } from "./roomsApi";
import type { OpenSocket } from "./socket";

export interface RoomsParts {
  readonly api: RoomsApi;
  readonly http: Requests;
  readonly auth: Auth;
  readonly openSocket: OpenSocket;
  readonly storage: Storage;
  readonly drafts: Drafts;
  /** The connection of the private chat, on which people are told of changes of their lists. */
  readonly chat: Connection;
  /** Show a problem that nothing on the page stands for. */
  readonly failed: (problem: Problem) => void;
  /** Show words the server has for the person. */
  readonly noticed: (notice: Notice) => void;
}

/** The way to the rooms. Their code is loaded when it is first asked for, so that a private chat does not wait for it. */
export class RoomsEntry {
  private loading: Promise<Rooms> | null = null;

  constructor(private readonly parts: RoomsParts) {}

  load(): Promise<Rooms> {
    this.loading ??= import("./rooms").then(
      ({ Rooms }) => new Rooms(this.parts),
      (error: unknown) => {
        // Without a network, say: the next who asks loads it anew.
        this.loading = null;
        throw error;
      },
    );
    return this.loading;
  }

  /** Leave all rooms, and forget what was not sent yet. */
  async signOut(): Promise<void> {
    (await this.loading)?.signOut();
  }
}
