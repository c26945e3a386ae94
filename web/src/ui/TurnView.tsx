import type { Card } from "../core/cardState";
import type { Checked } from "../core/beside";
import type { Feedback, Outcome, Step, ToolCall, Turn } from "../core/state";
import { timeline } from "../core/steering";
import { AnswerTools } from "./AnswerTools";
import { CardView } from "./CardView";
import { ChartView } from "./ChartView";
import { focusComposer } from "./focus";
import { FollowUps } from "./FollowUps";
import { Logo } from "./Icon";
import { Markdown } from "./Markdown";
import { withoutLooseEnd } from "./looseEnd";
import { Notice } from "./Notice";
import { ParkedNotice } from "./ParkedNotice";
import { QuestionView } from "./PersonMessage";
import { SourceList } from "./SourceList";
import { SteerView } from "./SteerView";
import { spotFor } from "./spots";
import { memo } from "./languages/memo";
import { serverWords } from "./languages/serverWords";
import { strings } from "./strings";
import { ToolStep } from "./ToolStep";

export interface TurnActions {
  readonly ask: (text: string) => void;
  readonly edit: (messageId: string, text: string) => void;
  readonly stop: (turnId: string) => void;
  readonly answerAgain: () => void;
}

interface TurnProps {
  readonly turn: Turn;
  readonly last: boolean;
  /** Its question may be asked in other words now. */
  readonly editable: boolean;
  /** Its answer may be given again; `asked`: that is on its way. */
  readonly again: "possible" | "asked" | null;
  readonly actions: TurnActions;
}

/** A question and all that came of it, kept together whatever was asked meanwhile. */
export const TurnView = memo(function TurnView(props: TurnProps) {
  const { turn, editable, actions } = props;
  const { question } = turn;
  const onEdit = (text: string) => {
    if (question) actions.edit(question.messageId, text);
  };
  return (
    <>
      {question && (
        <QuestionView text={question.text} messageId={question.messageId} onEdit={editable ? onEdit : null} />
      )}
      {turn.phase === "queued" ? <Queued turn={turn} stop={actions.stop} /> : <CoachMessage {...props} />}
    </>
  );
});

function Queued({ turn, stop }: { turn: Turn; stop: (turnId: string) => void }) {
  return (
    <Notice tone="plain">
      <span data-testid="queued">{strings.queued(turn.position)}</span>{" "}
      <button
        type="button"
        className="link"
        aria-label={strings.removeQueuedLabel(turn.question?.text ?? "")}
        onClick={() => {
          stop(turn.turnId);
          focusComposer();
        }}
      >
        {strings.removeQueued}
      </button>
    </Notice>
  );
}

export function Thinking({ label = strings.thinking }: { label?: string }) {
  return (
    <p className="thinking">
      <span className="dots" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {label}
    </p>
  );
}

function CoachMessage({ turn, last, again, actions }: TurnProps) {
  const running = turn.phase !== "ended";
  const text = answerText(turn);
  return (
    <article
      className="message coach"
      data-testid="message-coach"
      data-status={turn.outcome?.status ?? turn.phase}
      aria-busy={running && turn.phase !== "parked"}
    >
      <header>
        <Logo size={26} />
        <h3>{strings.coach}</h3>
      </header>
      <div className="answer">
        <Moments turn={turn} running={running} actions={actions} />
        {turn.steps.every((step) => step.text === "") && text && <Markdown text={text} />}
        <SignOfLife turn={turn} stop={actions.stop} />
        {turn.beside.charts.map((chart) => (
          <ChartView key={chart.chartId} chart={chart} />
        ))}
        <Ending turn={turn} again={again} actions={actions} />
        {!running && <AnswerTools turn={turn} text={text} again={again} actions={actions} />}
        {last && <FollowUps turn={turn} actions={actions} />}
      </div>
    </article>
  );
}

/** The steps of the answer, and between them what was put in while it was made. */
function Moments({ turn, running, actions }: { turn: Turn; running: boolean; actions: TurnActions }) {
  return timeline(turn).map((moment) =>
    moment.kind === "step" ? (
      <StepView
        key={moment.step.messageId}
        step={moment.step}
        running={running}
        cards={turn.cards}
        feedback={turn.feedback}
        checked={checkedIn(turn, moment.step.messageId)}
      />
    ) : (
      <SteerView key={moment.steer.turnId} turn={turn} steer={moment.steer} takeBack={actions.stop} />
    ),
  );
}

