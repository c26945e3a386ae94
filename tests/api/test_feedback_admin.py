"""The report on tool feedback: who may read it, and that it counts right."""

import itertools
import logging

import pytest

from api.functions import api_blueprint
from shared.protocol.shapes import CallVote, MessageVote
from shared.votes import AnswerVote, ToolVote
from tests.support.functions import NO_ENGINES, Handler, functions_of, json_of, request, runtime_of, signed_in
from tests.support.world import World

MARCH = {"from": "2026-02-01", "to": "2026-03-31"}
_numbers = itertools.count(1)


def _report(world: World, name: str = "tool_feedback") -> Handler:
    return functions_of(api_blueprint(runtime_of(world), NO_ENGINES))[f"api_{name}"]


def _vote(
    vote: CallVote, *roles: str, tool: str = "find", day: str = "2026-03-02", note: str | None = None
) -> ToolVote:
    number = next(_numbers)
    return ToolVote(
        conversation_id=f"s_{number}",
        call_id=f"t.0.{number}",
        person=f"tenant.p{number}",
        seq=5,
        day=day,
        at=f"{day}T10:00:00.{number:03}Z",
        server="crm",
        tool=tool,
        roles=roles,
        vote=vote,
        note=note,
    )


def _answer(
    vote: MessageVote, *roles: str, version: str = "v1", day: str = "2026-03-02", note: str | None = None
) -> AnswerVote:
    number = next(_numbers)
    return AnswerVote(
        conversation_id=f"s_{number}",
        message_id=f"t.{number}",
        person=f"tenant.p{number}",
        seq=5,
        day=day,
        at=f"{day}T10:00:00.{number:03}Z",
        prompt="coach",
        prompt_version=version,
        roles=roles,
        vote=vote,
        note=note,
    )


@pytest.mark.parametrize("name", ["feedback", "tool_feedback"])
async def test_only_an_administrator_reads_the_report(lonely_world: World, name: str) -> None:
    signed_in(lonely_world, "Sales", "Management")
    report = _report(lonely_world, name)
    assert (await report(request("GET"))).status_code == 401
    refused = await report(request("GET", token="good"))
    assert (refused.status_code, json_of(refused)["code"]) == (403, "forbidden")


