"""The app's functions as the host would call them, over a world's clients."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, cast

import azure.durable_functions as df
import azure.functions as func
from pydantic import SecretStr

from shared.common_questions.stores import QuestionStores
from shared.identity import Principal
from shared.runtime import Runtime
from shared.settings import Settings
from shared.tools.credentials import ServerCredentials
from shared.tools.credentials_setup import Credentials
from shared.turn_engine import TurnEngines
from shared.unread import Unread
from shared.usage.report import UsageReports
from shared.usage.teams import APP, UNASSIGNED
from tests.support.world import World

type Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


SETTINGS = Settings.from_environment(
    {
        "COSMOS": "c",
        "BLOB": "b",
        "WEB_PUBSUB": "w",
        "AZURE_OPENAI_ENDPOINT": "https://openai.example",
        "AZURE_OPENAI_CHAT_MODEL": "chat-model",
        "AZURE_OPENAI_UTILITY_MODEL": "utility-model",
        "AZURE_OPENAI_EMBEDDING_MODEL": "embedding-model",
        "AUTH_ISSUER": "https://login.example",
        "AUTH_AUDIENCE": "api://salescoach",
    }
)


def runtime_of(world: World, credentials: Credentials | None = None) -> Runtime:
    """Return a runtime made of the world's clients."""
    keeps = credentials is not None and credentials.personal is not None
    keys = {"credentials_keys": (SecretStr("of the credentials"),)} if keeps else {}
    return Runtime(
        settings=SETTINGS.model_copy(update=keys),
        log=world.log,
        live=world.live,
        people=world.people,
        memberships=world.memberships,
        erasure=world.erasure,
        search=world.chat.search,
        unread=Unread(world.cosmos),
        limiter=world.chat.limiter,
        memories=world.memories,
        ledger=world.spending.ledger,
        feedback=world.chat.feedback,
        summaries=world.turn.summaries,
        blobs=world.blobs,
        prompts=world.prompts,
        manifests=world.chat.manifests,
        catalogs=world.catalogs,
        tools=world.tools,
        model=cast("Any", world.model),
        chat_hub=world.hub,
        group_hub=world.group_hub,
        gate=world.gate,
        publisher=world.publisher,
        validator=world.tokens,
        security=world.chat.security,
        usage_reports=UsageReports(world.cosmos, ("North", UNASSIGNED, APP)),
        upstream_validator=world.tokens,
        credentials=credentials
        or Credentials(authorization=ServerCredentials({}, cast("Any", None), None), personal=None),
        common_questions=QuestionStores.over(world.cosmos, world.clock),
        now=world.clock,
    )


NO_ENGINES = TurnEngines(cast("Any", None))
"""For functions whose requests start no turns."""


def functions_of(blueprint: df.Blueprint) -> dict[str, Handler]:
    """Return the blueprint's functions by name."""
    built = [builder._function for builder in cast("Any", blueprint)._function_builders]
    return {function.get_function_name(): function.get_user_function() for function in built}


def request(
    method: str,
    params: dict[str, str] | None = None,
    token: str | None = None,
    path: dict[str, str] | None = None,
    body: bytes = b"",
) -> func.HttpRequest:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return func.HttpRequest(
        method=method, url="/api/x", headers=headers, params=params or {}, route_params=path or {}, body=body
    )


def json_of(response: func.HttpResponse) -> dict[str, Any]:
    return json.loads(response.get_body())


def signed_in(world: World, *roles: str) -> str:
    """Return a new person whose token is `good`."""
    person = world.person()
    world.tokens.known["good"] = Principal(
        id=person,
        tenant="tenant",
        name="Ada",
        email=None,
        roles=frozenset(roles or {"Sales"}),
        groups=(),
        expires_at=world.clock(),
    )
    return person
