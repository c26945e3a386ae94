import type { offerStrings as english } from "../../groups/offerStrings";
import type { Translated } from "../catalog";

export const offerStrings: Translated<typeof english> = {
  offered: (name) => `${name} ergänzt Ihre Frage`,
  take: "In diese Antwort aufnehmen",
  takeLabel: (name) => `In diese Antwort aufnehmen, was ${name} fragt`,
  taking: "Wird aufgenommen …",
  leave: "In der Reihe lassen",
  leaveLabel: (name) => `In der Reihe lassen, was ${name} fragt`,
};
