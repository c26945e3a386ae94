import type { KeyboardEvent, MouseEvent } from "react";
import type { FoundText } from "../core/api";
import { idOf, type ConversationSearch, type Found } from "../core/search";
import { groupPath, openGroup } from "./groups/groupRoute";
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
  const { state, found, next } = useStore(search.view);
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
        {found.map((each) => (
          <FoundIn key={idOf(each)} found={each} onNavigate={onNavigate} />
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

function FoundIn({ found, onNavigate }: { found: Found; onNavigate: () => void }) {
  const place = placeOf(found);
  const open = (event: MouseEvent, messageId: string | null) => {
    // The browser was asked for another tab.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    place.goTo(messageId);
    onNavigate();
  };
  return (
    <li className="found" data-testid={place.testId}>
      <a
        href={place.path(null)}
        dir="auto"
        onClick={(event) => {
          open(event, null);
        }}
      >
        {place.title}
        {"group_id" in found && <small> · {strings.groupMark}</small>}
        {found.archived && <small> · {strings.archivedMark}</small>}
      </a>
      {place.texts.map(({ text, by }) => (
        <a
          key={text.message_id}
          className="found-text"
          data-testid="found-text"
          href={place.path(text.message_id)}
          onClick={(event) => {
            open(event, text.message_id);
          }}
        >
          <b>{by}:</b> <Snippet text={text} />
        </a>
      ))}
    </li>
  );
}

function Snippet({ text: { before, match, after } }: { text: FoundText<string> }) {
  return (
    <bdi>
      {before}
      <mark>{match}</mark>
      {after}
    </bdi>
  );
}

interface FoundPlace {
  readonly testId: string;
  readonly title: string;
  readonly texts: readonly { readonly text: FoundText<string>; readonly by: string }[];
  readonly path: (messageId: string | null) => string;
  readonly goTo: (messageId: string | null) => void;
}

function placeOf(found: Found): FoundPlace {
  if ("group_id" in found) {
    const { group_id: id, title } = found;
    return {
      testId: "found-group",
      title: title || strings.groupMark,
      texts: found.found.map((text) => ({ text, by: text.by })),
      path: (messageId) => groupPath(id, messageId),
      goTo: (messageId) => {
        openGroup(id, messageId);
      },
    };
  }
  const { session_id: id, title } = found;
  return {
    testId: "found-session",
    title: title || strings.untitled,
    texts: found.found.map((text) => ({ text, by: strings.foundBy[text.by] })),
    path: (messageId) => pathOf(id, messageId),
    goTo: (messageId) => {
      if (messageId === null) go(id);
      else goToMessage(id, messageId);
    },
  };
}
