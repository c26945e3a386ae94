import type { Reaction } from "../../core/roomState";
import { listed, roomStrings as words } from "./roomStrings";
import { useRoomActions } from "./roomActions";

interface ReactionsProps {
  readonly messageId: string;
  readonly reactions: readonly Reaction[] | undefined;
  readonly me: string;
  readonly writes: boolean;
}

/** Who reacted with what; a click joins in, or takes one's own back. */
export function Reactions({ messageId, reactions = [], me, writes }: ReactionsProps) {
  const { react } = useRoomActions();
  if (reactions.length === 0) return null;
  return (
    <ul className="reactions" data-testid="reactions">
      {reactions.map(({ emoji, people }) => {
        const mine = people.some(({ id }) => id === me);
        const names = listed(people.map(({ id, name }) => (id === me ? words.you : name)));
        return (
          <li key={emoji}>
            <button
              type="button"
              data-testid="reaction"
              aria-pressed={mine}
              aria-label={words.reaction(emoji, names, mine)}
              title={names}
              disabled={!writes}
              onClick={() => {
                react(messageId, emoji, !mine);
              }}
            >
              <span>{emoji}</span> {people.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
