"""A person's memory over HTTP."""

import json
from dataclasses import replace
from typing import Any

import azure.functions as func
import pytest

from api.functions import api_blueprint
from shared import ids
from shared.memory import MAX_CHARACTERS, MAX_ENTRIES
from tests.orchestration.turns import new_turn
from tests.support.doubles import answer
from tests.support.functions import NO_ENGINES, functions_of, json_of, runtime_of, signed_in
from tests.support.world import World

FACT = {"kind": "fact", "text": "I sell to hospitals."}
WISH = {"kind": "instruction", "text": "Be brief."}


class _Api:
    """The memory's endpoints as a signed-in person calls them."""

    def __init__(self, world: World) -> None:
        self._functions = functions_of(api_blueprint(runtime_of(world), NO_ENGINES))

    async def call(self, name: str, body: object = None, entry_id: str = "", **headers: str) -> func.HttpResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = func.HttpRequest(
            method="POST",
            url="/api/memory",
            headers={"authorization": "Bearer good"} | sent,
            params={},
            route_params={"entry_id": entry_id} if entry_id else {},
            body=b"" if body is None else json.dumps(body).encode(),
        )
        return await self._functions[f"api_{name}"](request)

    async def add(self, body: object, **headers: str) -> dict[str, Any]:
        response = await self.call("add_memory_entry", body, **headers)
        assert response.status_code == 201, response.get_body()
        return json_of(response)

    async def shown(self) -> dict[str, Any]:
        response = await self.call("memory")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        return json_of(response)


@pytest.fixture
def api(world: World) -> _Api:
    signed_in(world)
    return _Api(world)


def _code(response: func.HttpResponse) -> tuple[int, str]:
    return response.status_code, json_of(response)["code"]


async def test_a_memory_is_off_and_empty_to_begin_with_and_tells_its_limits(api: _Api) -> None:
    shown = await api.shown()
    assert (shown["enabled"], shown["version"], shown["entries"]) == (False, 0, [])
    assert shown["limits"] == {"entries": 50, "characters": 500, "bytes": 8192}


@pytest.mark.parametrize(
    "name",
    ["memory", "switch_memory", "add_memory_entry", "change_memory_entry", "delete_memory_entry", "empty_memory"],
)
async def test_nobody_gets_in_without_a_valid_token(api: _Api, name: str) -> None:
    assert _code(await api.call(name, authorization="Bearer forged")) == (401, "token_invalid")


async def test_entries_are_written_reworded_and_deleted(api: _Api) -> None:
    switched = await api.call("switch_memory", {"enabled": True})
    assert (json_of(switched)["enabled"], switched.headers["ETag"]) == (True, '"1"')
    fact, wish = await api.add(FACT), await api.add(WISH)
    assert (fact["text"], fact["source"]) == (FACT["text"], {"by": "person", "session_id": None, "turn_id": None})
    reworded = await api.call("change_memory_entry", WISH | {"text": " Be kind.\u202e "}, fact["id"])
    assert (json_of(reworded)["text"], json_of(reworded)["kind"]) == ("Be kind.", "instruction")
    deleted = await api.call("delete_memory_entry", entry_id=wish["id"])
    assert (deleted.status_code, deleted.get_body()) == (204, b"")
    shown = await api.shown()
    assert [entry["text"] for entry in shown["entries"]] == ["Be kind."]
    assert shown["version"] == 5
    assert (await api.call("empty_memory")).status_code == 204
    shown = await api.shown()
    assert (shown["enabled"], shown["entries"]) == (True, [])


async def test_the_same_request_again_adds_nothing(api: _Api) -> None:
    first = await api.add(FACT, idempotency_key="k1")
    assert await api.add(FACT, idempotency_key="k1") == first
    other = await api.call("add_memory_entry", WISH, idempotency_key="k1")
    assert _code(other) == (409, "key_conflict")
    assert (await api.add(FACT))["id"] != first["id"]
    assert len((await api.shown())["entries"]) == 2


@pytest.mark.parametrize("key", ["", "has blanks", "x" * 201])
async def test_a_key_that_cannot_be_is_refused(api: _Api, key: str) -> None:
    assert _code(await api.call("add_memory_entry", FACT, idempotency_key=key)) == (400, "invalid_command")


async def test_a_change_made_on_an_older_version_is_told_and_not_made(api: _Api) -> None:
    entry = await api.add(FACT, if_match='"0"')
    for name, body, entry_id in (
        ("add_memory_entry", WISH, ""),
        ("change_memory_entry", WISH, entry["id"]),
        ("switch_memory", {"enabled": True}, ""),
        ("delete_memory_entry", None, entry["id"]),
        ("empty_memory", None, ""),
    ):
        assert _code(await api.call(name, body, entry_id, if_match='"0"')) == (412, "memory_changed")
    assert (await api.shown())["version"] == 1
    assert (await api.call("empty_memory", if_match='"1"')).status_code == 204
    assert _code(await api.call("empty_memory", if_match="1")) == (400, "invalid_command")


async def test_an_entry_that_is_not_there_is_missing_for_a_change_and_gone_for_a_deletion(api: _Api) -> None:
    assert _code(await api.call("change_memory_entry", FACT, "me_none")) == (404, "memory_entry_not_found")
    assert (await api.call("delete_memory_entry", entry_id="me_none")).status_code == 204


async def test_another_persons_entry_is_as_good_as_missing(api: _Api, world: World) -> None:
    entry = await api.add(FACT)
    signed_in(world)
    assert _code(await api.call("change_memory_entry", WISH, entry["id"])) == (404, "memory_entry_not_found")
    assert (await api.shown())["entries"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (FACT | {"text": "x" * (MAX_CHARACTERS + 1)}, (413, "content_too_long")),
        (FACT | {"text": " \u202e "}, (400, "content_empty")),
        (FACT | {"kind": "order"}, (400, "invalid_command")),
        (FACT | {"source": {"by": "coach"}}, (400, "invalid_command")),
        ({"kind": "fact"}, (400, "invalid_command")),
    ],
)
async def test_an_entry_that_cannot_be_is_refused_by_name(api: _Api, body: object, told: tuple[int, str]) -> None:
    assert _code(await api.call("add_memory_entry", body)) == told


async def test_a_full_memory_says_so(api: _Api) -> None:
    for n in range(MAX_ENTRIES):
        await api.add(FACT | {"text": f"{n}"})
    assert _code(await api.call("add_memory_entry", FACT)) == (409, "memory_full")


async def test_an_answer_tells_which_entries_it_knew_until_they_are_deleted(api: _Api, world: World) -> None:
    turn = await new_turn(world)
    world.tokens.known["good"] = replace(world.tokens.known["good"], id=turn.client.principal)
    await api.call("switch_memory", {"enabled": True})
    kept, gone = await api.add(FACT), await api.add(WISH)
    await turn.step(0, *answer("Fine."))
    await api.call("change_memory_entry", FACT | {"text": "I sell to schools."}, kept["id"])
    await api.call("delete_memory_entry", entry_id=gone["id"])
    path = {"session_id": turn.session_id, "message_id": ids.step_message(turn.turn_id, 0)}
    request = func.HttpRequest(
        method="GET", url="/api/x", headers={"authorization": "Bearer good"}, params={}, route_params=path, body=b""
    )
    manifest = json_of(await functions_of(api_blueprint(runtime_of(world), NO_ENGINES))["api_answer_manifest"](request))
    assert manifest["memory_version"] == 3
    assert manifest["memory"] == [
        {"id": kept["id"], "kind": "fact", "text": FACT["text"]},
        {"id": gone["id"], "kind": "instruction", "text": None},
    ]
