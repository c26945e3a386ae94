"""Turns of a special shape: the hundredth of a session, five tools side by side, a long answer."""

from collections.abc import Callable, Sequence
from statistics import median

import aiohttp

from bench.turn_account import Account
from bench.turn_client import Subject, Variant
from bench.turn_figures import MULTIPLE, Row, Table, spread
from bench.turn_load import ask_in_turn
from bench.turn_report import units_of
from bench.turn_stack import MeasuredStack, Script

SUBJECTS: tuple[Subject, ...] = ("product", "plain")
QUICK = Script(first_token_ms=20, token_ms=1)
"""Tokens come fast where only what is added matters, so that many turns fit."""
LONG_SESSION = 100
WINDOW = 10
GROWTH = 1.5
TOOL_MS = 50
ROUNDS = 15
MORE_FOR_FIVE_MS = 15
LONG_ANSWER = Script(tokens=300, token_ms=12.5, stamped=False)
"""80 tokens a second, without stamps: so a token has the length of a word."""
ANSWER_FRAMES = 80


async def long_session(bench: MeasuredStack, http: aiohttp.ClientSession) -> Table:
    """Ask a hundred questions in one session and compare its ends."""
    bench.play(QUICK)
    found = await ask_in_turn(bench, http, "product", ["tool"] * LONG_SESSION)
    ends = {f"1-{WINDOW}": found[:WINDOW], f"{LONG_SESSION - WINDOW + 1}-{LONG_SESSION}": found[-WINDOW:]}
    values: tuple[tuple[str, Callable[[Account], float]], ...] = (
        ("added before the first delta", lambda each: each.added_first),
        ("added to the whole turn", lambda each: each.added_total),
    )
    rows: list[Row] = []
    for name, value in values:
        spreads = {of: spread(value(each) * 1000 for each in window) for of, window in ends.items()}
        rows += [Row(name=f"{name}, turns {of}", unit="ms", product=figures) for of, figures in spreads.items()]
        early, late = spreads.values()
        times = (late[0] / early[0],)
        rows.append(Row(name="  the latter's median as a multiple", unit=MULTIPLE, product=times, most=(GROWTH,)))
    notes = [f"the five parts, turns {name}, p50 in ms: {_parts(window)}" for name, window in ends.items()]
    return Table(title=f"{LONG_SESSION} turns with one tool in one session", rows=rows, notes=notes)


PARTS: tuple[Callable[[Account], float | None], ...] = (
    lambda each: each.ingress,
    lambda each: each.to_tool,
    lambda each: each.from_tool,
    lambda each: each.delta_out,
    lambda each: each.done_out,
)


def _parts(found: Sequence[Account]) -> str:
    medians = (median((part(each) or 0.0) * 1000 for each in found) for part in PARTS)
    return " / ".join(f"{each:.1f}" for each in medians)


async def parallel_tools(bench: MeasuredStack, http: aiohttp.ClientSession) -> Table:
    """Compare a round of five calls with a round of one, each call taking 50 ms; asked alternately."""
    bench.play(QUICK)
    bench.slow_tool(TOOL_MS)
    variants: list[Variant] = ["tool", "five"] * ROUNDS
    found = {subject: (await ask_in_turn(bench, http, subject, variants))[2:] for subject in SUBJECTS}
    bench.slow_tool(0)

    def row(name: str, place: int, value: Callable[[Account], float | None]) -> Row:
        figures = [spread((value(each) or 0.0) * 1000 for each in found[subject][place::2]) for subject in SUBJECTS]
        return Row(name=name, unit="ms", product=figures[0], plain=figures[1])

    one, five = row("one call", 0, lambda each: each.tool_round), row("five calls", 1, lambda each: each.tool_round)
    more = [five.product[0] - one.product[0], five.plain[0] - one.plain[0]]
    return Table(
        title=f"Tools side by side, {TOOL_MS} ms each: model done until asked again ({ROUNDS - 1} rounds of each)",
        rows=[
            one,
            *(row(name, 0, value) for name, value in ROUND_PARTS),
            five,
            *(row(name, 1, value) for name, value in ROUND_PARTS),
            Row(name="more for five", unit="ms", product=(more[0],), plain=(more[1],), most=(MORE_FOR_FIVE_MS,)),
        ],
    )


ROUND_PARTS: tuple[tuple[str, Callable[[Account], float | None]], ...] = (
    ("  model done -> first tool called", lambda each: each.to_tool),
    ("  first called -> last done", lambda each: each.tools_at_work),
    ("  last tool done -> model asked", lambda each: each.from_tool),
)


async def long_answer(bench: MeasuredStack, http: aiohttp.ClientSession) -> Table:
    """Count the frames of a long answer."""
    bench.play(LONG_ANSWER)
    found = {
        "product": await ask_in_turn(bench, http, "product", ["bare"] * 2),
        "plain": await ask_in_turn(bench, http, "plain", ["bare"]),
    }
    asked = {subject: [account.asked for account in mine] for subject, mine in found.items()}
    product, plain = asked["product"], asked["plain"]
    limit = (ANSWER_FRAMES,) * 2
    return Table(
        title=f"An answer of {LONG_ANSWER.tokens} tokens, {1000 / LONG_ANSWER.token_ms:.0f} a second",
        rows=[
            Row(name="delta frames", product=spread(e.deltas for e in product), plain=spread(e.deltas for e in plain)),
            Row(
                name="frames to the client, all of the turn",
                product=spread(each.frames for each in product),
                plain=spread(each.frames for each in plain),
                most=limit,
            ),
            Row(
                name="bytes to the client",
                unit="B",
                product=spread(each.bytes for each in product),
                plain=spread(each.bytes for each in plain),
            ),
            Row(name="Web PubSub units of 2 kB", product=spread(units_of(each) for each in product)),
        ],
    )
