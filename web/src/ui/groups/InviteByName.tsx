import { useId, useState, type SyntheticEvent } from "react";
import { principalsIn } from "../../core/groupRoles";
import type { GroupRole } from "../../protocol/generated";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";
import { RoleChoice } from "./RoleChoice";

/** Invite people by their IDs; who could not be invited still stands in the box. */
export function InviteByName({ desk, rights, me, tell }: PartProps) {
  const [text, setText] = useState("");
  const [chosen, setRole] = useState<GroupRole>("member");
  const role = rights.invite.includes(chosen) ? chosen : "member";
  const { principals, others } = principalsIn(text);
  const ready = principals.length > 0 && others.length === 0 && !principals.includes(me);
  const invite = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (!ready) return;
    const failed = await desk.invite(principals.map((principal) => ({ principal, role })));
    // What was typed meanwhile stays.
    setText((now) => (now === text ? failed.map(({ principal }) => principal).join("\n") : now));
    tell(
      failed.length === 0 ? groupStrings.invited(principals.length) : groupStrings.someInvited(failed.length),
    );
  };
  return (
    <form
      className="entry-form"
      aria-label={groupStrings.inviteById}
      onSubmit={(event) => void invite(event)}
    >
      <h3>{groupStrings.inviteById}</h3>
      <IdsField label={groupStrings.ids} text={text} setText={setText} me={me} />
      <RoleChoice label={groupStrings.inviteRole} roles={rights.invite} role={role} choose={setRole} />
      <div className="entry-buttons">
        <button type="submit" className="primary" data-testid="invite" disabled={!ready}>
          {groupStrings.invite}
        </button>
      </div>
    </form>
  );
}

interface IdsProps {
  readonly label: string;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly me: string;
}

/** A box for the IDs of people; says what in it is none. */
export function IdsField({ label, text, setText, me }: IdsProps) {
  const id = useId();
  const { principals, others } = principalsIn(text);
  const fault =
    others.length > 0 ? groupStrings.notIds(others) : principals.includes(me) ? groupStrings.ownId : "";
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={2}
        data-testid="ids"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={text}
        aria-invalid={fault !== ""}
        aria-describedby={`${id}-note`}
        onChange={(event) => {
          setText(event.target.value);
        }}
      />
      <small id={`${id}-note`} className={fault ? "fault" : ""}>
        {fault || groupStrings.idsNote}
      </small>
    </div>
  );
}
