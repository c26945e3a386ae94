import type { groupLabels as english } from "../../groups/groupLabels";
import type { Translated } from "../catalog";

export const groupLabels: Translated<typeof english> = {
  groups: "Gruppen",
  newGroup: "Neue Gruppe",
  group: "Diese Gruppe",
  catchUp: "Was habe ich verpasst?",
  invitedNote: "Sie wurden in eine Gruppe eingeladen. Melden Sie sich an, um ihr beizutreten.",
};
