import { useEffect } from "react";
import type { Conversation } from "../core/state";
import { spot } from "./route";
import { spotId } from "./spots";
import { useStore } from "./useStore";

/** Go to the message the address names, as soon as it is there; `leave` the end of the conversation for it. */
export function useSpot(conversation: Conversation | null, leave: () => void): void {
  const wanted = useStore(spot);
  useEffect(() => {
    if (!wanted || conversation?.sessionId !== wanted.sessionId) return;
    const element = document.getElementById(spotId(wanted.messageId));
    if (!element) return;
    spot.set(null);
    element.scrollIntoView({ block: "center" });
    leave();
    element.focus({ preventScroll: true });
  }, [wanted, conversation, leave]);
}
