import { COACH_NAMED } from "../../core/roomMentions";
import { mayStop, mayWrite, type Answer, type Room } from "../../core/roomState";
import type { Turn } from "../../core/state";
import { AnswerTools } from "../AnswerTools";
import { ChartView } from "../ChartView";
import { FollowUps } from "../FollowUps";
import { Markdown } from "../Markdown";
import { Notice } from "../Notice";
import { strings } from "../strings";
import { answerText, checkedIn, needsWords, SignOfLife, StepView, Thinking } from "../TurnView";
import { Avatar } from "./Avatar";
import { MessageActions } from "./MessageActions";
import { PrivateAnswer } from "./PrivateAnswer";
import { Reactions } from "./Reactions";
import { quoteText } from "./quoteText";
import { ReplyQuote } from "./ReplyQuote";
import { useRoomActions } from "./roomActions";
import { endingWords } from "./endingWords";
import { serverWords } from "../languages/serverWords";
import { roomStrings as words } from "./roomStrings";
import { Time } from "./Time";

interface AnswerProps {
  readonly entry: Answer;
  readonly room: Room;
  readonly writes: boolean;
}

/** What the coach answers somebody, or that it does. */
export function RoomAnswer({ entry, room, writes, turn }: AnswerProps & { readonly turn: Turn | undefined }) {
  if (!turn) return null;
  const text = answerText(turn);
  const isElsewhere =
    text === "" && !turn.outcome?.error && (turn.question === null || room.hidden.has(entry.turnId));
  if (isElsewhere) return <Elsewhere turn={turn} />;
  return <Told {...{ entry, room, writes, turn, text }} />;
}

interface ToldProps extends AnswerProps {
  readonly turn: Turn;
  readonly text: string;
}

function Told({ entry, room, writes, turn, text }: ToldProps) {
  const final = finalOf(turn);
  const ended = turn.phase === "ended";
  return (
    <article
      className="room-message coach"
      data-testid="message-coach"
      data-status={turn.outcome?.status ?? turn.phase}
      data-whisper={isAlone(room, final)}
      aria-busy={!ended && turn.phase !== "parked"}
    >
      <Avatar who={COACH_NAMED} />
      <div className="room-message-body">
        <header>
          <h3>{words.coach}</h3>
          <Time at={entry.at} />
          {turn.question && <span className="room-to">{words.answerTo(turn.question.author.name)}</span>}
        </header>
        <Question turn={turn} room={room} />
        <Said turn={turn} room={room} text={text} />
        <Marks {...{ room, writes }} messageId={final} />
        {ended && writes && <AnswerTools turn={turn} text={text} again={null} actions={NO_ACTIONS} />}
        <AskNext turn={turn} room={room} />
      </div>
      {ended && writes && final !== null && <Actions room={room} messageId={final} />}
    </article>
  );
}

/** The last of the answer that says anything. */
function finalOf(turn: Turn): string | null {
  return turn.steps.findLast((step) => step.text !== "")?.messageId ?? null;
}

function isAlone(room: Room, messageId: string | null): boolean {
  return messageId !== null && room.privateTo.has(messageId);
}

function Marks({ room, messageId, writes }: { room: Room; messageId: string | null; writes: boolean }) {
  if (messageId === null) return null;
  const alone = isAlone(room, messageId);
  return (
    <>
      {alone && <PrivateAnswer {...{ messageId, writes }} shared={isShared(room, messageId)} />}
      <Reactions {...{ messageId, writes }} reactions={room.reactions.get(messageId)} me={room.me} />
    </>
  );
}

function Actions({ room, messageId }: { room: Room; messageId: string }) {
  return (
    <MessageActions
      name={words.coach}
      messageId={messageId}
      reactions={room.reactions.get(messageId)}
      me={room.me}
      onEdit={null}
      removable={false}
    />
  );
}

const NO_ACTIONS = { answerAgain: () => undefined };

/** The steps of the answer, and how it goes or went on. */
function Said({ turn, room, text }: { turn: Turn; room: Room; text: string }) {
  const actions = useRoomActions();
  const running = turn.phase !== "ended";
  const foreign = turn.phase === "parked" && !mayStop(room, turn);
  return (
    <div className="answer">
      {turn.steps.map((step) => (
        <StepView
          key={step.messageId}
          step={step}
          running={running}
          cards={turn.cards}
          feedback={turn.feedback}
          checked={checkedIn(turn, step.messageId)}
        />
      ))}
      {turn.steps.every((step) => step.text === "") && text && <Markdown text={text} />}
      {foreign ? (
        <Notice tone="plain">{strings.parkedOthers}</Notice>
      ) : (
        <SignOfLife turn={turn} stop={actions.stop} />
      )}
      {turn.beside.charts.map((chart) => (
        <ChartView key={chart.chartId} chart={chart} />
      ))}
      <Ending turn={turn} />
    </div>
  );
}

/** What is answered, where other things were said since. */
function Question({ turn, room }: { turn: Turn; room: Room }) {
  const { question } = turn;
  const at = room.entries.findIndex((entry) => entry.kind === "answer" && entry.turnId === turn.turnId);
  const above = room.entries[at - 1];
  if (!question || (above?.kind === "message" && above.messageId === question.messageId)) return null;
  return <ReplyQuote messageId={question.messageId} name={question.author.name} text={quoteText(question)} />;
}

function Ending({ turn: { outcome } }: { turn: Turn }) {
  if (!needsWords(outcome)) return null;
  const problem = outcome.status !== "stopped" && outcome.status !== "exhausted";
  return <Notice tone={problem ? "problem" : "plain"}>{endingWords(outcome)}</Notice>;
}

/** Of what is told to somebody else alone, everyone sees that it is. */
function Elsewhere({ turn }: { turn: Turn }) {
  const name = turn.question?.author.name ?? null;
  return (
    <div className="room-note" data-testid="private-elsewhere">
      {turn.phase === "ended" ? (
        words.privately(name)
      ) : (
        <Thinking label={serverWords.privately(turn.delay?.message ?? words.privatelyNow)} />
      )}
    </div>
  );
}

/** Nobody has said anything since the answer was whole; what was said while it was made does not count. */
function isLatest({ entries }: Room, { turnId, outcome }: Turn): boolean {
  const answered = entries.findLast((entry) => entry.kind === "answer")?.turnId === turnId;
  const said = entries.findLast((entry) => entry.kind === "message" || entry.kind === "shared");
  return answered && outcome !== null && (said === undefined || said.at <= outcome.at);
}

/** What the asker may want to know next, under the room's last answer. */
function AskNext({ turn, room }: { turn: Turn; room: Room }) {
  const { say } = useRoomActions();
  if (!isLatest(room, turn) || !mayWrite(room) || turn.question?.author.id !== room.me) return null;
  const ask = (suggestion: string) => {
    // It may be made of what only they were told: then it is asked where only they are answered.
    const alone = turn.steps.some(({ messageId }) => isAlone(room, messageId));
    const to = alone ? [COACH_NAMED.id] : [];
    say({ text: `@coach ${suggestion}`, mentions: [COACH_NAMED.id], replyTo: null, to });
  };
  return <FollowUps turn={turn} actions={{ ask }} />;
}

function isShared(room: Room, messageId: string): boolean {
  return room.entries.some((entry) => entry.kind === "shared" && entry.messageId === messageId);
}
