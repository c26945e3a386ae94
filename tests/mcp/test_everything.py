"""The reference server with every kind of tool, as it is published, through the product's adapter."""

import asyncio
import base64
import json
import re
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from shared.tools.outcome import InputAnswer, InputRequest, ToolOutcome
from tests.mcp.conftest import Adapter, Person
from tests.services import Service

GREETING = base64.b64encode(b"Guten Tag, " * 40).decode()


def completed(outcome: object) -> str:
    assert isinstance(outcome, ToolOutcome)
    assert (outcome.status, outcome.is_error) == ("completed", False), outcome
    return outcome.text


def listening(port: int) -> list[str]:
    """Return the addresses of this machine at which the port is open, as the kernel lists them."""
    found: list[str] = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, at = local.partition(":")
            if int(at, 16) == port and state == "0A":
                raw = bytes.fromhex(address)
                found.append(socket.inet_ntoa(raw[::-1]) if table == "tcp" else socket.inet_ntop(socket.AF_INET6, raw))
    return found


async def test_the_server_listens_on_the_loopback_address_only(everything_server: Service) -> None:
    assert listening(everything_server.port) == ["127.0.0.1"]


async def test_every_tool_is_listed_under_a_name_a_model_can_use(everything: Adapter) -> None:
    listed = await everything.listed()
    assert {"echo", "get-sum", "get-structured-content", "trigger-long-running-operation"} <= listed.keys()
    for tool, described in listed.items():
        assert described.model_name == f"everything__{tool}"
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", described.model_name)
        assert described.description
        assert json.loads(described.schema)["type"] == "object"


async def test_text_comes_as_it_is(everything: Adapter) -> None:
    assert await everything.read("echo", {"message": "Grüezi"}) == "Echo: Grüezi"
    assert await everything.read("get-sum", {"a": 19, "b": 23}) == "The sum of 19 and 23 is 42."


async def test_a_structured_result_is_read_as_its_text(everything: Adapter) -> None:
    read = json.loads(await everything.read("get-structured-content", {"location": "Chicago"}))
    assert read == {"temperature": 36, "conditions": "Light rain / drizzle", "humidity": 82}


async def test_an_image_is_described_and_not_handed_on(everything: Adapter) -> None:
    lines = (await everything.read("get-tiny-image")).splitlines()
    assert lines[:2] == ["Here's the image you requested:", "The image above is the MCP logo."]
    assert re.fullmatch(r"\[image image/png, \S+ k?B\]", lines[2]), lines


async def test_annotations_leave_the_content_alone(everything: Adapter) -> None:
    read = await everything.read("get-annotated-message", {"messageType": "error", "includeImage": True})
    assert read.startswith("Error: Operation failed\n[image image/png")


async def test_resource_links_are_named_with_their_addresses(everything: Adapter) -> None:
    lines = (await everything.read("get-resource-links", {"count": 3})).splitlines()
    assert lines[0] == "Here are 3 resource links to resources available in this server:"
    assert [line.partition("demo://resource/dynamic/")[2] for line in lines[1:]] == ["blob/1]", "text/2]", "blob/3]"]


@pytest.mark.parametrize(("kind", "media_type"), [("Text", "text/plain"), ("Blob", "text/plain")])
async def test_an_embedded_resource_is_described(everything: Adapter, kind: str, media_type: str) -> None:
    read = await everything.read("get-resource-reference", {"resourceType": kind, "resourceId": 7})
    assert "Returning resource reference for Resource 7:" in read
    assert re.search(rf"\[resource {media_type}, \S+ k?B, demo://resource/dynamic/{kind.lower()}/7\]", read), read


async def test_a_binary_resource_is_described_with_its_size(everything: Adapter) -> None:
    wanted: dict[str, object] = {
        "name": "greeting.gz",
        "data": f"data:text/plain;base64,{GREETING}",
        "outputType": "resource",
    }
    read = await everything.read("gzip-file-as-resource", wanted)
    assert re.fullmatch(r"\[resource application/gzip, \d+ B, demo://resource/session/greeting.gz\]", read), read


async def test_progress_is_told_while_a_long_call_runs(everything: Adapter) -> None:
    person = Person()
    outcome = await everything.call("trigger-long-running-operation", {"duration": 1.2, "steps": 3}, person=person)
    assert "Long running operation completed" in completed(outcome)
    assert [(done, total) for done, total, _ in person.told] == [(1, 3), (2, 3), (3, 3)]


async def test_a_call_past_its_deadline_is_unknown_and_others_go_on(everything: Adapter) -> None:
    slow = everything.call("trigger-long-running-operation", {"duration": 30, "steps": 2}, deadline_s=1)
    outcome, said = await asyncio.gather(slow, everything.read("echo", {"message": "meanwhile"}))
    assert isinstance(outcome, ToolOutcome)
    assert (outcome.status, outcome.is_error) == ("unknown", False)
    assert outcome.ms < 3000
    assert said == "Echo: meanwhile"


async def test_a_form_is_put_to_the_person_and_the_answer_reaches_the_tool(everything: Adapter) -> None:
    filled = {"name": "Ada Winter", "check": True, "email": "ada@example.com"}
    person = Person(answer=lambda request: _accepted(request, filled))
    outcome = await everything.call("trigger-elicitation-request", person=person)
    read = completed(outcome)
    assert [request.kind for request in person.asked] == ["form"]
    assert person.asked[0].message
    fields = cast("dict[str, Any]", json.loads(person.asked[0].schema or ""))["properties"]
    assert {"name", "check", "email"} <= fields.keys()
    assert "Ada Winter" in read
    assert "ada@example.com" in read


async def test_a_form_the_person_declines_is_told_to_the_tool(everything: Adapter) -> None:
    person = Person(answer=lambda request: InputAnswer(key=request.key, action="decline"))
    assert "declined" in completed(await everything.call("trigger-elicitation-request", person=person))


async def test_a_page_to_open_is_put_to_the_person(everything: Adapter) -> None:
    page = "https://example.com/consent"
    person = Person(answer=lambda request: InputAnswer(key=request.key, action="accept"))
    wanted: dict[str, object] = {"url": page, "message": "Please look at this."}
    read = completed(await everything.call("trigger-url-elicitation", wanted, person=person))
    assert [(request.kind, request.url, request.message) for request in person.asked] == [
        ("url", page, "Please look at this.")
    ]
    assert "User completed the URL elicitation flow" in read


async def test_wrong_arguments_come_back_as_the_servers_words(everything: Adapter) -> None:
    assert "message" in await everything.refusal("echo", {"message": 5})


async def test_a_tool_that_fails_says_so_in_its_own_words(everything: Adapter) -> None:
    assert "Invalid resourceId: -1" in await everything.refusal("get-resource-reference", {"resourceId": -1})


async def test_many_calls_at_once_get_each_their_own_answer(everything: Adapter) -> None:
    wanted = [str(number) for number in range(16)]
    said = await asyncio.gather(*(everything.read("echo", {"message": each}) for each in wanted))
    assert list(said) == [f"Echo: {each}" for each in wanted]


def _accepted(request: InputRequest, values: Mapping[str, object]) -> InputAnswer:
    return InputAnswer(key=request.key, action="accept", values=json.dumps(values))
