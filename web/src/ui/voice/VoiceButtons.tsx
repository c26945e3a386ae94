import { useEffect } from "react";
import type { Voice } from "../../voice/voice";
import { DialogButton } from "../DialogButton";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { usePushToTalk } from "./usePushToTalk";
import { VoiceOptions } from "./VoiceOptions";
import { voiceStrings } from "./voiceStrings";

export function VoiceButtons({ voice }: { voice: Voice }) {
  useHidden(voice);
  return (
    <>
      <DialogButton
        icon="voice"
        label={voiceStrings.options}
        testId="voice-options"
        onOpen={() => {
          voice.dispatch({ type: "release" });
        }}
      >
        <VoiceOptions voice={voice} />
      </DialogButton>
      {voice.canListen && <TalkButton voice={voice} />}
    </>
  );
}

function TalkButton({ voice }: { voice: Voice }) {
  const { ear } = useStore(voice.state);
  const push = usePushToTalk(voice);
  const listening = ear === "on";
  const label = listening ? voiceStrings.stopTalking : voiceStrings.talk;
  return (
    <button
      type="button"
      className="talk"
      data-testid="talk"
      aria-label={voiceStrings.talk}
      aria-pressed={listening}
      aria-keyshortcuts="Alt+M"
      title={`${label} · ${voiceStrings.shortcut}`}
      {...push}
    >
      <Icon name="mic" size={20} />
    </button>
  );
}

function useHidden(voice: Voice): void {
  useEffect(() => {
    const onChange = () => {
      if (document.visibilityState === "hidden") voice.hidden();
    };
    document.addEventListener("visibilitychange", onChange);
    return () => {
      document.removeEventListener("visibilitychange", onChange);
    };
  }, [voice]);
}
