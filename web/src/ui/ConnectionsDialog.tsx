import { useRef } from "react";
import type { Connections } from "../core/connections";
import { readable } from "../core/schemaFields";
import { Icon } from "./Icon";
import { problemText, strings } from "./strings";
import { useStore } from "./useStore";

/** The button that opens the list of tool servers one is connected to, and the list. */
export function ConnectionsDialog({ connections }: { connections: Connections }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        data-testid="connections"
        aria-label={strings.connections}
        title={strings.connections}
        onClick={() => {
          dialog.current?.showModal();
          void connections.load();
        }}
      >
        <Icon name="key" />
      </button>
      <dialog ref={dialog} className="connections" aria-label={strings.connections}>
        <header>
          <h2>{strings.connections}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={strings.close}
            onClick={() => {
              dialog.current?.close();
            }}
          >
            <Icon name="close" size={18} />
          </button>
        </header>
        <ConnectionLines connections={connections} />
      </dialog>
    </>
  );
}

function ConnectionLines({ connections }: { connections: Connections }) {
  const { connections: lines, problem } = useStore(connections.list);
  return (
    <>
      <p>{lines?.length === 0 ? strings.noConnections : strings.connectionsNote}</p>
      <ul>
        {lines?.map(({ server, kind, since }) => (
          <li key={server} data-testid="connection-line">
            <span>
              {readable(server)}
              <small>{strings.connectedSince[kind](new Date(since).toLocaleDateString())}</small>
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
