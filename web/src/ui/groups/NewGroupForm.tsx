import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import type { Client } from "../../core/client";
import { GroupMaker, MOST_INVITED, type WantedGroup } from "../../core/groupMaker";
import { principalsIn, ROLES } from "../../core/groupRoles";
import { GroupsApi, type SessionPart } from "../../core/groupsApi";
import type { GroupRole } from "../../protocol/generated";
import { CopyButton } from "../Markdown";
import { useStore } from "../useStore";
import "../styles/groups.css";
import { CopyChoice } from "./CopyChoice";
import { Fault } from "./Fault";
import { groupStrings } from "./groupStrings";
import { IdsField } from "./InviteByName";
import { RoleChoice } from "./RoleChoice";
import { NameFields } from "./SettingsTab";

interface NewGroupProps {
  readonly client: Client;
  readonly onOpened: (groupId: string) => void;
  /** Counts how often it was opened. */
  readonly opened: number;
}

/** What is chosen of a session: nothing of none, a part, or what cannot be copied. */
export type Copied = SessionPart | "nothing" | "unready";

interface Draft {
  readonly title: string;
  readonly description: string;
  readonly ids: string;
  readonly role: GroupRole;
  readonly copied: Copied;
}

const BLANK: Draft = { title: "", description: "", ids: "", role: "member", copied: "nothing" };

/** The form for a new group. What is typed stays, whatever becomes of the dialog, until the group is made. */
export default function NewGroupForm({ client, onOpened, opened }: NewGroupProps) {
  const [maker] = useState(() => new GroupMaker(new GroupsApi(client.http)));
  const { busy, problem, begun } = useStore(maker.view);
  const me = useStore(client.auth.person)?.id ?? "";
  const [draft, setDraft] = useState(BLANK);
  const [made, setMade] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>("input")?.focus();
  }, [opened]);
  const change = (changes: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...changes }));
  };
  const wanted = wantedOf(draft, me);
  const make = async (event: SyntheticEvent) => {
    event.preventDefault();
    const groupId = wanted && !busy ? await maker.make(wanted) : null;
    if (groupId === null) return;
    setDraft(BLANK);
    setMade(made + 1);
    form.current?.closest("dialog")?.close();
    onOpened(groupId);
  };
  return (
    <form ref={form} className="entry-form" aria-busy={busy} onSubmit={(event) => void make(event)}>
      <NameFields title={draft.title} description={draft.description} change={change} />
      <People draft={draft} change={change} me={me} />
      <CopyChoice key={made} client={client} fixed={begun} change={change} />
      {problem && <Fault problem={problem} retry={null} />}
      {begun && <p role="status">{groupStrings.begun}</p>}
      <div className="entry-buttons">
        <button type="submit" className="primary" data-testid="create-group" disabled={!wanted}>
          {begun ? groupStrings.goOn : groupStrings.create}
        </button>
      </div>
      <OwnId me={me} />
    </form>
  );
}

/** Nobody can be looked up: who wants to be invited hands this on. */
function OwnId({ me }: { me: string }) {
  return (
    <p className="own-id">
      <span>
        {groupStrings.yourId} <code data-testid="own-id">{me}</code>
      </span>
      <CopyButton label={groupStrings.copyId} text={() => me} />
    </p>
  );
}

interface PeopleProps {
  readonly draft: Draft;
  readonly change: (changes: Partial<Draft>) => void;
  readonly me: string;
}

function People({ draft, change, me }: PeopleProps) {
  const count = principalsIn(draft.ids).principals.length;
  return (
    <>
      <IdsField
        label={groupStrings.idsOptional}
        text={draft.ids}
        me={me}
        setText={(ids) => {
          change({ ids });
        }}
      />
      {count > MOST_INVITED && <p className="fault">{groupStrings.tooManyIds(MOST_INVITED)}</p>}
      {count > 0 && (
        <RoleChoice
          label={groupStrings.inviteRole}
          roles={ROLES}
          role={draft.role}
          choose={(role) => {
            change({ role });
          }}
        />
      )}
    </>
  );
}

/** What the form asks for; null while it cannot be asked for. */
function wantedOf({ title, description, ids, role, copied }: Draft, me: string): WantedGroup | null {
  const { principals, others } = principalsIn(ids);
  const people = others.length === 0 && !principals.includes(me) && principals.length <= MOST_INVITED;
  if (title.trim() === "" || !people || copied === "unready") return null;
  return {
    title: title.trim(),
    description: description.trim(),
    invitees: principals.map((principal) => ({ principal, role })),
    part: copied === "nothing" ? null : copied,
  };
}
