import type { SessionSummary } from "../core/api";
import type { Client } from "../core/client";
import { beginningsOf } from "../core/summaries";
import { goToMessage, pathOf } from "./route";
import { SummaryDialog } from "./SummaryDialog";

/** So many questions can be chosen to begin at. */
const MOST_BEGINNINGS = 50;

interface SummaryProps {
  readonly client: Client;
  readonly session: SessionSummary;
  readonly onClose: () => void;
}

/** The summary of a session; of the one that is shown it can begin at any of its newest questions. */
export function SessionDigest({ client, session: { sessionId }, onClose }: SummaryProps) {
  const { conversation } = client.chat.view.get();
  const isShown = conversation?.sessionId === sessionId;
  return (
    <SummaryDialog
      client={client}
      conversationId={sessionId}
      beginnings={isShown ? beginningsOf(conversation, MOST_BEGINNINGS) : []}
      pathTo={(messageId) => pathOf(sessionId, messageId)}
      goTo={(messageId) => {
        goToMessage(sessionId, messageId);
      }}
      onClose={onClose}
    />
  );
}
