import { useState, type KeyboardEvent, type MouseEvent, type SyntheticEvent } from "react";
import type { SessionSummary } from "../core/api";
import type { Client } from "../core/client";
import { go, pathOf } from "./route";
import { SessionMenu } from "./SessionMenu";
import { strings } from "./strings";

interface SessionItemProps {
  readonly client: Client;
  readonly session: SessionSummary;
  /** It is put aside. */
  readonly archived: boolean;
  readonly current: boolean;
  readonly onNavigate: () => void;
}

/** A line of the list: the way to the session, and what can be done with it. */
export function SessionItem({ client, session, archived, current, onNavigate }: SessionItemProps) {
  const [renaming, setRenaming] = useState(false);
  const title = session.title || strings.untitled;
  const rename = (text: string | null) => {
    setRenaming(false);
    if (text !== null) void client.settings.change(session.sessionId, { title: text });
  };
  if (renaming) return <Rename title={session.title} done={rename} />;
  return (
    <li>
      <a
        href={pathOf(session.sessionId)}
        dir="auto"
        data-testid="session-item"
        data-session={session.sessionId}
        aria-current={current ? "page" : undefined}
        title={title}
        onClick={(event) => {
          if (follow(event, session.sessionId)) onNavigate();
        }}
      >
        {title}
      </a>
      <SessionMenu
        {...{ client, session, archived, current, title }}
        rename={() => {
          setRenaming(true);
        }}
      />
    </li>
  );
}

/** Go there in this tab, unless the browser was asked for another one. */
function follow(event: MouseEvent, sessionId: string): boolean {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return false;
  event.preventDefault();
  go(sessionId);
  return true;
}

const MAX_TITLE = 200;

/** `done` gets the new title; null leaves the old one. */
function Rename({ title, done }: { title: string; done: (title: string | null) => void }) {
  const [draft, setDraft] = useState(title);
  const words = draft.trim();
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    done(words === "" || words === title ? null : words);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    done(null);
  };
  return (
    <li>
      <form className="rename" onSubmit={onSubmit} onKeyDown={onKeyDown}>
        <input
          ref={focusAll}
          type="text"
          dir="auto"
          aria-label={strings.renameLabel}
          maxLength={MAX_TITLE}
          value={draft}
          onChange={(event) => {
            setDraft(event.target.value);
          }}
        />
        <button type="submit" className="quiet">
          {strings.save}
        </button>
      </form>
    </li>
  );
}

function focusAll(input: HTMLInputElement | null): void {
  input?.focus();
}
