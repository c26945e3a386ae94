"""Which tools the model is given where there are too many to give it all."""

import json

import pytest

from orchestration.context import given_tools, history
from orchestration.context_tools import FOUND_AT_ONCE, MAX_ALWAYS, MAX_USED, search_answer
from shared import ids
from shared.event_log.documents import Manifest, ManifestTool
from shared.model import ModelTool, ToolRequest
from shared.protocol.durable import MessageCompleted
from shared.protocol.shapes import COACH, ToolCallPart
from shared.tools.names import FIND_TOOLS, model_name
from shared.tools.tool_search import SEARCH_ABOVE
from tests.orchestration.records import Notes

SUBJECTS = ("invoice", "contract", "meeting", "ticket", "order", "lead", "campaign", "quota", "region", "partner")


def _manifest(count: int, *, always: int = 0) -> Manifest:
    tools = [
        ManifestTool(
            server=f"s{n % 3}",
            tool=f"{SUBJECTS[n % 10]}_{n}",
            description=f"Handles {SUBJECTS[n % 10]}s of kind {n}.",
            model_name=model_name(f"s{n % 3}", f"{SUBJECTS[n % 10]}_{n}"),
            parameters='{"type":"object"}',
            always=n < always,
        )
        for n in range(count)
    ]
    offered = tuple(sorted(tools, key=lambda tool: tool.model_name))
    return Manifest(prompt="p", prompt_version="1", instructions="i", roles=(), tools=offered)


def _call(query: object, number: int = 0) -> ToolCallPart:
    arguments = json.dumps({"query": query})
    return ToolCallPart(call_id=ids.call("t1", number, 0), server="", tool=FIND_TOOLS, arguments=arguments)


def _with(notes: Notes, *calls: ToolCallPart) -> Notes:
    for call in calls:
        number = sum(isinstance(event, MessageCompleted) for event in notes.events)
        message = MessageCompleted(
            actor=COACH,
            author=COACH,
            message_id=ids.step_message("t1", number),
            turn_id="t1",
            step=number,
            parts=(call.model_copy(update={"call_id": ids.call("t1", number, 0)}),),
            finish="tools",
        )
        notes.events.append(message.model_copy(update={"seq": len(notes.events) + 1}))
    return notes


def _used(manifest: Manifest, number: int) -> ToolCallPart:
    tool = manifest.tools[number]
    return ToolCallPart(call_id="", server=tool.server, tool=tool.tool, arguments="{}")


def _names(tools: tuple[ModelTool, ...]) -> list[str]:
    return [tool.name for tool in tools]


def test_up_to_thirty_tools_are_all_given() -> None:
    manifest = _manifest(SEARCH_ABOVE)
    assert _names(given_tools(manifest, Notes().record())) == [tool.model_name for tool in manifest.tools]
    assert search_answer(manifest, _call("invoice")) is None


def test_above_that_the_model_begins_with_the_search_alone() -> None:
    (tool,) = given_tools(_manifest(120), Notes().record())
    assert tool.name == FIND_TOOLS
    assert "120 tools" in tool.description
    assert "s0 (40), s1 (40), s2 (40)" in tool.description
    assert json.loads(tool.parameters)["required"] == ["query"]


def test_some_are_always_given() -> None:
    manifest = _manifest(120, always=MAX_ALWAYS + 5)
    assert len(given_tools(manifest, Notes().record())) == 1 + MAX_ALWAYS


def test_what_a_search_names_is_given_from_the_next_step_on() -> None:
    manifest = _manifest(120)
    answer = search_answer(manifest, _call("handle an invoice"))
    assert answer is not None
    given = _names(given_tools(manifest, _with(Notes(), _call("handle an invoice")).record()))
    assert given[0] == FIND_TOOLS
    assert len(given) == 1 + FOUND_AT_ONCE
    assert all("invoice" in name for name in given[1:])
    assert sorted(answer.split(": ")[1].split(", ")) == given[1:]


def test_the_manifests_order_is_kept_whatever_the_order_of_finding() -> None:
    manifest = _manifest(120)
    one = given_tools(manifest, _with(Notes(), _call("invoice"), _call("meeting")).record())
    other = given_tools(manifest, _with(Notes(), _call("meeting"), _call("invoice")).record())
    assert one == other
    assert _names(one)[1:] == sorted(_names(one)[1:])


def test_never_more_are_given_than_need_no_search_and_the_newest_finds_come_first() -> None:
    manifest = _manifest(120, always=MAX_ALWAYS)
    searches = [_call(subject) for subject in SUBJECTS]
    given = _names(given_tools(manifest, _with(Notes(), *searches).record()))
    assert len(given) == 1 + SEARCH_ABOVE
    assert sum("partner" in name for name in given) >= FOUND_AT_ONCE
    assert sum("region" in name for name in given) >= FOUND_AT_ONCE
    assert sum("invoice" in name for name in given) == sum(
        "invoice" in t.model_name for t in manifest.tools if t.always
    )


def test_what_was_used_stays_the_latest_ones() -> None:
    manifest = _manifest(120)
    record = _with(Notes(), *(_used(manifest, n) for n in range(MAX_USED + 3))).record()
    given = _names(given_tools(manifest, record))
    assert given[1:] == [tool.model_name for tool in manifest.tools[3 : MAX_USED + 3]]


def test_what_is_not_in_the_manifest_is_never_given() -> None:
    manifest = _manifest(120)
    stranger = ToolCallPart(call_id="", server="s0", tool="gone", arguments="{}")
    record = _with(Notes(), stranger, _call("gone")).record()
    assert _names(given_tools(manifest, record)) == [FIND_TOOLS]


@pytest.mark.parametrize("arguments", ["", "{", "[]", '"x"', "{}", '{"query": ""}', '{"query": 1}', "[" * 100_000])
def test_a_search_without_words_is_told_what_it_needs(arguments: str) -> None:
    call = _call("x").model_copy(update={"arguments": arguments})
    answer = search_answer(_manifest(120), call)
    assert answer is not None
    assert answer.startswith("Give the words")
    assert _names(given_tools(_manifest(120), _with(Notes(), call).record())) == [FIND_TOOLS]


def test_a_search_that_finds_nothing_says_where_tools_are() -> None:
    answer = search_answer(_manifest(120), _call("helicopter"))
    assert answer is not None
    assert "s0 (40)" in answer


def test_only_the_search_itself_is_answered() -> None:
    manifest = _manifest(120)
    assert search_answer(manifest, _call("x").model_copy(update={"server": "s0"})) is None
    assert search_answer(manifest, _call("x").model_copy(update={"tool": "other"})) is None


def test_the_model_reads_its_searches_under_the_name_it_called() -> None:
    notes = _with(Notes().question("t1", "q").started("t1"), _call("invoice")).result("t1.0.0", "Found.")
    requests = [item for item in history(notes.record(), "t1") if isinstance(item, ToolRequest)]
    assert [request.name for request in requests] == [FIND_TOOLS]
