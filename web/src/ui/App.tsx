import { lazy, Suspense, useEffect, useMemo, useState, type KeyboardEvent } from "react";
import type { Person } from "../core/auth";
import type { Client } from "../core/client";
import { ChatPage } from "./ChatPage";
import { ConnectionBanner, ConnectionState } from "./ConnectionView";
import { Drawer } from "./Drawer";
import { Icon } from "./Icon";
import { insightsStrings } from "./insights/insightsStrings";
import { atQuestions, route } from "./route";
import { Sidebar } from "./Sidebar";
import { SignIn } from "./SignIn";
import { strings } from "./strings";
import { Toasts } from "./Toasts";
import { useStore } from "./useStore";
import { ViewerContext } from "./viewer";

/** Few people see it: fetched when it is opened. */
const QuestionsPage = lazy(() => import("./insights/QuestionsPage"));

export function App({ client }: { client: Client }) {
  const person = useStore(client.auth.person);
  const signIn = () => client.auth.signIn(window.location.pathname + window.location.hash);
  if (!person) return <SignIn signIn={signIn} />;
  return <Shell client={client} person={person} signIn={() => void signIn()} />;
}

function Shell({ client, person, signIn }: { client: Client; person: Person; signIn: () => void }) {
  const sessionId = useStore(route);
  const { conversation, sessionId: current, problem } = useStore(client.chat.view);
  const [menuOpen, setMenuOpen] = useState(false);
  const title = conversation?.title ?? "";
  useClient(client, sessionId);
  useDocumentTitle(title);
  const closeMenu = () => {
    setMenuOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") closeMenu();
  };
  const viewer = useMemo(() => ({ client, person }), [client, person]);
  return (
    <ViewerContext value={viewer}>
      <div className="shell" data-menu={menuOpen} onKeyDown={onKeyDown}>
        <SkipLink />
        <Drawer open={menuOpen} close={closeMenu}>
          <Sidebar client={client} person={person} current={current} onNavigate={closeMenu} />
        </Drawer>
        <div className="page">
          <Header
            title={heading(current, problem ? strings.product : title)}
            client={client}
            openMenu={() => {
              setMenuOpen(true);
            }}
          />
          <ConnectionBanner connection={client.connection} signIn={signIn} />
          <main id="conversation" tabIndex={-1}>
            <Main {...{ client, person }} />
          </main>
        </div>
        <Toasts problems={client.chat.problems} warnings={client.chat.warnings} />
      </div>
    </ViewerContext>
  );
}

function Main({ client, person }: { client: Client; person: Person }) {
  const questions = useStore(atQuestions);
  if (!questions) return <ChatPage client={client} person={person} />;
  return (
    <Suspense>
      <QuestionsPage questions={client.questions} />
    </Suspense>
  );
}

function heading(sessionId: string | null, title: string): string {
  return sessionId === null ? strings.newChat : title || strings.untitled;
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
  useEffect(() => {
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
      <h1>{useStore(atQuestions) ? insightsStrings.title : title}</h1>
      <ConnectionState connection={client.connection} />
    </header>
  );
}
