import type { RoomNote } from "../../../core/roomState";
import type { GroupRole } from "../../../protocol/generated";
import type { roomStrings as english } from "../../groups/roomStrings";
import type { Translated } from "../catalog";
import { counted, moment, number } from "./words";

const MANY = 99;

const ROLES: Record<GroupRole, string> = {
  owner: "Leitung",
  facilitator: "Moderation",
  member: "Mitglied",
  observer: "Beobachtung",
};

const NOTES: Record<RoomNote["what"], (note: RoomNote, who: string) => string> = {
  invited: ({ actor }, who) => `${actor.name} hat ${who} eingeladen`,
  joined: (_note, who) => `${who} ist beigetreten`,
  left: (_note, who) => `${who} hat die Gruppe verlassen`,
  removed: ({ actor }, who) => `${actor.name} hat ${who} entfernt`,
  role: ({ actor, role }, who) =>
    `${actor.name} hat ${who} eine neue Rolle gegeben${role === null ? "" : `: ${ROLES[role]}`}`,
  title: ({ actor, title }) => `${actor.name} hat die Gruppe „${title ?? ""}“ genannt`,
  settings: ({ actor }) => `${actor.name} hat die Einstellungen der Gruppe geändert`,
  archived: ({ actor }) => `${actor.name} hat die Gruppe archiviert`,
};

