import { useEffect, useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { excessOf } from "../core/limits";
import { focusComposer } from "./focus";
import { Icon } from "./Icon";
import { spotFor } from "./spots";
import { strings } from "./strings";
import { TooLong } from "./TooLong";

interface MessageProps {
  readonly text: string;
  /** Null until it is known. */
  readonly messageId?: string | null;
  readonly faded?: boolean;
}

export function PersonMessage({ text, messageId = null, faded = false }: MessageProps) {
  return (
    <article
      className="message person"
      data-testid="message-person"
      data-pending={faded}
      {...spotFor(messageId)}
    >
      <h3 className="hidden">{strings.person}</h3>
      <p dir="auto">{text}</p>
    </article>
  );
}

interface QuestionProps {
  readonly text: string;
  readonly messageId: string;
  /** Ask it in other words; null while that is not possible, which leaves the room for the button. */
  readonly onEdit: ((text: string) => void) | null;
}

/** Room for what may stand below a question, so that nothing moves when it comes and goes. */
export function NoQuestionTools() {
  return <div className="question-tools" aria-hidden="true" />;
}

/** A question, and while it may be edited the way to do so. */
export function QuestionView({ text, messageId, onEdit }: QuestionProps) {
  const [editing, setEditing] = useState(false);
  const [back, setBack] = useState(false);
  const change = () => {
    setBack(false);
    setEditing(true);
  };
  const close = () => {
    setEditing(false);
    setBack(true);
  };
  if (onEdit && editing) return <QuestionEditor text={text} save={onEdit} close={close} />;
  return (
    <>
      <PersonMessage text={text} messageId={messageId} />
      {onEdit ? <QuestionTools text={text} focused={back} edit={change} /> : <NoQuestionTools />}
    </>
  );
}

interface ToolsProps {
  readonly text: string;
  /** It was just come back to. */
  readonly focused: boolean;
  readonly edit: () => void;
}

function QuestionTools({ text, focused, edit }: ToolsProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focused) button.current?.focus();
  }, [focused]);
  return (
    <div className="question-tools">
      <button
        type="button"
        ref={button}
        className="quiet"
        data-testid="edit"
        aria-label={strings.editLabel(text)}
        onClick={edit}
      >
        <Icon name="edit" size={14} />
        <span>{strings.edit}</span>
      </button>
    </div>
  );
}

interface EditorProps {
  readonly text: string;
  readonly save: (text: string) => void;
  readonly close: () => void;
}

function QuestionEditor({ text, save, close }: EditorProps) {
  const [draft, setDraft] = useState(text);
  const excess = excessOf(draft);
  const words = excess ? "" : draft.trim();
  const { onSubmit, onKeyDown } = editing({ text, save, close }, words);
  return (
    <form className="question-editor" onSubmit={onSubmit} onKeyDown={onKeyDown}>
      <textarea
        ref={focusAtEnd}
        dir="auto"
        data-testid="editor"
        aria-label={strings.editor}
        aria-describedby={excess ? "editor-too-long" : "editor-note"}
        aria-invalid={excess !== null}
        rows={3}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
      />
      <TooLong excess={excess} id="editor-too-long" />
      <p id="editor-note">{strings.editNote}</p>
      <div>
        <button type="button" className="secondary" onClick={close}>
          {strings.cancel}
        </button>
        <button type="submit" className="primary" data-testid="save" disabled={words === ""}>
          {strings.save}
        </button>
      </div>
    </form>
  );
}

/** Saving what is the same changes nothing, nor does saving no words that could be sent; Escape leaves the question as it is. */
function editing({ text, save, close }: EditorProps, words: string) {
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (words === "") return;
    close();
    if (words === text) return;
    save(words);
    focusComposer();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit(event);
  };
  return { onSubmit, onKeyDown };
}

function focusAtEnd(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
