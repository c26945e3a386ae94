"""Delivery of events to the hub's handler over HTTP, at least once."""

import asyncio
import logging
from dataclasses import dataclass
from http import HTTPStatus

import aiohttp

from local.web_pubsub.chaos import Chaos
from local.web_pubsub.cloud_events import CloudEvent
from local.web_pubsub.handlers import EventHandler, first_match
from local.web_pubsub.managed_identity import HandlerAuth, IdentityError, ManagedIdentity
from local.web_pubsub.settings import Settings
from local.web_pubsub.traffic import Traffic
from local.web_pubsub.validation import NotValidatedError, Validation

_log = logging.getLogger(__name__)
_MAX_REPLY_BYTES = 16 * 1024 * 1024
_STATE = "ce-connectionState"


class UpstreamError(Exception):
    """The event has no handler, or its handler could not be made to answer."""


class NoHandlerError(UpstreamError):
    """Nothing is configured for this event."""


class _LostError(Exception):
    """One attempt failed in a way that may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A handler's answer; `state` is the new connection state, None to keep the old one."""

    status: int
    content_type: str = ""
    charset: str | None = None
    body: bytes = b""
    state: str | None = None

    @property
    def ok(self) -> bool:
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def retryable(self) -> bool:
        return self.status == HTTPStatus.REQUEST_TIMEOUT or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


class Upstream:
    """Posts events, with retries after network failures, 408 and 5xx, all under the same `ce-id`."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, origin: str, chaos: Chaos, traffic: Traffic
    ) -> None:
        self._settings = settings
        self._session = session
        self._origin = origin
        self._chaos = chaos
        self._traffic = traffic
        self._validation = Validation(session, origin)
        self._handlers = settings.handlers()
        self._identities: dict[HandlerAuth, ManagedIdentity] = {}
        self._notifications: set[asyncio.Task[None]] = set()

    def handles(self, hub: str, kind: str, name: str) -> bool:
        return first_match(self._handlers, hub, kind, name) is not None

    async def deliver(self, event: CloudEvent) -> Reply:
        """Return the handler's final answer, whatever its status below 500.

        Raises:
            UpstreamError: no handler, or still no answer when tries or time (100 s) ran out.

        """
        handler = first_match(self._handlers, event.hub, event.kind, event.name)
        if handler is None:
            raise NoHandlerError(f"hub {event.hub} has no handler for {event.name}")
        try:
            async with asyncio.timeout(self._settings.upstream_timeout):
                await self._chaos.before_webhook(event.name)
                if self._chaos.take_duplicate(event.name):
                    await self._tries(handler, event)
                reply = await self._tries(handler, event)
        except TimeoutError as error:
            self._note(event, "timeout")
            raise UpstreamError(f"{event.name} timed out") from error
        except UpstreamError:
            self._note(event, "failed")
            raise
        self._note(event, str(reply.status))
        return reply

    def notify(self, event: CloudEvent) -> None:
        """Deliver an event that nobody waits for; failures are logged."""
        if not self.handles(event.hub, event.kind, event.name):
            return
        task = asyncio.create_task(self._deliver_quietly(event))
        self._notifications.add(task)
        task.add_done_callback(self._notifications.discard)

    async def _deliver_quietly(self, event: CloudEvent) -> None:
        try:
            reply = await self.deliver(event)
        except UpstreamError as error:
            _log.warning("%s of %s not delivered: %s", event.name, event.connection_id, error)
        else:
            if not reply.ok:
                _log.warning("%s of %s was answered %d", event.name, event.connection_id, reply.status)

    async def settle(self, seconds: float) -> None:
        """Give deliveries under way `seconds` to finish, then cancel them."""
        if self._notifications:
            _, late = await asyncio.wait(self._notifications, timeout=seconds)
            for task in late:
                task.cancel()

    async def _tries(self, handler: EventHandler, event: CloudEvent) -> Reply:
        failure = ""
        for delay in (*self._settings.retry_delays, None):
            try:
                reply = await self._attempt(handler, event)
            except _LostError as error:
                failure = str(error)
            else:
                if not reply.retryable:
                    return reply
                failure = f"the handler answered {reply.status}"
            if delay is None:
                break
            _log.warning("%s of %s: %s; again in %.1f s", event.name, event.connection_id, failure, delay)
            await asyncio.sleep(delay)
        raise UpstreamError(failure)

    async def _attempt(self, handler: EventHandler, event: CloudEvent) -> Reply:
        if self._chaos.take_failure(event.name):
            raise _LostError("lost on purpose")
        try:
            await self._validation.require(handler.url(event.hub, "validate"))
        except NotValidatedError as error:
            if error.transient:
                raise _LostError(str(error)) from error
            raise UpstreamError(str(error)) from error
        url = handler.url(event.hub, event.name)
        headers = await self._headers(handler, event, url)
        try:
            async with self._session.post(url, data=event.body, headers=headers, allow_redirects=False) as response:
                event.cookies.keep(response)
                return await _read(response)
        except aiohttp.ClientError as error:
            raise _LostError(repr(error)) from error
        except ValueError as error:  # a user id or metadata value that no header can hold
            raise UpstreamError(f"the event cannot be sent: {error}") from error

    async def _headers(self, handler: EventHandler, event: CloudEvent, url: str) -> dict[str, str]:
        headers = event.headers(self._settings.keys, self._origin)
        cookies = event.cookies.header(url)
        if cookies is not None:
            headers["Cookie"] = cookies
        if handler.auth is not None:
            identity = self._identities.get(handler.auth)
            if identity is None:
                identity = self._identities[handler.auth] = ManagedIdentity(handler.auth, self._session)
            try:
                headers["Authorization"] = f"Bearer {await identity.token()}"
            except IdentityError as error:
                raise _LostError(str(error)) from error
        return headers

    def _note(self, event: CloudEvent, outcome: str) -> None:
        target = f"{event.name} from {event.connection_id}"
        self._traffic.note("webhook", event.hub, target, outcome, event.body)


async def _read(response: aiohttp.ClientResponse) -> Reply:
    body = await response.content.read(_MAX_REPLY_BYTES + 1)
    while chunk := await response.content.read(_MAX_REPLY_BYTES + 1 - len(body)):
        body += chunk
    if len(body) > _MAX_REPLY_BYTES:
        raise UpstreamError("the handler's answer is larger than 16 MB")
    states = response.headers.getall(_STATE, [])
    if len(states) > 1:
        raise UpstreamError(f"the handler set {_STATE} {len(states)} times")
    return Reply(
        status=response.status,
        content_type=response.content_type if "Content-Type" in response.headers else "",
        charset=response.charset,
        body=body,
        state=states[0] if states else None,
    )
