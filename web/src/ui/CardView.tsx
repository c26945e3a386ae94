import { useRef, type ReactNode } from "react";
import { isForMemory, type Card } from "../core/cardState";
import type { Answer } from "../core/commands";
import type { Fate } from "../core/targetCommands";
import { ApprovalCard } from "./ApprovalCard";
import { cardElementId, type CardBodyProps } from "./cardBody";
import { CardDecision } from "./CardDecision";
import { FormCard } from "./FormCard";
import { Icon, type IconName } from "./Icon";
import { LinkCard } from "./LinkCard";
import { MemoryCard } from "./MemoryCard";
import { problemText, strings } from "./strings";
import { useTimeLeft } from "./useTimeLeft";
import { useStore } from "./useStore";
import { useViewer } from "./viewer";

const ICONS: Record<Card["kind"], IconName> = {
  approval: "shield",
  form: "form",
  url: "open",
  sign_in: "key",
};

/** A question a tool call asks a person. It keeps its place and, once answered, says how it was decided. */
export function CardView({ card }: { card: Card }) {
  const id = cardElementId(card.questionId);
  const section = useRef<HTMLElement>(null);
  return (
    <section
      ref={section}
      className="card"
      id={id}
      tabIndex={-1}
      aria-labelledby={`${id}-title`}
      data-testid="card"
      data-kind={card.kind}
      data-state={card.decision?.outcome ?? "open"}
    >
      <header>
        <Icon name={isForMemory(card) ? "memory" : ICONS[card.kind]} size={16} />
        <h4 id={`${id}-title`}>{strings.cardTitle[card.kind](card)}</h4>
        {card.server && (
          <code>
            {card.server} · {card.tool}
          </code>
        )}
      </header>
      {card.decision ? (
        <CardDecision card={card} decision={card.decision} />
      ) : (
        <OpenCard
          card={card}
          onAnswered={() => {
            // The control that was used goes away with the answer; the card stays.
            section.current?.focus({ preventScroll: true });
          }}
        />
      )}
    </section>
  );
}

function OpenCard({ card, onAnswered }: { card: Card; onAnswered: () => void }) {
  const { requests, person } = useViewer();
  const fate = useStore(requests.cards.fates).get(card.questionId) ?? null;
  const left = useTimeLeft(card.expiresAt);
  const sending = fate !== null && fate.state !== "failed";
  const answer = (given: Answer) => {
    requests.answer(card, given);
    onAnswered();
  };
  return (
    <>
      <p className="card-message">{asks(card)}</p>
      {card.owner === person.id ? (
        <Body card={card} blocked={sending || left <= 0} answer={answer} />
      ) : (
        <p className="card-note">{strings.cardOthers}</p>
      )}
      <p className="card-note" data-testid="card-time">
        {sending ? strings.cardSending : strings.timeLeft(left)}
      </p>
      <CardProblem fate={fate} />
    </>
  );
}

/** What it asks: in the page's words where its facts say it all, in those of who asks where not. */
function asks({ kind, server, tool, message, because }: Card): string {
  // What others get of a card for one person has no words.
  if (message === "") return "";
  if (isForMemory({ server, tool })) return strings.mayRemember;
  if (kind === "sign_in") return strings.signInFor(server);
  if (kind !== "approval" || because === null) return message;
  const question = strings.mayUse(tool, server);
  return because.length > 0 ? `${question} ${strings.mayUseBecause(because)}` : question;
}

function Body(props: CardBodyProps): ReactNode {
  switch (props.card.kind) {
    case "approval":
      return isForMemory(props.card) ? <MemoryCard {...props} /> : <ApprovalCard {...props} />;
    case "form":
      return <FormCard {...props} />;
    default:
      return <LinkCard {...props} />;
  }
}

function CardProblem({ fate }: { fate: Fate | null }) {
  if (!fate?.problem) return null;
  return (
    <p className="card-problem" role="alert" data-testid="card-problem">
      {problemText(fate.problem)}
    </p>
  );
}
