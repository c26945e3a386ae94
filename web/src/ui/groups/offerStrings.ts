import { inLanguage } from "../languages/catalog";

/** Words of what somebody else would have put into an answer. */
export const offerStrings = inLanguage("offerStrings", {
  offered: (name: string) => `${name} adds to your question`,
  take: "Take it into this answer",
  takeLabel: (name: string) => `Take it into this answer: what ${name} asks`,
  taking: "Taking it in…",
  leave: "Leave it in line",
  leaveLabel: (name: string) => `Leave it in line: what ${name} asks`,
} as const);
