"""Eight calls of 50 ms side by side: through the adapter alone, and as one wave of a turn on the whole stack."""

import asyncio
import time

import aiohttp

from bench.tools_calls import ERAS, Call, callers
from bench.turn_client import Variant
from bench.turn_figures import Row, Table, spread
from bench.turn_load import ask_in_turn
from bench.turn_shapes import QUICK, SUBJECTS
from bench.turn_stack import measured_stack

AT_ONCE = 8
TOOL_MS = 50
MORE_THAN_SLOWEST_MS = 15
WARM_UP = 3


async def side_by_side(url: str, rounds: int) -> list[Table]:
    """Measure eight calls at once, against the slowest of them as the server saw it."""
    tables: list[Table] = []
    for era in ERAS:
        async with callers(url, era) as opened:
            more: dict[str, list[float]] = {"product": [], "session": [], "bare": []}
            for number in range(WARM_UP + rounds):
                for name, call in (("product", opened.product), ("session", opened.session), ("bare", opened.bare)):
                    took = await _more_than_slowest(call)
                    if number >= WARM_UP:
                        more[name].append(took)
        rows = [
            Row(
                name=f"more than the slowest; beside: {said}",
                unit="ms",
                product=spread(more["product"]),
                plain=spread(more[name]),
                most=(MORE_THAN_SLOWEST_MS,),
            )
            for name, said in (("session", "kept session"), ("bare", "bare JSON-RPC"))
        ]
        title = f"{AT_ONCE} calls of {TOOL_MS} ms at once, {era} era ({rounds} rounds)"
        tables.append(Table(title=title, rows=rows, beside="beside"))
    return tables


async def _more_than_slowest(call: Call) -> float:
    begun = time.perf_counter()
    slow = await asyncio.gather(*(call("slow", {"ms": TOOL_MS}) for _ in range(AT_ONCE)))
    return (time.perf_counter() - begun) * 1000 - max(map(float, slow))


def on_the_stack(rounds: int) -> Table:
    """Measure a turn's wave of eight calls: from the first call's start at the server to the last one's end."""
    with measured_stack() as bench:

        async def ask() -> Table:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                bench.play(QUICK)
                bench.slow_tool(TOOL_MS)
                variants: list[Variant] = ["eight"] * (WARM_UP + rounds)
                found = {subject: (await ask_in_turn(bench, http, subject, variants))[WARM_UP:] for subject in SUBJECTS}
            product, plain = (found[subject] for subject in SUBJECTS)
            slowest = [max(tool.end - tool.start for tool in each.tools) for each in product]
            over = [each.tools_at_work - slow for each, slow in zip(product, slowest, strict=True)]
            rows = [
                Row(
                    name="first called -> last done",
                    unit="ms",
                    product=spread(each.tools_at_work * 1000 for each in product),
                    plain=spread(each.tools_at_work * 1000 for each in plain),
                ),
                Row(
                    name="  more than the slowest call",
                    unit="ms",
                    product=spread(value * 1000 for value in over),
                    most=(MORE_THAN_SLOWEST_MS,),
                ),
                Row(
                    name="model done -> asked again with the results",
                    unit="ms",
                    product=spread(each.tool_round * 1000 for each in product),
                    plain=spread(each.tool_round * 1000 for each in plain),
                ),
            ]
            return Table(
                title=f"A turn's wave of {AT_ONCE} calls of {TOOL_MS} ms, whole stack ({rounds} turns)", rows=rows
            )

        return asyncio.run(ask())
