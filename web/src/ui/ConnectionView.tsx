import type { Connection } from "../core/connection";
import { Icon } from "./Icon";
import { strings } from "./strings";
import { useStore } from "./useStore";

export function ConnectionState({ connection }: { connection: Connection }) {
  const { state } = useStore(connection.status);
  return (
    <p className="connection-state" data-testid="connection-state" data-state={state} role="status">
      <span className="dot" aria-hidden="true" />
      <span className="connection-word">{strings.connection[state]}</span>
    </p>
  );
}

/** Nothing while all is well; the first connection gets a moment before it is mentioned (by style). */
export function ConnectionBanner({ connection, signIn }: { connection: Connection; signIn: () => void }) {
  const { state, retryAt } = useStore(connection.status);
  if (state === "connected") return null;
  return (
    <div className="banner" data-state={state}>
      <Icon name={state === "offline" ? "alert" : "clock"} size={16} />
      <span>{strings.banner[state]}</span>
      {state === "offline" && retryAt !== null && (
        <button type="button" className="link" onClick={connection.retryNow}>
          {strings.tryNow}
        </button>
      )}
      {state === "signed_out" && (
        <button type="button" className="link" onClick={signIn}>
          {strings.signIn}
        </button>
      )}
    </div>
  );
}
