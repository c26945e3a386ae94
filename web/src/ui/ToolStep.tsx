import { memo } from "react";
import type { ToolCall } from "../core/state";
import { Icon, type IconName } from "./Icon";
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

export const ToolStep = memo(function ToolStep({ call }: { call: ToolCall }) {
  const icon = ICONS[call.status];
  return (
    <details className="tool-step" data-testid="tool-step" data-status={call.status} data-tool={call.tool}>
      <summary>
        <span className="tool-icon">
          {icon ? <Icon name={icon} size={14} /> : <span className="spinner" />}
        </span>
        <span className="tool-name">{readableName(call.tool)}</span>
        <span className="tool-subject">{subject(call.arguments)}</span>
        <span className="tool-status">
          {strings.toolStatus[call.status]}
          {call.ms !== null && <span className="tool-time"> · {strings.seconds(call.ms)}</span>}
        </span>
        <Icon name="chevron" size={14} />
      </summary>
      <div className="tool-detail">
        <p className="tool-source">
          {call.server} · <code>{call.tool}</code>
        </p>
        <h4>{strings.arguments}</h4>
        <pre tabIndex={0}>{pretty(call.arguments)}</pre>
        <h4>{strings.result}</h4>
        {call.preview ? <pre tabIndex={0}>{pretty(call.preview)}</pre> : <p>{strings.noResult}</p>}
        {call.truncated && <p className="tool-note">{strings.truncated}</p>}
      </div>
    </details>
  );
});

function readableName(tool: string): string {
  const words = tool.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The texts among the arguments: mostly what the call is about. */
function subject(text: string): string {
  const value = parse(text);
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value)
    .filter((field) => typeof field === "string")
    .join(", ");
}

function pretty(text: string): string {
  const value = parse(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A preview may be cut anywhere and need not be JSON at all; it is then shown as it is.
    return undefined;
  }
}
