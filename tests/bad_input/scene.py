"""Two people in the middle of their work, and everything that must stay as it is while one sends nonsense."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

from api.endpoint import Endpoint
from api.endpoints import endpoints
from api.functions import api_blueprint
from api.mcp_server.functions import coach_server_blueprint
from chat.functions import chat_blueprint
from chat.service import ChatService
from group_chat.dependencies import group_dependencies
from group_chat.functions import group_chat_blueprint
from shared.containers import INSIGHTS
from shared.cosmos import Document
from shared.identity import TokenValidator
from shared.runtime import Runtime
from shared.settings import ServiceAddress
from shared.tools.credentials_setup import Credentials, build_credentials
from shared.upstream import Upstream
from tests.bad_input.group_room import Room, room_of, upstream_of
from tests.bad_input.holding import Holding, holding_of
from tests.bad_input.left_beside import leave_beside
from tests.bad_input.left_votes import leave_votes
from tests.bad_input.offered import offered_to
from tests.bad_input.signing import authorization
from tests.bad_input.store import WatchedStore
from tests.conftest import DATABASE
from tests.group_chat.room import ListeningEngine
from tests.orchestration import carded
from tests.shared.issuer import AUDIENCE, Issuer
from tests.shared.tools.credential_bench import Bearer, settings_of
from tests.support.doubles import ACCESS_KEY
from tests.support.functions import Handler, functions_of, runtime_of
from tests.support.world import World

CATALOG = carded.CATALOG.replace('"file": {"policy": "ask"}', '"file": {"policy": "ask", "editable": true}')
LOOSE_SCHEMA = '{"type":"object","properties":{"share":{"type":"number","multipleOf":0.5},"more":{"type":"object"}}}'
"""Of a tool that takes nearly anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The app over a real store with `ada`, who sends, and `bob`, who has the same and must not be touched."""

    world: World
    watched: WatchedStore
    issuer: Issuer
    functions: dict[str, Handler]
    endpoints: dict[str, Endpoint]
    sign_in_url: Callable[[str, str, str, str], str]
    ada: Holding
    bob: Holding
    room: Room
    listened: list[int]

    def authorization(self, holding: Holding, **changes: Any) -> str:
        """Return the header of a person's good token, with changed claims."""
        return authorization(self.issuer, self.world, holding.object_id, **changes)

    async def everything(self) -> dict[str, Any]:
        """Return all that is stored of both, and all that left the app."""
        month = self.world.clock().strftime("%Y-%m")
        places = [*self.ada.partitions, *self.bob.partitions, (INSIGHTS, month)]
        found = await asyncio.gather(*(self.watched.documents(*place) for place in places))
        stored: dict[str, list[Document]] = {"/".join(at): held for at, held in zip(places, found, strict=True)}
        return stored | self.told()

    def told(self) -> dict[str, Any]:
        """Return what was sent, joined, started and kept in blobs; and what was written."""
        world = self.world
        hubs = (world.hub, world.group_hub)
        return {
            "sent": [*world.hub.sent, *world.group_hub.sent],
            "groups": [{name: set(ids) for name, ids in hub.groups.items() if ids} for hub in hubs],
            "dismissed": [*world.hub.dismissed, *world.group_hub.dismissed],
            "engine": [*world.engine.started, *world.engine.stopped, *world.engine.resumed, *self.listened],
            "blobs": dict(world.blobs.blobs),
            "tools": len(world.tools.calls),
            "written": list(self.watched.written),
            "state": (self.ada.client.state, self.room.client.client.state),
        }


class Engines:
    """Gives the functions the world's engine."""

    def __init__(self, world: World) -> None:
        self._world = world

    def engine(self, _configuration: str) -> Any:
        return self._world.engine


@asynccontextmanager
async def scene_on(address: ServiceAddress, issuer: Issuer) -> AsyncGenerator[Scene]:
    """Set the scene, in a store of its own partitions."""
    watched = WatchedStore(address, DATABASE)
    world = World(watched, CATALOG)
    world.tools.schemas.update(send=carded.SEND_SCHEMA, file=LOOSE_SCHEMA)
    validator = TokenValidator(issuer.issuer, AUDIENCE, world.clock)
    credentials = _credentials(watched, world)
    runtime = replace(runtime_of(world, credentials), validator=validator)
    world.chat = replace(world.chat, validator=validator)
    engine = world.engine = ListeningEngine()
    _connect_upstream(world)
    functions, groups = _functions(runtime, world), group_dependencies(runtime)
    try:
        ada = await holding_of(world, groups, issuer, functions)
        bob = await holding_of(world, groups, issuer, functions)
        for who in (ada, bob):
            await leave_beside(world, who.turn, who.session, who.groups.led)
            await leave_votes(world, who.turn, who.session, who.person)
        await offered_to(world, ada.session, ada.turn)
        yield Scene(
            world=world,
            watched=watched,
            issuer=issuer,
            functions=functions,
            endpoints={endpoint.name: endpoint for endpoint in endpoints(runtime)},
            sign_in_url=partial(_link, credentials),
            ada=ada,
            bob=bob,
            room=await room_of(world, upstream_of(groups, engine), ada),
            listened=engine.listened,
        )
    finally:
        await validator.close()
        assert credentials.personal is not None
        await credentials.personal.close()
        await world.close()
        await watched.close()


def _credentials(watched: WatchedStore, world: World) -> Credentials:
    return build_credentials(settings_of(), watched, cast("Any", Bearer()), world.catalogs, world.clock)


def _link(credentials: Credentials, server: str, card: str, person: str, conversation: str) -> str:
    return credentials.sign_in_url(server, card, person, conversation) or ""


def _connect_upstream(world: World) -> None:
    async def nobody(authorization: str | None) -> None:
        raise AssertionError("signatures prove the sender here")

    world.upstream = Upstream(
        "chat",
        ChatService(world.chat, world.engine),
        host="service.example",
        keys=(ACCESS_KEY.encode(),),
        prover=nobody,
        now=world.clock,
    )


def _functions(runtime: Runtime, world: World) -> dict[str, Handler]:
    engines = cast("Any", Engines(world))
    blueprints = (
        api_blueprint(runtime, engines),
        chat_blueprint(runtime, engines),
        group_chat_blueprint(runtime, engines),
        coach_server_blueprint(runtime, engines),
    )
    return {name: handler for blueprint in blueprints for name, handler in functions_of(blueprint).items()}
