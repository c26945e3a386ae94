import type { KeyboardEvent, MouseEvent } from "react";
import type { FoundSession, FoundText } from "../core/api";
import type { ConversationSearch } from "../core/search";
import { go, goToMessage, pathOf } from "./route";
import { SEARCH_ID } from "./SearchBox";
import { focusNeighbour, RESULTS_ID } from "./searchFocus";
import { strings } from "./strings";
import { useStore } from "./useStore";

interface ResultsProps {
  readonly search: ConversationSearch;
  readonly onNavigate: () => void;
}

/** What was found, one conversation after the other; each message leads to its place. */
export function SearchResults({ search, onNavigate }: ResultsProps) {
  const { state, sessions, next } = useStore(search.view);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!["Escape", "ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") search.clear();
    else if (focusNeighbour(event.key === "ArrowDown" ? 1 : -1) || event.key === "ArrowDown") return;
    // Above the first result, and after clearing, there is the box.
    document.getElementById(SEARCH_ID)?.focus();
  };
  return (
    <nav
      className="session-list"
      id={RESULTS_ID}
      aria-label={strings.searchResults}
      aria-busy={state === "searching"}
      onKeyDown={onKeyDown}
    >
      <ul>
        {sessions.map((session) => (
          <FoundIn key={session.session_id} session={session} onNavigate={onNavigate} />
        ))}
      </ul>
      {state === "failed" && (
        <button type="button" className="link more" onClick={() => void search.now()}>
          {strings.tryAgain}
        </button>
      )}
      {state === "done" && next !== null && (
        <button type="button" className="link more" onClick={() => void search.more()}>
          {strings.searchOlder}
        </button>
      )}
    </nav>
  );
}

function FoundIn({ session, onNavigate }: { session: FoundSession; onNavigate: () => void }) {
  const { session_id: sessionId, title, archived, found } = session;
  const open = (event: MouseEvent, messageId: string | null) => {
    // The browser was asked for another tab.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (messageId === null) go(sessionId);
    else goToMessage(sessionId, messageId);
    onNavigate();
  };
  return (
    <li className="found" data-testid="found-session">
      <a
        href={pathOf(sessionId)}
        onClick={(event) => {
          open(event, null);
        }}
      >
        {title || strings.untitled}
        {archived && <small> · {strings.archivedMark}</small>}
      </a>
      {found.map((text) => (
        <a
          key={text.message_id}
          className="found-text"
          data-testid="found-text"
          href={pathOf(sessionId, text.message_id)}
          onClick={(event) => {
            open(event, text.message_id);
          }}
        >
          <Snippet text={text} />
        </a>
      ))}
    </li>
  );
}

function Snippet({ text: { by, before, match, after } }: { text: FoundText }) {
  return (
    <>
      <b>{strings.foundBy[by]}:</b> {before}
      <mark>{match}</mark>
      {after}
    </>
  );
}
