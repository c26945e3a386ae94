"""The defects: which text of the app each replaces, what provokes it, and the violation it has to cause."""

from tests.chaos.mutations import provocations
from tests.chaos.mutations.copies import Replacement
from tests.chaos.mutations.mutation import Mutation

_NO_SWEEPER = Replacement(
    file="orchestration/sweeper.py",
    old="due = await deps.log.due(deps.now().timestamp())",
    new="due: list[str] = []",
)
"""The sweeper would put right in half a minute what these defects leave behind."""

_NO_ANNOUNCEMENT = Replacement(
    file="orchestration/streaming.py",
    old="await self._publisher.to_readers(self._conversation_id, started, live.audience)",
    new="pass",
)

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        name="constant-attempt",
        replacements=(
            Replacement(
                file="shared/event_log/live.py",
                old="attempt=before.live.attempt + 1",
                new="attempt=before.live.attempt",
            ),
        ),
        provocation=provocations.a_broken_stream,
        expected="delta gap",
        quick=True,
    ),
    Mutation(
        name="no-terminal-event-check",
        replacements=(Replacement(file="shared/model_openai.py", old="if not completed:", new="if False:"),),
        provocation=provocations.a_cut_stream,
        expected="truncated shown as complete",
        quick=True,
    ),
    Mutation(
        name="accepted-before-the-start",
        replacements=(
            Replacement(
                file="shared/commands/questions.py",
                old="starting = (engine.start(request),)",
                new="starting = (_start_later(engine.start(request)),)",
            ),
            Replacement(
                file="shared/commands/questions.py",
                old="async def set_in_motion(",
                new="""async def _start_later(starting):
    async def later():
        await asyncio.sleep(2)
        await starting

    asyncio.ensure_future(later())


async def set_in_motion(""",
            ),
            _NO_SWEEPER,
        ),
        provocation=provocations.a_kill_at_acceptance,
        expected="lost",
        quick=True,
    ),
    Mutation(
        name="no-etag-on-the-head",
        replacements=(
            Replacement(
                file="shared/event_log/appending.py",
                old="head_document(conversation_id, head), etag=current.etag",
                new='head_document(conversation_id, head), etag="*"',
            ),
        ),
        provocation=provocations.another_process,
        expected="seq gap",
        quick=True,
    ),
    Mutation(
        name="upsert-instead-of-create",
        replacements=(
            Replacement(
                file="shared/cosmos.py", old='return ("create", (document,))', new='return ("upsert", (document,))'
            ),
        ),
        provocation=provocations.a_question_sent_again,
        expected="seq gap",
    ),
    Mutation(
        name="effect-record-ignored",
        replacements=(
            Replacement(
                file="orchestration/call_record.py",
                old="    if idempotent:\n        return True",
                new="    if True:\n        return True",
            ),
        ),
        provocation=provocations.a_kill_during_an_effect,
        expected="effect twice",
        quick=True,
        patience_s=60.0,
    ),
    Mutation(
        name="sends-not-awaited",
        replacements=(
            Replacement(
                file="orchestration/deltas.py",
                old="await self._send(self._sent, text)",
                new="asyncio.ensure_future(self._send(self._sent, text))",
            ),
        ),
        provocation=provocations.reordered_sends,
        expected="delta gap",
        quick=True,
    ),
    Mutation(
        name="no-publish-of-what-is-recorded",
        replacements=(
            Replacement(
                file="orchestration/call_model.py",
                old="await deps.publisher.to_conversation(request.conversation_id, before)",
                new="pass",
            ),
        ),
        provocation=provocations.a_lost_answer_of_the_store,
        expected="never told",
    ),
    Mutation(
        name="no-floor-check",
        replacements=(Replacement(file="orchestration/streaming.py", old='return "over"', new="return None"),),
        provocation=provocations.a_model_step_after_the_end,
        expected="after the end",
    ),
    Mutation(
        name="no-dedupe-of-questions",
        replacements=(
            Replacement(
                file="shared/commands/questions.py",
                old="return client_message_id or command.command_id or ",
                new="return ",
            ),
        ),
        provocation=provocations.a_question_sent_again,
        expected="duplicate turn",
        quick=True,
    ),
    Mutation(
        name="floor-not-released",
        replacements=(
            Replacement(
                file="shared/event_log/floor.py",
                old="return watched(free, now)",
                new="return head",
            ),
            _NO_SWEEPER,
        ),
        provocation=provocations.an_answer,
        expected="floor not free",
    ),
    Mutation(
        name="next-turn-not-started",
        replacements=(
            Replacement(file="orchestration/finish_turn.py", old="if end.next_turn_id is not None:", new="if False:"),
            _NO_SWEEPER,
        ),
        provocation=provocations.three_questions_at_once,
        expected="lost",
    ),
    Mutation(
        name="queue-served-from-its-end",
        replacements=(
            Replacement(
                file="shared/event_log/floor.py",
                old="following, *rest = line",
                new="*rest, following = line",
            ),
        ),
        provocation=provocations.three_questions_at_once,
        expected="order",
    ),
    Mutation(
        name="tail-not-sent",
        replacements=(
            Replacement(file="orchestration/streaming.py", old="await deltas.close()", new="await deltas.abandon()"),
        ),
        provocation=provocations.answers_of_several_lengths,
        expected="text mismatch",
        quick=True,
    ),
    Mutation(
        name="message-started-never-sent",
        replacements=(_NO_ANNOUNCEMENT,),
        provocation=provocations.an_answer,
        expected="not announced",
        quick=True,
    ),
    Mutation(
        name="nothing-streamed",
        replacements=(
            _NO_ANNOUNCEMENT,
            Replacement(
                file="orchestration/streaming.py",
                old="await self._publisher.to_readers(self._conversation_id, delta, live.audience)",
                new="pass",
            ),
        ),
        provocation=provocations.an_answer,
        expected="not streamed",
        quick=True,
    ),
    Mutation(
        name="snapshot-begins-too-late",
        replacements=(
            Replacement(
                file="shared/event_log/log.py",
                old="c.kind = 'event' AND c.seq > @after ORDER",
                new="c.kind = 'event' AND c.seq > @after + 1 ORDER",
            ),
        ),
        provocation=provocations.a_reconnect,
        expected="live fold is not log fold",
    ),
    Mutation(
        name="one-group-for-all",
        replacements=(Replacement(file="shared/ids.py", old='return f"c-{conversation_id}"', new='return "c-all"'),),
        provocation=provocations.two_people,
        expected="foreign conversation seen",
    ),
    Mutation(
        name="no-owner-check",
        replacements=(
            Replacement(
                file="shared/access.py",
                old="if head.head.owner != principal:",
                new="if not head.head.owner:",
            ),
        ),
        provocation=provocations.an_intruder,
        expected="foreign conversation seen",
        quick=True,
    ),
)
