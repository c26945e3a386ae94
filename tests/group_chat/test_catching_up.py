"""Catching up over a real store: read with the reader's eyes, told by a scripted model, on the reader's account."""

import json

from group_chat.catching_up import CatchUpDependencies, catch_up
from shared.model import ModelCompleted, TextDelta, UserText
from shared.protocol.shapes import Usage
from shared.usage.account import Totals, day_of
from shared.usage.budgets import Budgets, Ceiling, Limits
from shared.usage.documents import person_account
from shared.usage.ledger import Spender
from shared.usage.side_calls import SideCalls
from shared.usage.teams import UNASSIGNED
from tests.group_chat.room import Room
from tests.support.side_calls import UTILITY, side_calls_of

USED = Usage(input_tokens=90, output_tokens=12)


def _deps(room: Room, calls: SideCalls) -> CatchUpDependencies:
    return CatchUpDependencies(log=room.world.log, gate=room.world.gate, calls=calls)


def _reader(room: Room, who: str) -> Spender:
    return Spender(principal=room.people[who], team=UNASSIGNED)


def _tells(room: Room, **topics: object) -> None:
    written = json.dumps({"decisions": [], "questions_for_me": [], "commitments": [], "numbers": []} | topics)
    room.world.model.scripts = [[TextDelta(written), ModelCompleted(finish="stop", usage=USED)]]


async def test_who_was_away_is_told_what_they_may_see_and_pays_for_it(room: Room) -> None:
    said = await room.say("bob", "Contoso wants 15 percent.")
    await room.say("bob", "Only for you, Ada.", to=[room.people["ada"]])
    _tells(room, numbers=[{"text": "Contoso wants 15 percent.", "messages": ["m1"]}])
    calls = side_calls_of(room.world)
    told = await catch_up(_deps(room, calls), _reader(room, "cleo"), room.id, 0)
    assert (told.messages, told.written) == (1, True)
    assert [line.messages for line in told.numbers] == [(said["message_id"],)]
    (asked,) = room.world.model.requests
    assert asked.model == UTILITY
    assert "Only for you" not in "".join(item.text for item in asked.items if isinstance(item, UserText))
    day = day_of(room.world.clock())
    used = {who: await calls.ledger.totals(person_account(room.people[who]), day) for who in ("cleo", "bob")}
    assert used == {"cleo": Totals(usage=USED), "bob": Totals()}


async def test_without_a_budget_for_words_the_numbers_are_told(room: Room) -> None:
    await room.say("bob", "Contoso wants 15 percent.")
    calls = side_calls_of(room.world, Budgets(person=Limits(day=Ceiling(tokens=50))))
    told = await catch_up(_deps(room, calls), _reader(room, "cleo"), room.id, 0)
    assert (told.messages, told.written, told.numbers) == (1, False, ())
    assert room.world.model.requests == []


async def test_who_missed_nothing_asks_no_model(room: Room) -> None:
    await room.say("bob", "Contoso wants 15 percent.")
    told = await catch_up(_deps(room, side_calls_of(room.world)), _reader(room, "bob"), room.id, 0)
    assert (told.messages, told.written) == (0, True)
    assert room.world.model.requests == []
