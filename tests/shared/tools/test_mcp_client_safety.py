"""What a hostile server or model cannot do through a call."""

import asyncio
import json

import pytest

from shared.errors import NotAllowed
from shared.tools.catalog import Catalog
from shared.tools.outcome import NotExecuted, ToolOutcome
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import (
    Answer,
    ScriptedServer,
    hangs,
    scripted_server,
    text,
)


async def one_call(
    server: ScriptedServer, make_tools: MakeTools, answer: Answer, *, arguments: str = "{}", deadline_s: float = 5
) -> ToolOutcome:
    """Call the tool `echo`, which answers with `answer`, after a call that went well."""
    catalog = server.catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    assert (await called(tools, spec, "echo", "{}", 5)).status == "completed"
    server.on_call(answer)
    return await called(tools, spec, "echo", arguments, deadline_s)


@pytest.mark.parametrize("arguments", ["", "null", "[]", '"x"', '{"a":', "{} {}", '{"a": NaN}', '{"a": "\\ud800"}'])
async def test_arguments_that_are_no_object_are_explained_without_a_call(
    server: ScriptedServer, make_tools: MakeTools, arguments: str
) -> None:
    outcome = await one_call(server, make_tools, text("never"), arguments=arguments)
    assert outcome.status == "failed"
    assert outcome.text.startswith("The tool was not called. The arguments")
    assert server.count("tools/call") == 1


async def test_a_servers_regex_never_runs_here(server: ScriptedServer, make_tools: MakeTools) -> None:
    slow = {"type": "object", "properties": {"n": {"type": "string", "pattern": "^(a+)+$"}}}
    server.tools[0] = {**server.tools[0], "outputSchema": slow}
    server.on_call(text("done", structuredContent={"n": "a" * 40 + "!"}))
    catalog = server.catalog()
    outcome = await called(make_tools(catalog), catalog.servers["scripted"], "echo", "{}", 5)
    assert (outcome.status, outcome.text) == ("completed", 'done\n{"n":"' + "a" * 40 + '!"}')
    assert outcome.ms < 2000


async def test_hidden_characters_do_not_reach_the_model(server: ScriptedServer, make_tools: MakeTools) -> None:
    outcome = await one_call(server, make_tools, text("a\x00\x1b[31mb\r\nc\td\u202ee\U000e0041f\x9b"))
    assert outcome.text == "a[31mb\nc\tdef"


async def test_one_hanging_server_does_not_hold_up_another(server: ScriptedServer, make_tools: MakeTools) -> None:
    async with scripted_server() as other:
        entries = {
            name: {"url": url, "roles": ["Sales"], "default_policy": "allow", "timeout_s": 1}
            for name, url in (("slow", server.url), ("well", other.url))
        }
        catalog = Catalog.load(json.dumps({"servers": entries}), {})
        tools = make_tools(catalog)
        await called(tools, catalog.servers["slow"], "echo")
        server.on_call(hangs)
        slow = [asyncio.create_task(called(tools, catalog.servers["slow"], "echo", "{}", 1)) for _ in range(60)]
        well = await asyncio.gather(*(called(tools, catalog.servers["well"], "echo", "{}", 5) for _ in range(8)))
        assert {outcome.status for outcome in well} == {"completed"}
        # Those that found no free connection to it never left.
        ended = await asyncio.gather(*slow, return_exceptions=True)
        meant = {getattr(end, "status", type(end)) for end in ended}
        assert "unknown" in meant
        assert meant <= {"unknown", "failed", NotExecuted}


async def test_a_server_that_is_not_in_the_catalog_is_not_called(server: ScriptedServer, make_tools: MakeTools) -> None:
    tools = make_tools(server.catalog(timeout_s=4))
    stranger = server.catalog(timeout_s=3).servers["scripted"]
    with pytest.raises(NotAllowed):
        await called(tools, stranger, "echo", "{}", 5)
    assert server.asked == []
