import { readable } from "../core/schemaFields";
import type { CallProgress, Feedback, ToolCall } from "../core/state";
import { CallFeedback } from "./FeedbackTools";
import { Icon, type IconName } from "./Icon";
import { parse, pretty } from "./pretty";
import { memo } from "./languages/memo";
import { strings } from "./strings";

const ICONS: Record<ToolCall["status"], IconName | null> = {
  requested: null,
  running: null,
  completed: "check",
  failed: "alert",
  denied: "ban",
  cancelled: "ban",
  unknown: "alert",
};

interface ToolStepProps {
  readonly call: ToolCall;
  /** A person has to answer before it goes on. */
  readonly waiting: boolean;
  /** All that was said in the turn. */
  readonly feedback: readonly Feedback[];
}

export const ToolStep = memo(function ToolStep({ call, waiting, feedback }: ToolStepProps) {
  const icon = waiting ? "clock" : ICONS[call.status];
  return (
    <details className="tool-step" data-testid="tool-step" data-status={call.status} data-tool={call.tool}>
      <summary>
        <span className="tool-line">
          <span className="tool-icon">
            {icon ? <Icon name={icon} size={14} /> : <span className="spinner" />}
          </span>
          <span className="tool-name">{readable(call.tool)}</span>
          <span className="tool-subject">{subject(call.arguments)}</span>
          <span className="tool-status">
            {waiting ? strings.toolWaiting : strings.toolStatus[call.status]}
            {call.ms !== null && <span className="tool-time"> · {strings.seconds(call.ms)}</span>}
          </span>
          <Icon name="chevron" size={14} />
        </span>
        {call.progress && <Progress progress={call.progress} />}
      </summary>
      <div className="tool-detail">
        <p className="tool-source">
          {call.server || strings.coach} · <code>{call.tool}</code>
        </p>
        <h4>{strings.arguments}</h4>
        <pre tabIndex={0}>{pretty(call.arguments)}</pre>
        <h4>{strings.result}</h4>
        {call.preview ? <pre tabIndex={0}>{pretty(call.preview)}</pre> : <p>{strings.noResult}</p>}
        {call.truncated && <p className="tool-note">{strings.truncated}</p>}
        {isOver(call) && <CallFeedback feedback={feedback} targetId={call.callId} />}
      </div>
    </details>
  );
});

function isOver(call: ToolCall): boolean {
  return call.status !== "requested" && call.status !== "running";
}

/** How far the call is, in its server's own units. */
function Progress({ progress: { done, total, message } }: { progress: CallProgress }) {
  const words = message ?? strings.progress(done, total);
  return (
    <span className="tool-progress" data-testid="tool-progress">
      {total !== null && total > 0 && (
        <progress value={done} max={total} aria-label={strings.progressLabel} />
      )}
      <span>{words}</span>
    </span>
  );
}

/** The texts among the arguments: mostly what the call is about. */
function subject(text: string): string {
  const value = parse(text);
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value)
    .filter((field) => typeof field === "string")
    .join(", ");
}
