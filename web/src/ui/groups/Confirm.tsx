import { useRef, useState, type KeyboardEvent } from "react";
import { groupStrings } from "./groupStrings";

interface ConfirmProps {
  readonly label: string;
  /** The whole of it for those who hear the button alone. */
  readonly fullLabel?: string;
  readonly question: string;
  /** The second word; as the first where that says enough. */
  readonly yes?: string;
  readonly testId: string;
  readonly act: () => Promise<unknown>;
}

/** A button for what cannot be taken back: it asks first. Escape answers no, and closes nothing else. */
export function Confirm(props: ConfirmProps) {
  const { label, fullLabel = label, testId } = props;
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const no = () => {
    setAsking(false);
    // The button is back on the page when this has been shown.
    requestAnimationFrame(() => button.current?.focus());
  };
  if (asking) return <Question {...props} no={no} />;
  return (
    <button
      type="button"
      ref={button}
      className="quiet delete"
      data-testid={testId}
      aria-label={fullLabel}
      onClick={() => {
        setAsking(true);
      }}
    >
      {label}
    </button>
  );
}

function Question({ label, question, yes = label, testId, act, no }: ConfirmProps & { no: () => void }) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    no();
  };
  return (
    <div className="confirm" role="group" aria-label={question} onKeyDown={onKeyDown}>
      <p>{question}</p>
      <div className="entry-buttons">
        <button
          type="button"
          className="secondary danger"
          data-testid={`${testId}-yes`}
          onClick={() => void act().finally(no)}
        >
          {yes}
        </button>
        <button type="button" className="secondary" ref={focus} onClick={no}>
          {groupStrings.cancel}
        </button>
      </div>
    </div>
  );
}

/** Not on what cannot be taken back. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus();
}
