import type { Asked, Timeline, TimelineStep } from "../core/reports";
import { readable } from "../core/schemaFields";
import { insightStrings } from "./insightStrings";
import { problemText, strings } from "./strings";

/** How a turn went: its steps and calls, their times, tokens and prompt; null while that is being read. */
export function WhyView({ told }: { told: Asked<Timeline> }) {
  if (told === null) return <p>{insightStrings.whyLoading}</p>;
  if ("problem" in told) return <p role="alert">{problemText(told.problem)}</p>;
  const { ms, waited_ms: waited, usage, steps, manifests } = told.value;
  return (
    <>
      <p data-testid="why-total">{insightStrings.whyTotal(ms, usage.input_tokens + usage.output_tokens)}</p>
      {waited !== null && waited >= 1000 && <p>{insightStrings.whyWaited(waited)}</p>}
      <ol className="why-steps">
        {steps.map((step) => (
          <StepLine key={step.message_id} step={step} />
        ))}
      </ol>
      {manifests.map(({ manifest_id: id, prompt, prompt_version: version, tools }) => (
        <p key={id} className="why-prompt">
          {insightStrings.whyPrompt(prompt, version, tools)}
        </p>
      ))}
    </>
  );
}

function StepLine({ step }: { step: TimelineStep }) {
  const { usage } = step;
  return (
    <li data-testid="why-step">
      <strong>{insightStrings.whyStep(step.step)}</strong>{" "}
      {step.attempt > 1 && <span>({insightStrings.whyAttempt(step.attempt)}) </span>}
      <span>{insightStrings.whyStepDetail(step.ms, usage.input_tokens, usage.output_tokens)}</span>
      {step.untrusted_from.length > 0 && <p>{insightStrings.whyUntrusted(step.untrusted_from)}</p>}
      <ul>
        {step.calls.map((call) => (
          <li key={call.call_id} data-testid="why-call">
            {readable(call.tool)} <small>{call.server}</small>:{" "}
            {strings.toolStatus[call.status === "open" ? "running" : call.status]}{" "}
            {insightStrings.whyCall(call)}
          </li>
        ))}
      </ul>
    </li>
  );
}
