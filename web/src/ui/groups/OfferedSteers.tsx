import { deedKey } from "../../core/roomDeeds";
import { openOffers, type OpenOffer } from "../../core/roomOffers";
import type { Room } from "../../core/roomState";
import { focusComposer } from "../focus";
import { Icon } from "../Icon";
import { offerStrings as words } from "./offerStrings";
import { useRoomActions } from "./roomActions";
import { useFate } from "./useFate";

/** What others would have put into the answer the reader is being given: taken into it, or left in line. */
export function OfferedSteers({ room }: { room: Room }) {
  const offers = openOffers(room);
  const last = offers.at(-1);
  return (
    <>
      <p className="hidden" role="status" data-testid="offer-announcement">
        {last ? `${words.offered(last.author.name)}: ${last.text}` : ""}
      </p>
      {offers.map((offer) => (
        <OfferView key={offer.turnId} offer={offer} />
      ))}
    </>
  );
}

function OfferView({ offer: { turnId, author, text } }: { offer: OpenOffer }) {
  const actions = useRoomActions();
  const taking = useFate(deedKey("take", turnId))?.state === "sending";
  return (
    <section className="steer-offer" data-testid="steer-offer" aria-label={words.offered(author.name)}>
      <Icon name="steer" size={16} />
      <p>
        <strong>{words.offered(author.name)}</strong> <span>{text}</span>
      </p>
      <div>
        <button
          type="button"
          className="primary"
          data-testid="take-steer"
          aria-label={taking ? undefined : words.takeLabel(author.name)}
          disabled={taking}
          onClick={() => {
            actions.takeOffer(turnId);
            focusComposer();
          }}
        >
          {taking ? words.taking : words.take}
        </button>
        <button
          type="button"
          className="secondary"
          data-testid="leave-steer"
          aria-label={words.leaveLabel(author.name)}
          onClick={() => {
            actions.leaveOffer(turnId);
            focusComposer();
          }}
        >
          {words.leave}
        </button>
      </div>
    </section>
  );
}
