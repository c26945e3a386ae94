"""A group on the whole stack, as its members live it: inviting, talking, asking the coach, whispering, removing."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.e2e.client import Event, PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]
NAMES = ("ada", "ben", "dana")


class Member:
    """Somebody with a connection to the hub of groups and a token for the HTTP API."""

    def __init__(self, stack: Stack, name: str, client: PlainClient) -> None:
        self.stack, self.name, self.client = stack, name, client

    def http(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.stack.token(self.name)}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.stack.url('functions_host')}/api/{path}"
        request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310 - loopback
                text = reply.read()
                return reply.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def open(self, group_id: str) -> Event:
        self.client.send({"type": "group.open", "group_id": group_id})
        return self.client.wait_for(lambda event: event["type"] in {"snapshot", "error"})

    def says(self, group_id: str, text: str, **fields: object) -> Event:
        key = f"{self.name}: {text}"
        self.client.send(
            {"type": "group.message", "group_id": group_id, "content": text, "client_message_id": key, **fields}
        )
        return self.client.wait_for(
            lambda event: event["type"] in {"command.accepted", "error"} and event.get("client_message_id") == key
        )

    def hears(self, text: str) -> Event:
        """Return the message with that text, heard before or from now on."""
        known = next((event for event in self.client.events if _says(event, text)), None)
        return known or self.client.wait_for(lambda event: _says(event, text))


def _says(event: Event, text: str) -> bool:
    return event["type"] == "message.created" and any(part.get("text") == text for part in event["parts"])


@pytest.fixture
def people(stack: Stack) -> Iterator[dict[str, Member]]:
    with ExitStack() as opened:
        yield {
            name: Member(stack, name, opened.enter_context(PlainClient.open(stack, name, hub="group_chat")))
            for name in NAMES
        }


def _group_of(people: dict[str, Member], title: str) -> tuple[str, dict[str, str]]:
    """Let Ada begin a group and the others accept; returns its id and everybody's principals."""
    ada, *others = people.values()
    principals = {name: people[name].client.principal for name in NAMES}
    invited = [{"principal": principals[other.name], "role": "member"} for other in others]
    status, made = ada.http("POST", "groups", {"title": title, "members": invited})
    assert status == 201, made
    for other in others:
        assert other.http("POST", f"groups/{made['group_id']}/accept")[0] == 200
    for person in people.values():
        told = person.open(made["group_id"])
        assert told["type"] == "snapshot", told
        assert len(told["group"]["members"]) == len(NAMES)
    return made["group_id"], principals


def test_people_talk_and_the_coach_answers_everyone_when_it_is_asked(people: dict[str, Member]) -> None:
    group_id, _ = _group_of(people, "Contoso deal")
    ada, ben, dana = people.values()

    assert ben.says(group_id, "Contoso wants 15 percent.")["turn_id"] is None
    accepted = ada.says(group_id, "@coach which discount is usual?")
    assert accepted["turn_id"]

    ends = [person.client.wait_for("chat_response") for person in (ada, ben, dana)]
    assert {end["response"] for end in ends} == {ends[0]["response"]}
    assert ends[0]["status"] == "completed"
    assert ends[0]["response"]
    for person in people.values():
        heard = [
            event["seq"] for event in person.client.events if "seq" in event and event["type"] != "command.accepted"
        ]
        assert heard == sorted(set(heard))


def test_a_whisper_reaches_only_whom_it_is_for_and_nobody_misses_a_number(people: dict[str, Member]) -> None:
    group_id, principals = _group_of(people, "Whispers")
    ada, ben, dana = people.values()

    ben.says(group_id, "Only for you, Ada.", to=[principals["ada"]])
    whispered = ada.hears("Only for you, Ada.")
    ben.says(group_id, "For everyone.")
    dana.hears("For everyone.")
    seen = next(event for event in dana.client.events if event.get("seq") == whispered["seq"])
    assert seen["type"] == "withheld"
    assert "Only for you" not in str(dana.client.events)


def test_who_is_removed_hears_and_says_nothing_more_from_then_on(people: dict[str, Member]) -> None:
    group_id, principals = _group_of(people, "Removal")
    ada, ben, dana = people.values()

    status, told = ada.http("DELETE", f"groups/{group_id}/members/{principals['dana']}")
    assert status in {200, 204}, told
    ben.says(group_id, "She is gone.")
    ada.hears("She is gone.")
    refused = dana.says(group_id, "Am I?")
    assert refused["code"] == "conversation_not_found"
    assert "She is gone." not in str(dana.client.events)
    assert dana.open(group_id)["code"] == "conversation_not_found"


def test_one_is_told_what_one_missed(people: dict[str, Member]) -> None:
    group_id, _ = _group_of(people, "Catching up")
    ada, ben, _dana = people.values()

    ben.says(group_id, "The pilot begins on 3 May.")
    ada.hears("The pilot begins on 3 May.")
    status, missed = ada.http("GET", f"groups/{group_id}/catch-up")
    assert status == 200, missed
    assert missed["messages"] == 1
    # Nobody scripted the model: what it tells of itself has to be what the app asks for.
    assert missed["written"]
    assert [line["text"] for line in missed["numbers"]] == ["Ben Okafor: The pilot begins on 3 May."]
