from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chat.session_settings import Changes, change_session
from shared import ids
from shared.errors import NotAllowed
from shared.identity import Principal
from shared.protocol.codes import ErrorCode
from shared.protocol.shapes import Participant
from shared.sign_in import negotiate
from shared.web_pubsub import ClientUrl
from tests.support.world import ADA, BOB, World


def _principal(principal: str, *roles: str) -> Principal:
    return Principal(
        id=principal,
        tenant="tenant",
        name="Ada Lovelace",
        email="ada@example.com",
        roles=frozenset(roles),
        groups=(),
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )


async def test_a_new_session_tells_what_the_coach_may_use_and_an_empty_snapshot(world: World) -> None:
    client = await world.client(world.person())
    told = await client.send({"type": "session.update"})
    event = told.event
    assert event["session_id"] == event["conversation_id"] == client.session_id
    assert [(tool["server"], tool["tool"], tool["description"]) for tool in event["tools"]] == [
        ("crm", "find", "Does find."),
        ("crm", "write", "Does write."),
    ]
    assert (event["events"], event["from_seq"], event["through_seq"], event["more"]) == ([], 1, 0, False)
    assert (event["title"], event["unavailable"], event["active_turn"], event["queue"]) == ("", [], None, [])


async def test_the_connection_joins_the_audience_and_with_streaming_the_readers(world: World) -> None:
    plain, rich = await world.client(world.person()), await world.client(world.person())
    first = (await plain.send({"type": "session.update"})).event["session_id"]
    second = await rich.open()
    assert world.hub.groups == {
        ids.audience_group(first): {plain.id},
        ids.audience_group(second): {rich.id},
        ids.delta_group(second): {rich.id},
    }


async def test_opening_another_session_leaves_the_groups_of_the_first(world: World) -> None:
    client = await world.client(world.person())
    first = await client.open()
    world.clock.advance(1)
    second = await client.open()
    assert first != second
    assert {group for group, members in world.hub.groups.items() if client.id in members} == {
        ids.audience_group(second),
        ids.delta_group(second),
    }
    accepted = await client.ask()
    assert accepted["conversation_id"] == second


async def test_a_session_delivered_twice_is_created_once(world: World) -> None:
    client = await world.client(world.person())
    headers = client.headers()
    replies = [await world.upstream.handle("POST", headers, b'{"type":"session.update"}') for _ in range(2)]
    assert replies[0].body == replies[1].body
    assert len(await world.memberships.page(client.principal, before=None, limit=10)) == 1


async def test_a_new_session_asked_for_again_on_another_connection_is_the_same_session(world: World) -> None:
    person = world.person()
    first = await (await world.client(person)).send({"type": "session.update", "command_id": "mine"})
    world.clock.advance(60)
    second = await (await world.client(person)).send({"type": "session.update", "command_id": "mine"})
    assert first.event["session_id"] == second.event["session_id"]


async def test_a_resumed_session_tells_everything_after_what_the_client_has(world: World) -> None:
    person = world.person()
    client = await world.client(person)
    session_id = await client.open()
    await client.ask("First?")
    later = await world.client(person)
    told = await later.send({"type": "session.update", "session_id": session_id, "after": 1})
    assert [event["seq"] for event in told.event["events"]] == [2, 3]
    assert (told.event["from_seq"], told.event["through_seq"], told.event["title"]) == (2, 3, "First?")
    assert told.event["active_turn"]["asker"] == person
    assert later.session_id == session_id


async def test_a_session_is_told_as_it_is_after_the_events_that_are_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.person()
    session_id = await (await world.client(person)).open()
    read = world.log.events_after

    async def change_and_read(*given: Any) -> Any:
        await change_session(world.chat, ada, session_id, Changes(title="Renewals", while_busy="reject"))
        return await read(*given)

    ada = Participant(kind="person", id=person, name="Ada")
    monkeypatch.setattr(world.log, "events_after", change_and_read)
    told = (await (await world.client(person)).send({"type": "session.update", "session_id": session_id})).event
    assert [event["type"] for event in told["events"]] == ["title.updated", "settings.updated"]
    assert (told["title"], told["while_busy"]) == ("Renewals", "reject")


async def test_another_persons_session_looks_like_one_that_does_not_exist(world: World) -> None:
    session_id = await (await world.client(world.person())).open()
    stranger = await world.client(world.person())
    for frame in (
        {"type": "session.update", "session_id": "ID"},
        {"type": "sync", "conversation_id": "ID", "after": 0},
        {"type": "turn.stop", "conversation_id": "ID", "turn_id": "t_1"},
    ):
        foreign, missing = [
            await stranger.send({name: identity if value == "ID" else value for name, value in frame.items()})
            for identity in (session_id, "s_01KJPWD6M0RB3JDFC7JAMXTS1V")
        ]
        assert foreign.code == "conversation_not_found"
        assert foreign.timeless() == missing.timeless()
    assert all(stranger.id not in members for members in world.hub.groups.values())
    assert stranger.session_id is None


