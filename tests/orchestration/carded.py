"""Turns of a conversation some of whose tools need a person's word, and what a person does with a card."""

from dataclasses import dataclass
from typing import Any

from orchestration.call_tool import call_tool
from orchestration.messages import CallRequest, CallWaits, waits_in
from shared.protocol.cards import CardClosed, CardOpened
from shared.protocol.durable import ChatResponse
from tests.orchestration.turns import Turn
from tests.support.client import Told

CATALOG = """
{"servers": {"crm": {"url": "http://127.0.0.1:9/mcp", "roles": ["Sales", "HR"], "timeout_s": 20,
"trust": "trusted", "tools": {
  "find": {"policy": "allow", "read_only": true},
  "write": {"policy": "allow"},
  "send": {"policy": "ask", "editable": true, "expires": "external_send"},
  "file": {"policy": "ask"}
}}, "web": {"url": "http://127.0.0.1:9/web", "roles": ["Sales"], "tools": {
  "look": {"policy": "allow", "read_only": true}
}}}}
"""
SEND_SCHEMA = (
    '{"type":"object","properties":{"to":{"type":"string"},"copies":{"type":"integer","minimum":1}},"required":["to"]}'
)
PROPOSED = '{"to": "Contoso"}'


@dataclass(slots=True)
class Carded:
    """A turn with one call, and its cards."""

    turn: Turn
    call_id: str = ""
    round: int = 0

    async def asks_for(self, tool: str, arguments: str = PROPOSED) -> CallWaits:
        """Let the model ask for the tool; return what its call then waits for."""
        self.call_id = await self.turn.asked_for(tool, arguments)
        return waited(await self.turn.call(self.call_id))

    async def again(self) -> str:
        """Run the call again, as when its turn has got the floor back."""
        world = self.turn.world
        request = CallRequest(
            conversation_id=self.turn.session_id,
            asker=self.turn.client.principal,
            call_id=self.call_id,
            question_seq=self.turn.question_seq,
            again=True,
            round=self.round,
        )
        return await call_tool(world.turn, world.engine, request)

    async def cards(self) -> list[CardOpened]:
        events = await self.turn.world.events(self.turn.session_id)
        return [event for event in events if isinstance(event, CardOpened)]

    async def card(self) -> CardOpened:
        """Return the latest card."""
        return (await self.cards())[-1]

    async def closed(self) -> list[CardClosed]:
        events = await self.turn.world.events(self.turn.session_id)
        return [event for event in events if isinstance(event, CardClosed)]

    async def answer(self, word: str, **fields: Any) -> Told:
        """Answer the latest card; `fields` are further ones, or others."""
        return await self.turn.client.send(frame(await self.card(), word) | fields)

    async def answered(self, word: str, **fields: Any) -> None:
        told = await self.answer(word, **fields)
        assert told.event["type"] == "command.accepted", told.event


def waited(result: str) -> CallWaits:
    waits = waits_in(result)
    assert waits is not None, result
    return waits


def frame(card: CardOpened, word: str) -> dict[str, Any]:
    return {
        "type": "question.answer",
        "conversation_id": card.conversation_id,
        "question_id": card.question_id,
        "fence": card.fence,
        "answer": word,
    }


async def outcomes(carded: Carded) -> list[str]:
    return [closed.outcome for closed in await carded.closed()]


async def end_of(carded: Carded) -> ChatResponse:
    events = await carded.turn.world.events(carded.turn.session_id)
    return next(e for e in events if isinstance(e, ChatResponse) and e.turn_id == carded.turn.turn_id)
