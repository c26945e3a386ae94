"""The browser's part: authorize, the session cookie, and logout."""

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from aiohttp import web

from local.identity import page
from local.identity.directory import User
from local.identity.grants import Grants, OAuthError
from local.identity.issuer import Issuer

COOKIE = "salescoach_dev_session"
SESSION_LIFETIME = 24 * 3600
PAGE_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeRequest:
    """The parameters of an authorization request whose redirect address may be trusted."""

    client_id: str
    redirect_uri: str
    state: str | None
    mode: str

    def back(self, params: Mapping[str, str]) -> web.Response:
        """Send the browser back to the client with these parameters and the state."""
        sent = {**params, **({"state": self.state} if self.state is not None else {})}
        separator = "#" if self.mode == "fragment" else "&" if "?" in self.redirect_uri else "?"
        location = f"{self.redirect_uri}{separator}{urllib.parse.urlencode(sent)}"
        return web.Response(status=303, headers={"location": location, "cache-control": "no-store"})


def is_local(address: str) -> bool:
    """Tell whether a redirect goes to this machine and carries no fragment."""
    parts = urllib.parse.urlsplit(address)
    return parts.scheme in ("http", "https") and parts.hostname in ("127.0.0.1", "localhost") and not parts.fragment


class SignIn:
    """The handlers of the sign-in pages."""

    def __init__(self, issuer: Issuer, grants: Grants) -> None:
        self._issuer = issuer
        self._grants = grants

    async def authorize(self, request: web.Request) -> web.Response:
        """GET: show the people, or go straight back for `prompt=none`. POST: one was chosen."""
        posted = {name: str(value) for name, value in (await request.post()).items()}
        params: Mapping[str, str] = posted or dict(request.query)
        asked = _trusted(params)
        if isinstance(asked, web.Response):
            return asked
        try:
            _check(params)
            user = self._chosen(params["user"]) if "user" in posted else self._silent(request, params)
        except OAuthError as error:
            return asked.back({"error": error.error, "error_description": error.description})
        if user is None:
            fields = {name: value for name, value in params.items() if name != "user"}
            html = page.sign_in(
                self._issuer.directory.members(self._issuer.tenant), fields, params.get("login_hint", "")
            )
            return web.Response(text=html, content_type="text/html", headers=PAGE_HEADERS)
        return self._signed_in(user, asked, params)

    async def logout(self, request: web.Request) -> web.Response:
        """Forget the browser's session and go where the client asks, if that is on this machine."""
        back = request.query.get("post_logout_redirect_uri", "")
        if back and is_local(back):
            state = request.query.get("state")
            suffix = f"{'&' if '?' in back else '?'}{urllib.parse.urlencode({'state': state})}" if state else ""
            response = web.Response(status=303, headers={"location": back + suffix})
        else:
            text = page.problem("Signed out", "You are signed out of SalesCoach on this machine.")
            response = web.Response(text=text, content_type="text/html", headers=PAGE_HEADERS)
        response.del_cookie(COOKIE, path="/")
        return response

    def _signed_in(self, user: User, asked: AuthorizeRequest, params: Mapping[str, str]) -> web.Response:
        code = self._grants.authorize(
            user,
            client_id=asked.client_id,
            redirect_uri=asked.redirect_uri,
            challenge=params["code_challenge"],
            scope=params["scope"],
            nonce=params.get("nonce"),
        )
        response = asked.back({"code": code, "iss": self._issuer.url})
        session = self._issuer.internal("session", SESSION_LIFETIME, {"oid": user.oid})
        response.set_cookie(COOKIE, session, httponly=True, samesite="Lax", path="/")
        return response

    def _chosen(self, name: str) -> User | None:
        user = self._issuer.directory.find(name)
        return user if user in self._issuer.directory.members(self._issuer.tenant) else None

    def _silent(self, request: web.Request, params: Mapping[str, str]) -> User | None:
        """Return the signed-in person for `prompt=none`, None when a page must be shown."""
        if params.get("prompt") != "none":
            return None
        user = self._session(request)
        hint = params.get("login_hint")
        if user is None or (hint and self._issuer.directory.find(hint) != user):
            raise OAuthError("login_required", "Nobody fitting is signed in in this browser.")
        return user

    def _session(self, request: web.Request) -> User | None:
        try:
            kept = self._issuer.read_internal("session", request.cookies.get(COOKIE, ""))
        except jwt.InvalidTokenError:
            return None
        return self._issuer.directory.find(str(kept["oid"]))


def _trusted(params: Mapping[str, str]) -> AuthorizeRequest | web.Response:
    """Return the request, or a page: an untrusted redirect address must not be redirected to."""
    client_id, redirect = params.get("client_id", ""), params.get("redirect_uri", "")
    if not client_id or not is_local(redirect):
        text = "The client_id is missing, or the redirect_uri does not lead back to this machine."
        html = page.problem("This sign-in cannot go on", text)
        return web.Response(status=400, text=html, content_type="text/html", headers=PAGE_HEADERS)
    mode = params.get("response_mode", "query")
    return AuthorizeRequest(client_id=client_id, redirect_uri=redirect, state=params.get("state"), mode=mode)


def _check(params: Mapping[str, str]) -> None:
    if params.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be 'code'.")
    if params.get("response_mode", "query") not in ("query", "fragment"):
        raise OAuthError("invalid_request", "response_mode must be 'query' or 'fragment'.")
    if not params.get("code_challenge") or params.get("code_challenge_method") != "S256":
        raise OAuthError("invalid_request", "A code_challenge with method S256 is required.")
    if "openid" not in params.get("scope", "").split():
        raise OAuthError("invalid_scope", "The scope must contain 'openid'.")
