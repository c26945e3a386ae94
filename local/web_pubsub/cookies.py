"""Cookies that event handlers set, kept apart for every connection."""

import aiohttp
from yarl import URL


class Cookies:
    """One connection's cookies; an empty one is a single small object."""

    __slots__ = ("_jar",)

    def __init__(self) -> None:
        self._jar: aiohttp.CookieJar | None = None

    def header(self, url: str) -> str | None:
        """Return the `Cookie` header for a request to `url`, None without cookies for it."""
        if self._jar is None:
            return None
        found = self._jar.filter_cookies(URL(url))
        return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in found.items()) or None

    def keep(self, response: aiohttp.ClientResponse) -> None:
        """Take over what the response sets or deletes."""
        if response.cookies:
            if self._jar is None:
                self._jar = aiohttp.CookieJar(unsafe=True)  # handlers are addressed by IP address here
            self._jar.update_cookies(response.cookies, response.url)
