import { useState } from "react";
import type { Asked, Timeline } from "../core/reports";
import { DialogButton } from "./DialogButton";
import { insightStrings } from "./insightStrings";
import { useStore } from "./useStore";
import { useViewer } from "./viewer";
import { WhyView } from "./WhyView";

/** The button that tells how an answer came about, and what it tells. */
export function WhyDialog({ turnId }: { turnId: string }) {
  const { client } = useViewer();
  const { sessionId } = useStore(client.chat.view);
  const [told, setTold] = useState<Asked<Timeline>>(null);
  const load = async () => {
    if (sessionId !== null) setTold(await client.reports.timeline(sessionId, turnId));
  };
  return (
    <DialogButton icon="clock" label={insightStrings.why} testId="why" onOpen={() => void load()}>
      <WhyView told={told} />
    </DialogButton>
  );
}
