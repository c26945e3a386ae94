"""More than a person's credential was given for: what a server wants, kept until the person's next sign-in asks for it.

A sign-in that has asked for a scope is not repeated for the same scope for a day: if the server still wants it then,
asking the person again and again would lead nowhere.
"""

from pydantic import BaseModel, ConfigDict

from shared.tools.credentials_store import CredentialStore
from shared.tools.scopes import all_scopes, covers, usable_scopes


class _Wish(BaseModel):
    """Scopes as OAuth writes them. `asked`: by the sign-in that is over last."""

    model_config = ConfigDict(frozen=True)

    wanted: str | None = None
    asked: str | None = None


class WantedScopes:
    """What servers want of people, by person and server."""

    def __init__(self, store: CredentialStore) -> None:
        self._store = store

    async def note(self, principal: str, server: str, scope: str) -> bool:
        """Keep what the server wants for the next sign-in; False when a sign-in has just asked for all of it."""
        wish = await self._wish(principal, server)
        if covers(wish.asked, scope):
            return False
        # Each refusal names all its call takes, so that the newest is enough where both would be too much.
        wanted = usable_scopes(all_scopes(wish.wanted, scope) or "") or scope
        if wanted != wish.wanted:
            await self._keep(principal, server, wish.model_copy(update={"wanted": wanted}))
        return True

    async def next(self, principal: str, server: str) -> str | None:
        """Return what a sign-in has to ask for besides the usual: what was given, and what is wanted.

        None when nothing is wanted: a sign-in begins afresh then.
        """
        wish = await self._wish(principal, server)
        if wish.wanted is None:
            return None
        kept = await self._store.read(principal, server)
        return all_scopes(kept.tokens.scope if kept else None, wish.wanted)

    async def asked(self, principal: str, server: str, scope: str | None) -> None:
        """Note that a sign-in which asked for `scope` is over, however the authorization server took it."""
        await self._keep(principal, server, _Wish(asked=scope))

    async def _wish(self, principal: str, server: str) -> _Wish:
        found = await self._store.wish(principal, server)
        return _Wish.model_validate_json(found) if found is not None else _Wish()

    async def _keep(self, principal: str, server: str, wish: _Wish) -> None:
        await self._store.keep_wish(principal, server, wish.model_dump_json())
