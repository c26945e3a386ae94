"""A turn of a real conversation, run activity by activity as the engine would."""

from dataclasses import dataclass

from orchestration.call_model import call_model
from orchestration.call_tool import call_tool
from orchestration.finish_turn import finish_turn
from orchestration.messages import CallRequest, EndStatus, FinishRequest, StepRequest, StepResult
from shared.usage.teams import UNASSIGNED
from tests.support.client import Client
from tests.support.doubles import Happening, asks
from tests.support.world import World


@dataclass(slots=True)
class Turn:
    """The turn of one question in a new session of its own person."""

    world: World
    client: Client
    session_id: str
    turn_id: str
    question_seq: int

    async def step_request(self, number: int = 0, *, last: bool = False) -> StepRequest:
        return StepRequest(
            conversation_id=self.session_id,
            turn_id=self.turn_id,
            asker=self.client.principal,
            team=UNASSIGNED,
            question_seq=self.question_seq,
            manifest_id=(await self.world.head(self.session_id)).manifest_id,
            step=number,
            last=last,
        )

    async def step(self, number: int = 0, *script: Happening, last: bool = False) -> StepResult:
        """Run a model step; with `script` the model is expected to be asked once more."""
        if script:
            self.world.model.scripts.append(list(script))
        return await call_model(self.world.turn, await self.step_request(number, last=last))

    async def asked_for(self, tool: str, arguments: str = "{}") -> str:
        """Let the model ask for one tool and return the call's id."""
        result = await self.step(0, *asks((f"crm__{tool}", arguments)))
        assert result.outcome == "tools"
        return result.calls[0]

    async def call(self, call_id: str) -> str:
        request = CallRequest(
            conversation_id=self.session_id,
            asker=self.client.principal,
            call_id=call_id,
            question_seq=self.question_seq,
        )
        return await call_tool(self.world.turn, self.world.engine, request)

    async def finish(self, status: EndStatus = "completed", error: str | None = None) -> str:
        request = FinishRequest(
            conversation_id=self.session_id,
            turn_id=self.turn_id,
            asker=self.client.principal,
            team=UNASSIGNED,
            question_seq=self.question_seq,
            status=status,
            error=error,
        )
        return await finish_turn(self.world.turn, self.world.engine, request)

    async def stop(self) -> None:
        told = await self.client.send(
            {"type": "turn.stop", "conversation_id": self.session_id, "turn_id": self.turn_id}
        )
        assert told.event["type"] == "command.accepted", told.event

    async def next_turn(self, content: str = "And then?") -> "Turn":
        """Ask another question in the same session."""
        accepted = await self.client.ask(content)
        return Turn(self.world, self.client, self.session_id, accepted["turn_id"], accepted["seq"])


async def new_turn(world: World, content: str = "How is my pipeline?") -> Turn:
    client = await world.client(world.person())
    session_id = await client.open()
    accepted = await client.ask(content)
    return Turn(world, client, session_id, accepted["turn_id"], accepted["seq"])
