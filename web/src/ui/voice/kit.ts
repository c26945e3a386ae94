import type { Store } from "../../core/store";
import { keptChoices, languageOfPage } from "../../voice/choices";
import { platformOf } from "../../voice/platform";
import { Voice, type Shown } from "../../voice/voice";
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
    pageLanguage: () => languageOfPage(document.documentElement.lang, navigator.languages),
  });
  return { voice, Strip: VoiceStrip, Buttons: VoiceButtons };
}
