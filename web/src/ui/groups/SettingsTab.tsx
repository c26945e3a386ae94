import { useId, useState, type SyntheticEvent } from "react";
import type { GroupSettings } from "../../protocol/generated";
import { strings } from "../strings";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";

/** As the server counts and cuts them. */
export const MAX_TITLE = 200;
export const MAX_DESCRIPTION = 2_000;
const HISTORIES: readonly GroupSettings["history"][] = ["all", "from_joining"];

/** The group's name and purpose, when the coach speaks in it, and what newcomers see. */
export function SettingsTab(props: PartProps) {
  return props.rights.set ? (
    <>
      <NameForm {...props} />
      <CoachSettings {...props} />
      <HistorySetting {...props} />
    </>
  ) : (
    <AsItIs {...props} />
  );
}

/** What is typed stays until it is stored, whatever others set meanwhile. */
function NameForm({ desk, facts, tell }: PartProps) {
  const { details } = facts;
  const [typed, setTyped] = useState<{ title?: string; description?: string }>({});
  const { title = details.title, description = details.description } = typed;
  const changes = {
    ...(title.trim() !== details.title && { title: title.trim() }),
    ...(description.trim() !== details.description && { description: description.trim() }),
  };
  const ready = title.trim() !== "" && Object.keys(changes).length > 0;
  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!ready || !(await desk.change(changes))) return;
    // What was typed meanwhile stays.
    setTyped((now) => (now === typed ? {} : now));
    tell(groupStrings.nameSaved);
  };
  return (
    <form className="entry-form" aria-label={groupStrings.name} onSubmit={(event) => void save(event)}>
      <h3>{groupStrings.name}</h3>
      <NameFields
        {...{ title, description }}
        change={(words) => {
          setTyped({ ...typed, ...words });
        }}
      />
      <div className="entry-buttons">
        <button type="submit" className="primary" data-testid="save-name" disabled={!ready}>
          {strings.save}
        </button>
      </div>
    </form>
  );
}

interface NameFieldsProps {
  readonly title: string;
  readonly description: string;
  readonly change: (words: { title?: string; description?: string }) => void;
}

/** What a group is called and what it is for. */
export function NameFields({ title, description, change }: NameFieldsProps) {
  const id = useId();
  return (
    <>
      <div className="field">
        <label htmlFor={`${id}-title`}>{groupStrings.title}</label>
        <input
          id={`${id}-title`}
          type="text"
          required
          maxLength={MAX_TITLE}
          value={title}
          onChange={(event) => {
            change({ title: event.target.value });
          }}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-description`}>{groupStrings.description}</label>
        <textarea
          id={`${id}-description`}
          rows={3}
          maxLength={MAX_DESCRIPTION}
          value={description}
          onChange={(event) => {
            change({ description: event.target.value });
          }}
        />
      </div>
    </>
  );
}

function CoachSettings(props: PartProps) {
  return (
    <fieldset className="settings-part">
      <legend>{groupStrings.coachTitle}</legend>
      <p>{groupStrings.mentionAlways}</p>
      <Switch {...props} name="follow_up" label={groupStrings.followUp} note={groupStrings.followUpNote} />
      <Switch {...props} name="ambient" label={groupStrings.ambient} note={groupStrings.ambientNote} />
    </fieldset>
  );
}

interface SwitchProps extends PartProps {
  readonly name: "follow_up" | "ambient";
  readonly label: string;
  readonly note: string;
}

function Switch({ desk, facts, tell, name, label, note }: SwitchProps) {
  const id = useId();
  const turn = async (on: boolean) => {
    if (await desk.change({ settings: { [name]: on } })) tell(groupStrings.settingSaved);
  };
  return (
    <div className="memory-switch">
      <label>
        <input
          type="checkbox"
          role="switch"
          data-testid={`setting-${name}`}
          checked={facts.details.settings[name]}
          aria-describedby={id}
          onChange={(event) => void turn(event.target.checked)}
        />
        {label}
      </label>
      <p id={id}>{note}</p>
    </div>
  );
}

function HistorySetting({ desk, facts, tell }: PartProps) {
  const name = useId();
  const set = async (history: GroupSettings["history"]) => {
    if (await desk.change({ settings: { history } })) tell(groupStrings.settingSaved);
  };
  return (
    <fieldset className="settings-part">
      <legend>{groupStrings.historyTitle}</legend>
      {HISTORIES.map((history) => (
        <label key={history} className="radio">
          <input
            type="radio"
            name={name}
            checked={facts.details.settings.history === history}
            onChange={() => void set(history)}
          />
          {groupStrings.history[history]}
        </label>
      ))}
    </fieldset>
  );
}

function AsItIs({ facts }: PartProps) {
  const { description, settings } = facts.details;
  const told = (on: boolean) => (on ? groupStrings.on : groupStrings.off);
  return (
    <dl className="as-it-is">
      <dt>{groupStrings.descriptionLabel}</dt>
      <dd>{description || groupStrings.noDescription}</dd>
      <dt>{groupStrings.coachTitle}</dt>
      <dd>{groupStrings.mentionAlways}</dd>
      <dt>{groupStrings.followUp}</dt>
      <dd>{told(settings.follow_up)}</dd>
      <dt>{groupStrings.ambient}</dt>
      <dd>{told(settings.ambient)}</dd>
      <dt>{groupStrings.historyTitle}</dt>
      <dd>{groupStrings.history[settings.history]}</dd>
      {!facts.details.archived && <dd className="note">{groupStrings.onlyLeaders}</dd>}
    </dl>
  );
}
