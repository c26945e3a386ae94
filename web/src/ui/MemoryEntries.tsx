import { useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import type { EntryWords, MemoryEntry } from "../core/api";
import { EntryFields, isEntry } from "./EntryFields";
import type { MemoryProps } from "./MemoryDialog";
import { locale } from "./languages/language";
import { strings } from "./strings";
import { useOnce } from "./useOnce";

interface EntriesProps extends MemoryProps {
  /** Keep what was written for an entry that is gone. */
  readonly keep: (words: EntryWords) => void;
}

/** The entries, oldest first; each can be said in other words, or deleted. */
export function MemoryEntries(props: EntriesProps) {
  const { known } = props;
  const { heading, editing, setEditing, save, remove, close } = useEntries(props);
  return (
    <section className="entries">
      <h3 ref={heading} tabIndex={-1}>
        {strings.entries}
      </h3>
      {known.entries.length === 0 && <p>{strings.noEntries}</p>}
      <ul>
        {known.entries.map((entry) =>
          entry.id === editing ? (
            <EntryEditor
              key={entry.id}
              {...{ entry, close }}
              limit={known.limits.characters}
              save={(words) => save(entry.id, words)}
            />
          ) : (
            <EntryLine
              key={entry.id}
              {...{ entry }}
              edit={() => {
                setEditing(entry.id);
              }}
              remove={() => remove(entry.id)}
            />
          ),
        )}
      </ul>
    </section>
  );
}

/** What is being edited. The control that was used goes away with what it did; the heading stays, and gets the focus. */
function useEntries(props: EntriesProps) {
  const { memory, tell, keep } = props;
  const [editing, setEditing] = useState<string | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const close = () => {
    setEditing(null);
    heading.current?.focus();
  };
  const save = async (id: string, words: EntryWords) => {
    if (await memory.change(id, words)) tell(strings.entryChanged);
    else if (stillThere(props, id)) return;
    else keep(words);
    close();
  };
  const remove = async (id: string) => {
    if (!(await memory.remove(id))) return;
    tell(strings.entryDeleted);
    heading.current?.focus();
  };
  return { heading, editing, setEditing, save, remove, close };
}

/** What could not be stored stays where it is typed, unless that has gone. */
function stillThere({ memory }: EntriesProps, id: string): boolean {
  return memory.view.get().memory?.entries.some((entry) => entry.id === id) ?? true;
}

interface LineProps {
  readonly entry: MemoryEntry;
  readonly edit: () => void;
  readonly remove: () => Promise<void>;
}

/** Deleting takes a second word. */
function EntryLine({ entry, edit, ...deeds }: LineProps) {
  const remove = useOnce(deeds.remove);
  const [sure, setSure] = useState(false);
  const { kind, text, by, changedAt } = entry;
  return (
    <li data-testid="memory-entry">
      <div>
        <p dir="auto">{text}</p>
        <small>{strings.entryNote(kind, by, new Date(changedAt).toLocaleDateString(locale()))}</small>
      </div>
      <button type="button" className="quiet" aria-label={strings.editEntry(text)} onClick={edit}>
        {strings.edit}
      </button>
      <button
        type="button"
        className="quiet delete"
        aria-label={sure ? strings.deleteEntryForGood(text) : strings.deleteEntry(text)}
        onBlur={() => {
          setSure(false);
        }}
        onClick={() => {
          if (!sure) setSure(true);
          else remove();
        }}
      >
        {sure ? strings.deleteForGood : strings.deleteSession}
      </button>
    </li>
  );
}

interface EditorProps {
  readonly entry: MemoryEntry;
  readonly limit: number;
  readonly save: (words: EntryWords) => Promise<void>;
  readonly close: () => void;
}

/** Escape leaves the entry as it is, and the dialog open. */
function EntryEditor({ entry, limit, close, ...deeds }: EditorProps) {
  const save = useOnce(deeds.save);
  const [words, setWords] = useState<EntryWords>({ kind: entry.kind, text: entry.text });
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isEntry(words, limit)) save({ ...words, text: words.text.trim() });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return (
    <li>
      <form className="entry-form" aria-label={strings.editEntry(entry.text)} {...{ onSubmit, onKeyDown }}>
        <EntryFields id={entry.id} words={words} change={setWords} limit={limit} focused />
        <div className="entry-buttons">
          <button
            type="submit"
            className="primary"
            data-testid="save-entry"
            disabled={!isEntry(words, limit)}
          >
            {strings.save}
          </button>
          <button type="button" className="secondary" onClick={close}>
            {strings.cancel}
          </button>
        </div>
      </form>
    </li>
  );
}
