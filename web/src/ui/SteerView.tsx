import type { ReactNode } from "react";
import type { Steer, Turn } from "../core/state";
import { isBeingRead, isWaiting } from "../core/steering";
import { focusComposer } from "./focus";
import { spotFor } from "./spots";
import { strings } from "./strings";

interface SteerViewProps {
  readonly turn: Turn;
  readonly steer: Steer;
  readonly takeBack: (turnId: string) => void;
}

/** A message put into the turn, at the place where the coach reads it. */
export function SteerView({ turn, steer, takeBack }: SteerViewProps) {
  const { text } = steer.question;
  const reading = isBeingRead(turn, steer);
  const removable = isWaiting(steer) && !reading && turn.phase !== "ended";
  return (
    <SteerBubble
      text={text}
      messageId={steer.question.messageId}
      state={steer.usedBy === null ? "waiting" : "used"}
      status={statusOf(steer, reading)}
    >
      {removable && (
        <button
          type="button"
          className="link"
          aria-label={strings.removeSteer(text)}
          onClick={() => {
            takeBack(steer.turnId);
            focusComposer();
          }}
        >
          {strings.removeQueued}
        </button>
      )}
    </SteerBubble>
  );
}

interface BubbleProps {
  readonly text: string;
  /** Null until it is known. */
  readonly messageId?: string | null;
  readonly state: "sending" | "waiting" | "used";
  readonly status: string;
  readonly children?: ReactNode;
}

export function SteerBubble({ text, messageId = null, state, status, children }: BubbleProps) {
  return (
    <div className="steer-message" data-testid="steer-message" data-state={state} {...spotFor(messageId)}>
      <h4 className="hidden">{strings.steerHeading}</h4>
      <p dir="auto">{text}</p>
      <small>
        {status} {children}
      </small>
    </div>
  );
}

function statusOf(steer: Steer, reading: boolean): string {
  if (steer.usedBy !== null) return strings.steerUsed;
  return reading ? strings.steerReading : strings.steerWaiting;
}
