import type { RoomOutgoing } from "../../core/roomOutbox";
import { problemText } from "../strings";
import { Avatar } from "./Avatar";
import { useRoomActions } from "./roomActions";
import { roomStrings as words } from "./roomStrings";

interface OutgoingProps {
  readonly entry: RoomOutgoing;
  readonly me: string;
  readonly name: string;
  readonly connected: boolean;
}

/** What is on its way, or did not get there. */
export function RoomOutgoingView({ entry, me, name, connected }: OutgoingProps) {
  return (
    <article className="room-message" data-testid="room-outgoing" data-state={entry.state} data-own="true">
      <Avatar who={{ id: me, name }} />
      <div className="room-message-body">
        <header>
          <h3>{name}</h3>
        </header>
        <p className="room-text">{entry.text}</p>
        {entry.state === "failed" ? (
          <NotSent entry={entry} />
        ) : (
          <p className="room-standing">{connected ? words.sending : words.waiting}</p>
        )}
      </div>
    </article>
  );
}

function NotSent({ entry: { clientMessageId, problem } }: Pick<OutgoingProps, "entry">) {
  const actions = useRoomActions();
  return (
    <p className="room-standing fault">
      <span role="alert">
        {words.notSent} {problem ? problemText(problem) : ""}
      </span>{" "}
      <button
        type="button"
        className="link"
        onClick={() => {
          actions.retry(clientMessageId);
        }}
      >
        {words.retry}
      </button>
      <button
        type="button"
        className="link"
        onClick={() => {
          actions.discard(clientMessageId);
        }}
      >
        {words.discard}
      </button>
    </p>
  );
}
