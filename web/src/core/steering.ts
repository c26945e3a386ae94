import type { GroupEvent } from "../protocol/frames";
import { closeRank } from "./order";
import type { Conversation, Question, Steer, Step, Turn } from "./state";
import { changeTurn } from "./turns";

/** A turn's steps with the messages put into it, each where the coach got to read it. */
export type Moment =
  { readonly kind: "step"; readonly step: Step } | { readonly kind: "steer"; readonly steer: Steer };

export function isWaiting(steer: Steer): boolean {
  return steer.usedBy === null && !steer.withdrawn;
}

/** A later step has begun since the message came: it is being read now, if it came in time for it. */
export function isBeingRead(turn: Turn, steer: Steer): boolean {
  return isWaiting(steer) && lastStep(turn) > steer.after;
}

/** Put a message into a running turn; as a turn of its own it is known by `turnId`. */
export function steered(state: Conversation, into: string, turnId: string, question: Question): Conversation {
  return changeTurn(state, into, (turn) => {
    const steer: Steer = { turnId, question, after: lastStep(turn), usedBy: null, withdrawn: false };
    return { ...turn, steers: [...turn.steers, steer] };
  });
}

/** A question that waited as a turn of its own is put into a running turn; nothing else of groups concerns the turns. */
export function taken(state: Conversation, event: GroupEvent): Conversation {
  if (event.type !== "steer.taken") return state;
  const { turn_id: turnId, steers } = event;
  const left = closeRank(state, turnId);
  const question = left.turns.find((turn) => turn.turnId === turnId)?.question ?? null;
  const rest = { ...left, turns: left.turns.filter((turn) => turn.turnId !== turnId) };
  return question === null ? rest : steered(rest, steers, turnId, question);
}

/** What became of a message that was put into some turn; null when it was not, or waits as a turn of its own. */
export function steerOf(turns: readonly Turn[], messageId: string): Steer | null {
  for (const turn of turns) {
    const found = turn.steers.find(({ question }) => question.messageId === messageId);
    if (found) return found;
  }
  return null;
}

/** A step is complete and names the messages it read. */
export function used(turn: Turn, step: number, messageIds: readonly string[]): Turn {
  if (messageIds.length === 0 || turn.steers.length === 0) return turn;
  return {
    ...turn,
    steers: turn.steers.map((steer) =>
      messageIds.includes(steer.question.messageId) ? { ...steer, usedBy: step } : steer,
    ),
  };
}

/** The message was not read in time: it leaves the turn it was put into and is a question of its own. */
export function released(state: Conversation, turnId: string): Conversation {
  const found = findWaiting(state, turnId);
  if (!found) return state;
  const rest = changeTurn(state, found.turn.turnId, (turn) => ({
    ...turn,
    steers: turn.steers.filter((steer) => steer !== found.steer),
  }));
  return changeTurn(rest, turnId, (turn) => ({ ...turn, question: turn.question ?? found.steer.question }));
}

/** The message was taken back; the same state when no message waits under this id. */
export function withdrawn(state: Conversation, turnId: string): Conversation {
  const found = findWaiting(state, turnId);
  if (!found) return state;
  return changeTurn(state, found.turn.turnId, (turn) => ({
    ...turn,
    steers: turn.steers.map((steer) => (steer === found.steer ? { ...steer, withdrawn: true } : steer)),
  }));
}

export function timeline(turn: Turn): readonly Moment[] {
  const steers = turn.steers
    .filter((steer) => !steer.withdrawn)
    .map((steer) => ({ before: steer.usedBy ?? steer.after + 1, moment: { kind: "steer", steer } as const }));
  const steps = turn.steps.map((step) => ({ before: step.step, moment: { kind: "step", step } as const }));
  // The sort is stable: at the same place messages stand in front of the step that reads them.
  return [...steers, ...steps].sort((a, b) => a.before - b.before).map(({ moment }) => moment);
}

function lastStep(turn: Turn): number {
  return turn.steps.at(-1)?.step ?? -1;
}

function findWaiting(state: Conversation, turnId: string): { turn: Turn; steer: Steer } | null {
  for (const turn of state.turns) {
    const steer = turn.steers.find((candidate) => candidate.turnId === turnId && isWaiting(candidate));
    if (steer) return { turn, steer };
  }
  return null;
}
