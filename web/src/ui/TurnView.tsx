import { memo } from "react";
import type { Step, Turn } from "../core/state";
import { Logo } from "./Icon";
import { CopyButton, Markdown } from "./Markdown";
import { Notice } from "./Notice";
import { withoutLooseEnd } from "./looseEnd";
import { strings } from "./strings";
import { ToolStep } from "./ToolStep";

export interface TurnActions {
  ask(text: string): void;
  stop(turnId: string): void;
}

interface TurnProps {
  readonly turn: Turn;
  readonly last: boolean;
  readonly actions: TurnActions;
}

/** A question and all that came of it, kept together whatever was asked meanwhile. */
export const TurnView = memo(function TurnView({ turn, last, actions }: TurnProps) {
  return (
    <>
      {turn.question && <PersonMessage text={turn.question.text} />}
      {turn.phase === "queued" ? (
        <Notice tone="plain">
          {strings.queued(turn.position)}{" "}
          <button
            type="button"
            className="link"
            onClick={() => {
              actions.stop(turn.turnId);
            }}
          >
            {strings.removeQueued}
          </button>
        </Notice>
      ) : (
        <CoachMessage turn={turn} last={last} actions={actions} />
      )}
    </>
  );
});

export function PersonMessage({ text, faded = false }: { text: string; faded?: boolean }) {
  return (
    <article className="message person" data-testid="message-person" data-pending={faded}>
      <h3 className="hidden">{strings.person}</h3>
      <p>{text}</p>
    </article>
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

function CoachMessage({ turn, last, actions }: TurnProps) {
  const running = turn.phase !== "ended";
  const text = answerText(turn);
  return (
    <article
      className="message coach"
      data-testid="message-coach"
      data-status={turn.outcome?.status ?? turn.phase}
      aria-busy={running}
    >
      <header>
        <Logo size={26} />
        <h3>{strings.coach}</h3>
      </header>
      <div className="answer">
        {turn.steps.map((step) => (
          <StepView key={step.messageId} step={step} running={running} />
        ))}
        {turn.steps.every((step) => step.text === "") && text && <Markdown text={text} />}
        {running && isSilent(turn) && <Thinking label={signOfLife(turn)} />}
        <Ending turn={turn} actions={actions} />
        {!running && text && (
          <div className="answer-tools">
            <CopyButton label={strings.copyAnswer} text={() => text} />
          </div>
        )}
        {last && <FollowUps turn={turn} actions={actions} />}
      </div>
    </article>
  );
}

const StepView = memo(function StepView({ step, running }: { step: Step; running: boolean }) {
  const streaming = running && !step.complete;
  return (
    <>
      {step.text && (
        <div className="markdown" data-streaming={streaming}>
          <Markdown text={streaming ? withoutLooseEnd(step.text) : step.text} />
        </div>
      )}
      {step.finish === "length" && <Notice tone="plain">{strings.cut}</Notice>}
      {step.calls.length > 0 && (
        <div className="tool-steps">
          {step.calls.map((call) => (
            <ToolStep key={call.callId} call={call} />
          ))}
        </div>
      )}
    </>
  );
});

function Ending({ turn, actions }: Omit<TurnProps, "last">) {
  const { outcome, question } = turn;
  if (!outcome || outcome.status === "completed") return null;
  const problem = outcome.status !== "stopped";
  return (
    <Notice tone={problem ? "problem" : "plain"}>
      {strings.outcome[outcome.status]} {outcome.error?.message}{" "}
      {problem && question && (
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

function FollowUps({ turn, actions }: Omit<TurnProps, "last">) {
  const suggestions = turn.outcome?.suggestions ?? [];
  if (suggestions.length === 0) return null;
  return (
    <ul className="follow-ups" aria-label={strings.followUps}>
      {suggestions.map((suggestion) => (
        <li key={suggestion}>
          <button
            type="button"
            onClick={() => {
              actions.ask(suggestion);
            }}
          >
            {suggestion}
          </button>
        </li>
      ))}
    </ul>
  );
}

function signOfLife(turn: Turn): string {
  return turn.phase === "stopping" ? strings.stopping : strings.thinking;
}

/** Nothing on the page moves for this turn, so that it needs a sign of life. */
function isSilent(turn: Turn): boolean {
  const step = turn.steps.at(-1);
  if (!step) return true;
  if (step.calls.some((call) => call.status === "requested" || call.status === "running")) return false;
  return step.complete || step.text === "";
}

function answerText(turn: Turn): string {
  const streamed = turn.steps.map((step) => step.text).filter((text) => text !== "");
  return streamed.length > 0 ? streamed.join("\n\n") : (turn.outcome?.response ?? "");
}
