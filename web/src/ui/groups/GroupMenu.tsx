import { useState } from "react";
import type { Client } from "../../core/client";
import { DialogButton } from "../DialogButton";
import { loadSummary } from "../SummaryDialog";
import { summaryStrings } from "../summaryStrings";
import { groupLabels } from "./groupLabels";
import { groupPath, openGroup } from "./groupRoute";
import { LazyPart } from "../LazyPart";

interface GroupMenuProps {
  readonly client: Client;
  readonly groupId: string;
  /** The last event that was read when the person came to the group. */
  readonly since: number | null;
}

const loadPanel = () => import("./GroupPanel");
const loadCatchUp = () => import("./CatchUpPanel");

/** The buttons that open what can be done with a group, and what one missed in it. */
export function GroupMenu({ client, groupId, since }: GroupMenuProps) {
  // Each opening looks anew; what was typed stays.
  const [opened, setOpened] = useState(0);
  const [asked, setAsked] = useState(0);
  return (
    <>
      <DialogButton
        icon="catchUp"
        label={groupLabels.catchUp}
        testId="catch-up"
        onOpen={() => {
          setAsked(asked + 1);
        }}
      >
        {asked > 0 && (
          <LazyPart key={groupId} load={loadCatchUp} props={{ client, groupId, since, opened: asked }} />
        )}
      </DialogButton>
      <GroupSummary client={client} groupId={groupId} />
      <DialogButton
        icon="people"
        label={groupLabels.group}
        testId="group-menu"
        onOpen={() => {
          setOpened(opened + 1);
        }}
      >
        {opened > 0 && <LazyPart key={groupId} load={loadPanel} props={{ client, groupId, opened }} />}
      </DialogButton>
    </>
  );
}

function GroupSummary({ client, groupId }: Pick<GroupMenuProps, "client" | "groupId">) {
  const [opened, setOpened] = useState(0);
  const places = {
    pathTo: (messageId: string) => groupPath(groupId, messageId),
    goTo: (messageId: string) => {
      openGroup(groupId, messageId);
    },
  };
  const props = { client, conversationId: groupId, beginnings: [], opened, ...places };
  return (
    <DialogButton
      icon="summary"
      label={summaryStrings.summarise}
      testId="summarise-group"
      onOpen={() => {
        setOpened(opened + 1);
      }}
    >
      {opened > 0 && <LazyPart key={groupId} load={loadSummary} props={props} />}
    </DialogButton>
  );
}
