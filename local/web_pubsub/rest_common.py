"""What all REST operations share: authentication, error answers, parameters."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from http import HTTPStatus

from aiohttp import hdrs, web

from local.web_pubsub import names
from local.web_pubsub.connection import Connection
from local.web_pubsub.entra import EntraTokens
from local.web_pubsub.hub import Hub, Hubs
from local.web_pubsub.odata import Predicate, compile_filter
from local.web_pubsub.odata_values import FilterError
from local.web_pubsub.settings import MAX_TTL_SECONDS
from local.web_pubsub.tokens import TokenError, Tokens

_log = logging.getLogger(__name__)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RestError(Exception):
    """An operation is answered with this status and error code."""

    def __init__(self, status: int, message: str, code: str = "Error.BadRequest") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def bad_request(message: str) -> RestError:
    return RestError(HTTPStatus.BAD_REQUEST, message)


def error_response(error: RestError) -> web.Response:
    body = {"code": error.code, "message": str(error)}
    # The official JavaScript client shows such a body whole, and its tests expect that of the service's errors.
    kind = "application/problem+json"
    return web.json_response(body, status=error.status, headers={"x-ms-error-code": error.code}, content_type=kind)


class RestAuth:
    """Lets a data plane request through if its bearer token is good."""

    def __init__(self, tokens: Tokens, entra: EntraTokens | None) -> None:
        self._tokens = tokens
        self._entra = entra

    async def check(self, request: web.Request) -> None:
        """Accept a token made with the access key for this URL, or one of the issuer's.

        Raises:
            RestError: 401.

        """
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise RestError(HTTPStatus.UNAUTHORIZED, "A bearer token is required.", "Error.Unauthorized")
        try:
            self._tokens.rest(token, f"{request.scheme}://{request.host}{request.raw_path}")
        except TokenError as key_error:
            try:
                if self._entra is None:
                    raise
                await self._entra.verify(token)
            except TokenError as error:
                _log.info("REST call refused: %s; %s", key_error, error)
                text = f"The token is invalid: {error}"
                raise RestError(HTTPStatus.UNAUTHORIZED, text, "Error.Unauthorized") from error

    def guard(self, handler: Handler) -> Handler:
        """Return the handler behind the check, with its errors turned into answers."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                await self.check(request)
                return await handler(request)
            except RestError as error:
                return error_response(error)
            except FilterError as error:
                return error_response(bad_request(str(error)))

        return guarded


def hub_of(request: web.Request, hubs: Hubs) -> Hub:
    name = request.match_info["hub"]
    if not names.is_hub(name):
        raise bad_request("The hub name is invalid.")
    return hubs.get(name)


def group_of(request: web.Request) -> str:
    group = request.match_info["group"]
    if not names.is_group(group):
        raise bad_request("The group name is invalid.")
    return group


def connection_of(request: web.Request, hub: Hub) -> Connection | None:
    return hub.connections.get(request.match_info["connection"])


def reason_of(request: web.Request) -> str:
    return request.query.get("reason", "The connection was closed by the application server.")


def number_of(request: web.Request, name: str, least: int, most: int) -> int | None:
    value = request.query.get(name)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise bad_request(f"{name} must be an integer from {least} to {most}.")
    return int(value)


def ttl_of(request: web.Request) -> int:
    """Return how many seconds a message is kept; 0 is as long as the session."""
    return number_of(request, "messageTtlSeconds", 0, MAX_TTL_SECONDS) or 0


def filter_of(source: str | None) -> Predicate | None:
    return compile_filter(source) if source and source.strip() else None


def chosen(request: web.Request, candidates: Iterable[Connection]) -> Iterator[Connection]:
    """Return the candidates that the query's `filter` and `excluded` leave over.

    Raises:
        FilterError: the filter is malformed, or does not fit a candidate.

    """
    excluded = frozenset(request.query.getall("excluded", []))
    predicate = filter_of(request.query.get("filter"))
    left = [connection for connection in candidates if connection.id not in excluded]
    return iter([connection for connection in left if predicate is None or predicate(connection)])


def exists(*, found: bool) -> web.Response:
    return web.Response(status=HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)


def done() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)
