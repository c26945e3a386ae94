import { useRef, useState } from "react";
import { isLastOwner } from "../../core/groupRoles";
import { labelled } from "../../core/roomNames";
import type { GroupMember } from "../../protocol/generated";
import type { PartProps } from "./GroupPanel";
import { groupStrings } from "./groupStrings";
import { MemberLine } from "./MemberLine";

/** From so many people on, somebody is looked for rather than read through the list. */
const MANY = 12;

/** Who belongs to the group and who is invited, and what may be changed of it. */
export function PeopleTab(props: PartProps) {
  const { facts, me } = props;
  const [words, setWords] = useState("");
  const heading = useRef<HTMLHeadingElement>(null);
  const wanted = words.trim().toLowerCase();
  const found = toldApart(facts.members).filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <section>
      <h3 ref={heading} tabIndex={-1}>
        {groupStrings.members}
      </h3>
      {facts.members.length > MANY && (
        <div className="field">
          <input
            type="search"
            aria-label={groupStrings.filter}
            placeholder={groupStrings.filter}
            value={words}
            onChange={(event) => {
              setWords(event.target.value);
            }}
          />
        </div>
      )}
      {found.length === 0 && <p role="status">{groupStrings.nobodyFound}</p>}
      <ul className="members">
        {found.map(({ member }) => (
          <MemberLine
            key={member.participant.id}
            {...props}
            member={member}
            lastOwner={isLastOwner(facts.members, me)}
            // The controls of who was removed are gone; the heading stays, and gets the focus.
            removed={() => heading.current?.focus()}
          />
        ))}
      </ul>
    </section>
  );
}

/** People under names that are each one person's. */
function toldApart(members: readonly GroupMember[]) {
  return labelled(members.map(({ participant }) => participant)).flatMap(({ name }, index) => {
    const member = members[index];
    return member ? { name, member: { ...member, participant: { ...member.participant, name } } } : [];
  });
}
