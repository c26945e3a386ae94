import type { Person } from "../core/auth";
import type { Client } from "../core/client";
import { AdminLink } from "./admin/AdminLink";
import { ConnectionsDialog } from "./ConnectionsDialog";
import { RoomsPlace } from "./groups/RoomPlace";
import { Icon, Logo } from "./Icon";
import { QuestionsLink } from "./questions/QuestionsLink";
import { LanguageChoice } from "./languages/LanguageChoice";
import { memo } from "./languages/memo";
import { MemoryDialog } from "./MemoryDialog";
import { byPeriod } from "./periods";
import { go } from "./route";
import { SearchBox } from "./SearchBox";
import { SearchResults } from "./SearchResults";
import { SessionItem } from "./SessionItem";
import { strings } from "./strings";
import { nextTheme, theme } from "./theme";
import { useStore } from "./useStore";

interface SidebarProps {
  readonly client: Client;
  readonly person: Person;
  readonly current: string | null;
  readonly onNavigate: () => void;
}

/** It knows nothing of the text that grows beside it, and is not made anew for that. */
export const Sidebar = memo(function Sidebar({ client, person, current, onNavigate }: SidebarProps) {
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
      <SearchBox search={client.search} />
      <RoomsPlace client={client} onNavigate={onNavigate} />
      <Conversations client={client} current={current} onNavigate={onNavigate} />
      <AdminLink auth={client.auth} onNavigate={onNavigate} />
      <Account {...{ client, person, onNavigate }} signOut={() => void client.signOut()} />
    </div>
  );
});

/** What was found while something is looked for, else all there are. */
function Conversations(props: Omit<SidebarProps, "person">) {
  const { words } = useStore(props.client.search.view);
  if (words.trim() === "") return <SessionList {...props} />;
  return <SearchResults search={props.client.search} onNavigate={props.onNavigate} />;
}

function SessionList({ client, current, onNavigate }: Omit<SidebarProps, "person">) {
  const { sessions, archived } = useStore(client.sessions.list);
  const periods = byPeriod(sessions, new Date());
  return (
    <nav className="session-list" data-testid="session-list" aria-label={strings.conversations}>
      {periods.map((period) => (
        <section key={period.label}>
          <h2>{period.label}</h2>
          <ul>
            {period.sessions.map((session) => (
              <SessionItem
                key={session.sessionId}
                client={client}
                archived={archived}
                session={session}
                current={session.sessionId === current}
                onNavigate={onNavigate}
              />
            ))}
          </ul>
        </section>
      ))}
      <ListEnd client={client} />
    </nav>
  );
}

/** What stands below the lines: why there are none, and the way to others. */
function ListEnd({ client }: { client: Client }) {
  const { sessions, next, loaded, archived, problem } = useStore(client.sessions.list);
  const nothing = archived ? strings.noArchived : strings.noSessions;
  const empty = loaded && sessions.length === 0;
  return (
    <>
      {empty && !problem && <p className="list-note">{nothing}</p>}
      {problem && <p className="list-note">{strings.listFailed}</p>}
      {next !== null && (
        <button type="button" className="link more" onClick={() => void client.sessions.more()}>
          {strings.showMore}
        </button>
      )}
      <button
        type="button"
        className="quiet archive-toggle"
        data-testid="archive-toggle"
        onClick={() => void client.sessions.showArchived(!archived)}
      >
        {archived ? strings.showCurrent : strings.showArchived}
      </button>
    </>
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

interface AccountProps {
  readonly client: Client;
  readonly person: Person;
  readonly onNavigate: () => void;
  readonly signOut: () => void;
}

function Account({ client, person, onNavigate, signOut }: AccountProps) {
  return (
    <div className="account">
      <span className="avatar" aria-hidden="true">
        {person.name.charAt(0).toUpperCase()}
      </span>
      <span className="account-name" data-testid="signed-in-as">
        <strong>{person.name}</strong>
        <small>{person.email}</small>
      </span>
      <QuestionsLink questions={client.questions} onNavigate={onNavigate} />
      <MemoryDialog memory={client.memory} />
      <ConnectionsDialog connections={client.connections} />
      <button
        type="button"
        className="icon-button"
        aria-label={strings.signOut}
        title={strings.signOut}
        onClick={signOut}
      >
        <Icon name="exit" />
      </button>
      <LanguageChoice />
    </div>
  );
}
