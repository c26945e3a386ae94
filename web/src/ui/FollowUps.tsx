import type { Turn } from "../core/state";
import { strings } from "./strings";

interface FollowUpsProps {
  readonly turn: Turn;
  readonly actions: { readonly ask: (text: string) => void };
}

/** What may be asked next: as offered behind the answer, or told with it. */
export function FollowUps({ turn, actions }: FollowUpsProps) {
  const { offered } = turn.beside;
  const suggestions = offered.length > 0 ? offered : (turn.outcome?.suggestions ?? []);
  if (suggestions.length === 0) return null;
  return (
    <ul className="follow-ups" aria-label={strings.followUps}>
      {suggestions.map((suggestion) => (
        <li key={suggestion}>
          <button
            type="button"
            dir="auto"
            onClick={() => {
              actions.ask(suggestion);
            }}
          >
            {suggestion}
          </button>
        </li>
      ))}
    </ul>
  );
}
