import { Store } from "../core/store";
import { primary } from "./fillers";

/** What somebody chose for their voice in this browser. */
export interface VoiceChoices {
  /** A language tag; null: that of the page. */
  readonly language: string | null;
  /** By language tag without region: the `voiceURI` of the voice that speaks it. */
  readonly voices: Readonly<Record<string, string>>;
  readonly rate: number;
  readonly readAloud: boolean;
}

export const RATES = [0.75, 1, 1.25, 1.5, 2] as const;
const KEY = "salescoach.voice";
const DEFAULTS: VoiceChoices = { language: null, voices: {}, rate: 1, readAloud: false };

/** The choices, which are kept whenever they change. */
export function keptChoices(storage: Storage): Store<VoiceChoices> {
  const choices = new Store(read(storage));
  choices.subscribe(() => {
    storage.setItem(KEY, JSON.stringify(choices.get()));
  });
  return choices;
}

function read(storage: Storage): VoiceChoices {
  try {
    const raw: unknown = JSON.parse(storage.getItem(KEY) ?? "{}");
    return typeof raw === "object" && raw !== null ? checked(raw) : DEFAULTS;
  } catch (error) {
    console.warn("The choices for the voice could not be read back.", error);
    return DEFAULTS;
  }
}

function checked(raw: object): VoiceChoices {
  const { language, voices, rate, readAloud } = raw as Record<keyof VoiceChoices, unknown>;
  const named = typeof voices === "object" && voices !== null ? Object.entries(voices) : [];
  return {
    language: typeof language === "string" && language !== "" ? language : null,
    voices: Object.fromEntries(
      named.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    ),
    rate: RATES.find((known) => known === rate) ?? DEFAULTS.rate,
    readAloud: readAloud === true,
  };
}

/** The voices that speak a language. */
export function voicesOf(voices: readonly SpeechSynthesisVoice[], language: string): SpeechSynthesisVoice[] {
  // Android writes tags with an underscore.
  return voices.filter((voice) => primary(voice.lang.replace("_", "-")) === primary(language));
}
