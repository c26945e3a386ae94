import { useEffect, useId, useState } from "react";
import { RATES, type VoiceChoices } from "../../voice/choices";
import { primary } from "../../voice/fillers";
import type { Voice } from "../../voice/voice";
import { useStore } from "../useStore";
import { DeliverySummary } from "./DeliverySummary";
import { voiceStrings } from "./voiceStrings";

/** What recognisers commonly know; the page's own language comes first. */
const LANGUAGES = [
  "de-DE",
  "de-AT",
  "de-CH",
  "en-US",
  "en-GB",
  "en-AU",
  "en-IN",
  "es-ES",
  "es-MX",
  "fr-FR",
  "it-IT",
  "nl-NL",
  "pl-PL",
  "pt-BR",
  "pt-PT",
  "sv-SE",
] as const;

/** The choices for the voice, and how the person spoke. */
export function VoiceOptions({ voice }: { voice: Voice }) {
  const choices = useStore(voice.choices);
  const { handsFree } = useStore(voice.state);
  const change = (changes: Partial<VoiceChoices>) => {
    voice.choices.update((before) => ({ ...before, ...changes }));
  };
  return (
    <div className="voice-options" data-testid="voice-panel">
      {voice.canListen && (
        <Switch
          label={voiceStrings.handsFree}
          note={voiceStrings.handsFreeNote}
          on={handsFree}
          set={(on) => {
            voice.dispatch({ type: "hands_free", on });
          }}
        />
      )}
      {voice.canSpeak && (
        <Switch
          label={voiceStrings.readAloud}
          on={choices.readAloud}
          set={(readAloud) => {
            change({ readAloud });
          }}
        />
      )}
      <LanguageChoice voice={voice} choices={choices} change={change} />
      {voice.canSpeak && <VoiceChoice voice={voice} choices={choices} change={change} />}
      {voice.canListen && <p>{voiceStrings.privacy}</p>}
      {voice.canListen && <p>{voiceStrings.shortcutNote}</p>}
      <OwnDelivery voice={voice} />
    </div>
  );
}

function OwnDelivery({ voice }: { voice: Voice }) {
  const { words } = useStore(voice.delivery);
  if (words === 0) return null;
  return (
    <section>
      <h3>{voiceStrings.delivery}</h3>
      <DeliverySummary voice={voice} />
    </section>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly note?: string;
  readonly on: boolean;
  readonly set: (on: boolean) => void;
}

/** A button, not a checkbox: Enter in a field of the composer's form would send what is written there. */
function Switch({ label, note, on, set }: SwitchProps) {
  const id = useId();
  return (
    <div className="voice-switch">
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-describedby={note ? id : undefined}
        onClick={() => {
          set(!on);
        }}
      >
        <span className="voice-track" aria-hidden="true" />
        {label}
      </button>
      {note && <p id={id}>{note}</p>}
    </div>
  );
}

interface ChoiceProps {
  readonly voice: Voice;
  readonly choices: VoiceChoices;
  readonly change: (changes: Partial<VoiceChoices>) => void;
}

function LanguageChoice({ voice, choices, change }: ChoiceProps) {
  const others = LANGUAGES.map((tag) => [tag, languageName(tag)] as const);
  return (
    <label className="voice-choice">
      {voiceStrings.language}
      <select
        data-testid="voice-language"
        value={choices.language ?? ""}
        onChange={(event) => {
          change({ language: event.target.value || null });
        }}
      >
        <option value="">{voiceStrings.pageLanguage(languageName(voice.pageLanguage))}</option>
        {others.map(([tag, name]) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** In its own words. */
function languageName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}

function VoiceChoice({ voice, choices, change }: ChoiceProps) {
  useVoicesChanged();
  const { voices, language } = voice;
  const own = primary(language);
  return (
    <>
      <label className="voice-choice">
        {voiceStrings.voice}
        <select
          data-testid="voice-voice"
          value={choices.voices[own] ?? ""}
          onChange={(event) => {
            change({ voices: { ...choices.voices, [own]: event.target.value } });
          }}
        >
          <option value="">{voiceStrings.anyVoice}</option>
          {voices.map(({ voiceURI, name }) => (
            <option key={voiceURI} value={voiceURI}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {voices.length === 0 && <p>{voiceStrings.noVoice}</p>}
      <RateChoice {...{ choices, change }} />
    </>
  );
}

function RateChoice({ choices, change }: Omit<ChoiceProps, "voice">) {
  return (
    <label className="voice-choice">
      {voiceStrings.rate}
      <select
        data-testid="voice-rate"
        value={choices.rate}
        onChange={(event) => {
          change({ rate: Number(event.target.value) });
        }}
      >
        {RATES.map((rate) => (
          <option key={rate} value={rate}>
            {rate} ×
          </option>
        ))}
      </select>
    </label>
  );
}

/** Browsers learn of their voices a while after the page has begun. */
function useVoicesChanged(): void {
  const [, setTold] = useState(0);
  useEffect(() => {
    const onChange = () => {
      setTold((told) => told + 1);
    };
    window.speechSynthesis.addEventListener("voiceschanged", onChange);
    return () => {
      window.speechSynthesis.removeEventListener("voiceschanged", onChange);
    };
  }, []);
}
