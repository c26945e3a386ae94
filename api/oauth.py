"""A person's sign-in to a tool server as their browser goes through it.

Nobody is signed in to the API here: a link opened in a new tab carries no token. What stands in for it is said in
`shared.tools.oauth_sign_in`: the sealed link, and the cookie of the first browser that opened it. Where the browser
shows whose it is (`shared.tools.oauth_browser`), it has to be the link's owner's.
"""

import json
import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

from api.endpoint import ApiReply, ApiRequest, Endpoint
from api.inputs import JSON
from api.oauth_pages import HTML, confirmation, notice, onward
from shared.errors import CommandRefused, NotAllowed, Transient
from shared.late import importing_late
from shared.people import Grant, People
from shared.tools.catalogs import Catalogs
from shared.tools.oauth_errors import SignInRefused
from shared.turns import TurnEngine

with importing_late():
    from shared.tools import oauth_sign_in, oauth_steps

if TYPE_CHECKING:
    from shared.tools.credentials_setup import PersonalCredentials
    from shared.tools.oauth_steps import Finished, Ticket

_TAG = "connections"
_COOKIE = "salescoach_sign_in"
_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
_LONGEST = 8000

_log = logging.getLogger(__name__)


class SignedIn(Protocol):
    """Hears how a sign-in ended that began at a card."""

    async def __call__(self, engine: TurnEngine, person: Grant, finished: "Finished") -> None:
        """Let the person's turn go on. A card that is closed already stays as it is.

        Raises:
            CommandRefused, NotAllowed: there is no such card of theirs.
            Transient: trying again may help.

        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Browser:
    """The browser by its cookie; `is_new` when it has to be given one."""

    value: str
    is_new: bool


class OAuthApi:
    """Endpoints a browser goes through; `signed_in` is told how it ended."""

    def __init__(
        self,
        personal: "PersonalCredentials | None",
        people: People,
        catalogs: Catalogs,
        now: Callable[[], datetime],
        signed_in: SignedIn | None = None,
    ) -> None:
        self._personal = personal
        self._people = people
        self._catalogs = catalogs
        self._now = now
        self._signed_in = signed_in

    def endpoints(self) -> tuple[Endpoint, ...]:
        if self._personal is None:
            return ()
        served = (
            (
                "oauth_start",
                "oauth/start",
                "Begin a sign-in to a tool server, from the link in a card",
                self.start,
                HTML,
            ),
            (
                "oauth_callback",
                "oauth/callback",
                "Where a tool server's sign-in sends the browser back",
                self.callback,
                HTML,
            ),
            ("oauth_client", "oauth/client", "What SalesCoach says of itself elsewhere", self.client, JSON),
        )
        return tuple(
            Endpoint(
                name=name,
                method="GET",
                path=path,
                summary=summary,
                handle=handle,
                tag=_TAG,
                anyone=True,
                described=False,
                moves_turns=name == "oauth_callback",
                reply_media=(media,),
            )
            for name, path, summary, handle, media in served
        )

    async def client(self, _request: ApiRequest) -> ApiReply:
        document = self._kept.clients.document().model_dump(mode="json", exclude_none=True)
        body = json.dumps(document | {"client_id": self._kept.clients.document_url}).encode()
        return ApiReply(body=body, headers={"Cache-Control": "max-age=3600"})

    async def start(self, request: ApiRequest) -> ApiReply:
        """Show whose sign-in this is; with the word that page gave (`go`), send the browser on."""
        link, confirm = _given(request, "card") or "", _given(request, "go")
        browser = self._browser(request)
        try:
            self._check_owner(request, link)
            if confirm is not None:
                return onward(await self._kept.sign_ins.begin(link, browser.value, confirm))
            opened = await self._kept.sign_ins.open(link, browser.value)
            person = await self._person(opened.ticket)
        except (SignInRefused, NotAllowed) as error:
            return notice("This sign-in cannot go on", error.message, status=HTTPStatus.BAD_REQUEST)
        except Transient as error:
            return _later(error)
        next_page = f"{oauth_sign_in.START_PATH}?{urlencode({'card': link, 'go': opened.confirm})}"
        who = f"{person.name} ({person.email})" if person.email else person.name
        return self._with_cookie(confirmation(opened.ticket.server, who, next_page), browser)

    async def callback(self, request: ApiRequest) -> ApiReply:
        answer = oauth_steps.Answer(
            state=_given(request, "state") or "",
            code=_given(request, "code"),
            issuer=_given(request, "iss"),
            error=_given(request, "error"),
        )
        try:
            finished = await self._kept.sign_ins.finish(answer, self._browser(request).value)
        except (SignInRefused, NotAllowed) as error:
            _log.warning("a sign-in to a tool server was refused: %s", error.message)
            return notice("You are not connected", error.message, status=HTTPStatus.BAD_REQUEST)
        except Transient as error:
            return _later(error)
        await self._answer(request, finished)
        if not finished.accepted:
            return notice("You are not connected", "You chose not to sign in. You can close this window.")
        text = f"SalesCoach can use {finished.ticket.server} for you now. You can close this window."
        return notice("You are connected", text)

    @property
    def _kept(self) -> "PersonalCredentials":
        if self._personal is None:
            raise CommandRefused("No credentials of people are kept here.")
        return self._personal

    def _check_owner(self, request: ApiRequest, link: str) -> None:
        """Refuse the link of one person in the browser of another.

        Raises:
            SignInRefused: so it is, or it is no link.

        """
        signed_in = self._kept.browsers.person(request.raw.headers.get("cookie", ""))
        if signed_in not in (None, self._kept.sign_ins.ticket(link).principal):
            raise SignInRefused("This sign-in is somebody else's: in this browser you use SalesCoach as yourself.")

    async def _person(self, ticket: "Ticket") -> Grant:
        """Return whose sign-in it is, if they may use the server.

        Raises:
            NotAllowed: they may not (any more), or signed in to SalesCoach too long ago.

        """
        person = await self._people.grant(ticket.principal, self._now())
        server = (await self._catalogs.current()).servers.get(ticket.server)
        if server is None or not server.roles & person.roles:
            raise NotAllowed(f"You may not use {ticket.server}.")
        return person

    async def _answer(self, request: ApiRequest, finished: "Finished") -> None:
        """Close the card. The credential is kept by now, so a card that cannot be closed is no reason to fail."""
        ticket = finished.ticket
        if self._signed_in is None or request.raw.engine is None:
            _log.warning("nobody closes the card %s", ticket.card)
            return
        try:
            person = await self._people.grant(ticket.principal, self._now())
            await self._signed_in(request.raw.engine, person, finished)
        except (CommandRefused, NotAllowed, Transient) as error:
            _log.warning("the card %s could not be closed: %s", ticket.card, error.message)

    def _browser(self, request: ApiRequest) -> _Browser:
        value = self._kept.browsers.value(request.raw.headers.get("cookie", ""), _COOKIE)
        known = value if value is not None and _BROWSER.fullmatch(value) else None
        return _Browser(value=known or secrets.token_urlsafe(32), is_new=known is None)

    def _with_cookie(self, reply: ApiReply, browser: _Browser) -> ApiReply:
        if not browser.is_new:
            return reply
        cookie = self._kept.browsers.header(_COOKIE, browser.value, 2 * oauth_sign_in.SIGN_IN_S)
        return replace(reply, headers={**reply.headers, "Set-Cookie": cookie})


def _given(request: ApiRequest, name: str) -> str | None:
    value = request.raw.query.get(name)
    return value if value and len(value) <= _LONGEST and value.isprintable() else None


def _later(error: Transient) -> ApiReply:
    return notice("Not just now", f"{error.message} Reload this page.", status=HTTPStatus.SERVICE_UNAVAILABLE)
