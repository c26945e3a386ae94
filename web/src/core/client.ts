import type { Notice } from "../protocol/generated";
import { HttpApi, type Api } from "./api";
import { OidcAuth, type Auth } from "./auth";
import { keepToOwner } from "./belongings";
import { Chat } from "./chat";
import type { Problem } from "./codes";
import { Connection } from "./connection";
import { Connections } from "./connections";
import { currencyOf } from "./currency";
import { Drafts, keepDraftsWith, NEW_CHAT } from "./drafts";
import { CommonQuestions, HttpQuestions, Offers, type QuestionsApi } from "./commonQuestions";
import type { Requests } from "./http";
import { askForOffers } from "./offeredAnew";
import { PersonMemory } from "./memory";
import { Reports } from "./reports";
import { Outbox } from "./outbox";
import { RoomsEntry } from "./roomsEntry";
import { ConversationSearch } from "./search";
import { SessionSettings } from "./sessionSettings";
import { Sessions } from "./sessions";
import type { Settings } from "./settings";
import { openPubSubSocket, type OpenSocket } from "./socket";
import { Signal, type Store } from "./store";

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
  readonly drafts: Drafts;
  readonly http: Requests;
  readonly reports: Reports;
  readonly questions: CommonQuestions;
  readonly offers: Offers;
  /** What costs are told in (ISO 4217). */
  readonly currency: Store<string>;
  /** Words about what the person did, where nothing on the page shows it. */
  readonly said: Signal<string>;
  /** Connect as the person who is signed in. */
  start(): void;
  signOut(): Promise<void>;
}

export interface ClientParts {
  readonly auth: Auth;
  readonly api: Api;
  readonly openSocket: OpenSocket;
  /** The tab's. */
  readonly storage: Storage;
  /** What outlives the tab; left out: the tab's. */
  readonly device?: Storage;
  /** Left out: there is nothing to tell of common questions. */
  readonly questions?: QuestionsApi;
}

export function createClient(parts: ClientParts): Client {
  const { auth, api, openSocket, storage } = parts;
  keepToOwner(storage, auth.person);
  const connection = new Connection(api, openSocket);
  const outbox = new Outbox(storage);
  const chat = new Chat(connection, auth, outbox);
  const drafts = draftsOf(parts, chat);
  const told = toastsOf(chat);
  const { http, rooms: roomsApi } = api;
  const roomParts = { api: roomsApi, http, auth, openSocket, storage, drafts, chat: connection, ...told };
  const rooms = new RoomsEntry(roomParts);
  const list = listOf(parts, chat, connection);
  return {
    auth,
    connection,
    chat,
    sessions: list.sessions,
    settings: new SessionSettings(api, told.failed, list.refresh, (sessionId) => {
      drafts.delete(sessionId);
    }),
    rooms,
    drafts,
    currency: currencyOf(connection.events),
    said: new Signal(),
    ...ownParts(api, questionParts(parts, chat, connection)),
    start: () => {
      list.refresh();
      connection.start();
    },
    signOut: async () => {
      connection.stop();
      outbox.clear();
      drafts.clear();
      await rooms.signOut();
      await auth.signOut();
    },
  };
}

/** The list of sessions, read anew whenever it may have changed. */
function listOf({ api }: ClientParts, chat: Chat, connection: Connection) {
  const sessions = new Sessions(api);
  const refresh = (): void => {
    sessions.refreshSoon();
  };
  chat.listChanged.on(refresh);
  connection.opened.on(refresh);
  connection.events.on((event) => {
    if (event.type === "list.updated") refresh();
  });
  return { sessions, refresh };
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

/** What is begun to be written, kept in step with the chats it is written in. */
function draftsOf({ auth, storage, device = storage }: ClientParts, chat: Chat): Drafts {
  const drafts = new Drafts(device, auth.person);
  keepDraftsWith(chat.view, drafts);
  chat.questions.returned.on(({ sessionId, text }) => {
    drafts.giveBack(sessionId ?? NEW_CHAT, text);
  });
  return drafts;
}

function questionParts({ questions, auth, api, storage }: ClientParts, chat: Chat, connection: Connection) {
  const { events } = connection;
  const offers = new Offers(questions, events, storage);
  const answered: Offers["again"] = (answer, taken) => {
    offers.again(answer, taken);
  };
  askForOffers(chat.view, ({ conversation }) => conversation, { http: api.http, events, answered });
  return { questions: new CommonQuestions(questions, auth), offers };
}

function ownParts(api: Api, more: ReturnType<typeof questionParts>) {
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
    device: window.localStorage,
    questions: new HttpQuestions(settings.apiBase, auth),
  });
}
