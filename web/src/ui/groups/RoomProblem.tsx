import type { Problem } from "../../core/codes";
import type { Rooms } from "../../core/rooms";
import { OpenProblem } from "../OpenProblem";
import { problemText } from "../strings";
import { roomStrings as words } from "./roomStrings";

/** Why the group is not there, and the ways on. */
export function RoomProblem({ problem, rooms }: { problem: Problem; rooms: Rooms }) {
  const { groupId } = rooms.chat.view.get();
  const retry = () => {
    rooms.open(groupId);
  };
  return (
    <OpenProblem
      title={words.openFailed}
      reason={problem.code === "conversation_not_found" ? words.notYours : problemText(problem)}
      retry={problem.retryable ? retry : null}
      leave={words.backToChat}
    />
  );
}
