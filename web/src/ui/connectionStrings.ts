import { inLanguage } from "./languages/catalog";

/** What is told while there is no connection: what still works, and what becomes of what is written. */
export const connectionStrings = inLanguage("connectionStrings", {
  banner: {
    connecting: "Connecting to SalesCoach… You can write already: it is kept, and sent once connected.",
    reconnecting:
      "The connection was lost and is being made anew. You can go on reading and writing; nothing is lost.",
    offline:
      "SalesCoach cannot be reached. You can read what is here and go on writing: it is kept on this device, and what you send goes out when the connection is back.",
    signed_out:
      "Your sign-in has ended. What you have written is kept on this device until you sign in again.",
  },
  back: "The connection is back.",
} as const);
