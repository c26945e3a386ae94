import type { Outgoing } from "../core/outbox";
import { latestAnswer, openTurn, shownTurns, type Conversation, type Turn } from "../core/state";
import { Notice } from "./Notice";
import { PersonMessage } from "./PersonMessage";
import { SteerBubble } from "./SteerView";
import { problemText, strings } from "./strings";
import { Thinking, TurnView, type TurnActions } from "./TurnView";

export interface TranscriptActions extends TurnActions {
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): void;
}

interface TranscriptProps {
  readonly conversation: Conversation | null;
  readonly outgoing: readonly Outgoing[];
  /** Turns for which a command is unanswered. */
  readonly pending: ReadonlySet<string>;
  readonly connected: boolean;
  readonly actions: TranscriptActions;
}

/** All messages. Answers announce themselves when they are whole: while they grow they are marked busy. */
export function Transcript(props: TranscriptProps) {
  const { conversation, outgoing, connected, actions } = props;
  const edited = outgoing.find((entry) => entry.replaces !== null && entry.state !== "failed");
  const turns = conversation ? shownTurns(conversation, edited?.replaces ?? null) : [];
  return (
    <div className="transcript" role="log" aria-live="polite" aria-label={strings.transcript}>
      {turns.map((turn, index) => (
        <TurnView
          key={turn.question?.clientMessageId ?? turn.turnId}
          turn={turn}
          last={index === turns.length - 1 && outgoing.length === 0}
          actions={actions}
          {...revisionsOf(turn, props)}
        />
      ))}
      {outgoing.map((entry) => (
        <OutgoingView key={entry.clientMessageId} entry={entry} connected={connected} actions={actions} />
      ))}
    </div>
  );
}

/** What may be asked anew of a turn: nothing while a turn is open or a question is on its way. */
function revisionsOf(turn: Turn, { conversation, outgoing, pending }: TranscriptProps) {
  const settled = conversation !== null && !openTurn(conversation);
  const free = settled && outgoing.every((entry) => entry.state === "failed");
  const asked = pending.has(turn.turnId);
  const isLatest = free && latestAnswer(conversation)?.turnId === turn.turnId;
  return {
    editable: free && !asked && turn.question?.author.kind === "person",
    again: isLatest ? (asked ? ("asked" as const) : ("possible" as const)) : null,
  };
}

interface OutgoingProps {
  readonly entry: Outgoing;
  readonly connected: boolean;
  readonly actions: TranscriptActions;
}

function OutgoingView({ entry, connected, actions }: OutgoingProps) {
  if (entry.steer && entry.state !== "failed")
    return <SteerBubble text={entry.text} state="sending" status={sendingWords(connected)} />;
  return (
    <>
      <PersonMessage text={entry.text} faded={entry.state === "sending"} />
      {entry.state === "accepted" && <Thinking />}
      {entry.state === "sending" && <p className="sending">{sendingWords(connected)}</p>}
      {entry.state === "failed" && <NotSent entry={entry} actions={actions} />}
    </>
  );
}

function sendingWords(connected: boolean): string {
  return connected ? strings.sending : strings.waitingForConnection;
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
