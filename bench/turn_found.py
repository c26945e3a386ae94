"""What a run found, and whether it can be believed: what the client alone is charged, what other programs took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.turn_figures import Row, Table, spread
from bench.turn_load import Measured
from bench.turn_report import FIRST_DELTA, QUIET_SHARE, TITLES, LoadTable, asking, milliseconds

CLIENT_MS = 3
"""The median that may be added with nothing in between."""
BY_CLIENT = "by the client"


def client_table(found: Iterable[Measured]) -> Table:
    """Return what a client adds that itself asks the model and calls the tool.

    The goal is for turns without a tool: what a call adds is spent in the tool servers' emulator, outside its log.
    """
    rows = [row for measured in found for row in _client_rows(measured)]
    return Table(title="The client with nothing in between (null peer)", of="the client", beside="", rows=rows)


def _client_rows(measured: Measured) -> list[Row]:
    of = f"{asking(measured.plan.people)}, {TITLES[measured.plan.variant]}"
    first = spread(milliseconds(measured, lambda each: each.added_first))
    whole = spread(milliseconds(measured, lambda each: each.added_total))
    call = spread(milliseconds(measured, lambda each: each.per_call))
    goal = () if call else (CLIENT_MS,)
    return [
        Row(name=f"{of}: {FIRST_DELTA}", unit="ms", product=first, most=goal),
        Row(name="  added to the whole turn", unit="ms", product=whole),
        *([Row(name="  added per tool call", unit="ms", product=call)] if call else []),
        Row(name="  turns off the script", product=(len(measured.oddities),), most=(0,)),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The tables of a run; `client` is a condition for believing them and no figure of the product."""

    loads: Sequence[LoadTable]
    client: Table | None
    others: Sequence[Table]

    @property
    def tables(self) -> list[Table]:
        return [*self.loads, *([self.client] if self.client else []), *self.others]

    @property
    def missed(self) -> list[str]:
        """The goals that were missed, a line for each."""
        return [f"{table.title}: {row.name.strip()}" for table in (*self.loads, *self.others) for row in table.missed]

    @property
    def disturbed(self) -> list[str]:
        """What makes figures doubtful, a line for each."""
        by_others = [
            f"by other programs ({max(table.foreign):.0%} of the machine): {table.title}"
            for table in self.loads
            if max(table.foreign) > QUIET_SHARE
        ]
        by_client = (
            [f"{BY_CLIENT}: {row.name.strip()} {row.figures}" for row in self.client.missed] if self.client else []
        )
        return [*by_others, *by_client]
