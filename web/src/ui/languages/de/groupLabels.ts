import type { groupLabels as english } from "../../groups/groupLabels";
import type { Translated } from "../catalog";

export const groupLabels: Translated<typeof english> = {
  groups: "Gruppen",
  newGroup: "Neue Gruppe",
  group: "Diese Gruppe",
  catchUp: "Was habe ich verpasst?",
  loading: "Wird geladen …",
  loadFailed: "Dieser Teil der Seite konnte nicht geladen werden.",
  invitedNote: "Sie wurden in eine Gruppe eingeladen. Melden Sie sich an, um ihr beizutreten.",
};
