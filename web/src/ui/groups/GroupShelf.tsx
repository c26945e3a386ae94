import { useEffect, useState } from "react";
import { Asked } from "../../core/asked";
import type { Client } from "../../core/client";
import { GroupsApi, type GroupSummary } from "../../core/groupsApi";
import { useStore } from "../useStore";
import { groupLabels } from "./groupLabels";
import { GroupMenu } from "./GroupMenu";
import { openGroup } from "./groupRoute";
import { LazyPart } from "./LazyPart";
import { NewGroupButton } from "./NewGroupButton";

const loadInvitation = () => import("./GroupInvitation");

/** The person's groups and invitations, with what can be done with each. */
export function GroupShelf({ client }: { client: Client }) {
  const [asked] = useState(() => new Asked<readonly GroupSummary[]>());
  const { value } = useStore(asked.view);
  const look = () => void asked.ask(async () => (await new GroupsApi(client.http).list()).groups);
  useEffect(() => {
    const refresh = () => void asked.ask(async () => (await new GroupsApi(client.http).list()).groups);
    refresh();
    return client.connection.events.on((event) => {
      if (event.type === "list.updated" && event.conversation_id.startsWith("g_")) refresh();
    });
  }, [asked, client]);
  const opened = (groupId: string) => {
    look();
    openGroup(groupId);
  };
  return (
    <section className="group-shelf" aria-label={groupLabels.groups}>
      <div>
        <h2>{groupLabels.groups}</h2>
        <NewGroupButton client={client} onOpened={opened} />
      </div>
      <ul>
        {value?.map((group) => (
          <Line key={group.group_id} {...{ client, group, opened, look }} />
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  readonly client: Client;
  readonly group: GroupSummary;
  readonly opened: (groupId: string) => void;
  readonly look: () => void;
}

function Line({ client, group, opened, look }: LineProps) {
  const { group_id: groupId, title, invited } = group;
  return (
    <li data-testid="group-line" data-group={groupId}>
      {invited ? (
        <LazyPart load={loadInvitation} props={{ client, group, onAccepted: opened, onDeclined: look }} />
      ) : (
        <>
          <span>{title}</span>
          <GroupMenu client={client} groupId={groupId} />
        </>
      )}
    </li>
  );
}
