import { isForMemory, type Card, type Decision } from "../core/cardState";
import { ArgumentsView } from "./ArgumentsView";
import { Icon } from "./Icon";
import { locale } from "./languages/language";
import { strings } from "./strings";

const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;
const CALENDAR = { day: "numeric", month: "short", ...CLOCK } as const;

/** Who decided what, and when; what the call was really made with can be unfolded. */
export function CardDecision({ card, decision }: { card: Card; decision: Decision }) {
  const { outcome, by, note } = decision;
  const yes = outcome === "approved" || outcome === "accepted";
  const used = decision.arguments ?? card.arguments;
  return (
    <>
      <p className="card-decision" data-testid="card-decision">
        <Icon name={yes ? "check" : "ban"} size={14} />
        <span>
          {strings.cardOutcome[outcome](by.kind === "person" ? by.name : null)}
          {decision.arguments !== null && ` ${strings.cardEdited}`} · <Moment at={decision.at} />
        </span>
      </p>
      {note && <p className="card-note">{strings.cardNoteGiven(note)}</p>}
      {used !== null && (
        <details className="card-used">
          <summary>{usedWords(card, yes)}</summary>
          <ArgumentsView text={used} />
        </details>
      )}
    </>
  );
}

function usedWords(card: Card, yes: boolean): string {
  if (isForMemory(card)) return strings.theNote;
  return yes ? strings.cardUsed : strings.cardAsked;
}

/** The time, and on another day than today the day too. */
function Moment({ at }: { at: string }) {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return null;
  const today = moment.toDateString() === new Date().toDateString();
  return <time dateTime={at}>{moment.toLocaleString(locale(), today ? CLOCK : CALENDAR)}</time>;
}
