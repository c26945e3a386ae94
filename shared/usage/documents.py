"""How accounts, ended periods and recorded turns are laid down in the container `people`.

========================  =============================================  ======================
id                        content                                        lives
========================  =============================================  ======================
`usage`                   the account: current day and month, holds      for ever
`usage.2026-03-02`        what was used on a day that is over            `KEPT_S`
`usage.2026-03`           what was used in a month that is over          `KEPT_S`
`usage.<turn id>`         what one turn used, written once               `KEPT_S`
`usage.<call id>`         what one call beside turns used, written once  `KEPT_S`
========================  =============================================  ======================
"""

from dataclasses import dataclass
from typing import Literal

from shared.cosmos import SYSTEM_FIELDS, Document
from shared.protocol.shapes import Usage
from shared.usage.account import Account, Archive, Totals

ACCOUNT = "usage"
KEPT_S = 400 * 24 * 3600
"""Over a year, so that a month can be compared with the same month of the year before."""
_AROUND = SYSTEM_FIELDS | {"id", "principal", "kind"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedAccount:
    """An account as it was read; `etag` None when it has not been written yet."""

    account: Account
    etag: str | None


type EntryKind = Literal["usage_turn", "usage_call"]
"""A turn that ended, or a call beside turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an ended turn used, or a call beside turns (`turn_id` is then the id of the call).

    `at` is ISO 8601; `person` is a principal, or `system`; `model` the deployment that answered.
    """

    kind: EntryKind
    turn_id: str
    conversation_id: str
    person: str
    team: str
    model: str
    at: str
    usage: Usage


def person_account(principal: str) -> str:
    """Return the partition of a person's account."""
    return principal


def team_account(team: str) -> str:
    """Return the partition of a team's account; a principal never begins like this."""
    return f"team.{team}"


def ended_id(period: str) -> str:
    return f"usage.{period}"


def account_document(owner: str, account: Account) -> Document:
    body = account.model_dump(mode="json", exclude_defaults=True) | {"schema_version": account.schema_version}
    return body | {"id": ACCOUNT, "principal": owner, "kind": "usage_account"}


def account_from(document: Document) -> VersionedAccount:
    body = {name: value for name, value in document.items() if name not in _AROUND}
    return VersionedAccount(account=Account.read(body), etag=document["_etag"])


def archive_document(owner: str, archive: Archive) -> Document:
    totals = archive.totals.model_dump(mode="json")
    kind = {"principal": owner, "kind": "usage_period", "period": archive.period, "ttl": KEPT_S}
    return {"id": ended_id(archive.period), "totals": totals} | kind


def totals_from(document: Document) -> Totals:
    return Totals.read(document["totals"])


def entry_document(owner: str, entry: Entry) -> Document:
    return {
        "id": f"usage.{entry.turn_id}",
        "principal": owner,
        "kind": entry.kind,
        "turn_id": entry.turn_id,
        "conversation_id": entry.conversation_id,
        "person": entry.person,
        "team": entry.team,
        "model": entry.model,
        "at": entry.at,
        "usage": entry.usage.model_dump(mode="json"),
        "ttl": KEPT_S,
    }
