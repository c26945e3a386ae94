import type { Delivery } from "../../voice/delivery";
import type { VoiceProblem } from "../../voice/problems";
import { inLanguage } from "../languages/catalog";

/** The sentences of speaking and listening. */
export const voiceStrings = inLanguage("voiceStrings", {
  talk: "Talk (hold, or press once)",
  stopTalking: "Stop listening",
  shortcut: "Alt + M",
  options: "Voice",
  phase: {
    listening: "Listening…",
    finishing: "Understanding the last words…",
    thinking: "The coach is thinking…",
    speaking: "The coach is speaking",
    off: "",
  },
  bargeIn: "Talk or type to interrupt.",
  hush: "Stop speaking",
  endHandsFree: "End hands-free",
  dismiss: "Dismiss",
  handsFree: "Hands-free",
  handsFreeNote: "What you say is sent after a short pause, and answers are read aloud.",
  readAloud: "Read answers aloud",
  language: "Language",
  pageLanguage: (name: string) => `As the page (${name})`,
  voice: "Voice",
  anyVoice: "The browser’s choice",
  noVoice: "This browser has no voice for this language; another one will speak.",
  rate: "Speed",
  privacy:
    "Your browser turns speech into text, some by way of its maker’s service. SalesCoach gets the text you send, and no sound.",
  shortcutNote: "Alt + M talks from anywhere on the page; Escape makes the coach fall silent.",
  delivery: "Your delivery",
  deliveryNote:
    "Counted in this page from what was recognised, for you alone: it is neither sent nor kept. Browsers often leave out an “um”, so there may have been more.",
  nothingMeasured: "Nothing was said yet.",
  pace: "Pace",
  paceValue: ({ pace }: Delivery) => (pace === null ? "not known yet" : `${Math.round(pace)} words/min`),
  spoken: "Spoken",
  spokenValue: ({ words, spokenMs }: Delivery) =>
    `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"} in ${duration(spokenMs)}`,
  fillers: "Fillers",
  fillersValue: ({ fillers }: Delivery) =>
    fillers === null ? "not known in this language" : listed(fillers),
  talkShare: "Your share of the talking",
  talkShareValue: ({ talkShare }: Delivery) =>
    talkShare === null ? "the coach did not speak" : `${Math.round(talkShare * 100)} %`,
  longest: "Longest monologue",
  longestValue: ({ longestMs }: Delivery) => duration(longestMs),
  startOver: "Start over",
  problems: {
    permission: "The browser may not use the microphone. Allow it in the address bar, then try again.",
    microphone: "No microphone was found. Connect one, then try again.",
    network: "Speech recognition could not be reached. Check your connection; writing still works.",
    language: "This browser does not recognise this language. Choose another one in the voice options.",
    keeps_ending: "Speech recognition keeps ending. Is another page using the microphone?",
    nothing_heard: "Nothing was heard.",
    recognition: "Speech recognition failed. Try again, or write.",
    speech_blocked: "The browser does not let this page speak yet. Click anywhere, then ask again.",
    speech_failed: "The answer could not be read aloud.",
  } satisfies Record<VoiceProblem, string>,
} as const);

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function listed(fillers: ReadonlyMap<string, number>): string {
  if (fillers.size === 0) return "none";
  return [...fillers]
    .sort(([, one], [, other]) => other - one)
    .map(([filler, count]) => `“${filler}” ${count}×`)
    .join(", ");
}
