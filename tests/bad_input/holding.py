"""What a person has before somebody sends nonsense, made the way they would make it."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import azure.functions as func

from group_chat.dependencies import GroupDependencies
from shared.containers import CREDENTIALS, PEOPLE, SESSIONS
from shared.protocol.cards import CardOpened
from tests.bad_input.group_holding import GroupHolding, group_holding_of
from tests.bad_input.signing import authorization
from tests.orchestration.turns import Turn
from tests.shared.issuer import TENANT, Issuer
from tests.support.client import Client
from tests.support.doubles import answer, asks
from tests.support.functions import Handler
from tests.support.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a person has: a session with an answer, one that waits for them at two cards, one that runs."""

    person: str
    object_id: str
    client: Client
    session: str
    turn: str
    answer: str
    call: str
    carded: str
    parked: str
    card: CardOpened
    loose_card: CardOpened
    running: str
    active: str
    first_key: str
    used_key: str
    entry: str
    groups: GroupHolding

    @property
    def partitions(self) -> tuple[tuple[str, str], ...]:
        sessions = tuple((SESSIONS, session) for session in (self.session, self.carded, self.running))
        return (*sessions, *self.groups.partitions, (PEOPLE, self.person), (CREDENTIALS, self.person))


async def holding_of(world: World, groups: GroupDependencies, issuer: Issuer, functions: dict[str, Handler]) -> Holding:
    object_id = str(uuid.uuid4())
    person = f"{TENANT}.{object_id}"
    header = authorization(issuer, world, object_id)
    client = await Client(world, person).connect()
    told, first_key = await _answered_turn(world, client, header)
    card, loose = await _carded_turn(world, client)
    running = await client.open()
    last = await client.ask("What is next?")
    await client.open(session_id=told.session_id)
    entry = await _made(functions["api_add_memory_entry"], header, b'{"kind": "fact", "text": "I sell to hospitals."}')
    await _made(functions["api_create_session"], header, b"{}")
    return Holding(
        person=person,
        object_id=object_id,
        client=client,
        session=told.session_id,
        turn=told.turn_id,
        answer=f"{told.turn_id}.1",
        call=f"{told.turn_id}.0.0",
        carded=card.conversation_id,
        parked=card.turn_id,
        card=card,
        loose_card=loose,
        running=running,
        active=last["turn_id"],
        first_key=first_key,
        used_key=last["client_message_id"],
        entry=entry["id"],
        groups=await group_holding_of(world, groups, issuer, functions, object_id, told.session_id),
    )


async def _answered_turn(world: World, client: Client, header: str) -> tuple[Turn, str]:
    session = await client.open(accessToken=header.removeprefix("Bearer "))
    asked = await client.ask()
    turn = Turn(world, client, session, asked["turn_id"], asked["seq"])
    called = await turn.step(0, *asks(("crm__find", "{}")))
    await turn.call(called.calls[0])
    await turn.step(1, *answer("It grows."))
    await turn.finish()
    return turn, asked["client_message_id"]


async def _carded_turn(world: World, client: Client) -> tuple[CardOpened, CardOpened]:
    session = await client.open()
    asked = await client.ask("Send it.")
    turn = Turn(world, client, session, asked["turn_id"], asked["seq"])
    called = await turn.step(0, *asks(("crm__send", '{"to": "Contoso"}'), ("crm__file", '{"share": 1}')))
    for call in called.calls:
        await turn.call(call)
    events = await world.events(session)
    cards = {event.call_id: event for event in events if isinstance(event, CardOpened)}
    return cards[called.calls[0]], cards[called.calls[1]]


async def _made(handler: Handler, header: str, body: bytes) -> dict[str, Any]:
    """Make something with the Idempotency-Key `first`."""
    headers = {"authorization": header, "idempotency-key": "first"}
    response = await handler(func.HttpRequest(method="POST", url="/api/x", headers=headers, body=body))
    assert response.status_code == 201, response.get_body()
    return json.loads(response.get_body())
