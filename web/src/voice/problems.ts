/** Why there is no voice: what stopped the ear, or the mouth. */
export type VoiceProblem =
  | "permission"
  | "microphone"
  | "network"
  | "language"
  | "keeps_ending"
  | "nothing_heard"
  | "recognition"
  | "speech_blocked"
  | "speech_failed";

const OF_RECOGNISER: Readonly<Record<string, VoiceProblem>> = {
  "not-allowed": "permission",
  "service-not-allowed": "permission",
  "audio-capture": "microphone",
  network: "network",
  "language-not-supported": "language",
};

/** What a recogniser's error means; null for those after which it is simply started again or was ended by us. */
export function problemOfRecogniser(error: string): VoiceProblem | null {
  if (error === "no-speech" || error === "aborted") return null;
  return OF_RECOGNISER[error] ?? "recognition";
}

/** What an utterance's error means; null for those that come of being hushed. */
export function problemOfSynthesis(error: string): VoiceProblem | null {
  if (error === "canceled" || error === "interrupted") return null;
  return error === "not-allowed" ? "speech_blocked" : "speech_failed";
}
