"""The few small pages of a sign-in to a tool server: no script, nothing from elsewhere, nothing kept."""

from collections.abc import Mapping
from html import escape
from http import HTTPStatus

from api.endpoint import ApiReply

HTML = "text/html"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:12vh auto;"
    "padding:0 1rem}h1{font-size:1.3rem}a.go{display:inline-block;padding:.6rem 1rem;border:1px solid;"
    "border-radius:.4rem;text-decoration:none;color:inherit}"
)


def notice(title: str, text: str, *, status: int = HTTPStatus.OK) -> ApiReply:
    """Return a page that only says something."""
    return _page(title, f"<p>{escape(text)}</p>", status)


def confirmation(server: str, person: str, onward: str) -> ApiReply:
    """Return the page that says whose sign-in this is; `onward` is the link to go on."""
    text = (
        f"<p>SalesCoach will use <b>{escape(server)}</b> on behalf of <b>{escape(person)}</b>, and only in answer to "
        "what they ask. You sign in there in the next step.</p>"
        f"<p>Not {escape(person)}, or did you not ask for this? Then close this window.</p>"
        f'<p><a class="go" href="{escape(onward)}">Continue to {escape(server)}</a></p>'
    )
    return _page(f"Connect {server}", text, HTTPStatus.OK)


def onward(url: str) -> ApiReply:
    """Return a redirect that tells the next site nothing of where it came from."""
    return ApiReply(status=HTTPStatus.SEE_OTHER, media_type=HTML, headers={**HEADERS, "Location": url})


def _page(title: str, body: str, status: int) -> ApiReply:
    html = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )
    return ApiReply(body=html.encode(), status=status, media_type=HTML, headers=HEADERS)
