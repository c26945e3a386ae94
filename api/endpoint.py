"""What an endpoint of the HTTP API is, and how a request is answered: signed in, checked, handled, told in one form.

Handlers know neither the Functions runtime nor how errors are told; they take an `ApiRequest` and return an `ApiReply`.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from api.inputs import JSON, Input, check_path, read_body, read_query
from shared.errors import BROKEN, CommandRefused, NotAllowed, SalesCoachError
from shared.identity import Principal
from shared.problems import problem
from shared.protocol.codes import ErrorCode
from shared.security_events import SecurityKind
from shared.turns import TurnEngine

IDEMPOTENCY_KEY = "idempotency-key"
_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
_VERSION = re.compile(r'"([0-9]{1,9})"\Z')

_LOG = logging.getLogger(__name__)

type Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Output(BaseModel):
    """A reply's body."""

    model_config = ConfigDict(frozen=True, json_schema_serialization_defaults_required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request as it came; header names are lower case."""

    path: dict[str, str]
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    engine: TurnEngine | None = None
    """Where the endpoint moves turns on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """A request that may be handled. `person` is None only where an endpoint is open to anyone.

    `body` and `query` are of the endpoint's types; read them with `body_as` and `query_as`.
    """

    person: Principal | None
    path: Mapping[str, str]
    raw: RawRequest
    body: Input | None = None
    query: Input | None = None

    @property
    def principal(self) -> Principal:
        """The signed-in person."""
        if self.person is None:
            raise TypeError("the endpoint is open to anyone, yet asks who it is")
        return self.person

    @property
    def idempotency_key(self) -> str | None:
        """What makes a repeated request the same request, if the client says so.

        Raises:
            CommandRefused: it is not 1 to 200 printable ASCII characters without blanks.

        """
        key = self.raw.headers.get(IDEMPOTENCY_KEY)
        if key is not None and _KEY.match(key) is None:
            raise CommandRefused("Idempotency-Key: give 1 to 200 printable ASCII characters without blanks.")
        return key

    @property
    def wanted_version(self) -> int | None:
        """The version that is to be changed, as `If-Match` names it; None: whichever there is.

        Raises:
            CommandRefused: it is not one version's ETag.

        """
        tag = self.raw.headers.get("if-match", "*").strip()
        if tag == "*":
            return None
        found = _VERSION.match(tag)
        if found is None:
            raise CommandRefused("If-Match: give the ETag as it was last told, or leave it out.")
        return int(found[1])

    def body_as[T: Input](self, kind: type[T]) -> T:
        return _as(self.body, kind)

    def query_as[T: Input](self, kind: type[T]) -> T:
        return _as(self.query, kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiReply:
    """A reply: a shape told as JSON, or bytes of another `media_type`."""

    body: BaseModel | bytes | None = None
    status: int = HTTPStatus.OK
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def content(self) -> bytes:
        return self.body.model_dump_json().encode() if isinstance(self.body, BaseModel) else self.body or b""


type Handler = Callable[[ApiRequest], Awaitable[ApiReply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation. `name` is unique and in `snake_case`; `path` follows `/api/`, with `{names}`.

    `roles` are app roles of which the person needs one; empty: everybody signed in. `anyone`: no sign-in at all.
    `body`, `query` and `reply` are the shapes of the OpenAPI document; `reply_media` others than JSON it may return.
    An `idempotent` one takes an Idempotency-Key. `detail` says more than the summary.
    """

    name: str
    method: Method
    path: str
    summary: str
    handle: Handler
    tag: str
    body: type[Input] | None = None
    query: type[Input] | None = None
    reply: type[BaseModel] | None = None
    reply_media: tuple[str, ...] = ()
    status: int = HTTPStatus.OK
    roles: frozenset[str] = frozenset()
    anyone: bool = False
    described: bool = True
    """Stands in the OpenAPI document; pages a browser goes through do not."""
    moves_turns: bool = False
    """Its requests come with the engine that runs turns."""
    idempotent: bool = False
    versioned: bool = False
    """It takes the ETag it is made on in If-Match."""
    detail: str = ""
    codes: tuple[ErrorCode, ...] = ()
    """Error codes of its own, beside those every endpoint may answer."""


class Limits(Protocol):
    """Counts what people ask for."""

    def take(self, principal: str, kind: Literal["requests"]) -> None: ...


class Validates(Protocol):
    """Proves who sends a request."""

    async def of_request(self, headers: Mapping[str, str]) -> Principal: ...


class Reports(Protocol):
    """Takes note of who looks at what only some may see."""

    async def report(self, kind: SecurityKind, principal: str, detail: str = "") -> None: ...


async def answer(
    endpoint: Endpoint,
    request: RawRequest,
    validator: Validates,
    security: Reports,
    limits: Limits | None = None,
) -> ApiReply:
    """Answer the request; what is refused, and what may be tried again, as problem details."""
    try:
        person = None if endpoint.anyone else await validator.of_request(request.headers)
        if person is not None and limits is not None:
            limits.take(person.id, "requests")
        if person is not None and endpoint.roles:
            await _admit(endpoint, request, person, security)
        check_path(request.path)
        body = read_body(endpoint.body, request.body, request.headers.get("content-type")) if endpoint.body else None
        query = read_query(endpoint.query, request.query) if endpoint.query else None
        return await endpoint.handle(ApiRequest(person=person, path=request.path, raw=request, body=body, query=query))
    except SalesCoachError as error:
        return _told(error)
    except Exception:  # noqa: BLE001 - the boundary: a defect of ours must be seen, and told in the one form
        _LOG.exception("%s failed unexpectedly", endpoint.name)
        return _told(SalesCoachError(BROKEN))


async def _admit(endpoint: Endpoint, request: RawRequest, person: Principal, security: Reports) -> None:
    """Let in who has one of the roles, and note it either way.

    Raises:
        NotAllowed: the person has none of them.

    """
    wanted = f"{endpoint.name} {' '.join(f'{name}={value}' for name, value in (request.path | request.query).items())}"
    if not endpoint.roles & person.roles:
        await security.report(SecurityKind.ACCESS_REFUSED, person.id, wanted)
        raise NotAllowed(f"This needs the role {' or '.join(sorted(endpoint.roles))}.")
    await security.report(SecurityKind.ADMIN_ACCESS, person.id, wanted)


def _told(error: SalesCoachError) -> ApiReply:
    told = problem(error)
    return ApiReply(body=told.content, status=told.status, media_type=told.media_type, headers=told.headers)


def _as[T: Input](value: Input | None, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"the endpoint does not declare {kind.__name__}")
    return value
