import { useRef } from "react";
import type { GroupMember } from "../../protocol/generated";
import { Confirm } from "./Confirm";
import { mayRemove } from "../../core/groupRoles";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";
import { InviteByName } from "./InviteByName";
import { InviteByLink } from "./InviteByLink";

/** Inviting people by their ID or by a link, and the invitations nobody has answered yet. */
export function InviteTab(props: PartProps) {
  const { facts, rights } = props;
  const pending = facts.members.filter(({ invited }) => invited);
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <>
      {rights.link.length > 0 && <InviteByLink {...props} />}
      <Links {...props} />
      {rights.invite.length > 0 && <InviteByName {...props} />}
      <section>
        <h3 ref={heading} tabIndex={-1}>
          {groupStrings.pending}
        </h3>
        {pending.length === 0 && <p>{groupStrings.noPending}</p>}
        <ul className="lines">
          {pending.map((member) => (
            <Pending
              key={member.participant.id}
              {...props}
              member={member}
              withdrawn={() => heading.current?.focus()}
            />
          ))}
        </ul>
      </section>
    </>
  );
}

function Links({ desk, facts, tell }: PartProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const withdraw = async (invitationId: string) => {
    if (!(await desk.withdrawLink(invitationId))) return;
    tell(groupStrings.linkWithdrawn);
    heading.current?.focus();
  };
  return (
    <section>
      <h3 ref={heading} tabIndex={-1}>
        {groupStrings.links}
      </h3>
      {facts.links?.length === 0 && <p>{groupStrings.noLinks}</p>}
      <ul className="lines">
        {facts.links?.map((link) => (
          <li key={link.invitation_id} data-testid="invitation-link">
            <span>{groupStrings.link(link)}</span>
            <Confirm
              label={groupStrings.withdraw}
              fullLabel={groupStrings.withdrawLink(link)}
              question={groupStrings.withdrawLinkSure}
              testId="withdraw-link"
              act={() => withdraw(link.invitation_id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface PendingProps extends PartProps {
  readonly member: GroupMember;
  readonly withdrawn: () => void;
}

function Pending({ desk, facts, tell, member, withdrawn }: PendingProps) {
  const { participant, role } = member;
  const withdraw = async () => {
    if (!(await desk.removeMember(participant.id))) return;
    tell(groupStrings.withdrawn);
    withdrawn();
  };
  return (
    <li data-testid="pending">
      <span>
        {participant.name} · {groupStrings.roles[role]}
      </span>
      {mayRemove(facts.details.role, role) && (
        <Confirm
          label={groupStrings.withdraw}
          fullLabel={groupStrings.withdrawLabel(participant.name)}
          question={groupStrings.withdrawSure(participant.name)}
          testId="withdraw-invitation"
          act={withdraw}
        />
      )}
    </li>
  );
}
