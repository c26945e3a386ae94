import type { qualityStrings as english } from "../../qualityStrings";
import type { Translated } from "../catalog";
import { form, number } from "./words";

export const qualityStrings: Translated<typeof english> = {
  exchange: (index, of) => `Frage ${number(index)} von ${number(of)}`,
  showBefore: (count) => `${number(count)} ${form(count, "frühere Frage", "frühere Fragen")} anzeigen`,
  showAfter: (count) => `${number(count)} ${form(count, "spätere Frage", "spätere Fragen")} anzeigen`,
  showMessagesBefore: (count) =>
    `${number(count)} ${form(count, "frühere Nachricht", "frühere Nachrichten")} anzeigen`,
  showMessagesAfter: (count) =>
    `${number(count)} ${form(count, "spätere Nachricht", "spätere Nachrichten")} anzeigen`,
  answered: "Der Coach hat unten geantwortet.",
};
