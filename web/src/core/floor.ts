import type { SnapshotEvent } from "../protocol/frames";
import { closeRank, openRank } from "./order";
import type { Conversation, Turn } from "./state";
import { changeTurn } from "./turns";

/** A turn waits in line. */
export function queued(state: Conversation, turnId: string, position: number): Conversation {
  return changeTurn(openRank(state, position), turnId, (turn): Turn => ({
    ...turn,
    phase: "queued",
    position,
  }));
}

/** The next turn leaves the queue, or the wait for an answer, and runs. */
export function grantFloor(state: Conversation, turnId: string | null): Conversation {
  if (turnId === null || !state.turns.some((turn) => turn.turnId === turnId)) return state;
  return changeTurn(closeRank(state, turnId), turnId, (turn) =>
    turn.phase === "ended" ? turn : { ...turn, phase: "running", position: 0 },
  );
}

/** A turn gives up the floor until a person has answered; the next one takes it. */
export function parked(state: Conversation, turnId: string, next: string | null): Conversation {
  const resting = changeTurn(state, turnId, (turn) =>
    turn.phase === "ended" ? turn : { ...turn, phase: "parked", delay: null },
  );
  return grantFloor(resting, next);
}

/** Who runs, waits or is parked is the head's word; events say it too, but a snapshot may begin behind them. */
export function withFloor(state: Conversation, snapshot: SnapshotEvent): Conversation {
  const { active_turn: active, queue } = snapshot;
  const places = new Map(queue.map((entry) => [entry.turn_id, entry.position]));
  const turns = state.turns.map((turn): Turn => {
    if (turn.phase === "ended") return turn;
    if (turn.turnId === active?.turn_id)
      return { ...turn, phase: active.stopping ? "stopping" : "running", position: 0 };
    if (snapshot.parked.includes(turn.turnId)) return { ...turn, phase: "parked", position: 0 };
    const position = places.get(turn.turnId);
    return position === undefined ? turn : { ...turn, phase: "queued", position };
  });
  return { ...state, turns };
}
