import { useId, useState, type SyntheticEvent } from "react";
import { mayRemove, ROLES } from "../../core/groupRoles";
import type { GroupMember, GroupRole } from "../../protocol/generated";
import { Confirm } from "./Confirm";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";
import { RoleChoice } from "./RoleChoice";

interface MemberProps extends PartProps {
  readonly member: GroupMember;
  /** Who looks is the only owner. */
  readonly lastOwner: boolean;
  readonly removed: () => void;
}

/** Somebody of the group. What may be done about them is folded away behind a button. */
export function MemberLine(props: MemberProps) {
  const { member, facts, rights, me } = props;
  const { participant, role } = member;
  const [open, setOpen] = useState(false);
  const id = useId();
  const self = participant.id === me;
  const removable = !self && mayRemove(facts.details.role, role);
  const changeable = rights.giveRoles || removable;
  return (
    <li data-testid="member" data-principal={participant.id} data-role={role}>
      <Named member={member} self={self} />
      {changeable && (
        <>
          <button
            type="button"
            className="quiet"
            aria-expanded={open}
            aria-controls={id}
            aria-label={groupStrings.manage(participant.name)}
            onClick={() => {
              setOpen(!open);
            }}
          >
            {groupStrings.manageShort}
          </button>
          <div id={id} className="member-manage" hidden={!open}>
            {open && <Manage {...props} self={self} removable={removable} />}
          </div>
        </>
      )}
    </li>
  );
}

function Named({ member: { participant, role, invited }, self }: { member: GroupMember; self: boolean }) {
  const { id, name } = participant;
  return (
    <>
      <span className="avatar" aria-hidden="true">
        {name.charAt(0).toUpperCase()}
      </span>
      <span className="member-name">
        <span>
          {name}
          {self && ` (${groupStrings.you})`}
        </span>
        <small>
          {groupStrings.roles[role]}
          {invited && ` · ${groupStrings.invitedMark}`}
          {name === id && ` · ${groupStrings.unknownPerson}`}
        </small>
      </span>
    </>
  );
}

function Manage(props: MemberProps & { readonly self: boolean; readonly removable: boolean }) {
  const { member, rights, self, removable, lastOwner } = props;
  if (self && lastOwner) return <p>{groupStrings.lastOwner}</p>;
  return (
    <>
      {rights.giveRoles && <RoleForm key={member.role} {...props} />}
      {removable && <Remove {...props} />}
    </>
  );
}

function RoleForm({ desk, member, tell }: MemberProps) {
  const { participant } = member;
  const [role, setRole] = useState<GroupRole>(member.role);
  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (role === member.role) return;
    if (await desk.giveRole(participant.id, role)) tell(groupStrings.roleSaved(participant.name, role));
  };
  return (
    <form className="role-form" onSubmit={(event) => void save(event)}>
      <RoleChoice label={groupStrings.roleOf(participant.name)} roles={ROLES} role={role} choose={setRole} />
      <button type="submit" className="secondary" data-testid="save-role" disabled={role === member.role}>
        {groupStrings.saveRole}
      </button>
    </form>
  );
}

function Remove({ desk, member, tell, removed }: MemberProps) {
  const { participant, invited } = member;
  const { name } = participant;
  const remove = async () => {
    if (!(await desk.removeMember(participant.id))) return;
    tell(invited ? groupStrings.withdrawn : groupStrings.removed(name));
    removed();
  };
  return (
    <Confirm
      label={invited ? groupStrings.withdraw : groupStrings.remove}
      fullLabel={invited ? groupStrings.withdrawLabel(name) : groupStrings.removeLabel(name)}
      question={invited ? groupStrings.withdrawSure(name) : groupStrings.removeSure(name)}
      testId="remove-member"
      act={remove}
    />
  );
}
