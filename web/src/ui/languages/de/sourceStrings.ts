import type { sourceStrings as english } from "../../sourceStrings";
import type { Translated } from "../catalog";

export const sourceStrings: Translated<typeof english> = {
  sources: "Quellen",
  source: (number) => `Quelle ${String(number)}`,
  unsourced: (host) => `${host === "" ? "" : `${host}, `}aus keinem Werkzeugergebnis`,
  unsourcedWhy:
    "Kein Werkzeug hat diese Adresse für diese Antwort geliefert. Prüfen Sie sie, bevor Sie ihr trauen.",
  foundBy: (tool, server) => `gefunden von ${tool} (${server})`,
  untrusted: "Einige dieser Seiten stammen von Fremden: Prüfen Sie sie, bevor Sie sich darauf verlassen.",
};
