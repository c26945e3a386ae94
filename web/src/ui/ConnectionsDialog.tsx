import type { Connections } from "../core/connections";
import { readable } from "../core/schemaFields";
import { DialogButton } from "./DialogButton";
import { locale } from "./languages/language";
import { problemText, strings } from "./strings";
import { useStore } from "./useStore";

interface DialogProps {
  readonly connections: Connections;
  /** Tool servers that want the person's sign-in: then the button stands in words beside what says so. */
  readonly needed?: readonly string[];
}

/** The button that opens the list of tool servers one is connected to, and the list. */
export function ConnectionsDialog({ connections, needed = [] }: DialogProps) {
  return (
    <DialogButton
      icon={needed.length > 0 ? null : "key"}
      label={strings.connections}
      testId={needed.length > 0 ? "connections-needed" : "connections"}
      onOpen={() => void connections.load()}
    >
      {needed.length > 0 && <p>{strings.howToSignIn(needed)}</p>}
      <ConnectionLines connections={connections} />
    </DialogButton>
  );
}

function ConnectionLines({ connections }: { connections: Connections }) {
  const { connections: lines, problem } = useStore(connections.list);
  return (
    <>
      <p>{lines?.length === 0 ? strings.noConnections : strings.connectionsNote}</p>
      <ul className="connections">
        {lines?.map(({ server, kind, since }) => (
          <li key={server} data-testid="connection-line">
            <span>
              {readable(server)}
              <small>{strings.connectedSince[kind](new Date(since).toLocaleDateString(locale()))}</small>
            </span>
            <button
              type="button"
              className="secondary"
              aria-label={strings.disconnectLabel(readable(server))}
              onClick={() => void connections.disconnect(server)}
            >
              {strings.disconnect}
            </button>
          </li>
        ))}
      </ul>
      {problem && <p role="alert">{problemText(problem)}</p>}
    </>
  );
}
