import { useCallback, useEffect, useLayoutEffect, useMemo, useState, type KeyboardEvent } from "react";
import type { Person } from "../core/auth";
import type { Client } from "../core/client";
import { adminLabels } from "./admin/adminLabels";
import { ChatPage } from "./ChatPage";
import { ConnectionBanner, ConnectionState } from "./ConnectionView";
import { Drawer } from "./Drawer";
import { groupLabels } from "./groups/groupLabels";
import { invitation } from "./groups/groupRoute";
import { Icon } from "./Icon";
import { RoomPlace } from "./groups/RoomPlace";
import { language } from "./languages/language";
import { LanguageContext } from "./languages/memo";
import { LazyPart } from "./LazyPart";
import { questionsStrings } from "./questions/questionsStrings";
import { adminRoute, atQuestions, route, roomRoute } from "./route";
import { Sidebar } from "./Sidebar";
import { SignIn } from "./SignIn";
import { strings } from "./strings";
import { Toasts } from "./Toasts";
import { useSelected, useStore } from "./useStore";
import { ViewerContext } from "./viewer";

const loadInvitation = () => import("./groups/InvitationPage");
const loadAdmin = () => import("./admin/AdminArea");
/** Few people see it: fetched when it is opened. */
const loadQuestions = () => import("./questions/QuestionsPage");

/** Made anew from top to bottom when the language changes; what is typed and open stays. */
export function App({ client }: { client: Client }) {
  return (
    <LanguageContext value={useStore(language)}>
      <Page client={client} />
    </LanguageContext>
  );
}

function Page({ client }: { client: Client }) {
  const person = useStore(client.auth.person);
  const signIn = () => client.auth.signIn(window.location.pathname + window.location.hash);
  const invited = useStore(invitation);
  if (!person) return <SignIn signIn={signIn} note={invited === null ? null : groupLabels.invitedNote} />;
  if (invited !== null) return <LazyPart load={loadInvitation} props={{ client, token: invited }} />;
  return <Shell client={client} person={person} signIn={() => void signIn()} />;
}

function Shell({ client, person, signIn }: { client: Client; person: Person; signIn: () => void }) {
  const sessionId = useStore(route);
  const groupId = useStore(roomRoute);
  const current = useSelected(client.chat.view, ({ sessionId }) => sessionId);
  const [menuOpen, setMenuOpen] = useState(false);
  useClient(client, sessionId);
  const openMenu = () => {
    setMenuOpen(true);
  };
  const closeMenu = useCallback(() => {
    setMenuOpen(false);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") closeMenu();
  };
  const viewer = useMemo(() => ({ client, person, requests: client.chat.requests }), [client, person]);
  const place = { client, person, openMenu, signIn };
  const listed = groupId === null ? current : null;
  return (
    <ViewerContext value={viewer}>
      <div className="shell" data-menu={menuOpen} onKeyDown={onKeyDown}>
        <SkipLink />
        <Drawer open={menuOpen} close={closeMenu}>
          <Sidebar client={client} person={person} current={listed} onNavigate={closeMenu} />
        </Drawer>
        {groupId === null ? <PrivatePlace {...place} /> : <RoomPlace {...place} groupId={groupId} />}
        <Toasts problems={client.chat.problems} warnings={client.chat.warnings} said={client.said} />
      </div>
    </ViewerContext>
  );
}

interface PlaceProps {
  readonly client: Client;
  readonly person: Person;
  readonly openMenu: () => void;
  readonly signIn: () => void;
}

/** Where one of the person's own sessions is shown. */
function PrivatePlace({ client, person, openMenu, signIn }: PlaceProps) {
  const { view } = client.chat;
  const title = useSelected(view, ({ conversation }) => conversation?.title ?? "");
  const isNew = useSelected(view, ({ sessionId }) => sessionId === null);
  const isBroken = useSelected(view, ({ problem }) => problem !== null);
  const pageTitle = usePageTitle();
  useDocumentTitle(pageTitle ?? title);
  return (
    <div className="page">
      <Header
        title={pageTitle ?? heading(isNew, isBroken ? strings.product : title)}
        client={client}
        openMenu={openMenu}
      />
      <ConnectionBanner connection={client.connection} signIn={signIn} />
      <main id="conversation" tabIndex={-1}>
        <Main {...{ client, person }} />
      </main>
    </div>
  );
}

function Main({ client, person }: { client: Client; person: Person }) {
  const questions = useStore(atQuestions);
  const administration = useStore(adminRoute);
  if (administration)
    return <LazyPart load={loadAdmin} props={{ http: client.http, place: administration }} />;
  if (!questions) return <ChatPage client={client} person={person} />;
  return <LazyPart load={loadQuestions} props={{ questions: client.questions }} />;
}

/** Of a page that is no conversation; null where one is shown. */
function usePageTitle(): string | null {
  const administration = useStore(adminRoute) !== null;
  const questions = useStore(atQuestions);
  if (administration) return adminLabels.title;
  return questions ? questionsStrings.title : null;
}

function heading(isNew: boolean, title: string): string {
  return isNew ? strings.newChat : title || strings.untitled;
}

/** The first thing reached by keyboard. */
function SkipLink() {
  return (
    <a className="skip" href="#conversation">
      {strings.skip}
    </a>
  );
}

/** Connect, and keep the chat on the session the address names. */
function useClient(client: Client, sessionId: string | null): void {
  useEffect(() => {
    client.start();
  }, [client]);
  // Before anything is painted: what stands around a session is there from the beginning.
  useLayoutEffect(() => {
    client.chat.open(sessionId);
  }, [client, sessionId]);
}

function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · ${strings.product}` : strings.product;
  }, [title]);
}

function Header({ title, client, openMenu }: { title: string; client: Client; openMenu: () => void }) {
  return (
    <header className="page-header">
      <button
        type="button"
        className="icon-button menu-button"
        aria-label={strings.openMenu}
        onClick={openMenu}
      >
        <Icon name="menu" size={22} />
      </button>
      <h1 dir="auto">{title}</h1>
      <ConnectionState connection={client.connection} />
    </header>
  );
}
