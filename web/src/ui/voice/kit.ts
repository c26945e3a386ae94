import type { Store } from "../../core/store";
import { keptChoices } from "../../voice/choices";
import { platformOf } from "../../voice/platform";
import { Voice, type Shown } from "../../voice/voice";
import { locale } from "../languages/language";
import type { VoiceKit } from "./useVoice";
import { VoiceButtons } from "./VoiceButtons";
import { VoiceStrip } from "./VoiceStrip";
import "./options.css";
import "./voice.css";

export function makeKit(shown: Store<Shown>): VoiceKit {
  const voice = new Voice({
    platform: platformOf(window),
    shown,
    choices: keptChoices(window.localStorage),
    pageLanguage: locale,
  });
  return { voice, Strip: VoiceStrip, Buttons: VoiceButtons };
}
