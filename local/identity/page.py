"""The pages a person sees: choosing whom to sign in as, and what went wrong."""

from collections.abc import Mapping, Sequence
from html import escape

from local.identity.directory import User

STYLE = """
:root { color-scheme: light dark; --line: #d5dae3; --soft: #5b6475; --card: #fff; --back: #f3f5f9; --accent: #2f5fde }
@media (prefers-color-scheme: dark) {
  :root { --line: #363d4a; --soft: #a4adbd; --card: #1c212b; --back: #12151b; --accent: #8fb0ff } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif }
main { width: min(26rem, 100vw - 2rem); background: var(--card); border: 1px solid var(--line);
  border-radius: 14px; padding: 2rem; margin: 1rem; box-shadow: 0 12px 40px #0001 }
h1 { font-size: 1.35rem; margin: 0 0 .25rem } p { color: var(--soft); margin: 0 0 1.25rem; font-size: .925rem }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
button { width: 100%; display: grid; grid-template-columns: 2.5rem 1fr; gap: 0 .85rem; align-items: center;
  text-align: left; padding: .65rem .8rem; font: inherit; color: inherit; background: none; cursor: pointer;
  border: 1px solid var(--line); border-radius: 10px }
button:hover { border-color: var(--accent) }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.initial { grid-row: span 2; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--card); font-weight: 600 }
.detail { color: var(--soft); font-size: .85rem }
footer { margin-top: 1.25rem; color: var(--soft); font-size: .8rem }
"""


def sign_in(users: Sequence[User], fields: Mapping[str, str], hint: str) -> str:
    """Return the page that lists the people; the hinted one comes first and has the focus."""
    hinted = [user for user in users if hint and hint.lower() in (user.key, user.oid, user.preferred_username)]
    ordered = [*hinted, *(user for user in users if user not in hinted)]
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    rows = "".join(_row(user, focus=index == 0) for index, user in enumerate(ordered))
    return _page(
        "Sign in to SalesCoach",
        "<p>Development sign-in. Choose who you want to be; there is no password.</p>"
        f'<form method="post" action="/authorize">{hidden}<ul aria-label="People">{rows}</ul></form>'
        "<footer>These people exist only on this machine.</footer>",
    )


def problem(title: str, text: str) -> str:
    """Return a page that says why a sign-in cannot go on."""
    return _page(title, f'<p role="alert">{escape(text)}</p>')


def _row(user: User, *, focus: bool) -> str:
    roles = ", ".join(user.roles) or "no role"
    auto = " autofocus" if focus else ""
    return (
        f'<li><button type="submit" name="user" value="{escape(user.key)}"{auto}>'
        f'<span class="initial" aria-hidden="true">{escape(user.name[:1])}</span><span>{escape(user.name)}</span>'
        f'<span class="detail">{escape(user.title)} · {escape(roles)}</span></button></li>'
    )


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
