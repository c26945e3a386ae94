import { useMemo, type MouseEvent } from "react";
import type { SessionSummary } from "../core/api";
import type { Person } from "../core/auth";
import type { Client } from "../core/client";
import { Icon, Logo } from "./Icon";
import { byPeriod } from "./periods";
import { go, pathOf } from "./route";
import { strings } from "./strings";
import { nextTheme, theme } from "./theme";
import { useStore } from "./useStore";

interface SidebarProps {
  readonly client: Client;
  readonly person: Person;
  readonly current: string | null;
  readonly onNavigate: () => void;
}

export function Sidebar({ client, person, current, onNavigate }: SidebarProps) {
  return (
    <div className="sidebar-content">
      <div className="brand">
        <Logo size={28} />
        <span>{strings.product}</span>
        <ThemeToggle />
      </div>
      <button
        type="button"
        className="new-chat"
        data-testid="new-chat"
        onClick={() => {
          go(null);
          onNavigate();
        }}
      >
        <Icon name="plus" />
        {strings.newChat}
      </button>
      <SessionList client={client} current={current} onNavigate={onNavigate} />
      <Account person={person} signOut={() => void client.signOut()} />
    </div>
  );
}

function SessionList({ client, current, onNavigate }: Omit<SidebarProps, "person">) {
  const { sessions, next, loaded, problem } = useStore(client.sessions.list);
  const periods = useMemo(() => byPeriod(sessions, new Date()), [sessions]);
  return (
    <nav className="session-list" data-testid="session-list" aria-label={strings.conversations}>
      {periods.map((period) => (
        <section key={period.label}>
          <h2>{period.label}</h2>
          <ul>
            {period.sessions.map((session) => (
              <SessionItem
                key={session.sessionId}
                session={session}
                current={session.sessionId === current}
                onNavigate={onNavigate}
              />
            ))}
          </ul>
        </section>
      ))}
      {loaded && sessions.length === 0 && !problem && <p className="list-note">{strings.noSessions}</p>}
      {problem && <p className="list-note">{strings.listFailed}</p>}
      {next !== null && (
        <button type="button" className="link more" onClick={() => void client.sessions.more()}>
          {strings.showMore}
        </button>
      )}
    </nav>
  );
}

interface SessionItemProps {
  readonly session: SessionSummary;
  readonly current: boolean;
  readonly onNavigate: () => void;
}

function SessionItem({ session, current, onNavigate }: SessionItemProps) {
  const open = (event: MouseEvent) => {
    // Leave new tabs and windows to the browser.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(session.sessionId);
    onNavigate();
  };
  const title = session.title || strings.untitled;
  return (
    <li>
      <a
        href={pathOf(session.sessionId)}
        data-testid="session-item"
        data-session={session.sessionId}
        aria-current={current ? "page" : undefined}
        title={title}
        onClick={open}
      >
        {title}
      </a>
    </li>
  );
}

function ThemeToggle() {
  const chosen = useStore(theme);
  const label = strings.themes[chosen];
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={nextTheme}>
      <Icon name={chosen} />
    </button>
  );
}

function Account({ person, signOut }: { person: Person; signOut: () => void }) {
  return (
    <div className="account">
      <span className="avatar" aria-hidden="true">
        {person.name.charAt(0).toUpperCase()}
      </span>
      <span className="account-name" data-testid="signed-in-as">
        <strong>{person.name}</strong>
        <small>{person.email}</small>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={strings.signOut}
        title={strings.signOut}
        onClick={signOut}
      >
        <Icon name="exit" />
      </button>
    </div>
  );
}
