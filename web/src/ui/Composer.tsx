import { useEffect, useRef, useState, type KeyboardEvent, type RefObject, type SyntheticEvent } from "react";
import { Icon } from "./Icon";
import { strings } from "./strings";

interface ComposerProps {
  /** Changes when another session is shown; the box is then focused anew. */
  readonly focusKey: string | null;
  readonly onSend: (text: string) => void;
  /** Null when nothing runs. */
  readonly onStop: (() => void) | null;
  readonly stopping: boolean;
}

export function Composer({ focusKey, onSend, onStop, stopping }: ComposerProps) {
  const [draft, setDraft] = useState("");
  const box = useComposerBox({ focusKey, draft, running: onStop !== null });
  const send = () => {
    const text = draft.trim();
    if (text === "") return;
    onSend(text);
    setDraft("");
    box.current?.focus();
  };
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Enter that ends the composition of a character belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    onSubmit(event);
  };
  return (
    <form className="composer" onSubmit={onSubmit}>
      <textarea
        ref={box}
        rows={1}
        data-testid="composer"
        aria-label={strings.composer}
        aria-describedby="composer-hint"
        placeholder={strings.placeholder}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <ComposerButtons empty={draft.trim() === ""} onStop={onStop} stopping={stopping} />
    </form>
  );
}

interface BoxProps {
  readonly focusKey: string | null;
  readonly draft: string;
  readonly running: boolean;
}

/** Focused whenever another session is shown, and as high as its text. */
function useComposerBox({ focusKey, draft, running }: BoxProps): RefObject<HTMLTextAreaElement | null> {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (hasKeyboard()) box.current?.focus();
  }, [focusKey]);
  useEffect(() => {
    // The stop button goes away with the answer; who pressed it by keyboard must not be left nowhere.
    if (!running && document.activeElement === document.body && hasKeyboard()) box.current?.focus();
  }, [running]);
  useEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [draft]);
  return box;
}

/** On a phone focus would open the keyboard over the conversation. */
function hasKeyboard(): boolean {
  return window.matchMedia("(hover: hover)").matches;
}

function ComposerButtons({
  empty,
  onStop,
  stopping,
}: {
  empty: boolean;
  onStop: (() => void) | null;
  stopping: boolean;
}) {
  return (
    <div className="composer-buttons">
      {onStop && (
        <button type="button" className="stop" data-testid="stop" disabled={stopping} onClick={onStop}>
          <Icon name="stop" size={16} />
          <span>{stopping ? strings.stopping : strings.stop}</span>
        </button>
      )}
      <button type="submit" className="send" data-testid="send" aria-label={strings.send} disabled={empty}>
        <Icon name="send" size={20} />
      </button>
    </div>
  );
}
