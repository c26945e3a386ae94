import { COACH_NAMED } from "../../core/roomMentions";
import { Avatar } from "./Avatar";
import { roomStrings as words } from "./roomStrings";
import type { NamingState } from "./useNaming";

export const NAME_LIST_ID = "name-list";

export function nameOptionId(index: number): string {
  return `${NAME_LIST_ID}-${index}`;
}

/** Who may be meant. The focus stays in the box: keys are handled there. */
export function NameList({ naming }: { naming: NamingState }) {
  const { choices, chosen, active, take } = naming;
  const status = choices.length > 0 ? words.mentionCount(choices.length) : active ? words.mentionNone : "";
  return (
    <>
      <p className="hidden" role="status">
        {status}
      </p>
      {choices.length > 0 && (
        <ul className="name-list" id={NAME_LIST_ID} role="listbox" aria-label={words.mentionList}>
          {choices.map((person, index) => (
            <li
              key={person.id}
              id={nameOptionId(index)}
              role="option"
              aria-selected={index === chosen}
              data-testid="name-option"
              onMouseDown={(event) => {
                // The box keeps the focus.
                event.preventDefault();
                take(person);
              }}
            >
              <Avatar who={person} />
              <span>{person.id === COACH_NAMED.id ? words.coach : person.name}</span>
              {person.id === COACH_NAMED.id && <small>{words.coachRole}</small>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
