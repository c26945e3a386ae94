import type { TokenUse, Turn } from "../core/state";
import { AnswerFeedback } from "./FeedbackTools";
import { Icon } from "./Icon";
import { CopyButton } from "./Markdown";
import { money } from "./money";
import { strings } from "./strings";
import { useStore } from "./useStore";
import { useViewer } from "./viewer";
import { WhyDialog } from "./WhyDialog";

interface AnswerToolsProps {
  readonly turn: Turn;
  /** The answer; empty when there is none. */
  readonly text: string;
  readonly again: "possible" | "asked" | null;
  readonly actions: { readonly answerAgain: () => void };
}

/** What can be done with an ended answer, and what it took. */
export function AnswerTools({ turn, text, again, actions }: AnswerToolsProps) {
  const answer = turn.steps.findLast((step) => step.text !== "");
  return (
    <div className="answer-tools">
      {text && <CopyButton label={strings.copyAnswer} text={() => text} />}
      {again && (
        <button
          type="button"
          className="quiet"
          data-testid="answer-again"
          disabled={again === "asked"}
          onClick={actions.answerAgain}
        >
          <Icon name="again" size={14} />
          <span>{again === "asked" ? strings.answeringAgain : strings.answerAgain}</span>
        </button>
      )}
      {text && answer && <AnswerFeedback feedback={turn.feedback} targetId={answer.messageId} />}
      {turn.outcome && turn.startedSeq !== null && <WhyDialog turnId={turn.turnId} />}
      {turn.outcome && <Usage usage={turn.outcome.usage} />}
    </div>
  );
}

function Usage({ usage }: { usage: TokenUse }) {
  const currency = useStore(useViewer().client.currency);
  if (usage.input + usage.output === 0) return null;
  return (
    <span className="usage" data-testid="usage" title={strings.usageDetail(usage)}>
      {strings.usage(usage)}
      {usage.costMicros > 0 && strings.cost(money(usage.costMicros, currency))}
    </span>
  );
}
