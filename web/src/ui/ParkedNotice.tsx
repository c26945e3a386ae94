import type { Turn } from "../core/state";
import { focusComposer } from "./focus";
import { Notice } from "./Notice";
import { strings } from "./strings";
import { useViewer } from "./viewer";

/** Why an answer does not go on, and the way to give it up. */
export function ParkedNotice({ turn, stop }: { turn: Turn; stop: (turnId: string) => void }) {
  const { person } = useViewer();
  const open = turn.cards.filter((card) => !card.decision);
  const own = open.some((card) => card.owner === person.id);
  return (
    <Notice tone="plain">
      <span data-testid="parked">
        {open.length === 0 ? strings.parkedAnswered : own ? strings.parked : strings.parkedOthers}
      </span>{" "}
      <button
        type="button"
        className="link"
        data-testid="stop-parked"
        onClick={() => {
          stop(turn.turnId);
          focusComposer();
        }}
      >
        {strings.stopParked}
      </button>
    </Notice>
  );
}
