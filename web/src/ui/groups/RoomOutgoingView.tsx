import { useSyncExternalStore } from "react";
import { mayHelpAgain } from "../../core/codes";
import type { Drafts } from "../../core/drafts";
import { takesBack } from "../../core/roomDraft";
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
  readonly drafts: Drafts;
}

/** What is on its way, or did not get there. */
export function RoomOutgoingView({ entry, me, name, connected, drafts }: OutgoingProps) {
  return (
    <article className="room-message" data-testid="room-outgoing" data-state={entry.state} data-own="true">
      <Avatar who={{ id: me, name }} />
      <div className="room-message-body">
        <header>
          <h3>{name}</h3>
        </header>
        <p className="room-text" dir="auto">
          {entry.text}
        </p>
        {entry.state === "failed" ? (
          <NotSent entry={entry} drafts={drafts} />
        ) : (
          <p className="room-standing">{connected ? words.sending : words.waiting}</p>
        )}
      </div>
    </article>
  );
}

function NotSent({ entry, drafts }: Pick<OutgoingProps, "entry" | "drafts">) {
  const { clientMessageId, problem } = entry;
  const actions = useRoomActions();
  return (
    <p className="room-standing fault">
      <span role="alert">
        {words.notSent} {problem ? problemText(problem) : ""}
      </span>{" "}
      {(!problem || mayHelpAgain(problem)) && (
        <button
          type="button"
          className="link"
          onClick={() => {
            actions.retry(clientMessageId);
          }}
        >
          {words.retry}
        </button>
      )}
      <ToBox entry={entry} drafts={drafts} />
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

/** Not among words that are for others. */
function ToBox({ entry, drafts }: Pick<OutgoingProps, "entry" | "drafts">) {
  const actions = useRoomActions();
  const takes = useSyncExternalStore(drafts.changes.subscribe, () =>
    takesBack(drafts.of(entry.groupId), entry.to),
  );
  return (
    <button
      type="button"
      className="link"
      disabled={!takes}
      title={takes ? undefined : words.toBoxNot}
      onClick={() => {
        actions.toBox(entry);
      }}
    >
      {words.toBox}
    </button>
  );
}
