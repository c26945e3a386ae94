"""What an ended turn leaves to make something of: its question, its answer, what its tools returned, for whom."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.narrowing import Narrow, hidden, is_hidden
from shared import ids
from shared.answers import text_of
from shared.blob import BlobNotFound, BlobStore, NotModified
from shared.charts.tables import Json, Table, read_result, tables_in
from shared.containers import RESULTS
from shared.event_log.shapes import Record
from shared.protocol.beside import AnswerChecked, ChartCreated
from shared.protocol.durable import MessageCompleted, MessageCreated, ToolCallCompleted

_DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one call returned, whole, and the tables in it."""

    event: ToolCallCompleted
    text: str
    tables: tuple[Table, ...]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:_DIGEST_CHARACTERS]

    @property
    def document(self) -> Json:
        return read_result(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`narrow`: who may see what is made of it; everything is narrow if anything it is made of is."""

    question: str
    answer: MessageCompleted
    results: tuple[Result, ...]
    narrow: Narrow
    is_charted: bool
    is_checked: bool

    @property
    def words(self) -> str:
        return text_of(self.answer.parts)

    @property
    def tables(self) -> tuple[tuple[str, Table], ...]:
        """The tables, each with the id of its call."""
        return tuple((result.event.call_id, table) for result in self.results for table in result.tables)


async def material_of(record: Record, blobs: BlobStore, turn_id: str, asker: str) -> Material | None:
    """Return what the turn left; None where it gave no answer in words.

    Raises:
        StoreUnavailable: a large result could not be read.

    """
    mine = [event for event in record.events if getattr(event, "turn_id", None) == turn_id]
    answer = _answer([event for event in mine if isinstance(event, MessageCompleted)])
    if answer is None:
        return None
    calls = [event for event in mine if isinstance(event, ToolCallCompleted) and event.status == "completed"]
    results = [await _result(record, blobs, call) for call in calls]
    found = tuple(result for result in results if result is not None)
    question = next((e for e in record.events if _is_question(e, turn_id)), None)
    asked = question if isinstance(question, MessageCreated) else None
    secret = asked is not None and asked.audience is not None
    is_narrow = secret or is_hidden(answer) or any(result.event.audience is not None for result in found)
    in_group = record.head.head.group is not None
    return Material(
        question=text_of(asked.parts) if asked else "",
        answer=answer,
        results=found,
        narrow=hidden((asker,) if in_group and is_narrow else None),
        is_charted=any(isinstance(event, ChartCreated) for event in mine),
        is_checked=any(isinstance(event, AnswerChecked) for event in mine),
    )


def _answer(steps: Sequence[MessageCompleted]) -> MessageCompleted | None:
    """Return the answer: the one for the asker alone where there is one, for it holds more than the room's."""
    spoken = [step for step in steps if text_of(step.parts).strip() and step.finish in {"stop", "length"}]
    private = [step for step in spoken if is_hidden(step)]
    return next(reversed(private or spoken), None)


def _is_question(event: object, turn_id: str) -> bool:
    return isinstance(event, MessageCreated) and event.message_id == ids.question_message(turn_id)


async def _result(record: Record, blobs: BlobStore, call: ToolCallCompleted) -> Result | None:
    text = record.private_texts.get(call.call_id)
    if call.result_ref is not None:
        try:
            found = await blobs.read(RESULTS, call.result_ref.removeprefix(f"{RESULTS}/"))
        except BlobNotFound:
            return None
        text = text if isinstance(found, NotModified) else found.data.decode(errors="replace")
    return None if text is None else Result(event=call, text=text, tables=tables_in(text))
