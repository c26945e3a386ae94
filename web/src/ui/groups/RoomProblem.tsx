import type { Problem } from "../../core/codes";
import type { Rooms } from "../../core/rooms";
import { Icon } from "../Icon";
import { go } from "../route";
import { problemText, strings } from "../strings";
import { roomStrings as words } from "./roomStrings";

/** Why the group is not there, and the ways on. */
export function RoomProblem({ problem, rooms }: { problem: Problem; rooms: Rooms }) {
  const { groupId } = rooms.chat.view.get();
  return (
    <section className="open-problem" role="alert" data-testid="room-problem">
      <Icon name="alert" size={28} />
      <h2>{words.openFailed}</h2>
      <p>{problem.code === "conversation_not_found" ? words.notYours : problemText(problem)}</p>
      <div>
        {problem.retryable && (
          <button
            type="button"
            className="secondary"
            onClick={() => {
              rooms.open(groupId);
            }}
          >
            {strings.tryAgain}
          </button>
        )}
        <button
          type="button"
          className="primary"
          onClick={() => {
            go(null);
          }}
        >
          {words.backToChat}
        </button>
      </div>
    </section>
  );
}
