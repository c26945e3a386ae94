import { useId, useState, type SyntheticEvent } from "react";
import type { EntryWords, Memory } from "../core/api";
import type { PersonMemory } from "../core/memory";
import { DialogButton } from "./DialogButton";
import { EntryFields, isEntry } from "./EntryFields";
import { hasKeyboard } from "./focus";
import { MemoryEntries } from "./MemoryEntries";
import { problemText, strings } from "./strings";
import { useOnce } from "./useOnce";
import { useStore } from "./useStore";

/** The button that opens what the coach may remember of the person, and all that can be done with it. */
export function MemoryDialog({ memory }: { memory: PersonMemory }) {
  return (
    <DialogButton icon="memory" label={strings.memory} testId="memory" onOpen={() => void memory.load()}>
      <MemoryPanel memory={memory} />
    </DialogButton>
  );
}

const NEW = "new-entry";
const BLANK: EntryWords = { kind: "fact", text: "" };

/** What is typed stays, whatever becomes of the memory meanwhile, until it is stored. */
function MemoryPanel({ memory }: { memory: PersonMemory }) {
  const { memory: known, problem, busy } = useStore(memory.view);
  const [draft, setDraft] = useState(BLANK);
  const [said, setSaid] = useState("");
  const tell = (words: string) => {
    setSaid(words);
  };
  return (
    <div className="memory" aria-busy={busy}>
      {!known && !problem && <p>{strings.memoryLoading}</p>}
      {known && (
        <>
          <Switch {...{ memory, known, tell }} />
          <MemoryEntries {...{ memory, known, tell }} keep={setDraft} />
          <AddEntry {...{ memory, known, tell, draft, setDraft }} />
        </>
      )}
      <p className="hidden" role="status" data-testid="memory-said">
        {problem ? "" : said}
      </p>
      {problem && (
        <p className="fault" role="alert" data-testid="memory-problem">
          {problemText(problem)}
        </p>
      )}
      {!known && problem && (
        <button type="button" className="secondary" onClick={() => void memory.load()}>
          {strings.tryAgain}
        </button>
      )}
    </div>
  );
}

export interface MemoryProps {
  readonly memory: PersonMemory;
  readonly known: Memory;
  /** Say what was done to those who cannot see it. */
  readonly tell: (words: string) => void;
}

function Switch({ memory, known, tell }: MemoryProps) {
  const note = useId();
  const turn = useOnce(async (on: boolean) => {
    if (await memory.turn(on)) tell(on ? strings.memoryIsOn : strings.memoryIsOff);
  });
  return (
    <div className="memory-switch">
      <label>
        <input
          type="checkbox"
          role="switch"
          data-testid="memory-switch"
          checked={known.enabled}
          aria-describedby={note}
          onChange={(event) => {
            turn(event.target.checked);
          }}
        />
        {strings.memorySwitch}
      </label>
      <p id={note}>{known.enabled ? strings.memoryOnNote : strings.memoryOffNote}</p>
    </div>
  );
}

interface AddProps extends MemoryProps {
  readonly draft: EntryWords;
  readonly setDraft: (words: EntryWords) => void;
}

function AddEntry({ memory, known, tell, draft, setDraft }: AddProps) {
  const { entries, limits } = known;
  const add = useOnce(async () => {
    if (!isEntry(draft, limits.characters)) return;
    if (!(await memory.add({ ...draft, text: draft.text.trim() }))) return;
    setDraft({ ...draft, text: "" });
    tell(strings.entryAdded);
    // The button has nothing to add any more, and takes no focus.
    if (hasKeyboard()) document.getElementById(`${NEW}-text`)?.focus();
  });
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    add();
  };
  return (
    <form className="entry-form" aria-label={strings.addEntry} onSubmit={onSubmit}>
      <h3>{strings.addEntry}</h3>
      <EntryFields id={NEW} words={draft} change={setDraft} limit={limits.characters} />
      <div className="entry-buttons">
        <button
          type="submit"
          className="primary"
          data-testid="add-entry"
          disabled={!isEntry(draft, limits.characters)}
        >
          {strings.add}
        </button>
        <small>{strings.entryCount(entries.length, limits.entries)}</small>
      </div>
    </form>
  );
}
