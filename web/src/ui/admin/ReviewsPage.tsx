import { useCallback, useId, useRef, useState, type SyntheticEvent } from "react";
import type { AdminApi, Review } from "../../core/adminApi";
import { ApiError, SignedOutError, type Problem } from "../../core/codes";
import { LIMITS } from "../../protocol/generated";
import { problemText } from "../strings";
import { WhyView } from "../WhyView";
import type { PageProps } from "./AdminArea";
import { adminStrings, moment } from "./adminStrings";
import { LoadedView } from "./LoadedView";
import { PeriodForm } from "./PeriodForm";
import { useLoaded } from "./useLoaded";
import { MOST_DAYS, periodOf, type Wishes } from "./wishes";

/** What people complained of: to be looked into, and marked as done. */
export function ReviewsPage({ api, wishes }: PageProps) {
  const { from, to, done, read } = useReviews(api, wishes);
  const status = useRef<HTMLParagraphElement>(null);
  // What was done may leave the list, and the focus must not go with it.
  const changed = () => {
    read.again();
    status.current?.focus();
  };
  return (
    <>
      <p>{adminStrings.reviewsIntro}</p>
      <PeriodForm period={{ from, to }} most={MOST_DAYS} wishes={wishes} />
      <label className="admin-check">
        <input
          type="checkbox"
          checked={done}
          onChange={(event) => {
            wishes.set({ done: event.target.checked ? "true" : "" });
          }}
        />
        {adminStrings.showDone}
      </label>
      <LoadedView read={read}>
        {(reviews) => (
          <>
            <p role="status" tabIndex={-1} ref={status}>
              {count(reviews, done)}
            </p>
            <ul className="admin-reviews">
              {reviews.map((review) => (
                <ReviewView key={review.review} {...{ api, review, changed }} />
              ))}
            </ul>
          </>
        )}
      </LoadedView>
    </>
  );
}

function useReviews(api: AdminApi, wishes: Wishes) {
  const { from, to, fault } = periodOf(wishes, MOST_DAYS);
  const done = wishes.get("done") === "true";
  const read = useLoaded(
    useCallback(() => (fault ? null : api.reviews({ from, to }, done)), [api, from, to, done, fault]),
  );
  return { from, to, done, read };
}

function count(reviews: readonly Review[], done: boolean): string {
  if (reviews.length === 0) return done ? adminStrings.noReviews : adminStrings.noOpenReviews;
  return adminStrings.openReviews(reviews.filter(({ reviewed }) => reviewed === null).length);
}

interface ReviewProps {
  readonly api: AdminApi;
  readonly review: Review;
  /** What came of it was stored. */
  readonly changed: () => void;
}

function ReviewView({ api, review, changed }: ReviewProps) {
  const [open, setOpen] = useState(false);
  const { vote, note, at, roles, conversation_id: conversation, turn_id: turn } = review;
  return (
    <li className="admin-detail" data-testid="review" data-done={review.reviewed !== null}>
      <p>
        <strong>{adminStrings.judged[vote]}</strong>{" "}
        <small>{[moment(at), roles.join(", ")].filter(Boolean).join(" · ")}</small>
      </p>
      {note !== null && <blockquote>{note}</blockquote>}
      <p className="admin-ids">
        {adminStrings.conversation} <code>{conversation}</code> · {adminStrings.turn} <code>{turn}</code>
      </p>
      <button
        type="button"
        className="link"
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {adminStrings.howItWent}
      </button>
      {open && <TurnView api={api} conversation={conversation} turn={turn} />}
      <Outcome {...{ api, review, changed }} />
    </li>
  );
}

/** How the turn went, as its person sees it behind "why this answer", without anything that was said. */
function TurnView({ api, conversation, turn }: { api: AdminApi; conversation: string; turn: string }) {
  const { value, problem } = useLoaded(
    useCallback(() => api.reviewedTurn(conversation, turn), [api, conversation, turn]),
  );
  const told = problem ? { problem } : value && { value };
  return (
    <div data-testid="review-turn">
      <WhyView told={told} />
    </div>
  );
}

/** What came of it, and the way to say so. */
function Outcome({ api, review, changed }: ReviewProps) {
  const [writing, setWriting] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const store = async (work: Promise<void>) => {
    setProblem(await problemOf(work));
    changed();
  };
  const turn = () => {
    setWriting(!writing);
  };
  return (
    <>
      {review.reviewed && <Done reviewed={review.reviewed} reopen={() => void store(api.reopen(review))} />}
      {!review.reviewed && !writing && (
        <button type="button" className="secondary" onClick={turn}>
          {adminStrings.markDone}
        </button>
      )}
      {!review.reviewed && writing && (
        <DoneForm cancel={turn} finish={(note) => void store(api.finish(review, note))} />
      )}
      {problem && (
        <p className="fault" role="alert">
          {problemText(problem)}
        </p>
      )}
    </>
  );
}

/** Why it could not be done; null when it was, or when the sign-in has ended, which is told elsewhere. */
async function problemOf(work: Promise<void>): Promise<Problem | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error.problem;
    if (error instanceof SignedOutError) return null;
    throw error;
  }
}

function Done({ reviewed, reopen }: { reviewed: NonNullable<Review["reviewed"]>; reopen: () => void }) {
  return (
    <div className="admin-done">
      <p>
        {adminStrings.doneBy(reviewed.by, moment(reviewed.at))}
        {reviewed.note !== null && `: ${reviewed.note}`}
      </p>
      <button type="button" className="quiet" onClick={reopen}>
        {adminStrings.reopen}
      </button>
    </div>
  );
}

function DoneForm({ finish, cancel }: { finish: (note: string) => void; cancel: () => void }) {
  const [note, setNote] = useState("");
  const field = useId();
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    finish(note.trim());
  };
  return (
    <form className="admin-done-form" onSubmit={onSubmit}>
      <label htmlFor={field}>{adminStrings.doneNote}</label>
      <textarea
        id={field}
        rows={2}
        maxLength={LIMITS.note_characters}
        value={note}
        onChange={(event) => {
          setNote(event.target.value);
        }}
      />
      <div>
        <button type="submit" className="primary">
          {adminStrings.markDone}
        </button>
        <button type="button" className="secondary" onClick={cancel}>
          {adminStrings.cancel}
        </button>
      </div>
    </form>
  );
}
