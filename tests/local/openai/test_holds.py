import asyncio
from typing import Any

import pytest
from openai import APIConnectionError

from tests.local.openai.conftest import MODEL, Local

RULE: dict[str, Any] = {"respond": {"tokens": 6}}


async def arm(local: Local, at: str = "before", *, after: int = 0, nth: int = 1, **match: str) -> int:
    wish = {"match": match, "at": at, "after": after, "nth": nth}
    async with local.http.post(f"{local.origin}/_holds", json=wish) as answer:
        assert answer.status == 201, await answer.text()
        return (await answer.json())["hold"]


async def state(local: Local, number: int, wait_s: float = 5) -> str:
    async with local.http.get(f"{local.origin}/_holds/{number}?wait_s={wait_s}") as answer:
        return (await answer.json())["state"]


async def decide(local: Local, number: int, what: str) -> None:
    async with local.http.post(f"{local.origin}/_holds/{number}?do={what}") as answer:
        assert answer.status == 200


async def read(local: Local, text: str, got: list[str]) -> None:
    stream = await local.sdk.responses.create(model=MODEL, input=text, stream=True)
    async for event in stream:
        got.append(event.type)  # noqa: PERF401 - others look at the list while it grows


async def come(got: list[str], tokens: int) -> None:
    """Wait until so many tokens have come, and see that no more have."""
    async with asyncio.timeout(5):
        while got.count("response.output_text.delta") < tokens:  # noqa: ASYNC110 - a plain list
            await asyncio.sleep(0.01)
    assert got.count("response.output_text.delta") == tokens


async def test_the_nth_request_is_held_before_it_is_looked_at(local: Local) -> None:
    await local.script(RULE)
    number = await arm(local, nth=2, text="go.*", step="0")
    await read(local, "go", [])
    second = asyncio.create_task(read(local, "go on", []))

    assert await state(local, number) == "held"
    assert len(await local.log()) == 1
    await decide(local, number, "carry_out")

    await second
    assert len(await local.log()) == 2


async def test_a_stream_is_held_after_so_many_tokens(local: Local) -> None:
    await local.script(RULE)
    number = await arm(local, "during", after=3)
    got: list[str] = []
    reading = asyncio.create_task(read(local, "go", got))
    assert await state(local, number) == "held"
    await come(got, 3)

    await decide(local, number, "carry_out")

    await reading
    assert got.count("response.output_text.delta") == 6
    assert got[-1] == "response.completed"


async def test_a_stream_is_held_with_all_tokens_out_before_its_end(local: Local) -> None:
    await local.script(RULE)
    number = await arm(local, "done")
    got: list[str] = []
    reading = asyncio.create_task(read(local, "go", got))
    assert await state(local, number) == "held"
    await come(got, 6)
    assert "response.completed" not in got

    await decide(local, number, "carry_out")

    await reading
    assert got[-1] == "response.completed"


@pytest.mark.parametrize(("at", "after"), [("before", 0), ("during", 3), ("done", 0)])
async def test_a_dropped_request_breaks_the_connection(local: Local, at: str, after: int) -> None:
    await local.script(RULE)
    number = await arm(local, at, after=after)
    reading = asyncio.create_task(read(local, "go", []))
    assert await state(local, number) == "held"

    await decide(local, number, "drop")

    await asyncio.wait({reading})
    error = reading.exception()
    assert isinstance(error, APIConnectionError) or "RemoteProtocolError" in type(error).__name__, error


async def test_a_request_that_does_not_stream_is_held_too(local: Local) -> None:
    await local.script(RULE)
    number = await arm(local, "done", api="responses")
    asking = asyncio.create_task(local.sdk.responses.create(model=MODEL, input="go"))
    assert await state(local, number) == "held"

    await decide(local, number, "carry_out")

    assert (await asking).status == "completed"


async def test_a_request_whose_client_left_is_gone(local: Local) -> None:
    await local.script(RULE)
    number = await arm(local, "during", after=2)
    reading = asyncio.create_task(read(local, "go", []))
    assert await state(local, number) == "held"

    reading.cancel()
    await asyncio.wait({reading})

    assert (await local.ended("cancelled"))["tokens"] == 2
    assert await state(local, number, 0) == "gone"
