import { useState } from "react";
import type { Client } from "../../core/client";
import { DialogButton } from "../DialogButton";
import { groupLabels } from "./groupLabels";
import { LazyPart } from "./LazyPart";

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
