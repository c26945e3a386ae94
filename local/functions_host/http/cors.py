"""Cross-origin answers as Core Tools gives them, from `Host.CORS` and `Host.CORSCredentials`."""

from aiohttp import web


class Cors:
    """With no origins configured nothing is added."""

    def __init__(self, origins: tuple[str, ...], *, credentials: bool) -> None:
        self._origins = frozenset(each.rstrip("/") for each in origins)
        self._credentials = credentials

    def preflight(self, request: web.Request) -> web.Response | None:
        """Answer a preflight request of an allowed origin; anything else goes on to the functions."""
        asked = request.headers.get("Access-Control-Request-Method")
        if request.method != "OPTIONS" or asked is None or not self._allowed(request):
            return None
        answer = web.Response(status=204)
        answer.headers["Access-Control-Allow-Methods"] = asked
        wanted = request.headers.get("Access-Control-Request-Headers")
        if wanted:
            answer.headers["Access-Control-Allow-Headers"] = wanted
        return answer

    def decorate(self, request: web.Request, answer: web.StreamResponse) -> None:
        if not self._origins or not self._allowed(request):
            return
        wildcard = "*" in self._origins and not self._credentials
        answer.headers["Access-Control-Allow-Origin"] = "*" if wildcard else request.headers["Origin"]
        if not wildcard:
            answer.headers["Vary"] = "Origin"
        if self._credentials:
            answer.headers["Access-Control-Allow-Credentials"] = "true"

    def _allowed(self, request: web.Request) -> bool:
        origin = request.headers.get("Origin", "").rstrip("/")
        return bool(origin) and ("*" in self._origins or origin in self._origins)
