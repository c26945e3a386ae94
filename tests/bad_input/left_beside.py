"""A chart in a session and one in a group, for requests that ask for them."""

from shared import ids
from shared.event_log.head import Head
from shared.event_log.shapes import Appended, Decide, Draft, NewEvent
from shared.protocol.beside import ChartCreated
from shared.protocol.durable import TurnStarted
from shared.protocol.shapes import COACH
from tests.support.world import World


async def leave_beside(world: World, turn_id: str, session_id: str, group_id: str) -> None:
    """Leave a chart of that turn in a session, and one in a group, where the turn begins."""
    chart = ChartCreated(
        actor=COACH,
        chart_id=ids.chart(turn_id),
        turn_id=turn_id,
        message_id=f"{turn_id}.1",
        call_id=f"{turn_id}.0.0",
        server="crm",
        tool="find",
        pointer="/deals",
        title="Deals",
        alt="Bar chart.",
        spec="{}",
        columns=("stage", "amount"),
        rows=(("Proposal", 1),),
        result_digest="d",
    )
    begun = TurnStarted(actor=COACH, turn_id=turn_id)
    told = NewEvent(id=chart.chart_id, event=chart)

    def appending(*events: NewEvent) -> Decide:
        def decide(head: Head) -> Draft:
            return Draft(events=events, head=head)

        return decide

    assert isinstance(await world.log.append(session_id, appending(told)), Appended)
    started = NewEvent(id=f"{turn_id}.started", event=begun)
    assert isinstance(await world.log.append(group_id, appending(started, told)), Appended)