async def test_roles_in_the_frame_narrow_what_is_offered(world: World) -> None:
    person = world.person()
    client = await world.client(person)
    await world.sign_in(person, "Sales", "HR")
    both = await client.send({"type": "session.update"})
    world.clock.advance(1)
    narrow = await client.send({"type": "session.update", "role": "Sales"})
    assert [tool["tool"] for tool in both.event["tools"]] == ["find", "forecast", "write"]
    assert [tool["tool"] for tool in narrow.event["tools"]] == ["find", "write"]


async def test_a_role_beyond_the_token_changes_nothing_and_is_a_security_event(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = await world.client(world.person())
    told = await client.send({"type": "session.update", "role": "HR", "email_id": "tenant.ada@elsewhere.example"})
    assert [tool["tool"] for tool in told.event["tools"]] == ["find", "write"]
    reports = [record.getMessage() for record in caplog.records if record.name == "salescoach.security"]
    assert len(reports) == 2
    assert all(client.principal in report for report in reports)


async def test_claims_the_token_grants_are_no_security_event(world: World, caplog: pytest.LogCaptureFixture) -> None:
    person = world.person()
    client = await world.client(person)
    await client.send({"type": "session.update", "role": "Sales", "email_id": f"{person}@EXAMPLE.com"})
    assert not [record for record in caplog.records if record.name == "salescoach.security"]


async def test_the_token_of_another_person_is_refused_and_reported(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    client = await world.client(world.person())
    world.tokens.known["bobs"] = _principal(BOB, "HR")
    told = await client.send({"type": "session.update", "accessToken": "bobs"})
    assert told.code == "token_invalid"
    assert client.session_id is None
    assert [record for record in caplog.records if record.name == "salescoach.security"]
    assert not [record for record in caplog.records if "bobs" in record.getMessage()]


async def test_a_fresh_token_renews_a_sign_in_that_is_too_old(world: World) -> None:
    person = world.person()
    client = await world.client(person)
    world.clock.advance(13 * 3600)
    assert (await client.send({"type": "session.update"})).code == "sign_in_stale"
    world.tokens.known["fresh"] = _principal(person, "HR")
    told = await client.send({"type": "session.update", "accessToken": "fresh"})
    assert [tool["tool"] for tool in told.event["tools"]] == ["find", "forecast", "write"]
    grant = await world.people.grant(person, world.clock())
    assert (grant.name, grant.roles) == ("Ada Lovelace", frozenset({"HR"}))


async def test_a_tool_server_that_is_away_is_named_and_tried_again_at_the_next_opening(world: World) -> None:
    client = await world.client(world.person())
    world.tools.away = {"crm"}
    told = await client.send({"type": "session.update"})
    assert (told.event["tools"], told.event["unavailable"]) == ([], ["crm"])
    world.tools.away = set()
    again = await client.send({"type": "session.update", "session_id": told.event["session_id"]})
    assert ([tool["tool"] for tool in again.event["tools"]], again.event["unavailable"]) == (["find", "write"], [])


async def test_a_session_keeps_the_prompt_it_was_opened_with(world: World) -> None:
    client = await world.client(world.person())
    session_id = await client.open()
    before = (await world.head(session_id)).manifest_id
    world.blobs.label("coach", "Be another coach. {{today}} {{tools}}")
    world.clock.advance(3600)
    await client.send({"type": "session.update", "session_id": session_id})
    assert (await world.head(session_id)).manifest_id == before


async def test_an_unknown_time_zone_is_not_an_error(world: World) -> None:
    client = await world.client(world.person())
    told = await client.send({"type": "session.update", "time_zone": "../etc/passwd"})
    assert told.event["type"] == "session.created"


async def test_negotiating_remembers_what_the_token_grants(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = world.person()
    world.tokens.known["good"] = _principal(person, "Sales", "HR")
    asked: list[tuple[str, int]] = []

    async def client_url(principal: str, minutes: int) -> ClientUrl:
        asked.append((principal, minutes))
        return ClientUrl(url="ws://here", expires_at=world.clock() + timedelta(minutes=minutes))

    monkeypatch.setattr(world.hub, "client_url", client_url)
    assert (await negotiate(world.chat, {"authorization": "Bearer good"})).url == "ws://here"
    assert asked == [(person, 60)]
    assert (await world.people.grant(person, world.clock())).roles == {"Sales", "HR"}


@pytest.mark.parametrize("authorization", [None, "", "Bearer nobody's"])
async def test_nobody_negotiates_without_a_valid_token(world: World, authorization: str | None) -> None:
    with pytest.raises(NotAllowed):
        await negotiate(world.chat, {} if authorization is None else {"authorization": authorization})


async def test_a_person_who_never_signed_in_has_no_rights(world: World) -> None:
    with pytest.raises(NotAllowed) as refused:
        await world.people.grant(world.person(ADA), world.clock())
    assert refused.value.code is ErrorCode.SIGN_IN_STALE
