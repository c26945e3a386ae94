import type { Problem } from "../../core/codes";
import type { Rooms } from "../../core/rooms";
import { OpenProblem } from "../OpenProblem";
import { problemText } from "../strings";
import { useStore } from "../useStore";
import { LazyPart } from "../LazyPart";
import { roomStrings as words } from "./roomStrings";

const loadInvited = () => import("./RoomInvited");

/** Why the group is not there, and the ways on. To who is invited it does not exist either before they join. */
export function RoomProblem({ problem, rooms }: { problem: Problem; rooms: Rooms }) {
  const { groupId } = rooms.chat.view.get();
  const retry = () => {
    rooms.open(groupId);
  };
  const { rooms: all, loaded } = useStore(rooms.list);
  const unknown = problem.code === "conversation_not_found";
  if (unknown && !loaded) return <p className="opening">{words.opening}</p>;
  const invitation = all.find((room) => room.invited && room.groupId === groupId);
  if (unknown && invitation) return <LazyPart load={loadInvited} props={{ rooms, invitation }} />;
  return (
    <OpenProblem
      title={words.openFailed}
      reason={unknown ? words.notYours : problemText(problem)}
      retry={problem.retryable ? retry : null}
      leave={words.backToChat}
    />
  );
}
