import type { EntryKind, EntryWords } from "../core/api";
import { strings } from "./strings";

/** What an entry of a memory can have at most; the server says the same in its limits. */
export const MAX_CHARACTERS = 500;
/** From here on a person is told how much room is left. */
const NEARLY = 0.8;
const KINDS: readonly EntryKind[] = ["fact", "instruction"];

interface EntryFieldsProps {
  /** Begins the ids of the controls. */
  readonly id: string;
  readonly words: EntryWords;
  readonly change: (words: EntryWords) => void;
  readonly limit?: number;
  readonly disabled?: boolean;
  /** The box to write in takes the focus. */
  readonly focused?: boolean;
}

/** What is to be remembered, and what kind of thing it is. */
export function EntryFields(props: EntryFieldsProps) {
  const { id, words, change, limit = MAX_CHARACTERS, disabled = false, focused = false } = props;
  const count = lengthOf(words);
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-text`}>{strings.entryText}</label>
        <textarea
          id={`${id}-text`}
          ref={focused ? focusAtEnd : undefined}
          data-testid="entry-text"
          rows={3}
          value={words.text}
          disabled={disabled}
          aria-invalid={count > limit}
          aria-describedby={`${id}-count`}
          onChange={(event) => {
            change({ ...words, text: event.target.value });
          }}
        />
        <p className={count > limit ? "fault" : "hint"} id={`${id}-count`}>
          {count > limit * NEARLY ? strings.entryLength(count, limit) : ""}
        </p>
      </div>
      <KindChoice {...{ id, words, change, disabled }} />
    </>
  );
}

type KindProps = Required<Pick<EntryFieldsProps, "id" | "words" | "change" | "disabled">>;

function KindChoice({ id, words, change, disabled }: KindProps) {
  return (
    <div className="field">
      <label htmlFor={`${id}-kind`}>{strings.entryKind}</label>
      <select
        id={`${id}-kind`}
        data-testid="entry-kind"
        value={words.kind}
        disabled={disabled}
        onChange={(event) => {
          const kind = KINDS.find((each) => each === event.target.value);
          if (kind) change({ ...words, kind });
        }}
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {strings.entryKinds[kind]}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Whether it can be stored as it is. */
export function isEntry(words: EntryWords, limit = MAX_CHARACTERS): boolean {
  const count = lengthOf(words);
  return count > 0 && count <= limit;
}

/** Characters as the server counts them: code points, without the blanks around. */
function lengthOf({ text }: EntryWords): number {
  return Array.from(text.trim()).length;
}

function focusAtEnd(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}
