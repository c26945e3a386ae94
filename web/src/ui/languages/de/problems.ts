import type { groupProblems as groups } from "../../groups/groupStrings";
import type { problems as english } from "../../strings";
import type { Translated } from "../catalog";

export const problems: Translated<typeof english> = {
  unreachable: "SalesCoach ist nicht erreichbar.",
  timed_out: "SalesCoach hat nicht rechtzeitig geantwortet.",
  bad_answer: "SalesCoach hat etwas geantwortet, das diese Seite nicht versteht.",
  question_not_found: "Diese Frage gibt es nicht mehr.",
  question_closed: "Darüber wurde bereits entschieden, vielleicht auf einem anderen Gerät.",
  question_changed:
    "Was gefragt wird, hat sich geändert, seit Sie es gesehen haben. Sehen Sie es sich vor Ihrer Antwort noch einmal an.",
  rate_limited: "Das war viel in kurzer Zeit. Versuchen Sie es gleich noch einmal.",
  conversation_not_found: "Sie existiert nicht oder gehört jemand anderem.",
  sign_in_unavailable: "Der Anmeldedienst ist nicht erreichbar.",
  memory_changed:
    "Ihr Gedächtnis wurde anderswo geändert. Sie sehen den jetzigen Stand; was Sie eingegeben haben, steht noch hier.",
  approved_answer_changed:
    "Jemand hat diese Antwort inzwischen geändert. Sie sehen den jetzigen Stand; was Sie eingegeben haben, steht noch hier.",
  memory_entry_not_found:
    "Diese Notiz wurde anderswo gelöscht. Was Sie eingegeben haben, steht unten und kann neu hinzugefügt werden.",
  content_too_long: "Das ist zu lang zum Senden. Kürzen Sie es, oder senden Sie es in Teilen.",
  frame_too_large: "Das ist zu lang zum Senden. Kürzen Sie es, oder senden Sie es in Teilen.",
  internal: "Bei uns ist etwas schiefgegangen.",
};

export const groupProblems: Translated<typeof groups> = {
  conversation_not_found: "Diese Gruppe gibt es nicht mehr, oder Sie gehören ihr nicht an.",
  member_not_found:
    "Diese Person gehört der Gruppe nicht mehr an. Sie sehen die Mitglieder auf dem jetzigen Stand.",
  last_owner:
    "Eine Gruppe braucht eine Leitung. Geben Sie diese Rolle zuerst jemand anderem, oder löschen Sie die Gruppe. Es wurde nichts geändert.",
  invitation_invalid:
    "Diese Einladung gilt nicht oder nicht mehr: Sie ist abgelaufen, aufgebraucht oder zurückgezogen, oder Sie wurden aus der Gruppe entfernt. Bitten Sie darum, namentlich eingeladen zu werden.",
  group_archived:
    "Diese Gruppe ist archiviert: Nichts darin lässt sich ändern, und niemand kann ihr beitreten.",
  token_expired:
    "Ihre Anmeldung ist abgelaufen. Melden Sie sich neu an; was Sie eingegeben haben, bleibt hier, bis Sie die Seite verlassen.",
};
