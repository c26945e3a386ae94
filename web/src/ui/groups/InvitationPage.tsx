import { useEffect, useState } from "react";
import { Asked } from "../../core/asked";
import type { Client } from "../../core/client";
import { GroupsApi, type GroupDetails } from "../../core/groupsApi";
import { groupOf } from "../../core/invitationLinks";
import { ApiError, type Problem } from "../../core/codes";
import { Logo } from "../Icon";
import { strings } from "../strings";
import { useStore } from "../useStore";
import "../styles/groups.css";
import { leaveInvitation, openGroup } from "./groupRoute";
import { groupProblem, groupStrings } from "./groupStrings";

interface InvitationProps {
  readonly client: Client;
  readonly token: string;
}

/** What the person is in the group of a link already; nothing, as far as can be seen. */
type Place = GroupDetails | "none";

/** The page an invitation link leads to. Nobody joins without saying so. */
export default function InvitationPage({ client, token }: InvitationProps) {
  const groupId = groupOf(token);
  const person = useStore(client.auth.person);
  return (
    <main className="welcome">
      <div className="welcome-card join-card">
        <Logo size={60} />
        <h1>{groupStrings.joinTitle}</h1>
        {groupId === null ? (
          <Refused words={groupStrings.linkIncomplete} />
        ) : (
          <Joining key={token} {...{ client, token, groupId }} />
        )}
        <p className="welcome-note">{groupStrings.signedInAs(person?.name ?? "")}</p>
      </div>
    </main>
  );
}

function Joining({ client, token, groupId }: InvitationProps & { groupId: string }) {
  const [api] = useState(() => new GroupsApi(client.http));
  const [looked] = useState(() => new Asked<Place>());
  const { value: place, problem } = useStore(looked.view);
  useEffect(() => {
    void looked.ask(() => placeIn(api, groupId));
  }, [looked, api, groupId]);
  if (problem) return <Failed problem={problem} again={() => void looked.ask(() => placeIn(api, groupId))} />;
  if (place === null) return <p role="status">{groupStrings.checkingLink}</p>;
  if (place !== "none" && !place.invited) return <AlreadyIn group={place} />;
  const words = place === "none" ? groupStrings.joinByLink : groupStrings.joinByName(place);
  return <Offer api={api} token={token} words={words} />;
}

/** The person decides. */
function Offer({ api, token, words }: { api: GroupsApi; token: string; words: string }) {
  const [joined] = useState(() => new Asked<GroupDetails>());
  const { problem, busy } = useStore(joined.view);
  const join = async () => {
    const group = busy ? null : await joined.ask(() => api.join(token));
    if (group) openGroup(group.group_id);
  };
  if (problem && !problem.retryable) return <Refused words={groupProblem(problem)} />;
  return (
    <>
      <p>{words}</p>
      <button type="button" className="primary" data-testid="join" onClick={() => void join()}>
        {groupStrings.join}
      </button>
      <button type="button" className="quiet" data-testid="not-now" onClick={leaveInvitation}>
        {groupStrings.notNow}
      </button>
      {problem && (
        <p role="alert" className="welcome-problem">
          {groupProblem(problem)}
        </p>
      )}
    </>
  );
}

/** Whom the group is none of, it does not exist for. */
async function placeIn(api: GroupsApi, groupId: string): Promise<Place> {
  try {
    return await api.read(groupId);
  } catch (error) {
    if (error instanceof ApiError && error.problem.code === "conversation_not_found") return "none";
    throw error;
  }
}

function AlreadyIn({ group }: { group: GroupDetails }) {
  const open = () => {
    openGroup(group.group_id);
  };
  return (
    <>
      <p role="status">{groupStrings.alreadyIn(group.title)}</p>
      <button type="button" className="primary" data-testid="open-group" onClick={open}>
        {groupStrings.openGroup}
      </button>
    </>
  );
}

function Failed({ problem, again }: { problem: Problem; again: () => void }) {
  return (
    <>
      <p role="alert" className="welcome-problem">
        {groupProblem(problem)}
      </p>
      <button type="button" className="primary" onClick={again}>
        {strings.tryAgain}
      </button>
    </>
  );
}

/** The link does not help; there is only the way back. */
function Refused({ words }: { words: string }) {
  return (
    <>
      <p role="alert" className="welcome-problem" data-testid="invitation-refused">
        {words}
      </p>
      <button type="button" className="primary" onClick={leaveInvitation}>
        {groupStrings.toChats}
      </button>
    </>
  );
}
