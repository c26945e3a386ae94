import type { Outgoing } from "../core/outbox";
import type { Conversation } from "../core/state";
import { Notice } from "./Notice";
import { problemText, strings } from "./strings";
import { PersonMessage, Thinking, TurnView, type TurnActions } from "./TurnView";

export interface TranscriptActions extends TurnActions {
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): void;
}

interface TranscriptProps {
  readonly conversation: Conversation | null;
  readonly outgoing: readonly Outgoing[];
  readonly connected: boolean;
  readonly actions: TranscriptActions;
}

/** All messages. Answers announce themselves when they are whole: while they grow they are marked busy. */
export function Transcript({ conversation, outgoing, connected, actions }: TranscriptProps) {
  const turns = conversation?.turns ?? [];
  return (
    <div className="transcript" role="log" aria-live="polite" aria-label={strings.transcript}>
      {turns.map((turn, index) => (
        <TurnView
          key={turn.question?.clientMessageId ?? turn.turnId}
          turn={turn}
          last={index === turns.length - 1 && outgoing.length === 0}
          actions={actions}
        />
      ))}
      {outgoing.map((entry) => (
        <OutgoingView key={entry.clientMessageId} entry={entry} connected={connected} actions={actions} />
      ))}
    </div>
  );
}

interface OutgoingProps {
  readonly entry: Outgoing;
  readonly connected: boolean;
  readonly actions: TranscriptActions;
}

function OutgoingView({ entry, connected, actions }: OutgoingProps) {
  return (
    <>
      <PersonMessage text={entry.text} faded={entry.state === "sending"} />
      {entry.state === "accepted" && <Thinking />}
      {entry.state === "sending" && (
        <p className="sending">{connected ? strings.sending : strings.waitingForConnection}</p>
      )}
      {entry.state === "failed" && <NotSent entry={entry} actions={actions} />}
    </>
  );
}

function NotSent({ entry, actions }: Omit<OutgoingProps, "connected">) {
  return (
    <Notice tone="problem">
      <span role="alert">
        {strings.notSent} {entry.problem ? problemText(entry.problem) : ""}
      </span>{" "}
      <button
        type="button"
        className="link"
        onClick={() => {
          actions.retry(entry.clientMessageId);
        }}
      >
        {strings.retry}
      </button>{" "}
      <button
        type="button"
        className="link"
        onClick={() => {
          actions.discard(entry.clientMessageId);
        }}
      >
        {strings.discard}
      </button>
    </Notice>
  );
}
