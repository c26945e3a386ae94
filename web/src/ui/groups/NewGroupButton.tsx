import { useState } from "react";
import type { Client } from "../../core/client";
import { DialogButton } from "../DialogButton";
import { groupLabels } from "./groupLabels";
import { LazyPart } from "../LazyPart";

interface NewGroupProps {
  readonly client: Client;
  readonly onOpened: (groupId: string) => void;
}

const loadForm = () => import("./NewGroupForm");

/** The button that opens the form for a new group. */
export function NewGroupButton({ client, onOpened }: NewGroupProps) {
  const [opened, setOpened] = useState(0);
  return (
    <DialogButton
      icon="plus"
      label={groupLabels.newGroup}
      testId="new-group"
      onOpen={() => {
        setOpened(opened + 1);
      }}
    >
      {opened > 0 && <LazyPart load={loadForm} props={{ client, onOpened, opened }} />}
    </DialogButton>
  );
}
