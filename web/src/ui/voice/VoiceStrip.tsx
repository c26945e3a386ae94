import type { VoiceState } from "../../voice/machine";
import type { Voice } from "../../voice/voice";
import { DialogButton } from "../DialogButton";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { DeliverySummary } from "./DeliverySummary";
import { voiceStrings } from "./voiceStrings";

type Phase = keyof typeof voiceStrings.phase;

/** What the voice is doing, the words that are being recognised, and how to end it. */
export function VoiceStrip({ voice }: { voice: Voice }) {
  const state = useStore(voice.state);
  const { words } = useStore(voice.delivery);
  const phase = phaseOf(state);
  const caption = [...state.collected, state.interim].join(" ").trim();
  const shown = phase !== "off" || state.problem !== null;
  return (
    <div className="voice-strip" data-testid="voice-strip" data-phase={phase} hidden={!shown}>
      <span className="voice-dot" aria-hidden="true" />
      <p role="status" data-testid="voice-status">
        {voiceStrings.phase[phase]}
      </p>
      {/* Read out word by word it would talk into what the person says. */}
      <p className="voice-caption" data-testid="voice-caption" aria-live="off">
        {caption || (phase === "speaking" && voice.canListen ? voiceStrings.bargeIn : "")}
      </p>
      {state.problem && <ProblemView voice={voice} words={voiceStrings.problems[state.problem]} />}
      <StripButtons voice={voice} state={state} />
      {words > 0 && (
        <DialogButton
          icon="gauge"
          label={voiceStrings.delivery}
          testId="voice-delivery"
          onOpen={() => {
            voice.dispatch({ type: "release" });
          }}
        >
          <DeliverySummary voice={voice} />
        </DialogButton>
      )}
    </div>
  );
}

function phaseOf({ ear, mouth, awaiting }: VoiceState): Phase {
  if (mouth === "speaking") return "speaking";
  if (ear === "finishing") return "finishing";
  if (awaiting) return "thinking";
  return ear === "on" ? "listening" : "off";
}

function StripButtons({ voice, state }: { voice: Voice; state: VoiceState }) {
  return (
    <>
      {state.mouth === "speaking" && (
        <button
          type="button"
          className="link"
          data-testid="voice-hush"
          onClick={() => {
            voice.dispatch({ type: "hush" });
          }}
        >
          {voiceStrings.hush}
        </button>
      )}
      {state.handsFree && (
        <button
          type="button"
          className="link"
          data-testid="voice-end"
          onClick={() => {
            voice.dispatch({ type: "hands_free", on: false });
          }}
        >
          {voiceStrings.endHandsFree}
        </button>
      )}
    </>
  );
}

function ProblemView({ voice, words }: { voice: Voice; words: string }) {
  return (
    <>
      <p className="voice-problem" role="alert" data-testid="voice-problem">
        {words}
      </p>
      <button
        type="button"
        className="icon-button"
        aria-label={voiceStrings.dismiss}
        onClick={() => {
          voice.dispatch({ type: "dismiss" });
        }}
      >
        <Icon name="close" size={16} />
      </button>
    </>
  );
}
