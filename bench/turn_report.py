"""The tables of people asking side by side: SalesCoach and the plain server under the same load."""

import os
from collections.abc import Callable, Iterable, Mapping

from bench.counted_cosmos import READS, WRITES, Kind
from bench.turn_account import Account
from bench.turn_client import Asked, Variant
from bench.turn_durable import Durable
from bench.turn_figures import Row, Table, spread
from bench.turn_load import Measured
from bench.turn_stack import PROGRAMS

ADDED_FIRST_MS: Mapping[Variant, tuple[float, float]] = {"bare": (15, 25), "tool": (25, 40)}
"""Goals for p50 and p95, one person asking."""
PER_CALL_MS = 12
REQUESTS_PER_STEP = 3
HISTORY_BYTES = 4096
RATE_SHARE = 0.95
"""At full load: turns per second at least this share of the plain server's."""
FULL_LOAD = 100
UNIT_BYTES = 2048
QUIET_SHARE = 0.1
"""Above this share of the machine used by other programs, times say little."""
SATURATED = 0.7
"""Above this share of a core, a program that is not measured slows down those that are."""
TITLES: Mapping[Variant, str] = {"bare": "no tool", "tool": "one tool"}


def load_table(product: Measured, plain: Measured, durable: Mapping[str, Durable]) -> Table:
    """Return the figures of one plan beside their goals."""
    plan = product.plan
    asking = "1 person asking" if plan.people == 1 else f"{plan.people} people asking"
    rows = [
        *_times(product, plain),
        *_throughput(product, plain),
        *_sizes(product, plain),
        *_requests(product),
        *_durable(product, durable),
    ]
    counts = f"{len(product.accounts)} turns of SalesCoach, {len(plain.accounts)} of the plain server"
    return Table(
        title=f"{asking}, {TITLES[plan.variant]} ({counts})",
        rows=rows,
        notes=_notes(product, plain),
        more={"share_of_a_core": {side.plan.subject: _shares(side) for side in (product, plain)}},
    )


def _times(product: Measured, plain: Measured) -> list[Row]:
    def row(name: str, value: Callable[[Account], float | None], most: tuple[float | None, ...] = ()) -> Row:
        mine, other = _milliseconds(product.accounts, value), _milliseconds(plain.accounts, value)
        return Row(name=name, unit="ms", product=mine, plain=other, most=most)

    alone = product.plan.people == 1
    parts = [
        row("added before the first delta", lambda each: each.added_first, _first_goals(product, plain)),
        row("added to the whole turn", lambda each: each.added_total),
        row("  question sent -> model asked", lambda each: each.ingress),
        row("  model done -> tool called", lambda each: each.to_tool),
        row("  tool done -> model asked", lambda each: each.from_tool),
        row("  first token -> first delta", lambda each: each.delta_out),
        row("  model done -> chat_response", lambda each: each.done_out),
        row("added per tool call", lambda each: each.per_call, (PER_CALL_MS,) if alone else ()),
    ]
    ages = [spread(age * 1000 for each in side.accounts for age in each.asked.ages) for side in (product, plain)]
    return [
        *(part for part in parts if part.product),
        Row(name="age of a token when it arrives", unit="ms", product=ages[0], plain=ages[1]),
    ]


def _first_goals(product: Measured, plain: Measured) -> tuple[float | None, ...]:
    """Return the goals for p50 and p95: fixed ones for one person, at full load the plain server's p95."""
    if product.plan.people == 1:
        return ADDED_FIRST_MS[product.plan.variant]
    if product.plan.people == FULL_LOAD and plain.accounts:
        return None, _milliseconds(plain.accounts, lambda each: each.added_first)[1]
    return ()


def _milliseconds(found: Iterable[Account], value: Callable[[Account], float | None]) -> tuple[float, ...]:
    return spread(seconds * 1000 for each in found if (seconds := value(each)) is not None)


def _throughput(product: Measured, plain: Measured) -> list[Row]:
    rates = [side.turns / side.seconds for side in (product, plain)]
    least = (RATE_SHARE * rates[1],) if product.plan.people == FULL_LOAD else ()
    cpu = [side.cpu.of(PROGRAMS[side.plan.subject]) * 1000 / side.turns for side in (product, plain)]
    odd = len(product.oddities), len(plain.oddities)
    return [
        Row(name="turns per second", product=(rates[0],), plain=(rates[1],), least=least),
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


def _requests(product: Measured) -> list[Row]:
    """Return the log's figures: averages over all requests of the time measured, per turn."""

    def per_turn(kinds: frozenset[Kind]) -> tuple[float]:
        return (sum(note.kind in kinds for note in product.notes) / product.turns,)

    per_step = spread(each.step_requests for each in product.accounts)
    charge = sum(note.charge for note in product.notes) / product.turns
    return [
        Row(name="log requests per model step, no checkpoints", product=per_step, most=(REQUESTS_PER_STEP,) * 2),
        Row(name="log writes per turn, no checkpoints", product=per_turn(WRITES - {"checkpoint"})),
        Row(name="log checkpoints per turn", product=per_turn(frozenset({"checkpoint"}))),
        Row(name="log reads and queries per turn", product=per_turn(READS)),
        Row(name="request units per turn, as the emulator reckons", unit="RU", product=(charge,)),
        Row(name="blobs read, sessions' opening included", product=(product.blobs.whole,), most=(0,)),
        Row(name="blobs asked for and unchanged", product=(product.blobs.unchanged,)),
    ]


def _durable(product: Measured, durable: Mapping[str, Durable]) -> list[Row]:
    mine = [found for each in product.accounts if (found := durable.get(each.asked.turn_id))]
    goals = (HISTORY_BYTES,) * 2
    return [
        Row(name="durable history", unit="B", product=spread(each.bytes for each in mine), most=goals),
        Row(name="durable actions", product=spread(each.actions for each in mine)),
        Row(name="activities", product=spread(each.activities for each in mine)),
        Row(name="orchestrator episodes", product=spread(each.episodes for each in mine)),
    ]


def _notes(product: Measured, plain: Measured) -> list[str]:
    notes = [f"{side}: {_used(measured)}" for side, measured in (("SalesCoach", product), ("plain", plain))]
    return [*notes, *(f"off the script: {odd}" for odd in (product.oddities + plain.oddities)[:3])]


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


def timeline(found: list[Account]) -> str:
    """Return the turn whose added time is the median, moment by moment (ms since the question was sent)."""
    account = sorted(found, key=lambda each: each.added_total)[len(found) // 2]
    moments: list[tuple[float, str]] = [(account.asked.first_delta, "first delta arrives"), (account.asked.done, "end")]
    for call in account.models:
        moments += [(call.span.start, f"model asked, step {call.step}"), (call.first, "  first token")]
        moments.append((call.span.end, f"model done, step {call.step}"))
    for span in account.tools:
        moments += [(span.start, "tool called"), (span.end, "tool done")]
    for note in account.requests:
        moments.append((note.start, f"store: {note.kind} {note.what} ({(note.end - note.start) * 1000:.1f} ms)"))
    lines = [f"  {(at - account.asked.sent) * 1000:9.1f}  {what}" for at, what in sorted(moments)]
    return "\n".join([f"\n  {account.asked.name}, moment by moment", *lines])
