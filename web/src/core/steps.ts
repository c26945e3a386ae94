import type { LiveText, MessageCompleted, MessageDelta, MessageStarted } from "../protocol/generated";
import type { Piece, Step, ToolCall } from "./state";

const MAX_AHEAD = 400;

/** Characters as the server counts them: code points. */
export function countCharacters(text: string): number {
  let pairs = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) pairs++;
  }
  return text.length - pairs;
}

/** An attempt begins: it resets the text, unless the same or a later attempt is already known. */
export function started(step: Step, event: MessageStarted): Step {
  if (step.complete || event.attempt <= step.attempt) return step;
  return { ...step, attempt: event.attempt, text: "", length: 0, ahead: [] };
}

/** One piece of text: applied in place, kept when it is early, dropped when it is old. */
export function delta(step: Step, event: MessageDelta): Step {
  if (step.complete || event.attempt < step.attempt) return step;
  const base =
    event.attempt > step.attempt ? { ...step, attempt: event.attempt, text: "", length: 0, ahead: [] } : step;
  const piece: Piece = { offset: event.offset, text: event.text };
  if (piece.offset > base.length) {
    return { ...base, ahead: [...base.ahead, piece].slice(-MAX_AHEAD) };
  }
  return fill(append(base, piece));
}

/** The checkpoint of a running step: taken when it is further than what came over the wire. */
export function checkpoint(step: Step, live: LiveText): Step {
  if (step.complete || live.attempt < step.attempt) return step;
  const length = countCharacters(live.text);
  if (live.attempt === step.attempt && length <= step.length) return step;
  const ahead = live.attempt === step.attempt ? step.ahead : [];
  return fill({ ...step, attempt: live.attempt, text: live.text, length, ahead });
}

/** The whole step: replaces whatever was streamed. Calls already known keep their progress. */
export function completed(step: Step, event: MessageCompleted): Step {
  const text = event.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const asked = event.parts.flatMap((part) => (part.type === "tool_call" ? [part] : []));
  const known = new Map(step.calls.map((call) => [call.callId, call]));
  const calls = asked.map((part) => known.get(part.call_id) ?? requested(part));
  const others = step.calls.filter((call) => !asked.some((part) => part.call_id === call.callId));
  return {
    ...step,
    text,
    length: countCharacters(text),
    complete: true,
    finish: event.finish,
    calls: [...calls, ...others],
    ahead: [],
  };
}

export function requested(part: {
  call_id: string;
  server: string;
  tool: string;
  arguments: string;
}): ToolCall {
  return {
    callId: part.call_id,
    server: part.server,
    tool: part.tool,
    arguments: part.arguments,
    status: "requested",
    preview: "",
    truncated: false,
    ms: null,
    progress: null,
  };
}

/** Append what of `piece` lies behind the text; within one attempt the part in front is the same text. */
function append(step: Step, piece: Piece): Step {
  const fresh = Array.from(piece.text).slice(step.length - piece.offset);
  if (fresh.length === 0) return step;
  return { ...step, text: step.text + fresh.join(""), length: step.length + fresh.length };
}

function fill(step: Step): Step {
  let current = step;
  let ahead = [...step.ahead].sort((a, b) => a.offset - b.offset);
  for (let next = ahead[0]; next && next.offset <= current.length; next = ahead[0]) {
    current = append(current, next);
    ahead = ahead.slice(1);
  }
  return ahead.length === step.ahead.length ? current : { ...current, ahead };
}
