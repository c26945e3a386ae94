"""A turn that looked deals up and ended with an answer, and what is made beside it."""

import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from typing import Any

from orchestration.beside import BesideDependencies, beside_answer
from orchestration.messages import EndStatus, FinishRequest
from shared import ids
from shared.model import ModelEvent, ModelRequest
from shared.tools.outcome import ToolOutcome
from shared.usage.teams import UNASSIGNED
from tests.orchestration.turns import Turn, new_turn
from tests.support.doubles import Happening, ScriptedModel, answer
from tests.support.side_calls import side_calls_of
from tests.support.world import World

DEALS = {
    "deals": [
        {"name": "Plant", "stage": "Proposal", "amount": 184500, "close": "2026-12-18"},
        {"name": "Spares", "stage": "Proposal", "amount": 42000, "close": "2026-11-02"},
        {"name": "Line 2", "stage": "Discovery", "amount": 90000, "close": "2026-12-01"},
    ]
}
THREE = ["Which deal is at risk?", "Who owns Plant?", "What is next?"]
SUGGESTED = answer(json.dumps({"suggestions": THREE}))


def chart(call_id: str, **changes: Any) -> str:
    proposal = {
        "call_id": call_id,
        "pointer": "/deals",
        "mark": "bar",
        "title": "Pipeline by stage",
        "x": "/stage",
        "bucket": "none",
        "y": "/amount",
        "aggregate": "sum",
        "series": None,
        "sort": "none",
        "top": None,
    }
    return json.dumps({"chart": proposal | changes})


def deps_of(world: World) -> BesideDependencies:
    return BesideDependencies(
        log=world.log,
        publisher=world.publisher,
        blobs=world.blobs,
        people=world.people,
        calls=side_calls_of(world),
        now=world.clock,
    )


class Utility(ScriptedModel):
    """Plays what is asked for in parallel by what it is for."""

    def __init__(self, charts: list[list[Happening]], suggestions: list[Happening]) -> None:
        super().__init__()
        self.charts, self.suggestions = ScriptedModel(scripts=charts), ScriptedModel(scripts=[suggestions])

    def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        return (self.charts if request.cache_key == "chart" else self.suggestions).stream(request)


@dataclass(slots=True)
class Stage:
    """A turn that looked deals up and ended with an answer."""

    turn: Turn
    call_id: str
    model: Utility = field(default_factory=lambda: Utility([], []))

    async def go(
        self,
        *charts: list[Happening],
        suggested: list[Happening] = SUGGESTED,
        status: EndStatus = "completed",
        suggests: bool = True,
    ) -> None:
        self.model = Utility([list(script) for script in charts], list(suggested))
        request = FinishRequest(
            conversation_id=self.turn.session_id,
            turn_id=self.turn.turn_id,
            asker=self.turn.client.principal,
            team=UNASSIGNED,
            question_seq=self.turn.question_seq,
            status=status,
            suggests=suggests,
        )
        calls = side_calls_of(self.turn.world, model=self.model)
        await beside_answer(replace(deps_of(self.turn.world), calls=calls), request)

    async def made(self, kind: type) -> list[Any]:
        events = await self.turn.world.events(self.turn.session_id)
        return [event for event in events if isinstance(event, kind)]

    def offered(self) -> list[list[str]]:
        sent = self.turn.world.hub.to(ids.delta_group(self.turn.session_id))
        return [event["suggestions"] for event in sent if event["type"] == "suggestions.offered"]


async def stage_of(world: World, said: str = "You have EUR 226,500 in Proposal.", result: Any = DEALS) -> Stage:
    turn = await new_turn(world)
    world.tools.outcomes["find"] = ToolOutcome(status="completed", text=json.dumps(result), is_error=False, ms=5)
    call_id = await turn.asked_for("find")
    await turn.call(call_id)
    await turn.step(1, *answer(said))
    await turn.finish()
    return Stage(turn, call_id)
