import { Icon } from "./Icon";
import { go } from "./route";
import { strings } from "./strings";

interface OpenProblemProps {
  readonly title: string;
  /** Why it cannot be opened. */
  readonly reason: string;
  /** Null where trying again does not help. */
  readonly retry: (() => void) | null;
  /** The words of the way to a new chat. */
  readonly leave: string;
}

/** Stands where a conversation would, when it cannot be opened: why, and the ways on. */
export function OpenProblem({ title, reason, retry, leave }: OpenProblemProps) {
  return (
    <section className="open-problem" role="alert" data-testid="open-problem">
      <Icon name="alert" size={28} />
      <h2>{title}</h2>
      <p>{reason}</p>
      <div>
        {retry && (
          <button type="button" className="secondary" onClick={retry}>
            {strings.tryAgain}
          </button>
        )}
        <button
          type="button"
          className="primary"
          onClick={() => {
            go(null);
          }}
        >
          {leave}
        </button>
      </div>
    </section>
  );
}
