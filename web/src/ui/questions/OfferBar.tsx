import { useState } from "react";
import type { Offer, Offers } from "../../core/commonQuestions";
import { openTurn, type Conversation } from "../../core/state";
import { Icon } from "../Icon";
import { strings } from "../strings";
import { useStore } from "../useStore";
import { questionsStrings } from "./questionsStrings";

interface OfferBarProps {
  readonly offers: Offers;
  readonly conversation: Conversation | null;
  readonly stop: (turnId: string) => void;
}

/** An approved answer beside the coach's own, in the conversation it was offered in. */
export function OfferBar({ offers, conversation, stop }: OfferBarProps) {
  const offer = useStore(offers.offer);
  if (!offer || offer.sessionId !== conversation?.sessionId) return null;
  const take = () => {
    const running = openTurn(conversation);
    if (running?.turnId === offer.turnId) stop(offer.turnId);
    void offers.take();
  };
  return (
    <OfferView
      key={offer.turnId}
      offer={offer}
      take={take}
      dismiss={() => {
        offers.dismiss();
      }}
    />
  );
}

function OfferView({ offer, take, dismiss }: { offer: Offer; take: () => void; dismiss: () => void }) {
  const [open, setOpen] = useState(false);
  const shown = open || offer.taken;
  return (
    <section className="offer" data-testid="offer" aria-label={questionsStrings.badge}>
      <header>
        <span className="offer-badge">
          <Icon name="shield" size={16} />
          {questionsStrings.badge}
        </span>
        <span role="status">{offer.taken ? questionsStrings.used : questionsStrings.offered}</span>
        {!offer.taken && (
          <button
            type="button"
            className="link"
            aria-expanded={open}
            onClick={() => {
              setOpen(!open);
            }}
          >
            {open ? questionsStrings.hide : questionsStrings.show}
          </button>
        )}
        <button type="button" className="icon-button" aria-label={strings.dismiss} onClick={dismiss}>
          <Icon name="close" size={16} />
        </button>
      </header>
      {shown && (
        <p className="answer-text" dir="auto">
          {offer.text}
        </p>
      )}
      {open && !offer.taken && (
        <button type="button" className="secondary" onClick={take}>
          {questionsStrings.use}
        </button>
      )}
    </section>
  );
}
