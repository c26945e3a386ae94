"""Telling a person that much of a budget is used."""

from collections.abc import Iterable
from contextlib import suppress

from shared.errors import PublishFailed
from shared.protocol.ephemeral import BudgetWarning
from shared.publisher import Publisher
from shared.usage.decisions import Notice


async def warn(publisher: Publisher, principal: str, notices: Iterable[Notice]) -> None:
    """Tell the person, on all their devices; one that does not hear it reads it in their usage."""
    for notice in notices:
        warning = BudgetWarning(
            scope=notice.scope,
            message=notice.message,
            used_percent=notice.used_percent,
            resets_at=notice.resets_at,
        )
        with suppress(PublishFailed):
            await publisher.to_person(principal, warning)
