import type { ProblemCode } from "../../../core/codes";
import type { Translated } from "../catalog";
import type { serverWords as english } from "../serverWords";
import { moment, number } from "./words";

/** What a code says when the server's sentence is the only one there is; without one, that stays, in English. */
const PROBLEMS: Partial<Record<ProblemCode, string>> = {
  content_empty: "Es fehlt Text. Geben Sie etwas ein, und senden Sie es dann noch einmal.",
  message_conflict: "Diese Nachricht wurde bereits mit anderem Inhalt gesendet.",
  key_conflict: "Dieser Schritt wurde bereits mit anderem Inhalt gesendet.",
  queue_full: "Es warten bereits so viele Fragen, wie warten dürfen. Warten Sie erst eine Antwort ab.",
  turn_running: "Der Coach antwortet noch. Warten Sie die Antwort ab, oder stoppen Sie sie.",
  turn_not_found: "Diese Antwort gibt es nicht mehr.",
  message_not_found: "Diese Nachricht gibt es nicht oder nicht mehr.",
  memory_full: "Ihr Gedächtnis ist voll. Löschen Sie erst eine Notiz.",
  cluster_not_found: "Diese häufige Frage oder ihre Antwort gibt es nicht mehr.",
  answer_invalid: "Diese Antwort passt nicht zu dem, was gefragt wird. Es wurde nichts geändert.",
  member_not_found: "Jemand davon gehört dieser Gruppe nicht an. Es wurde nichts gesendet.",
  invitation_invalid: "Diese Einladung gilt nicht oder nicht mehr.",
  group_full: "Mehr fasst diese Gruppe nicht: Die Höchstzahl an Personen oder Links ist erreicht.",
  last_owner: "Eine Gruppe braucht eine Leitung: Geben Sie diese Rolle zuerst jemand anderem.",
  group_archived: "Diese Gruppe ist archiviert.",
  token_missing: "Bitte melden Sie sich an.",
  token_invalid: "Ihre Anmeldung konnte nicht geprüft werden. Bitte melden Sie sich neu an.",
  token_expired: "Ihre Anmeldung ist abgelaufen. Bitte melden Sie sich neu an.",
  sign_in_stale: "Ihre Anmeldung liegt zu lange zurück. Bitte melden Sie sich neu an.",
  forbidden: "Das dürfen Sie hier nicht.",
  model_busy: "Das Sprachmodell ist ausgelastet. Versuchen Sie es gleich noch einmal.",
  model_unavailable: "Das Sprachmodell hat nicht richtig geantwortet. Versuchen Sie es gleich noch einmal.",
  model_refused_request: "Das Sprachmodell hat die Anfrage nicht angenommen.",
  content_filtered:
    "Die Inhaltsregeln des Sprachmodells haben das nicht zugelassen. Bitte formulieren Sie es anders.",
  context_too_long:
    "Diese Unterhaltung ist für das Sprachmodell zu lang geworden. Beginnen Sie eine neue, um weiterzumachen.",
  tool_unavailable: "Ein Werkzeug ist zurzeit nicht erreichbar.",
  limit_steps: "Der Coach hat alle Schritte für eine Frage verbraucht. Das hat er bis dahin herausgefunden.",
  limit_calls:
    "Der Coach hat alle Werkzeugaufrufe für eine Frage verbraucht. Das hat er bis dahin herausgefunden.",
  limit_tokens:
    "Diese Frage brauchte mehr Text, als eine Antwort verwenden darf. Das hat der Coach bis dahin herausgefunden.",
  limit_time:
    "Das dauerte länger, als eine Antwort dauern darf. Was bis dahin geschrieben wurde, ist gespeichert.",
  limit_length:
    "Die Antwort ist länger, als eine sein darf: Ihr Ende fehlt. Bitten Sie den Coach, weiterzuschreiben.",
  store_unavailable: "Der Speicher ist zurzeit nicht erreichbar. Versuchen Sie es gleich noch einmal.",
  publish_failed: "Die Nachricht konnte nicht zugestellt werden. Versuchen Sie es gleich noch einmal.",
  prompt_unavailable:
    "Die Anweisungen des Coachs sind zurzeit nicht verfügbar. Versuchen Sie es gleich noch einmal.",
};

export const serverWords: Translated<typeof english> = {
  problem: (code, message) => PROBLEMS[code] ?? message,
  warning: ({ scope, used_percent, resets_at }) =>
    `${scope === "person" ? "Sie haben" : "Ihr Team hat"} ${number(used_percent)} % des Budgets verbraucht. Es beginnt neu am ${moment(resets_at)}.`,
  privately: () =>
    "Der Coach antwortet erst der Person, die gefragt hat, allein: Nur sie darf sehen, was er gefunden hat.",
};