export const roomStrings: Translated<typeof english> = {
  groups: "Gruppen",
  noGroups: "Noch keine Gruppen.",
  archivedGroups: "Archivierte Gruppen",
  noArchivedGroups: "Keine Gruppe ist archiviert.",
  listFailed: "Ihre Gruppen konnten nicht geladen werden.",
  unread: (count) => `${atMost(count)} ungelesen`,
  unreadShort: atMost,
  mentioned: "Sie sind angesprochen",
  invitedBy: (name) => (name ? `${name} lädt Sie ein` : "Sie sind eingeladen"),
  accept: "Beitreten",
  acceptLabel: (title) => `${title} beitreten`,
  decline: "Ablehnen",
  declineLabel: (title) => `Einladung zu ${title} ablehnen`,
  untitled: "Gruppe ohne Titel",
  opening: "Die Gruppe wird geöffnet …",
  openFailed: "Diese Gruppe lässt sich nicht öffnen",
  notYours: "Es gibt sie nicht mehr, oder Sie gehören ihr nicht an.",
  backToChat: "Zu Ihren eigenen Chats",
  people: (count) => counted(count, "Person", "Personen"),
  here: (count) => `${number(count)} hier`,
  hereNames: (names) => `Gerade hier: ${names}`,
  timeline: "Nachrichten der Gruppe",
  emptyTitle: "Hier wurde noch nichts gesagt",
  emptyNote:
    "Schreiben Sie allen, oder beginnen Sie mit @, um jemanden anzusprechen. Der Coach antwortet, wenn er angesprochen wird: @coach.",
  you: "Sie",
  coach: "Coach",
  today: "Heute",
  yesterday: "Gestern",
  newMessages: "Neu",
  edited: "(bearbeitet)",
  gone: "Diese Nachricht wurde zurückgenommen.",
  whisper: (names) => `Geflüstert · nur Sie und ${names} sehen das`,
  whisperCoach: "Unter vier Augen gefragt · nur Sie sehen das",
  copied: (name, at) => `Von ${name} aus einer privaten Unterhaltung kopiert, ${moment(at)}`,
  onlyYou: "Nur Sie sehen diese Antwort",
  share: "Mit der Gruppe teilen",
  shareSure: "Alle werden es lesen. Teilen?",
  sharing: "Wird geteilt …",
  sharedAlready: "Mit der Gruppe geteilt",
  sharedBy: (name) => `Geteilt von ${name}`,
  privately: (name) =>
    name
      ? `Der Coach hat ${name} unter vier Augen geantwortet.`
      : "Der Coach hat jemandem unter vier Augen geantwortet.",
  privatelyNow: "Der Coach antwortet gerade jemandem unter vier Augen …",
  answerTo: (name) => `An ${name}`,
  replyTo: (name, text) => `Antwort an ${name}: ${text}`,
  unknownReply: "Eine Nachricht, die Sie nicht sehen können",
  goneReply: "Eine Nachricht, die zurückgenommen wurde",
  goTo: "Zur Nachricht",
  reply: "Antworten",
  replyLabel: (name) => `${name} antworten`,
  replying: (name) => `Antwort an ${name}`,
  cancelReply: "Nicht antworten",
  react: "Reagieren",
  reactLabel: (name) => `Auf die Nachricht von ${name} reagieren`,
  reaction: (emoji, names, mine) =>
    `${emoji} von ${names}. ${mine ? "Eigene Reaktion zurücknehmen" : "Ebenso reagieren"}`,
  emojiNames: {
    "👍": "Daumen hoch",
    "❤️": "Herz",
    "😂": "Lachen",
    "🎉": "Feiern",
    "👀": "Augen",
    "🤔": "Nachdenken",
    "✅": "Erledigt",
    "🙏": "Danke",
  },
  edit: "Bearbeiten",
  editLabel: "Ihre Nachricht bearbeiten",
  editor: "Ihre Nachricht in anderen Worten",
  save: "Speichern",
  saving: "Wird gespeichert …",
  cancel: "Abbrechen",
  takeBack: "Zurücknehmen",
  takeBackSure: "Für alle zurücknehmen?",
  more: (name) => `Mehr zur Nachricht von ${name}`,
  actions: (name) => `Was Sie mit der Nachricht von ${name} tun können`,
  steered: "In die laufende Antwort gegeben",
  queued: (position) =>
    position <= 1 ? "Beim Coach als Nächstes an der Reihe" : `Beim Coach auf Platz ${number(position)}`,
  queueRemoved: "Aus der Reihe genommen, bevor sie beantwortet wurde.",
  removeQueued: "Aus der Reihe nehmen",
  sending: "Wird gesendet …",
  waiting: "Wartet auf die Verbindung …",
  notSent: "Nicht gesendet.",
  retry: "Wiederholen",
  toBox: "Zurück ins Textfeld",
  toBoxNot: "Was im Textfeld steht, ist für andere: Senden oder entfernen Sie zuerst das",
  discard: "Verwerfen",
  composer: (title) => `Nachricht an ${title}`,
  placeholder: "Nachricht an alle …",
  placeholderWhisper: "Geflüsterte Nachricht …",
  composerHint: "Enter sendet · @ nennt jemanden",
  composerNote: "Der Coach kann sich irren.",
  send: "Senden",
  stop: "Stopp",
  stopping: "Wird gestoppt …",
  to: "Wer es sieht",
  toAll: "Alle",
  toCoach: "Nur der Coach",
  toOne: (name) => `Nur ${name}`,
  toNobody: "Wählen Sie, wer es sieht",
  whisperAstray:
    "Für wen das gedacht war, ist nicht mehr in der Gruppe. Es wird erst gesendet, wenn Sie neu wählen, wer es sieht.",
  whispering: (names) => `Nur Sie und ${names} werden das sehen`,
  whisperingCoach: "Nur Sie und der Coach: Seine Antwort erhalten Sie allein",
  observer: "Sie beobachten diese Gruppe: Sie lesen mit und können weder schreiben noch reagieren.",
  archived: "Diese Gruppe ist archiviert. Sie lässt sich lesen, aber niemand schreibt mehr darin.",
  mentionList: "Wen Sie nennen können",
  mentionCount: (count) =>
    count === 1
      ? "1 Treffer. Enter übernimmt ihn."
      : `${number(count)} Treffer. Pfeiltasten wählen, Enter übernimmt.`,
  mentionNone: "Niemand dieses Namens",
  coachRole: "antwortet, wenn er angesprochen wird",
  typing: (names) => {
    const [first, second] = names;
    if (first === undefined) return "";
    if (second === undefined) return `${first} schreibt …`;
    return names.length === 2 ? `${first} und ${second} schreiben …` : "Mehrere schreiben …";
  },
  latest: "Zum Neuesten springen",
  latestNew: (count) => counted(count, "neue Nachricht", "neue Nachrichten"),
  announced: (name, text, whisper) => (whisper ? `${name} flüstert: ${text}` : `${name}: ${text}`),
  outcome: {
    completed: "",
    stopped: "Diese Antwort wurde gestoppt.",
    failed: "Der Coach konnte diese Antwort nicht fertigstellen.",
    expired: "Diese Antwort dauerte zu lange und wurde beendet.",
    exhausted: "Der Coach hat seine Grenze für eine Antwort erreicht.",
  },
  and: "und",
  note: (note) => NOTES[note.what](note, note.participant?.name ?? ""),
};

function atMost(count: number): string {
  return count > MANY ? `${MANY}+` : String(count);
}
