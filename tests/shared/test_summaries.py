import asyncio

from shared.cosmos import Cosmos
from shared.event_log.documents import SummaryDocument
from shared.event_log.log import EventLog
from shared.summaries import Summaries
from tests.shared.event_log.logs import new_id, new_log


def _summary(through_seq: int) -> SummaryDocument:
    return SummaryDocument(through_seq=through_seq, text=f"up to {through_seq}")


async def test_a_conversation_has_no_summary_at_first(cosmos: Cosmos) -> None:
    assert await Summaries(cosmos).read(new_id()) is None


async def test_what_was_written_comes_with_the_log(cosmos: Cosmos) -> None:
    log = EventLog(cosmos)
    conversation_id = await new_log(log)
    assert await Summaries(cosmos).write(conversation_id, _summary(7))
    assert await Summaries(cosmos).read(conversation_id) == _summary(7)
    assert (await log.record(conversation_id, after=1000)).summary == _summary(7)


async def test_a_summary_only_moves_on(cosmos: Cosmos) -> None:
    summaries, conversation_id = Summaries(cosmos), new_id()
    written = [await summaries.write(conversation_id, _summary(seq)) for seq in (7, 6, 7, 9, 8)]
    assert written == [True, False, False, True, False]
    assert await summaries.read(conversation_id) == _summary(9)


async def test_of_many_writers_the_furthest_wins(cosmos: Cosmos) -> None:
    summaries, conversation_id = Summaries(cosmos), new_id()
    await asyncio.gather(*(summaries.write(conversation_id, _summary(seq)) for seq in (3, 5, 1, 4, 2)))
    assert await summaries.read(conversation_id) == _summary(5)
