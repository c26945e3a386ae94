import type { Asked, Timeline, TimelineStep } from "../core/reports";
import { readable } from "../core/schemaFields";
import { besideStrings } from "./besideStrings";
import { problemText, strings } from "./strings";

/** How a turn went: its steps and calls, their times, tokens and prompt; null while that is being read. */
export function WhyView({ told }: { told: Asked<Timeline> }) {
  if (told === null) return <p>{besideStrings.whyLoading}</p>;
  if ("problem" in told) return <p role="alert">{problemText(told.problem)}</p>;
  const { ms, waited_ms: waited, usage, steps, manifests } = told.value;
  return (
    <>
      <p data-testid="why-total">{besideStrings.whyTotal(ms, usage.input_tokens + usage.output_tokens)}</p>
      {waited !== null && waited >= 1000 && <p>{besideStrings.whyWaited(waited)}</p>}
      <ol className="why-steps">
        {steps.map((step) => (
          <StepLine key={step.message_id} step={step} />
        ))}
      </ol>
      {manifests.map(({ manifest_id: id, prompt, prompt_version: version, tools }) => (
        <p key={id} className="why-prompt">
          {besideStrings.whyPrompt(prompt, version, tools)}
        </p>
      ))}
    </>
  );
}

function StepLine({ step }: { step: TimelineStep }) {
  const { usage } = step;
  return (
    <li data-testid="why-step">
      <strong>{besideStrings.whyStep(step.step)}</strong>{" "}
      {step.attempt > 1 && <span>({besideStrings.whyAttempt(step.attempt)}) </span>}
      <span>{besideStrings.whyStepDetail(step.ms, usage.input_tokens, usage.output_tokens)}</span>
      {step.untrusted_from.length > 0 && <p>{besideStrings.whyUntrusted(step.untrusted_from)}</p>}
      <ul>
        {step.calls.map((call) => (
          <li key={call.call_id} data-testid="why-call">
            {readable(call.tool)} <small>{call.server}</small>:{" "}
            {strings.toolStatus[call.status === "open" ? "running" : call.status]}{" "}
            {besideStrings.whyCall(call)}
          </li>
        ))}
      </ul>
    </li>
  );
}
