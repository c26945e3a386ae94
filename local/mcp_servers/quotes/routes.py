"""The pages and control routes of the authorization server of `quotes`."""

from html import escape

from mcp.server.auth.routes import create_auth_routes, create_protected_resource_routes
from mcp.server.auth.settings import ClientRegistrationOptions, RevocationOptions
from pydantic import AnyHttpUrl, TypeAdapter
from pydantic.config import ConfigDict
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from local.mcp_servers.quotes.authority import ACCOUNTS, SCOPE, SIGN_IN_PATH, Authority

URL = TypeAdapter(AnyHttpUrl, config=ConfigDict(url_preserve_empty_path=True))
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
_STYLE = "body{font:16px/1.5 system-ui;max-width:28rem;margin:10vh auto}button{font:inherit;padding:.5rem;width:100%}"


def authority_routes(authority: Authority) -> list[Route]:
    """Return the protocol's endpoints, the page a person chooses an account on, and `/_quotes` for tests."""

    async def sign_in(request: Request) -> Response:
        asked = request.query_params.get("asked", "")
        if request.method == "GET":
            return _page(authority, asked)
        account = str((await request.form()).get("account", ""))
        target = authority.chosen(asked, account if account in ACCOUNTS else None)
        if target is None:
            return HTMLResponse("<p>This sign-in is over.</p>", 400, _HEADERS)
        return RedirectResponse(target, 303, {"cache-control": "no-store"})

    async def control(request: Request) -> Response:
        if request.method == "DELETE":
            authority.expire_access()
        counts = authority.counts
        return JSONResponse(
            {"refreshed": counts.refreshed, "reused": counts.reused, "revoked": counts.revoked},
        )

    issuer, resource = URL.validate_python(authority.issuer), URL.validate_python(authority.resource)
    registration = ClientRegistrationOptions(enabled=True, valid_scopes=[SCOPE], default_scopes=[SCOPE])
    return [
        *create_auth_routes(
            authority,
            issuer,
            client_registration_options=registration,
            revocation_options=RevocationOptions(enabled=True),
        ),
        *create_protected_resource_routes(resource, [issuer], [SCOPE], "Quotes"),
        Route(SIGN_IN_PATH, sign_in, methods=["GET", "POST"]),
        Route("/_quotes", control, methods=["GET", "DELETE"]),
    ]


def _page(authority: Authority, asked: str) -> Response:
    found = authority.waiting(asked)
    if found is None:
        return HTMLResponse("<p>This sign-in is over.</p>", 400, _HEADERS)
    name = escape(found.client.client_name or found.client.client_id)
    buttons = "".join(
        f'<p><button name="account" value="{escape(account)}">{escape(account)}</button></p>' for account in ACCOUNTS
    )
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Quotes</title><style>{_STYLE}</style>'
        f"<h1>Sign in to Quotes</h1><p>{name} wants to read and send quotes for you. As whom?</p>"
        f'<form method="post">{buttons}<p><button name="account" value="">Do not allow</button></p></form></html>'
    )
    return HTMLResponse(html, 200, _HEADERS)
