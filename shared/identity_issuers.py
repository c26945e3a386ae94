"""Whose tokens count: one issuer, or one for each tenant that may sign in."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.errors import SettingsInvalid
from shared.identity_claims import GUID_PATTERN, guid
from shared.identity_keys import SigningKeys

TENANT = "{tenantid}"
"""Stands in `AUTH_ISSUER` for the tenant, as in Entra's own discovery documents."""
_ISSUER_TENANT = re.compile(rf"/({GUID_PATTERN})(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """One issuer with its keys. `tenant` is the only one whose people it may name (None: any, for local issuers)."""

    url: str
    tenant: str | None
    keys: SigningKeys


class Issuers:
    """All issuers whose tokens count. Which one a token has to be from is decided before anything in it is believed."""

    def __init__(self, issuer: str, tenants: Iterable[str], now: Callable[[], datetime]) -> None:
        """Fetch nothing yet.

        Raises:
            SettingsInvalid: `issuer` is not an https URL (http is for this machine only), or the tenants do not fit it.

        """
        allowed = [found for tenant in tenants if (found := guid(tenant))]
        if TENANT in issuer:
            if not allowed:
                raise SettingsInvalid("AUTH_TENANTS must list the tenants that may sign in")
            urls = {tenant: issuer.replace(TENANT, tenant) for tenant in allowed}
            self._of_tenant = {t: Issuer(url=url, tenant=t, keys=SigningKeys(url, now)) for t, url in urls.items()}
            self._only = None
            return
        found = _ISSUER_TENANT.search(issuer)
        tenant = found.group(1).lower() if found else None
        if allowed and tenant not in allowed:
            raise SettingsInvalid("AUTH_TENANTS does not list the tenant of AUTH_ISSUER")
        self._of_tenant = dict[str, Issuer]()
        self._only = Issuer(url=issuer, tenant=tenant, keys=SigningKeys(issuer, now))

    def of(self, claimed_tenant: object) -> Issuer | None:
        """Return the issuer a token must be from that claims to be of this tenant; None when no such tenant may in."""
        return self._only or self._of_tenant.get(guid(claimed_tenant) or "")

    async def prepare(self) -> None:
        """Fetch the keys of all issuers, so that the first sign-in does not wait for them.

        Raises:
            SignInUnavailable: an issuer's keys cannot be fetched.

        """
        for issuer in (*self._of_tenant.values(), *((self._only,) if self._only else ())):
            await issuer.keys.find("")

    async def close(self) -> None:
        """Close the connections."""
        for issuer in (*self._of_tenant.values(), *((self._only,) if self._only else ())):
            await issuer.keys.close()
