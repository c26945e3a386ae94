import type { connectionStrings as english } from "../../connectionStrings";
import type { Translated } from "../catalog";

export const connectionStrings: Translated<typeof english> = {
  banner: {
    connecting:
      "Verbindung zu SalesCoach wird aufgebaut … Sie können schon schreiben: Es bleibt erhalten und wird gesendet, sobald die Verbindung steht.",
    reconnecting:
      "Die Verbindung ist abgebrochen und wird neu aufgebaut. Sie können weiter lesen und schreiben; nichts geht verloren.",
    offline:
      "SalesCoach ist nicht erreichbar. Sie können lesen, was hier steht, und weiterschreiben: Es bleibt auf diesem Gerät, und was Sie senden, geht hinaus, sobald die Verbindung wieder steht.",
    signed_out:
      "Ihre Anmeldung ist abgelaufen. Was Sie geschrieben haben, bleibt auf diesem Gerät, bis Sie sich wieder anmelden.",
  },
  back: "Die Verbindung steht wieder.",
};