async def test_votes_are_counted_by_tool_and_role_with_their_shares(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    votes = [
        _vote("useful", "Sales"),
        _vote("useful", "Sales", "Management"),
        _vote("wrong", "Sales"),
        _vote("slow"),
        _vote("unsafe", "HR", tool="write"),
        _vote("useful", "Sales", day="2026-02-28"),
        _vote("useful", "Sales", day="2026-01-31"),
    ]
    for vote in votes:
        await lonely_world.chat.feedback.put(vote)
    query = {"from": "2026-02-01", "to": "2026-03-02"}
    body = json_of(await _report(lonely_world)(request("GET", query, "good")))
    assert (body["from"], body["to"]) == ("2026-02-01", "2026-03-02")
    find, write = body["tools"]
    assert (find["server"], find["tool"], find["total"]) == ("crm", "find", 5)
    assert [(each["vote"], each["count"], each["share"]) for each in find["votes"]] == [
        ("useful", 3, 0.6),
        ("wrong", 1, 0.2),
        ("slow", 1, 0.2),
        ("unsafe", 0, 0.0),
    ]
    roles = {role["role"]: (role["total"], [vote["count"] for vote in role["votes"]]) for role in find["roles"]}
    assert roles == {"Management": (1, [1, 0, 0, 0]), "Sales": (4, [3, 1, 0, 0]), "none": (1, [0, 0, 1, 0])}
    assert (write["tool"], write["total"]) == ("write", 1)


async def test_the_latest_notes_come_with_where_the_call_is_and_nothing_more(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    votes = [_vote("wrong", "Sales", note=f"note {n}") for n in range(52)]
    february = _vote("slow", "Sales", note="old", day="2026-02-27")
    for vote in [*votes, february, _vote("useful", "Sales")]:
        await lonely_world.chat.feedback.put(vote)
    notes = json_of(await _report(lonely_world)(request("GET", MARCH, "good")))["notes"]
    assert [note["note"] for note in notes] == [f"note {n}" for n in range(51, 1, -1)]
    assert notes[0] == {
        "conversation_id": votes[-1].conversation_id,
        "call_id": votes[-1].call_id,
        "at": votes[-1].at,
        "server": "crm",
        "tool": "find",
        "roles": ["Sales"],
        "vote": "wrong",
        "note": "note 51",
    }


async def test_the_report_can_be_of_one_server_or_tool(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    await lonely_world.chat.feedback.put(_vote("useful", "Sales", note="a"))
    await lonely_world.chat.feedback.put(_vote("wrong", "Sales", tool="write", note="b"))
    report = _report(lonely_world)
    one = json_of(await report(request("GET", MARCH | {"tool": "write", "server": "crm"}, "good")))
    assert ([tool["tool"] for tool in one["tools"]], [note["note"] for note in one["notes"]]) == (["write"], ["b"])
    none = json_of(await report(request("GET", MARCH | {"server": "other' OR 1=1"}, "good")))
    assert (none["tools"], none["notes"]) == ([], [])


async def test_votes_on_answers_are_counted_by_prompt_version_role_and_month_beside_the_tools(
    lonely_world: World,
) -> None:
    signed_in(lonely_world, "Admin")
    votes = [
        _answer("up", "Sales"),
        _answer("down", "Sales", "Management", note="too long"),
        _answer("up", day="2026-02-28"),
        _answer("down", "Sales", version="v2"),
        _answer("up", "Sales", day="2026-01-31"),
    ]
    for vote in votes:
        await lonely_world.feedback.put(vote)
    await lonely_world.feedback.put(_vote("useful", "Sales"))
    body = json_of(await _report(lonely_world, "feedback")(request("GET", MARCH, "good")))
    assert (body["from"], body["to"], [tool["total"] for tool in body["tools"]]) == ("2026-02-01", "2026-03-31", [1])
    first, second = body["answers"]
    assert (first["prompt"], first["prompt_version"], first["total"]) == ("coach", "v1", 3)
    assert [(each["vote"], each["count"], each["share"]) for each in first["votes"]] == [
        ("up", 2, 0.6667),
        ("down", 1, 0.3333),
    ]
    roles = {role["role"]: [vote["count"] for vote in role["votes"]] for role in first["roles"]}
    assert roles == {"Management": [0, 1], "Sales": [1, 1], "none": [1, 0]}
    months = [(month["month"], month["total"], month["votes"][0]["count"]) for month in first["months"]]
    assert months == [("2026-02", 1, 1), ("2026-03", 2, 1)]
    assert (second["prompt_version"], second["total"]) == ("v2", 1)
    (note,) = body["answer_notes"]
    assert note == {
        "conversation_id": votes[1].conversation_id,
        "message_id": votes[1].message_id,
        "at": votes[1].at,
        "prompt": "coach",
        "prompt_version": "v1",
        "roles": ["Management", "Sales"],
        "vote": "down",
        "note": "too long",
    }


async def test_the_whole_report_is_of_all_tools(lonely_world: World) -> None:
    signed_in(lonely_world, "Admin")
    response = await _report(lonely_world, "feedback")(request("GET", {"tool": "find"}, "good"))
    assert (response.status_code, json_of(response)["code"]) == (400, "invalid_command")


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-03-03", "to": "2026-03-02"},
        {"from": "2025-01-01", "to": "2026-03-02"},
        {"from": "yesterday"},
        {"first": "2026-03-02"},
        {"tool": ""},
    ],
)
async def test_a_range_that_cannot_be_is_refused(lonely_world: World, query: dict[str, str]) -> None:
    signed_in(lonely_world, "Admin")
    response = await _report(lonely_world)(request("GET", query, "good"))
    assert (response.status_code, json_of(response)["code"]) == (400, "invalid_command")


@pytest.mark.parametrize("name", ["feedback", "tool_feedback"])
async def test_every_reading_is_written_down(lonely_world: World, caplog: pytest.LogCaptureFixture, name: str) -> None:
    person = signed_in(lonely_world, "Admin")
    with caplog.at_level(logging.INFO, logger="salescoach.security"):
        await _report(lonely_world, name)(request("GET", {"from": "2026-03-01", "to": "2026-03-02"}, "good"))
    (record,) = [record for record in caplog.records if record.name == "salescoach.security"]
    assert person in record.getMessage()
    assert f"{name} from=2026-03-01" in record.getMessage()
