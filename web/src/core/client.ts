import type { Notice } from "../protocol/generated";
import { HttpApi, type Api } from "./api";
import { OidcAuth, type Auth } from "./auth";
import { Chat } from "./chat";
import type { Problem } from "./codes";
import { Connection } from "./connection";
import { Connections } from "./connections";
import { CommonQuestions, HttpInsights, Offers, type InsightsApi } from "./commonQuestions";
import type { Requests } from "./http";
import { PersonMemory } from "./memory";
import { Reports } from "./reports";
import { Outbox } from "./outbox";
import { RoomsEntry } from "./roomsEntry";
import { ConversationSearch } from "./search";
import { SessionSettings } from "./sessionSettings";
import { Sessions } from "./sessions";
import type { Settings } from "./settings";
import { openPubSubSocket, type OpenSocket } from "./socket";

/** Everything the page works with, put together once. */
export interface Client {
  readonly auth: Auth;
  readonly connection: Connection;
  readonly chat: Chat;
  readonly sessions: Sessions;
  readonly settings: SessionSettings;
  readonly connections: Connections;
  readonly memory: PersonMemory;
  readonly search: ConversationSearch;
  readonly rooms: RoomsEntry;
  readonly http: Requests;
  readonly reports: Reports;
  readonly questions: CommonQuestions;
  readonly offers: Offers;
  /** Connect as the person who is signed in. */
  start(): void;
  signOut(): Promise<void>;
}

export interface ClientParts {
  readonly auth: Auth;
  readonly api: Api;
  readonly openSocket: OpenSocket;
  readonly storage: Storage;
  /** Left out: there is nothing to tell of common questions. */
  readonly insights?: InsightsApi;
}

export function createClient({ auth, api, openSocket, storage, insights }: ClientParts): Client {
  const connection = new Connection(api, openSocket);
  const outbox = new Outbox(storage);
  const chat = new Chat(connection, auth, outbox);
  const sessions = new Sessions(api);
  const told = toastsOf(chat);
  const rooms = new RoomsEntry({ api: api.rooms, auth, openSocket, storage, chat: connection, ...told });
  const settings = new SessionSettings(api, told.failed, () => {
    sessions.refreshSoon();
  });
  const refresh = (): void => {
    sessions.refreshSoon();
  };
  chat.listChanged.on(refresh);
  connection.opened.on(refresh);
  connection.events.on((event) => {
    if (event.type === "list.updated") refresh();
  });
  return {
    auth,
    connection,
    chat,
    sessions,
    settings,
    rooms,
    ...ownParts(api, insightParts(insights, auth, connection)),
    start: () => {
      sessions.refreshSoon();
      connection.start();
    },
    signOut: async () => {
      connection.stop();
      outbox.clear();
      await rooms.signOut();
      await auth.signOut();
    },
  };
}

/** The ways to show what nothing on the page stands for. */
function toastsOf({ problems, warnings }: Chat) {
  return {
    failed: (problem: Problem): void => {
      problems.emit(problem);
    },
    noticed: (notice: Notice): void => {
      warnings.emit(notice);
    },
  };
}

function insightParts(insights: InsightsApi | undefined, auth: Auth, connection: Connection) {
  return {
    questions: new CommonQuestions(insights, auth),
    offers: new Offers(insights, connection.events),
  };
}

function ownParts(api: Api, more: ReturnType<typeof insightParts>) {
  return {
    ...more,
    connections: new Connections(api),
    memory: new PersonMemory(api),
    reports: new Reports(api),
    search: new ConversationSearch(api),
    http: api.http,
  };
}

/** The client of the real services; finishes a sign-in that is on its way back from the issuer. */
export async function connectClient(settings: Settings): Promise<Client> {
  const auth = new OidcAuth(settings);
  if (window.location.pathname === "/signed-in") {
    const returnTo = await auth.completeSignIn();
    window.history.replaceState(null, "", returnTo);
  } else {
    await auth.restore();
  }
  return createClient({
    auth,
    api: new HttpApi(settings.apiBase, auth),
    openSocket: openPubSubSocket,
    storage: window.sessionStorage,
    insights: new HttpInsights(settings.apiBase, auth),
  });
}
