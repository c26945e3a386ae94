import { useState } from "react";
import type { Asked, Timeline } from "../core/reports";
import { DialogButton } from "./DialogButton";
import { besideStrings } from "./besideStrings";
import { useViewer } from "./viewer";
import { WhyView } from "./WhyView";

/** The button that tells how an answer came about, and what it tells. */
export function WhyDialog({ turnId }: { turnId: string }) {
  const { client, requests } = useViewer();
  const [told, setTold] = useState<Asked<Timeline>>(null);
  const load = async () => {
    const { conversationId } = requests;
    if (conversationId !== null) setTold(await client.reports.timeline(conversationId, turnId));
  };
  return (
    <DialogButton icon="clock" label={besideStrings.why} testId="why" onOpen={() => void load()}>
      <WhyView told={told} />
    </DialogButton>
  );
}
