import { useEffect, useRef, useState, type RefObject } from "react";
import type { Client } from "../../core/client";
import { GroupDesk, type GroupFacts } from "../../core/groupDesk";
import { rightsOf, type Rights } from "../../core/groupRoles";
import { GroupsApi } from "../../core/groupsApi";
import { useStore } from "../useStore";
import "../styles/groups.css";
import { leavePageOf } from "./groupRoute";
import { Fault } from "./Fault";
import { groupStrings } from "./groupStrings";
import { InviteTab } from "./InviteTab";
import { MoreTab } from "./MoreTab";
import { PeopleTab } from "./PeopleTab";
import { SettingsTab } from "./SettingsTab";
import { Tabs } from "./Tabs";

interface GroupPanelProps {
  readonly client: Client;
  readonly groupId: string;
  /** Counts how often it was opened. */
  readonly opened: number;
}

/** What the parts of the dialog work with. */
export interface PartProps {
  readonly desk: GroupDesk;
  readonly facts: GroupFacts;
  readonly rights: Rights;
  /** Something is on its way: what must not be done twice is not begun again. Nothing is disabled, for that would lose the focus. */
  readonly busy: boolean;
  /** The principal of who looks. */
  readonly me: string;
  /** Say what was done; empty to say nothing any more. */
  readonly tell: (words: string) => void;
  /** Do what ends the person's part in the group, and say these words behind it. */
  readonly end: (work: () => Promise<boolean>, words: string) => Promise<void>;
}

/** All that can be done with a group. */
export default function GroupPanel({ client, groupId, opened }: GroupPanelProps) {
  const [desk] = useState(() => new GroupDesk(new GroupsApi(client.http), groupId));
  const { facts, problem, busy } = useStore(desk.view);
  const me = useStore(client.auth.person)?.id ?? "";
  const [said, setSaid] = useState("");
  const root = useRef<HTMLDivElement>(null);
  useFresh({ client, desk, opened, root });
  const tell = (words: string) => {
    setSaid(words);
  };
  const end = async (work: () => Promise<boolean>, words: string) => {
    const rooms = await client.rooms.load();
    if (!(await rooms.end(groupId, work))) return;
    root.current?.closest("dialog")?.close();
    leavePageOf(groupId);
    client.said.emit(words);
  };
  return (
    <div className="group-panel" ref={root} aria-busy={busy}>
      {!facts && !problem && <p role="status">{groupStrings.reading}</p>}
      {facts && <Parts {...{ desk, facts, busy, me, tell, end }} rights={rightsOf(facts.details)} />}
      <p className="said" role="status" data-testid="group-said">
        {problem ? "" : said}
      </p>
      {problem && <Fault problem={problem} retry={facts ? null : () => void desk.load()} />}
    </div>
  );
}

/** Who joins and leaves is told in the room only; whoever has the dialog open looks now and then. Milliseconds. */
const LOOK_MS = 15_000;

interface FreshProps {
  readonly client: Client;
  readonly desk: GroupDesk;
  readonly opened: number;
  readonly root: RefObject<HTMLElement | null>;
}

/** Look anew whenever the dialog is opened, when something changed elsewhere, and now and then while it is open. */
function useFresh({ client, desk, opened, root }: FreshProps): void {
  useEffect(() => {
    void desk.load();
  }, [desk, opened]);
  useEffect(
    () =>
      client.connection.events.on((event) => {
        if (event.type === "list.updated" && event.conversation_id === desk.groupId) void desk.look();
      }),
    [client, desk],
  );
  useEffect(() => {
    const timer = setInterval(() => {
      const seen = root.current?.closest("dialog")?.open === true && !document.hidden;
      if (seen) void desk.look();
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
    };
  }, [desk, root]);
}

function Parts(props: PartProps) {
  const { details } = props.facts;
  const { tabs } = groupStrings;
  return (
    <>
      <div className="group-head">
        <strong data-testid="group-title">{details.title}</strong>
        <small>
          {groupStrings.people(details.people)} · {groupStrings.yourRole(details)}
        </small>
        {details.archived && <p className="archived-note">{groupStrings.archivedNote}</p>}
      </div>
      <Tabs
        label={groupStrings.sections}
        onShow={() => {
          props.tell("");
          void props.desk.look();
        }}
        tabs={[
          { id: "people", label: tabs.people, content: <PeopleTab {...props} /> },
          ...(props.rights.seeInvitations
            ? [{ id: "invite", label: tabs.invite, content: <InviteTab {...props} /> }]
            : []),
          { id: "settings", label: tabs.settings, content: <SettingsTab {...props} /> },
          { id: "more", label: tabs.more, content: <MoreTab {...props} /> },
        ]}
      />
    </>
  );
}
