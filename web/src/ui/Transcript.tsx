import { useState, type RefObject } from "react";
import { mayHelpAgain } from "../core/codes";
import type { Outgoing } from "../core/outbox";
import { latestAnswer, openTurn, shownTurns, type Conversation, type Turn } from "../core/state";
import { Exchanges } from "./Exchanges";
import { WHOLE } from "./exchangeWindow";
import { Notice } from "./Notice";
import { NoQuestionTools, PersonMessage } from "./PersonMessage";
import { qualityStrings } from "./qualityStrings";
import { SteerBubble } from "./SteerView";
import { problemText, strings } from "./strings";
import { Thinking, TurnView, type TurnActions } from "./TurnView";

export interface TranscriptActions extends TurnActions {
  retry(clientMessageId: string): void;
  discard(clientMessageId: string): void;
  /** Put its words back where they were written. */
  toBox(entry: Outgoing): void;
}

interface TranscriptProps {
  readonly conversation: Conversation | null;
  readonly outgoing: readonly Outgoing[];
  /** Turns for which a command is unanswered. */
  readonly pending: ReadonlySet<string>;
  readonly connected: boolean;
  readonly scroller: RefObject<HTMLElement | null>;
  /** The reader is at the end, so that what comes onto the page is new. */
  readonly following: boolean;
  readonly actions: TranscriptActions;
}

/** All messages. Answers announce themselves when they are whole: while they grow they are marked busy. */
export function Transcript(props: TranscriptProps) {
  const { conversation, outgoing, actions } = props;
  const edited = outgoing.find((entry) => entry.replaces !== null && entry.state !== "failed");
  const turns = conversation ? shownTurns(conversation, edited?.replaces ?? null) : [];
  const revisable = revisableOf(props);
  const view = (turn: Turn, index: number) => (
    <TurnView
      turn={turn}
      last={index === turns.length - 1 && outgoing.length === 0}
      actions={actions}
      {...revisionsOf(turn, revisable)}
    />
  );
  // In a windowed transcript scrolling brings old messages onto the page, too: those are not to be read out as news.
  const live = props.following || turns.length <= WHOLE;
  return (
    <>
      <h2 className="hidden">{strings.transcript}</h2>
      <div
        className="transcript"
        role="log"
        aria-live={live ? "polite" : "off"}
        aria-label={strings.transcript}
      >
        {conversation && (
          <Exchanges
            key={conversation.sessionId}
            {...{ conversation, turns }}
            scroller={props.scroller}
            following={props.following}
          >
            {view}
          </Exchanges>
        )}
        <OutgoingViews {...props} />
      </div>
      {!live && <AnsweredNote ended={turns.filter((turn) => turn.phase === "ended").length} />}
    </>
  );
}

function OutgoingViews({ outgoing, connected, actions }: TranscriptProps) {
  return outgoing.map((entry) => (
    <div key={entry.clientMessageId} className="exchange">
      <OutgoingView entry={entry} connected={connected} actions={actions} />
    </div>
  ));
}

/** Says that an answer is whole to those who cannot see it and read elsewhere. */
function AnsweredNote({ ended }: { ended: number }) {
  const [before] = useState(ended);
  return (
    <p className="hidden" role="status">
      {ended > before ? qualityStrings.answered : ""}
    </p>
  );
}

/** What may be asked anew: nothing while a turn is open or a question is on its way. */
function revisableOf({ conversation, outgoing, pending }: TranscriptProps) {
  const settled = conversation !== null && !openTurn(conversation);
  const free = settled && outgoing.every((entry) => entry.state === "failed");
  return { free, latest: free ? (latestAnswer(conversation)?.turnId ?? null) : null, pending };
}

function revisionsOf(turn: Turn, { free, latest, pending }: ReturnType<typeof revisableOf>) {
  const asked = pending.has(turn.turnId);
  return {
    editable: free && !asked && turn.question?.author.kind === "person",
    again: latest === turn.turnId ? (asked ? ("asked" as const) : ("possible" as const)) : null,
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
      <NoQuestionTools />
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
  const { clientMessageId: id, problem } = entry;
  const ways: readonly [string, () => void][] = [
    [
      strings.retry,
      () => {
        actions.retry(id);
      },
    ],
    [
      strings.toBox,
      () => {
        actions.toBox(entry);
      },
    ],
    [
      strings.discard,
      () => {
        actions.discard(id);
      },
    ],
  ];
  return (
    <Notice tone="problem">
      <span role="alert">
        {strings.notSent} {problem ? problemText(problem) : ""}
      </span>
      {ways.slice(problem && !mayHelpAgain(problem) ? 1 : 0).map(([label, act]) => (
        <span key={label}>
          {" "}
          <button type="button" className="link" onClick={act}>
            {label}
          </button>
        </span>
      ))}
    </Notice>
  );
}
