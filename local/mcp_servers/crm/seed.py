"""Makes the CRM's first contents: always the same for the same date."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from local.mcp_servers.crm import seed_contoso as contoso
from local.mcp_servers.crm import seed_data as data
from local.mcp_servers.crm.seed_contoso import on
from local.mcp_servers.crm.seed_data import Company
from local.mcp_servers.folding import fold

Row = tuple[str | int | None, ...]

CHANCE = 20261
WRITTEN_BY_HAND = "Contoso"
BIG, MEDIUM = 5000, 1000
ENDINGS = {"JPY": 100_000, "SEK": 5_000, "NOK": 5_000, "BRL": 5_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    id: str
    company: Company
    owner: str


def seed(as_of: date) -> dict[str, list[Row]]:
    """Return the rows of every table, in the order of its columns; dates lie around `as_of`."""
    chance = random.Random(CHANCE)  # noqa: S311 - repeatable, not secret
    accounts = [
        _Account(
            id=f"acc-{number:03}",
            company=company,
            owner=contoso.OWNER if company.name == WRITTEN_BY_HAND else chance.choice(data.OWNERS),
        )
        for number, company in enumerate(data.COMPANIES, start=1)
    ]
    contacts = [row for account in accounts for row in _contacts(account, chance)]
    deals = [row for account in accounts for row in _opportunities(account, as_of, chance)]
    names: dict[str, list[str]] = {}
    for row in contacts:
        names.setdefault(str(row[1]), []).append(str(row[2]))
    happenings = [row for account in accounts for row in _activities(account, names[account.id], as_of, chance)]
    happenings.sort(key=lambda row: str(row[1]))
    return {
        "accounts": [_account_row(account, as_of, chance) for account in accounts],
        "contacts": [(f"con-{number:04}", *row[1:]) for number, row in enumerate(contacts, start=1)],
        "opportunities": [(f"opp-{number:04}", *row[1:]) for number, row in enumerate(deals, start=1)],
        "activities": [(number, *row, None) for number, row in enumerate(happenings, start=1)],
    }


def _account_row(account: _Account, as_of: date, chance: random.Random) -> Row:
    company = account.company
    segment = "Enterprise" if company.employees >= BIG else "Mid-market" if company.employees >= MEDIUM else "Small"
    since = on(as_of, -chance.randint(200, 2200)) if company.is_customer else None
    return (
        account.id,
        company.name,
        company.industry,
        company.country,
        segment,
        company.employees,
        company.currency,
        account.owner,
        since,
    )


def _contacts(account: _Account, chance: random.Random) -> Iterator[Row]:
    if account.company.name == WRITTEN_BY_HAND:
        people = list(contoso.CONTACTS)
    else:
        buyers = chance.sample(data.BUYERS, chance.randint(2, 4))
        people = [(f"{chance.choice(data.FIRST_NAMES)} {chance.choice(data.LAST_NAMES)}", *buyer) for buyer in buyers]
    domain = f"{_ascii(account.company.name.split()[0])}.example"
    for name, title, role in people:
        local_part = ".".join(_ascii(part) for part in name.split())
        yield "", account.id, name, title, f"{local_part}@{domain}", role


def _ascii(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isascii() and letter.isalnum())


def _opportunities(account: _Account, as_of: date, chance: random.Random) -> Iterator[Row]:
    currency = account.company.currency
    if account.company.name == WRITTEN_BY_HAND:
        for deal in contoso.DEALS:
            closes = on(as_of, deal.closes_in_days)
            yield ("", account.id, deal.name, deal.stage, deal.amount, currency, closes, account.owner,
                   deal.next_step, deal.risk)  # fmt: skip
        return
    motions = data.MOTIONS_CUSTOMER if account.company.is_customer else data.MOTIONS_PROSPECT
    for product, share in chance.sample(data.PRODUCTS, chance.choice((2, 3, 3, 4, 4, 5))):
        stage = _stage(chance)
        # Now and then a colleague of the account's owner leads the deal.
        owner = account.owner if chance.random() < 0.85 else chance.choice(data.OWNERS)  # noqa: PLR2004 - share
        yield ("", account.id, f"{product} {chance.choice(motions)}", stage, _amount(account.company, share, chance),
               currency, on(as_of, _days_to_close(stage, chance)), owner,
               chance.choice(data.NEXT_STEPS[stage]), _risk(stage, chance))  # fmt: skip


def _stage(chance: random.Random) -> str:
    stages, shares = zip(*data.STAGE_SHARES, strict=True)
    return str(chance.choices(stages, shares)[0])


def _amount(company: Company, share: float, chance: random.Random) -> int:
    """Bigger companies buy more; the spread is log-normal, as deal sizes are."""
    dollars = 12_000 * (company.employees / 500) ** 0.55 * share * 2 * chance.lognormvariate(0, 0.45)
    step = ENDINGS.get(company.currency, 500)
    return max(step, round(dollars * data.PER_DOLLAR[company.currency] / step) * step)


def _days_to_close(stage: str, chance: random.Random) -> int:
    if stage in ("Closed Won", "Closed Lost"):
        return -chance.randint(3, 270)
    if chance.random() < 0.08:  # noqa: PLR2004 - the share of deals whose date has slipped
        return -chance.randint(2, 30)
    soonest = {"Prospecting": 60, "Discovery": 45, "Evaluation": 25, "Proposal": 12, "Negotiation": 4}[stage]
    return soonest + round(chance.expovariate(1 / 45))


def _risk(stage: str, chance: random.Random) -> str | None:
    if stage == "Closed Lost":
        return chance.choice(data.LOST_BECAUSE)
    risks = data.RISKS.get(stage, ())
    return chance.choice(risks) if risks and chance.random() < 0.6 else None  # noqa: PLR2004 - share with a known risk


def _activities(account: _Account, contacts: list[str], as_of: date, chance: random.Random) -> Iterator[Row]:
    if account.company.name == WRITTEN_BY_HAND:
        for happening in contoso.HAPPENINGS:
            yield account.id, on(as_of, -happening.days_ago), happening.kind, happening.note, account.owner
        return
    for _ in range(chance.randint(7, 15)):
        kind = chance.choices(tuple(data.NOTES), (30, 30, 16, 8, 10, 6))[0]
        note = chance.choice(data.NOTES[kind]).format(
            contact=chance.choice(contacts), product=chance.choice(data.PRODUCTS)[0]
        )
        yield account.id, on(as_of, -min(round(chance.expovariate(1 / 50)), 360)), kind, note, account.owner
