"""Who uses SalesCoach in a browser: a sealed cookie, given with each sign-in, that the pages of `api.oauth` read.

A link in a card opens without a token. This cookie lets us see when it is opened in somebody else's browser: a person
who is sent a colleague's link must not give the colleague their own account at a tool server.
"""

from collections.abc import Callable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.sealing import SealBroken, Sealer

GOOD_FOR_S = 12 * 3600
_PLACE = "browser pass"
_NAME = "salescoach_person"


class _Pass(BaseModel):
    model_config = ConfigDict(frozen=True)

    principal: str
    expires: float


class BrowserPass:
    """Makes and reads the cookie, for a deployment reached under `public_url`."""

    def __init__(self, sealer: Sealer, public_url: str, now: Callable[[], datetime]) -> None:
        self._sealer = sealer
        self._now = now
        self.is_secure = public_url.startswith("https:")

    def named(self, name: str) -> str:
        """Return a cookie's name that browsers take only from this very host, where there is TLS."""
        return f"__Host-{name}" if self.is_secure else name

    def header(self, name: str, value: str, seconds: int) -> str:
        """Return a `Set-Cookie` value: no script reads it, and it comes along when another site links here."""
        secure = "; Secure" if self.is_secure else ""
        return f"{self.named(name)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"

    def given(self, principal: str) -> str:
        """Return the `Set-Cookie` value for somebody who has just proved who they are."""
        made = _Pass(principal=principal, expires=self._now().timestamp() + GOOD_FOR_S)
        return self.header(_NAME, self._sealer.seal(made.model_dump_json(), _PLACE), GOOD_FOR_S)

    def person(self, cookies: str) -> str | None:
        """Return whose browser sends this `Cookie` header; None when it does not say."""
        sealed = self.value(cookies, _NAME)
        if sealed is None:
            return None
        try:
            shown = _Pass.model_validate_json(self._sealer.open(sealed, _PLACE))
        except (SealBroken, ValidationError):
            return None
        return shown.principal if shown.expires > self._now().timestamp() else None

    def value(self, cookies: str, name: str) -> str | None:
        """Return the value of a cookie of ours in a `Cookie` header."""
        try:
            found = SimpleCookie(cookies).get(self.named(name))
        except CookieError:
            return None
        return found.value if found is not None else None
