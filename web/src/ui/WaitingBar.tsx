import { useEffect, useMemo, useRef, useState } from "react";
import type { Card } from "../core/cardState";
import { openCards } from "../core/cards";
import { shownTurns, type Conversation } from "../core/state";
import { cardElementId } from "./cardBody";
import { Icon } from "./Icon";
import { strings } from "./strings";
import { useViewer } from "./viewer";

/** Says that something waits for this person, and leads there when it is out of sight. */
export function WaitingBar({ conversation }: { conversation: Conversation | null }) {
  const { person } = useViewer();
  const cards = useMemo(
    () => (conversation ? openCards(shownTurns(conversation, null), person.id) : []),
    [conversation, person.id],
  );
  useArrivals(conversation?.folded ? conversation.sessionId : null, cards);
  const [first] = cards;
  const inView = useInView(first ? cardElementId(first.questionId) : null);
  return (
    <>
      <p className="hidden" role="status" data-testid="card-announcement">
        {first ? strings.waitsForYou(cards.length, strings.cardTitle[first.kind](first)) : ""}
      </p>
      {first && !inView && (
        <button
          type="button"
          className="waiting-bar"
          data-testid="waiting-bar"
          onClick={() => {
            focusCard(first);
          }}
        >
          <Icon name="shield" size={16} />
          {strings.waitsForYou(cards.length, strings.cardTitle[first.kind](first))}
        </button>
      )}
    </>
  );
}

/** Give a card that arrives the focus, unless the person is in the middle of something; `sessionId` null: not yet. */
function useArrivals(sessionId: string | null, cards: readonly Card[]): void {
  const known = useRef<{ readonly sessionId: string | null; readonly ids: ReadonlySet<string> } | null>(null);
  useEffect(() => {
    const before = known.current;
    known.current = { sessionId, ids: new Set(cards.map((card) => card.questionId)) };
    if (sessionId === null || before?.sessionId !== sessionId) return;
    const fresh = cards.find((card) => !before.ids.has(card.questionId));
    if (fresh && !isBusy(document.activeElement)) focusCard(fresh);
  }, [sessionId, cards]);
}

function focusCard(card: Card): void {
  const element = document.getElementById(cardElementId(card.questionId));
  element?.scrollIntoView({ block: "center" });
  element?.focus({ preventScroll: true });
}

/** The person writes something, or is at another card. */
function isBusy(active: Element | null): boolean {
  if (active instanceof HTMLTextAreaElement || active instanceof HTMLInputElement)
    if (active.value.trim() !== "") return true;
  return active !== null && active.closest(".card") !== null;
}

/** True while at least a part of the element can be seen; what is not on the page yet counts as seen. */
function useInView(id: string | null): boolean {
  const [hidden, setHidden] = useState<string | null>(null);
  useEffect(() => {
    const element = id === null ? null : document.getElementById(id);
    if (!element) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      setHidden(entry?.isIntersecting === false ? id : null);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [id]);
  return id === null || hidden !== id;
}
