"""The tables of people asking side by side: SalesCoach and the plain server under the same load."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.turn_account import Account
from bench.turn_client import Asked, Variant
from bench.turn_durable import Durable
from bench.turn_figures import MULTIPLE, Row, Table, spread
from bench.turn_load import Measured
from bench.turn_repeated import Repeated
from bench.turn_stack import PROGRAMS
from bench.turn_store import STEP_REQUESTS, store_rows

ADDED_FIRST_MS: Mapping[Variant, tuple[float, float]] = {"bare": (15, 25), "tool": (25, 40)}
"""Goals for p50 and p95, one person asking."""
PER_CALL_MS = 12
HISTORY_BYTES = 4096
RATE_SHARE = 0.95
"""At full load: turns per second at least this share of the plain server's."""
FULL_LOAD = 100
UNIT_BYTES = 2048
QUIET_SHARE = 0.1
"""Above this share of the machine used by other programs, times say little."""
SATURATED = 0.7
"""Above this share of a core, a program that is not measured slows down those that are."""
FIRST_DELTA = "added before the first delta"
RATE = "turns per second"
RATE_OF_PLAIN = "turns per second as a part of the plain server's"
type Value = Callable[[Account], float | None]
TITLES: Mapping[Variant, str] = {"bare": "no tool", "tool": "one tool"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTable(Table):
    """One load's figures: `times` and `counts` are its rows, `foreign` the machine's share other programs used."""

    people: int
    variant: Variant
    times: Sequence[Row]
    counts: Sequence[Row]
    foreign: Sequence[float]


def load_table(product: Repeated, plain: Repeated, durable: Mapping[str, Durable]) -> LoadTable:
    """Return the figures of one plan beside their goals."""
    plan, sides = product.plan, (product.pooled, plain.pooled)
    times = [*_times(product, plain), *_throughput(product, plain)]
    counts = [*_sizes(*sides), *store_rows(product), *_durable(sides[0], durable)]
    often = len(product.repetitions)
    title = f"{asking(plan.people)}, {TITLES[plan.variant]}"
    found = [len(side.accounts) for side in sides]
    return LoadTable(
        title=f"{title} ({found[0]} turns of SalesCoach, {found[1]} of the plain server, {often} repetitions)",
        rows=[*times, *counts],
        notes=[STEP_REQUESTS, *_notes(product, plain)],
        more={"share_of_a_core": {side.plan.subject: _shares(side) for side in sides}},
        people=plan.people,
        variant=plan.variant,
        times=times,
        counts=counts,
        foreign=[side.cpu.foreign for side in sides],
    )


def asking(people: int) -> str:
    return "1 person asking" if people == 1 else f"{people} people asking"


def _times(product: Repeated, plain: Repeated) -> list[Row]:
    def row(name: str, value: Value, most: tuple[float | None, ...] = ()) -> Row:
        mine, other = (side.times(lambda each: milliseconds(each, value)) for side in (product, plain))
        return Row(name=name, unit="ms", product=mine, plain=other, most=most)

    alone = product.plan.people == 1
    parts = [
        row(FIRST_DELTA, lambda each: each.added_first, _first_goals(product, plain)),
        row("  question sent -> model asked", lambda each: each.ingress),
        row("  model done -> tool called", lambda each: each.to_tool),
        row("  tool done -> model asked", lambda each: each.from_tool),
        row("  first token -> first delta", lambda each: each.delta_out),
        row("  model done -> chat_response", lambda each: each.done_out),
        row("added to the whole turn", lambda each: each.added_total),
        row("added per tool call", lambda each: each.per_call, (PER_CALL_MS,) if alone else ()),
    ]
    ages = [side.times(_ages) for side in (product, plain)]
    return [
        *(part for part in parts if part.product),
        Row(name="age of a token when it arrives", unit="ms", product=ages[0], plain=ages[1]),
    ]


def _ages(measured: Measured) -> Iterable[float]:
    return (age * 1000 for each in measured.accounts for age in each.asked.ages)


def _first_goals(product: Repeated, plain: Repeated) -> tuple[float | None, ...]:
    """Return the goals for p50 and p95: fixed ones for one person, at full load the plain server's p95."""
    if product.plan.people == 1:
        return ADDED_FIRST_MS[product.plan.variant]
    if product.plan.people == FULL_LOAD and plain.accounts:
        return None, plain.times(lambda side: milliseconds(side, lambda each: each.added_first))[1]
    return ()


def milliseconds(measured: Measured, value: Value) -> Iterable[float]:
    return [seconds * 1000 for each in measured.accounts if (seconds := value(each)) is not None]


def _throughput(product: Repeated, plain: Repeated) -> list[Row]:
    rates, cpu = (
        [side.median(figure) for side in (product, plain)] for figure in (Measured.rate, Measured.processor_ms)
    )
    full = product.plan.people == FULL_LOAD
    odd = len(product.pooled.oddities), len(plain.pooled.oddities)
    share = Row(name=RATE_OF_PLAIN, unit=MULTIPLE, product=(rates[0] / rates[1],), least=(RATE_SHARE,))
    return [
        Row(name=RATE, product=(rates[0],), plain=(rates[1],)),
        *([share] if full else []),
        Row(name="processor time per turn, emulators aside", unit="ms", product=(cpu[0],), plain=(cpu[1],)),
        Row(name="turns that did not go by the script", product=(odd[0],), plain=(odd[1],), most=(0,)),
    ]


def _sizes(product: Measured, plain: Measured) -> list[Row]:
    def row(name: str, value: Callable[[Account], float], unit: str = "") -> Row:
        mine, other = ([value(each) for each in side.accounts] for side in (product, plain))
        return Row(name=name, unit=unit, product=spread(mine), plain=spread(other))

    units = [units_of(each.asked) for each in product.accounts]
    return [
        row("delta frames", lambda each: each.asked.deltas),
        row("frames to the client", lambda each: each.asked.frames),
        row("bytes to the client", lambda each: each.asked.bytes, "B"),
        Row(name="Web PubSub units of 2 kB", product=spread(units)),
    ]


def units_of(asked: Asked) -> float:
    """Return what Web PubSub counts as traffic: frames to the client, and the question on its way upstream."""
    return (asked.bytes + asked.sent_bytes) / UNIT_BYTES


def _durable(product: Measured, durable: Mapping[str, Durable]) -> list[Row]:
    mine = [found for each in product.accounts if (found := durable.get(each.asked.turn_id))]
    assert mine or not product.accounts, "none of these turns stands in the durable journal"
    goals = (HISTORY_BYTES,) * 2
    return [
        Row(name="durable history", unit="B", product=spread(each.bytes for each in mine), most=goals),
        Row(name="durable actions", product=spread(each.actions for each in mine)),
        Row(name="activities", product=spread(each.activities for each in mine)),
        Row(name="orchestrator episodes", product=spread(each.episodes for each in mine)),
    ]


def _notes(product: Repeated, plain: Repeated) -> list[str]:
    notes = [f"{name}: {_used(side.pooled)}" for name, side in (("SalesCoach", product), ("plain", plain))]
    for name, side in (("SalesCoach", product), ("plain", plain)):
        rates = ", ".join(f"{each.rate():.1f}" for each in side.repetitions)
        notes.append(f"{name}, turns per second of each repetition: {rates}")
    odd = (product.pooled.oddities + plain.pooled.oddities)[:3]
    return [*notes, *(f"off the script: {each}" for each in odd)]


def _used(measured: Measured) -> str:
    """Tell how busy the machine was, and with what."""
    cpu, own = measured.cpu, PROGRAMS[measured.plan.subject]
    shares = sorted(cpu.shares.items(), key=lambda item: -item[1])
    named = ", ".join(f"{name} {share:.0%}" for name, share in shares if share >= 0.01)
    tight = [name for name, share in shares if share > SATURATED and name not in own]
    saturated = f"; SATURATED: {', '.join(tight)}" if tight else ""
    disturbed = " (DISTURBED: times are too high)" if cpu.foreign > QUIET_SHARE else ""
    machine = f"machine {cpu.busy / cpu.total:.0%} busy, other programs {cpu.foreign:.0%}{disturbed}"
    return f"of a core: {named}{saturated}; {machine}"


def _shares(measured: Measured) -> dict[str, float]:
    others = measured.cpu.foreign * (os.cpu_count() or 1)
    return {**measured.cpu.shares, "other programs": others}
