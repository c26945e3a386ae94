"""How people here sign in."""

from typing import Any

from tests.shared.issuer import Issuer
from tests.support.world import World

EVERYTHING = ["Sales", "Admin"]


def authorization(issuer: Issuer, world: World, object_id: str, **changes: Any) -> str:
    """Return the header of a person's good token, with changed claims."""
    now = int(world.clock().timestamp())
    claims: dict[str, Any] = {"oid": object_id, "roles": EVERYTHING, "iat": now, "nbf": now, "exp": now + 3600}
    return issuer.header(**(claims | changes))
