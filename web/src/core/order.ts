import type { Conversation, Turn } from "./state";

/** Turns stand where they began, which is where they were asked unless they waited; those in the queue come last. */
export function inOrder(state: Conversation): Conversation {
  const { turns } = state;
  const ordered = turns.every((turn, at) => at === 0 || compare(turns[at - 1] ?? turn, turn) <= 0);
  return ordered ? state : { ...state, turns: turns.toSorted(compare) };
}

/** A turn takes the place of `replaced`: that one and all begun since, up to the turn itself, are superseded. */
export function supersede(state: Conversation, turnId: string, replaced: string): Conversation {
  const from = state.turns.find((turn) => turn.turnId === replaced);
  const by = state.turns.find((turn) => turn.turnId === turnId);
  if (!from || !by) return state;
  const isOld = (turn: Turn): boolean =>
    turn !== by && turn.supersededBy === null && place(turn) >= place(from) && place(turn) < place(by);
  return {
    ...state,
    turns: state.turns.map((turn) => (isOld(turn) ? { ...turn, supersededBy: turnId } : turn)),
  };
}

/** A turn joins the queue: whoever stood there or behind moves back. */
export function openRank(state: Conversation, position: number): Conversation {
  return moveRanks(state, (turn) => (turn.position >= position ? 1 : 0));
}

/** A turn leaves the queue, to run or because it was stopped: everyone behind it moves up. */
export function closeRank(state: Conversation, turnId: string): Conversation {
  const leaving = state.turns.find((turn) => turn.turnId === turnId);
  if (leaving?.phase !== "queued") return state;
  return moveRanks(state, (turn) => (turn.position > leaving.position ? -1 : 0));
}

function moveRanks(state: Conversation, by: (turn: Turn) => number): Conversation {
  const turns = state.turns.map((turn) => {
    const move = turn.phase === "queued" ? by(turn) : 0;
    return move === 0 ? turn : { ...turn, position: turn.position + move };
  });
  return { ...state, turns };
}

function place(turn: Turn): number {
  return turn.startedSeq ?? turn.question?.seq ?? Number.POSITIVE_INFINITY;
}

function compare(a: Turn, b: Turn): number {
  const queued = Number(a.phase === "queued") - Number(b.phase === "queued");
  if (queued !== 0) return queued;
  if (a.phase === "queued") return a.position - b.position;
  const [first, second] = [place(a), place(b)];
  if (first === second) return 0;
  return first < second ? -1 : 1;
}
