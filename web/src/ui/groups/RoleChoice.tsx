import { useId } from "react";
import type { GroupRole } from "../../protocol/generated";
import { groupStrings } from "./groupStrings";

interface RoleChoiceProps<R extends GroupRole> {
  readonly label: string;
  readonly roles: readonly R[];
  readonly role: R;
  readonly choose: (role: R) => void;
}

/** A role to choose, and what it allows. */
export function RoleChoice<R extends GroupRole>({ label, roles, role, choose }: RoleChoiceProps<R>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={role}
        aria-describedby={`${id}-note`}
        onChange={(event) => {
          const chosen = roles.find((each) => each === event.target.value);
          if (chosen) choose(chosen);
        }}
      >
        {roles.map((each) => (
          <option key={each} value={each}>
            {groupStrings.roles[each]}
          </option>
        ))}
      </select>
      <small id={`${id}-note`}>{groupStrings.roleNotes[role]}</small>
    </div>
  );
}
