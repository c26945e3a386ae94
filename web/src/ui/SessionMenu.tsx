import { useRef, useState, type FocusEvent } from "react";
import type { SessionSummary } from "../core/api";
import type { Client } from "../core/client";
import { Icon } from "./Icon";
import { go } from "./route";
import { fileName, save } from "./saveFile";
import { SessionDigest } from "./SessionDigest";
import { sessionStrings } from "./sessionStrings";
import { strings } from "./strings";
import { summaryStrings } from "./summaryStrings";

interface SessionMenuProps {
  readonly client: Client;
  readonly session: SessionSummary;
  readonly archived: boolean;
  readonly current: boolean;
  readonly title: string;
  readonly rename: () => void;
}

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly act: () => unknown;
}

/**
 * What can be done with a session, folded away behind one button. Deleting takes a second word, and who goes elsewhere
 * meanwhile has not said it.
 */
export function SessionMenu(props: SessionMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const [sure, setSure] = useState(false);
  const [summarising, setSummarising] = useState(false);
  const choose = ({ act }: Entry) => {
    if (menu.current) menu.current.open = false;
    setSure(false);
    void act();
  };
  const closeSummary = () => {
    setSummarising(false);
    menu.current?.querySelector("summary")?.focus();
  };
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) setSure(false);
  };
  return (
    <details className="session-menu" ref={menu} onBlur={onBlur}>
      <summary aria-label={strings.sessionMenu(props.title)} data-testid="session-menu">
        <Icon name="more" size={16} />
      </summary>
      <div>
        {entriesOf(props, setSummarising).map((entry) => (
          <MenuButton key={entry.id} entry={entry} choose={choose} />
        ))}
        <MenuButton
          entry={deletionOf(props, sure)}
          choose={
            sure
              ? choose
              : () => {
                  setSure(true);
                }
          }
        />
      </div>
      {summarising && <SessionDigest {...props} onClose={closeSummary} />}
    </details>
  );
}

function deletionOf(props: SessionMenuProps, sure: boolean): Entry {
  const label = sure ? strings.deleteForGood : strings.deleteSession;
  return { id: "delete", label, act: () => remove(props) };
}

function MenuButton({ entry, choose }: { entry: Entry; choose: (entry: Entry) => void }) {
  return (
    <button
      type="button"
      data-testid={`session-${entry.id}`}
      onClick={() => {
        choose(entry);
      }}
    >
      {entry.label}
    </button>
  );
}

const FORMATS = [
  { format: "markdown", ending: "md", type: "text/markdown" },
  { format: "json", ending: "json", type: "application/json" },
] as const;

function entriesOf(props: SessionMenuProps, summarise: (open: boolean) => void): readonly Entry[] {
  const { client, session, archived, title, rename } = props;
  const { sessionId, pinned } = session;
  return [
    { id: "rename", label: strings.rename, act: rename },
    {
      id: "pin",
      label: pinned ? strings.unpin : strings.pin,
      act: () => client.settings.change(sessionId, { pinned: !pinned }),
    },
    {
      id: "archive",
      label: archived ? strings.unarchive : strings.archive,
      act: async () => {
        if (await client.settings.change(sessionId, { archived: !archived }))
          client.sessions.forget(sessionId);
      },
    },
    ...FORMATS.map(({ format, ending, type }) => ({
      id: `export-${format}`,
      label: sessionStrings.export[format],
      act: async () => {
        const text = await client.settings.export(sessionId, format);
        if (text !== null) save(text, fileName(title, sessionId, ending), type);
      },
    })),
    {
      id: "summarise",
      label: summaryStrings.summarise,
      act: () => {
        summarise(true);
      },
    },
  ];
}

async function remove({ client, session: { sessionId }, current }: SessionMenuProps): Promise<void> {
  if (!(await client.settings.remove(sessionId))) return;
  client.sessions.forget(sessionId);
  if (current) go(null);
}
