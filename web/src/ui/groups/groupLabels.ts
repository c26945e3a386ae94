import { inLanguage } from "../languages/catalog";

/** The few words of groups' dialogs that stand on the page before any of them is opened. */
export const groupLabels = inLanguage("groupLabels", {
  groups: "Groups",
  newGroup: "New group",
  group: "This group",
  catchUp: "What did I miss?",
  invitedNote: "You were invited to a group. Sign in to join it.",
} as const);
