import { useEffect, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import type { Problem } from "../../core/codes";
import { excessOf } from "../../core/limits";
import { deedKey } from "../../core/roomDeeds";
import type { Message } from "../../core/roomState";
import { focusComposer } from "../focus";
import { problemText } from "../strings";
import { TooLong } from "../TooLong";
import { useRoomActions } from "./roomActions";
import { roomStrings as words } from "./roomStrings";
import { useFate } from "./useFate";

interface EditorProps {
  readonly message: Message;
  readonly close: () => void;
}

/** The message in other words. It stays open until the server has taken them, so that nothing typed is lost. */
export function MessageEditor({ message, close }: EditorProps) {
  const [draft, setDraft] = useState(message.text);
  const { save, sending, problem } = useSaving({ message, close });
  const excess = excessOf(draft);
  const text = excess ? "" : draft.trim();
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    save(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && !event.shiftKey) onSubmit(event);
  };
  return (
    <form className="room-editor" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <textarea
        ref={focusAtEnd}
        dir="auto"
        data-testid="message-editor"
        aria-label={words.editor}
        aria-describedby={excess ? "message-too-long" : undefined}
        aria-invalid={excess !== null}
        rows={2}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
      />
      <TooLong excess={excess} id="message-too-long" />
      <Fault problem={problem} />
      <Buttons sending={sending} empty={text === ""} close={close} />
    </form>
  );
}

function Fault({ problem }: { problem: Problem | null }) {
  return (
    problem && (
      <p className="fault" role="alert">
        {problemText(problem)}
      </p>
    )
  );
}

function Buttons({ sending, empty, close }: { sending: boolean; empty: boolean; close: () => void }) {
  return (
    <div>
      <button type="submit" className="primary" disabled={sending || empty}>
        {sending ? words.saving : words.save}
      </button>
      <button type="button" className="secondary" onClick={close}>
        {words.cancel}
      </button>
    </div>
  );
}

/** Sends the new words, and closes when they are taken. */
function useSaving({ message, close }: EditorProps) {
  const [sent, setSent] = useState(false);
  const actions = useRoomActions();
  const fate = useFate(deedKey("edit", message.messageId));
  const done = sent && fate?.state === "accepted";
  useEffect(() => {
    if (!done) return;
    close();
    focusComposer();
  }, [done, close]);
  const sending = sent && fate?.state === "sending";
  const save = (text: string) => {
    if (text === "" || sending) return;
    if (text === message.text) {
      close();
      return;
    }
    setSent(true);
    actions.edit(message.messageId, text);
  };
  return { save, sending, problem: sent ? (fate?.problem ?? null) : null };
}

function focusAtEnd(area: HTMLTextAreaElement | null): void {
  if (!area || document.activeElement === area) return;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
