import { useEffect, useState } from "react";
import type { ConnectionState as State } from "../core/codes";
import type { Connection } from "../core/connection";
import { connectionStrings } from "./connectionStrings";
import { Icon } from "./Icon";
import { strings } from "./strings";
import { useStore } from "./useStore";

/** A connection that is back within this time is not worth a word. Milliseconds. */
const AWAY_MS = 2_000;

/** At a glance; what is to be said of it the banner says, which is read out. */
export function ConnectionState({ connection }: { connection: Connection }) {
  const { state } = useStore(connection.status);
  return (
    <p className="connection-state" data-testid="connection-state" data-state={state}>
      <span className="dot" aria-hidden="true" />
      <span className="connection-word">{strings.connection[state]}</span>
    </p>
  );
}

/** Nothing while all is well. Without a connection for a while, it says so, what still works, and when that is over. */
export function ConnectionBanner({ connection, signIn }: { connection: Connection; signIn: () => void }) {
  const { state, retryAt } = useStore(connection.status);
  const { away, wasAway } = useAway(state);
  return (
    <div role="status">
      {away && state !== "connected" && (
        <div className="banner" data-testid="away" data-state={state}>
          <Icon name={state === "offline" ? "alert" : "clock"} size={16} />
          <span>{connectionStrings.banner[state]}</span>
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
      )}
      {wasAway && state === "connected" && <span className="hidden">{connectionStrings.back}</span>}
    </div>
  );
}

/** Whether the connection has been away for so long that it is told, and whether it was before. */
function useAway(state: State) {
  const connected = state === "connected";
  const [away, setAway] = useState(false);
  const [wasAway, setWasAway] = useState(false);
  useEffect(() => {
    if (connected) return undefined;
    const timer = setTimeout(() => {
      setAway(true);
      setWasAway(true);
    }, AWAY_MS);
    return () => {
      clearTimeout(timer);
      setAway(false);
    };
  }, [connected]);
  return { away: away || state === "signed_out", wasAway };
}
