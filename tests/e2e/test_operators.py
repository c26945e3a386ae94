"""What operators run against a deployment, run against the whole stack: the hook after it, and erasing a person."""

import asyncio
import json
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest
from websockets.sync.client import connect

from bench import load
from local.identity.directory import TENANT
from scripts import erase_person, post_deploy
from scripts.smoke_chat import SmokeFailedError, run
from shared.blob import BlobStore
from shared.prompts.store import PRODUCTION, STAGING, PromptStore, VersionedLabel
from shared.settings import ServiceAddress
from tests.e2e.client import PlainClient, negotiate
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

PERSON = "e0e00000-0000-4000-8000-0000000000e5"
NEIGHBOUR = "e0e00000-0000-4000-8000-0000000000e6"


def _token(stack: Stack, object_id: str) -> str:
    return stack.token("ada", {"claims": {"oid": object_id}})


def _outputs(stack: Stack, **more: str) -> dict[str, str]:
    """Return what `azd` would put into a hook's environment."""
    names = ("BLOB", "COSMOS", "WEB_PUBSUB", "COSMOS_DATABASE")
    return {name: stack.settings()[name] for name in names} | {"PUBLIC_URL": stack.url("web"), **more}


def _api(
    stack: Stack, token: str, method: str, path: str, body: Mapping[str, object] | None = None
) -> dict[str, object]:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{stack.url('web')}/api/{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
        text = reply.read()
    return json.loads(text) if text else {}


def _ask(stack: Stack, token: str, session_id: str) -> None:
    """Have one answered question in a session."""
    _, body = negotiate(stack, token)
    with connect(body["url"], open_timeout=20) as socket:
        client = PlainClient(socket=socket)
        client.open_session(session_id)
        client.send({"type": "query", "content": "Hello coach"})
        assert client.wait_for("chat_response")["status"] == "completed"


async def _labels(connection: str, name: str) -> dict[str, VersionedLabel | None]:
    blobs = BlobStore(ServiceAddress(connection_string=connection), None)
    try:
        found = {label: await PromptStore(blobs).label(name, label) for label in (STAGING, PRODUCTION)}
        return {label: one if isinstance(one, VersionedLabel) else None for label, one in found.items()}
    finally:
        await blobs.close()


def test_the_hook_asks_the_coach_and_leaves_nothing_behind(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    token = _token(stack, PERSON)
    outputs = _outputs(stack, SMOKE_TOKEN=token)

    assert post_deploy.main(["--patience", "0"], outputs) == 0

    assert "whole answer" in capsys.readouterr().out
    assert _api(stack, token, "GET", "sessions")["sessions"] == []


def test_a_coach_that_does_not_let_one_in_fails_the_hook(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert post_deploy.main(["--patience", "0"], _outputs(stack, SMOKE_TOKEN="nobody's")) == 1
    assert "token_invalid" in capsys.readouterr().err


def test_an_address_where_nothing_answers_fails_in_words() -> None:
    with pytest.raises(SmokeFailedError, match="does not answer"):
        asyncio.run(run("http://127.0.0.1:9", "token", patience_s=1))


def test_a_wrong_catalog_is_refused_before_anything_is_uploaded(
    stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = tmp_path / "catalog.json"
    catalog.write_text('{"servers": {"crm": {"url": "ftp://crm"}}}', encoding="utf-8")
    assert post_deploy.main(["--without-chat", "--catalog", str(catalog)], _outputs(stack)) == 1
    assert "crm" in capsys.readouterr().err


def test_prompts_get_labels_unless_a_person_moved_them(stack: Stack) -> None:
    connection = stack.settings()["BLOB"]

    async def deploy(text: bytes) -> list[str]:
        blobs = BlobStore(ServiceAddress(connection_string=connection), None)
        try:
            return await post_deploy.upload_prompts(PromptStore(blobs), {"operators": text})
        finally:
            await blobs.close()

    async def take_over() -> None:
        blobs = BlobStore(ServiceAddress(connection_string=connection), None)
        try:
            store = PromptStore(blobs)
            own = await store.add("operators", b"Mine. {{today}}\n{{tools}}\n")
            await store.move("operators", PRODUCTION, own.version, by="dana", at="2026-11-23T00:00:00.000Z")
        finally:
            await blobs.close()

    async def story() -> None:
        first = b"One. {{today}}\n{{tools}}\n"
        assert len(await deploy(first)) == 2
        assert await deploy(first) == []
        await take_over()
        moved = await deploy(b"Two. {{today}}\n{{tools}}\n")
        assert [line.split(" is ")[0] for line in moved] == ["operators: staging"]
        production = (await _labels(connection, "operators"))[PRODUCTION]
        assert production is not None
        assert production.label.moved_by == "dana"

    asyncio.run(story())


async def test_erasing_a_person_takes_all_of_theirs_and_nothing_of_others(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = _token(stack, PERSON), _token(stack, NEIGHBOUR)
    sessions = [str(_api(stack, token, "POST", "sessions", {})["session_id"]) for token in (mine, mine, other)]
    _ask(stack, mine, sessions[0])
    _api(stack, mine, "PATCH", "memory", {"enabled": True})
    outputs = _outputs(stack)
    principal = f"{TENANT}.{PERSON}"

    assert await erase_person.main([principal], outputs) == 0
    assert "there are: 2 sessions" in capsys.readouterr().out
    assert _api(stack, mine, "GET", "memory")["enabled"] is True

    assert await erase_person.main([principal, "--erase"], outputs) == 0
    assert "erased: 2 sessions" in capsys.readouterr().out

    async with erase_person.stores(outputs) as opened:
        left = await opened.find(principal)
        assert left.sessions == ()
        assert set(left.documents.values()) == {0}
        assert _api(stack, mine, "GET", "sessions")["sessions"] == []
        for session in sessions[:2]:
            rows = await opened.cosmos.query("sessions", "SELECT c.id FROM c", {}, session)
            assert [row["id"] for row in rows] == ["head"]
        assert (await opened.find(f"{TENANT}.{NEIGHBOUR}")).sessions == (sessions[2],)


async def test_a_person_who_is_not_named_properly_is_not_looked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert await erase_person.main(["ada@example.com", "--erase"], {}) == 2
    assert "<tenant id>.<object id>" in capsys.readouterr().err


def test_the_load_generator_asks_as_people_do(stack: Stack) -> None:
    where = ["--url", stack.url("web"), "--identity", stack.url("identity")]
    plan, flags = load.plan_of([*where, "--people", "2", "--seconds", "2", "--ramp", "0.1", "--think", "0"])
    told = list[dict[str, object]]()
    outcome = asyncio.run(load.run(plan, told.append))
    assert load.verdict(outcome, flags.most_failed, slowest_ms=60_000) == []
    assert len(outcome.answer_ms) == len(outcome.first_delta_ms) == len(told) >= 2
    assert outcome.summary(1)["failed"] == 0
    assert load.verdict(outcome, flags.most_failed, slowest_ms=1)[0].startswith("first text: ")
