import type { GroupRole } from "../../../protocol/generated";
import type { groupStrings as english } from "../../groups/groupStrings";
import type { Translated } from "../catalog";
import { groupSentences } from "./groupSentences";
import { counted, form, moment, number } from "./words";

const ROLES: Record<GroupRole, string> = {
  owner: "Leitung",
  facilitator: "Moderation",
  member: "Mitglied",
  observer: "Beobachtung",
};

export const groupStrings: Translated<typeof english> = {
  ...groupSentences,
  roles: ROLES,
  people: (count) => counted(count, "Person", "Personen"),
  yourRole: ({ role }) => `Ihre Rolle in dieser Gruppe: ${ROLES[role]}.`,
  manage: (name) => `${name}: Rolle ändern oder entfernen`,
  roleOf: (name) => `Rolle von ${name}`,
  roleSaved: (name, role) => `${name} hat jetzt die Rolle ${ROLES[role]}.`,
  removeLabel: (name) => `${name} aus der Gruppe entfernen`,
  withdrawLabel: (name) => `Einladung von ${name} zurückziehen`,
  removeSure: (name) =>
    `${name} entfernen? Von da an ist von der Gruppe nichts mehr zu lesen, und kein Link führt wieder hinein.`,
  withdrawSure: (name) => `Einladung von ${name} zurückziehen?`,
  removed: (name) => `${name} wurde entfernt.`,

  hours: (hours) =>
    hours % 24 === 0 ? counted(hours / 24, "Tag", "Tage") : counted(hours, "Stunde", "Stunden"),
  link: ({ role, uses, max_uses, expires_at }) =>
    `${ROLES[role]} · ${number(uses)} von ${number(max_uses)} genutzt · bis ${moment(expires_at)}`,
  withdrawLink: ({ created_at }) => `Link vom ${moment(created_at)} zurückziehen`,
  notIds: (words) => `${form(words.length, "Das ist keine ID", "Das sind keine IDs")}: ${words.join(", ")}`,
  tooManyIds: (limit) => `Es lassen sich höchstens ${number(limit)} Personen auf einmal einladen.`,
  invited: (count) => `${counted(count, "Person", "Personen")} ${form(count, "wurde", "wurden")} eingeladen.`,
  someInvited: (count) =>
    `${number(count)} ${form(count, "konnte", "konnten")} nicht eingeladen werden und ${form(count, "steht", "stehen")} noch im Feld.`,

  deleteSure: (title, people) =>
    people === 1
      ? `„${title}“ endgültig löschen? Das lässt sich nicht rückgängig machen.`
      : `„${title}“ für alle ${number(people)} Personen endgültig löschen? Das lässt sich nicht rückgängig machen.`,

  missed: (messages, earlier) =>
    `Aus ${counted(messages, "Nachricht", "Nachrichten")}, seit Sie zuletzt gelesen haben${
      earlier > 0 ? `; die ${number(earlier)} ältesten davon waren zu viele, um gelesen zu werden` : ""
    }.`,
  source: (index) => `Nachricht ${number(index)}`,
  sourceOf: (index, line) => `Nachricht ${number(index)} zu: ${line}`,

  startWith: (title) => `einer Kopie aus „${title}“`,
  message: (by, text) => `${by}: ${text}`,
  copyCount: (count) =>
    `${counted(count, "Nachricht", "Nachrichten")} ${form(count, "wird", "werden")} kopiert`,
  copyStays: (count) =>
    count === 0
      ? ""
      : `, ${counted(count, "Antwort bleibt", "Antworten bleiben")} zurück: ${form(count, "Sie kann", "Sie können")} auf etwas beruhen, das nur Sie sehen dürfen`,
  tooMuchToCopy: (limit) =>
    `Es lassen sich höchstens ${number(limit)} Nachrichten kopieren. Wählen Sie weniger.`,

  signedInAs: (name) => `Sie sind als ${name} angemeldet.`,
  joinByName: ({ title, invited_by, role }) =>
    `${invited_by ?? "Jemand"} hat Sie zu „${title}“ eingeladen. Ihre Rolle dort: ${ROLES[role]}. Wenn Sie beitreten, sehen die Mitglieder Ihren Namen.`,
  left: (title) => `Sie haben „${title}“ verlassen.`,
  deleted: (title) => `„${title}“ wurde gelöscht.`,
  alreadyIn: (title) => `Sie gehören „${title}“ bereits an.`,
  invitationTo: (title) => `Einladung zu ${title}`,
};
