import { useState } from "react";
import type { Card } from "../core/cardState";
import { parseObject } from "../core/schemaFields";
import { LIMITS } from "../protocol/generated";
import { ArgumentsView } from "./ArgumentsView";
import type { CardBodyProps } from "./cardBody";
import { Icon } from "./Icon";
import { SchemaForm } from "./SchemaForm";
import { strings } from "./strings";
import { useSchemaForm, type SchemaFormState } from "./useSchemaForm";

/**
 * A call as it would be made: let it be made so, changed, or not at all. This is no form on purpose, for Enter in
 * one of its boxes must not approve anything.
 */
export function ApprovalCard({ card, blocked, answer }: CardBodyProps) {
  const { editing, setEditing, note, setNote, form, given } = useApproval(card);
  const approve = () => {
    const edited = editing ? form.read() : undefined;
    if (edited === null) return;
    answer({ answer: "approve", ...given, ...(edited ? { arguments: edited } : {}) });
  };
  return (
    <>
      {editing && <SchemaForm form={form} disabled={blocked} rawToo />}
      {!editing && card.arguments !== null && <ArgumentsView text={card.arguments} />}
      <NoteEntry id={`${card.questionId}-note`} note={note} setNote={setNote} disabled={blocked} />
      <div className="card-buttons">
        <button type="button" className="primary" data-testid="approve" disabled={blocked} onClick={approve}>
          {editing ? strings.approveEdited : strings.approve}
        </button>
        <button
          type="button"
          className="secondary"
          data-testid="deny"
          disabled={blocked}
          onClick={() => {
            answer({ answer: "deny", ...given });
          }}
        >
          {strings.deny}
        </button>
        {card.schema !== null && <EditToggle {...{ editing, setEditing, form, blocked }} />}
      </div>
    </>
  );
}

function useApproval(card: Card) {
  const [editing, setEditing] = useState(false);
  const [note, setNote] = useState("");
  const form = useSchemaForm(card.schema, parseObject(card.arguments) ?? {}, `${card.questionId}-edit`);
  const given = note.trim() === "" ? {} : { note: note.trim() };
  return { editing, setEditing, note, setNote, form, given };
}

interface EditProps {
  readonly editing: boolean;
  readonly setEditing: (editing: boolean) => void;
  readonly form: SchemaFormState;
  readonly blocked: boolean;
}

function EditToggle({ editing, setEditing, form, blocked }: EditProps) {
  return (
    <button
      type="button"
      className="quiet"
      data-testid="edit-arguments"
      disabled={blocked}
      onClick={() => {
        if (editing) form.reset();
        setEditing(!editing);
      }}
    >
      <Icon name={editing ? "close" : "edit"} size={14} />
      <span>{editing ? strings.discardEdits : strings.editArguments}</span>
    </button>
  );
}

interface NoteProps {
  readonly id: string;
  readonly note: string;
  readonly setNote: (note: string) => void;
  readonly disabled: boolean;
}

function NoteEntry({ id, note, setNote, disabled }: NoteProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{strings.cardNote}</label>
      <input
        type="text"
        id={id}
        autoComplete="off"
        maxLength={LIMITS.note_characters}
        value={note}
        disabled={disabled}
        data-testid="card-note"
        onChange={(event) => {
          setNote(event.target.value);
        }}
      />
    </div>
  );
}
