import { useState, type SyntheticEvent } from "react";
import { feedbackOf } from "../core/feedback";
import type { Feedback } from "../core/state";
import type { Said } from "../core/commands";
import { LIMITS } from "../protocol/generated";
import { Icon, type IconName } from "./Icon";
import { problemText, strings } from "./strings";
import { useStore } from "./useStore";
import { useViewer } from "./viewer";

type Vote = Feedback["vote"];

const CALL_VOTES = ["useful", "wrong", "slow", "unsafe"] as const satisfies readonly Vote[];
const ANSWER_VOTES = ["up", "down"] as const satisfies readonly Vote[];
const ICONS: Partial<Record<Vote, IconName>> = { up: "up", down: "thumbDown" };

interface FeedbackProps {
  /** All that was said in the turn. */
  readonly feedback: readonly Feedback[];
  readonly targetId: string;
}

/** What a person thinks of a tool call. */
export function CallFeedback({ feedback, targetId }: FeedbackProps) {
  return (
    <Votes votes={CALL_VOTES} label={strings.callFeedback} {...useFeedback(feedback, targetId, "call_id")} />
  );
}

/** What a person thinks of an answer. */
export function AnswerFeedback({ feedback, targetId }: FeedbackProps) {
  const told = useFeedback(feedback, targetId, "message_id");
  return <Votes votes={ANSWER_VOTES} label={strings.answerFeedback} {...told} />;
}

interface Told {
  readonly said: Feedback | null;
  readonly problem: string;
  readonly say: (vote: Vote, note: string | null) => void;
}

function useFeedback(feedback: readonly Feedback[], targetId: string, kind: "call_id" | "message_id"): Told {
  const { requests, person } = useViewer();
  const fate = useStore(requests.feedback.fates).get(targetId);
  return {
    said: feedbackOf({ feedback }, targetId, person.id),
    problem: fate?.problem ? problemText(fate.problem) : "",
    say: (vote, note) => {
      const words = note === null ? { vote } : { vote, note };
      const said: Said =
        kind === "call_id" ? { call_id: targetId, ...words } : { message_id: targetId, ...words };
      requests.record(said);
    },
  };
}

type VotesProps = Told & { readonly votes: readonly Vote[]; readonly label: string };

function Votes({ votes, label, said, problem, say }: VotesProps) {
  return (
    <div className="votes" role="group" aria-label={label}>
      {votes.map((vote) => {
        const icon = ICONS[vote];
        return (
          <button
            key={vote}
            type="button"
            className="quiet"
            data-testid={`vote-${vote}`}
            aria-pressed={said?.vote === vote}
            aria-label={strings.votes[vote]}
            title={strings.votes[vote]}
            onClick={() => {
              if (said?.vote !== vote) say(vote, null);
            }}
          >
            {icon ? <Icon name={icon} size={14} /> : strings.votes[vote]}
          </button>
        );
      })}
      {said && <VoteNote key={said.vote} said={said} say={say} />}
      {problem && (
        <span className="fault" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

/** A word on why, which can be added to a vote and changed. */
function VoteNote({ said, say }: { said: Feedback; say: Told["say"] }) {
  const [draft, setDraft] = useState<string | null>(null);
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (draft !== null && draft.trim() !== (said.note ?? "")) say(said.vote, draft.trim());
    setDraft(null);
  };
  if (draft === null)
    return (
      <button
        type="button"
        className="quiet"
        data-testid="vote-note"
        onClick={() => {
          setDraft(said.note ?? "");
        }}
      >
        {said.note ? strings.voteNoted(said.note) : strings.voteNote}
      </button>
    );
  return (
    <form className="vote-note" onSubmit={onSubmit}>
      <input
        ref={focusOnce}
        type="text"
        aria-label={strings.voteNote}
        maxLength={LIMITS.note_characters}
        value={draft}
        onChange={(event) => {
          setDraft(event.target.value);
        }}
      />
      <button type="submit" className="quiet">
        {strings.save}
      </button>
    </form>
  );
}

function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}
