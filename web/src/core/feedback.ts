import type { FeedbackRecorded } from "../protocol/generated";
import type { Conversation, Feedback, Turn } from "./state";

/** A person's word about a call or an answer; a later one about the same takes its place. */
export function feedbackRecorded(state: Conversation, event: FeedbackRecorded): Conversation {
  const targetId = event.call_id ?? event.message_id;
  const index = state.turns.findIndex((turn) => targetId !== null && contains(turn, targetId));
  const turn = state.turns[index];
  if (targetId === null || !turn) return state;
  const said: Feedback = { targetId, by: event.actor.id, vote: event.vote, note: event.note };
  const others = turn.feedback.filter((known) => known.targetId !== targetId || known.by !== said.by);
  return { ...state, turns: state.turns.with(index, { ...turn, feedback: [...others, said] }) };
}

/** What this person said of a call or a message; null when they said nothing. */
export function feedbackOf(turn: Pick<Turn, "feedback">, targetId: string, person: string): Feedback | null {
  return turn.feedback.find((said) => said.targetId === targetId && said.by === person) ?? null;
}

function contains(turn: Turn, targetId: string): boolean {
  return turn.steps.some(
    (step) => step.messageId === targetId || step.calls.some((call) => call.callId === targetId),
  );
}
