import type { AnswerOffered, ServerEvent, SuggestionsOffered } from "../protocol/generated";
import { ApiError, SignedOutError } from "./codes";
import type { Requests } from "./http";
import { shownTurns, type Conversation } from "./state";
import type { Signal, Store } from "./store";

interface OfferedBeside {
  readonly suggestions: SuggestionsOffered | null;
  readonly answer: AnswerOffered | null;
  readonly taken: boolean;
}

interface Parts {
  readonly http: Requests;
  /** Where suggestions are told, as the server tells them at first. */
  readonly events: Signal<ServerEvent>;
  /** An approved answer that was offered; left out where none are. */
  readonly answered?: (answer: AnswerOffered, taken: boolean) => void;
}

/**
 * What is offered beside a turn, the server tells once and not in a snapshot: whoever opens the conversation anew asks
 * for it. That it cannot be had is no trouble worth a word.
 */
export function askForOffers<V>(
  view: Store<V>,
  conversationIn: (view: V) => Conversation | null,
  parts: Parts,
): void {
  let open: string | null = null;
  view.subscribe(() => {
    const conversation = conversationIn(view.get());
    const ready = isWhole(conversation) ? conversation : null;
    const before = open;
    open = ready?.sessionId ?? null;
    if (ready === null || ready.sessionId === before) return;
    const turn = shownTurns(ready, null).at(-1);
    if (turn?.beside.offered.length === 0) void ask(ready.sessionId, turn.turnId, parts);
  });
}

function isWhole(conversation: Conversation | null): boolean {
  return conversation !== null && conversation.folded && conversation.opened;
}

async function ask(conversationId: string, turnId: string, { http, events, answered }: Parts): Promise<void> {
  const kind = conversationId.startsWith("g_") ? "groups" : "sessions";
  const path = `/${kind}/${encodeURIComponent(conversationId)}/turns/${encodeURIComponent(turnId)}/offers`;
  try {
    const { suggestions, answer, taken } = (await http.json("GET", path)) as unknown as OfferedBeside;
    if (suggestions) events.emit(suggestions);
    if (answer) answered?.(answer, taken);
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof SignedOutError)) throw error;
    console.warn("What was offered before could not be asked for.", error);
  }
}
