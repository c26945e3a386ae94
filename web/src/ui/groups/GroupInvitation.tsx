import { useState } from "react";
import { Asked } from "../../core/asked";
import type { Client } from "../../core/client";
import { GroupsApi, type GroupSummary } from "../../core/groupsApi";
import { useStore } from "../useStore";
import "../styles/groups.css";
import { groupProblem, groupStrings } from "./groupStrings";

interface GroupInvitationProps {
  readonly client: Client;
  readonly group: Pick<GroupSummary, "group_id" | "title" | "invited_by" | "role">;
  readonly onAccepted: (groupId: string) => void;
  readonly onDeclined: (groupId: string) => void;
}

/** An invitation by name, to be accepted or declined. */
export default function GroupInvitation({ client, group, onAccepted, onDeclined }: GroupInvitationProps) {
  const [asked] = useState(() => new Asked<true>());
  const { problem, busy } = useStore(asked.view);
  const { group_id: groupId } = group;
  const answer = async (work: (api: GroupsApi) => Promise<unknown>, done: (groupId: string) => void) => {
    const answered = busy
      ? null
      : await asked.ask(() => work(new GroupsApi(client.http)).then(() => true as const));
    if (answered) done(groupId);
  };
  return (
    <section
      className="group-invitation"
      aria-label={groupStrings.invitationTo(group.title)}
      data-testid="group-invitation"
    >
      <p>{groupStrings.joinByName(group)}</p>
      <div className="entry-buttons">
        <Answer
          name="accept"
          label={groupStrings.join}
          act={() => void answer((api) => api.accept(groupId), onAccepted)}
        />
        <Answer
          name="decline"
          label={groupStrings.decline}
          act={() => void answer((api) => api.decline(groupId), onDeclined)}
        />
      </div>
      {problem && (
        <p className="fault" role="alert">
          {groupProblem(problem)}
        </p>
      )}
    </section>
  );
}

function Answer({ name, label, act }: { name: "accept" | "decline"; label: string; act: () => void }) {
  return (
    <button
      type="button"
      className={name === "accept" ? "primary" : "secondary"}
      data-testid={name}
      onClick={act}
    >
      {label}
    </button>
  );
}