interface StepProps {
  readonly step: Step;
  readonly running: boolean;
  /** All of the turn. */
  readonly cards: readonly Card[];
  readonly feedback: readonly Feedback[];
  /** What was found when this step was checked. */
  readonly checked?: Checked | undefined;
}

export const StepView = memo(function StepView({ step, running, cards, feedback, checked }: StepProps) {
  const streaming = running && !step.complete;
  return (
    <>
      {step.text && (
        <div className="markdown" data-streaming={streaming} {...spotFor(step.messageId)}>
          <Markdown
            text={streaming ? withoutLooseEnd(step.text) : step.text}
            growing={streaming}
            checked={checked}
          />
        </div>
      )}
      {checked && <SourceList sources={checked.sources} />}
      {step.finish === "length" && <Notice tone="plain">{strings.cut}</Notice>}
      {step.calls.length > 0 && (
        <div className="tool-steps">
          {step.calls.map((call) => (
            <CallView key={call.callId} call={call} cards={cards} feedback={feedback} />
          ))}
        </div>
      )}
    </>
  );
});

/** A call, and below it what it asked of people. */
function CallView({ call, cards, feedback }: Pick<StepProps, "cards" | "feedback"> & { call: ToolCall }) {
  const own = cards.filter((card) => card.callId === call.callId);
  return (
    <>
      <ToolStep call={call} waiting={own.some((card) => !card.decision)} feedback={feedback} />
      {own.map((card) => (
        <CardView key={card.questionId} card={card} />
      ))}
    </>
  );
}

/** Tell whether an end needs words of its own: of an answer that was cut, the step itself says so. */
export function needsWords(outcome: Outcome | null): outcome is Outcome {
  return outcome !== null && outcome.status !== "completed" && outcome.error?.code !== "limit_length";
}

function Ending({ turn, again, actions }: Pick<TurnProps, "turn" | "again" | "actions">) {
  const { outcome, question } = turn;
  if (!needsWords(outcome)) return null;
  // Reaching a limit ends in an answer: that is worth a word, but no alarm.
  const problem = outcome.status !== "stopped" && outcome.status !== "exhausted";
  return (
    <Notice tone={problem ? "problem" : "plain"}>
      {endingWords(turn, outcome)}{" "}
      {problem && question && again === null && (
        <button
          type="button"
          className="link"
          onClick={() => {
            actions.ask(question.text);
          }}
        >
          {strings.askAgain}
        </button>
      )}
    </Notice>
  );
}

function endingWords({ startedSeq }: Turn, { status, error }: Outcome): string {
  if (status === "stopped" && startedSeq === null) return strings.removed;
  // Which limit it was says it all.
  const why = error ? serverWords.problem(error.code, error.message) : "";
  if (status === "exhausted" && error) return why;
  return `${strings.outcome[status]} ${why}`;
}

/** What an answer is doing while nothing of it moves. */
export function SignOfLife({ turn, stop }: { turn: Turn; stop: (turnId: string) => void }) {
  if (turn.phase === "ended") return null;
  if (turn.phase === "parked") return <ParkedNotice turn={turn} stop={stop} />;
  return turn.delay !== null || isSilent(turn) ? <Thinking label={signOfLife(turn)} /> : null;
}

function signOfLife(turn: Turn): string {
  if (turn.delay) return strings.delay(turn.delay.message, turn.delay.afterMs);
  return turn.phase === "stopping" ? strings.stopping : strings.thinking;
}

/** Nothing on the page moves for this turn, so that it needs a sign of life. */
function isSilent(turn: Turn): boolean {
  const step = turn.steps.at(-1);
  if (!step) return true;
  if (step.calls.some((call) => call.status === "requested" || call.status === "running")) return false;
  return step.complete || step.text === "";
}

/** What was found of the message's figures and links. */
export function checkedIn({ beside: { checked } }: Turn, messageId: string): Checked | undefined {
  return checked?.messageId === messageId ? checked : undefined;
}

export function answerText(turn: Turn): string {
  const streamed = turn.steps.map((step) => step.text).filter((text) => text !== "");
  return streamed.length > 0 ? streamed.join("\n\n") : (turn.outcome?.response ?? "");
}
