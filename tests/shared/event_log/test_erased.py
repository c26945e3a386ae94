from shared.event_log.erased import without_deleted, without_text
from shared.event_log.log import EventLog
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.durable import MessageCreated, TitleUpdated
from shared.protocol.group import MessageDeleted, MessageEdited
from shared.protocol.shapes import SYSTEM, Participant, TextPart
from tests.shared.event_log.logs import adding, new_log, title
from tests.support.world import World

ADA = Participant(kind="person", id="tenant.ada", name="Ada")


def _said(name: str = "m1") -> MessageCreated:
    return MessageCreated(actor=ADA, message_id=name, author=ADA, parts=(TextPart(text="secret"),))


def _gone(name: str = "m1") -> MessageDeleted:
    return MessageDeleted(actor=ADA, message_id=name)


def test_what_was_taken_back_says_nothing_in_any_wording_and_the_rest_stays() -> None:
    edit = MessageEdited(actor=ADA, message_id="m1", parts=(TextPart(text="secret too"),))
    titled = TitleUpdated(actor=SYSTEM, title="x")
    told = without_deleted((_said(), titled, edit, _said("m2")), (_gone(),))
    assert told == (without_text(_said()), titled, without_text(edit), _said("m2"), _gone())
    assert "secret" not in "".join(event.model_dump_json() for event in (told[0], told[2]))


def test_where_nothing_is_taken_back_nothing_changes() -> None:
    assert without_deleted((_said(),), (_said("m2"),)) == (_said(), _said("m2"))


async def test_an_event_is_erased_in_the_very_write_that_says_so(world: World) -> None:
    log = world.log
    conversation_id = await new_log(log)
    done = await log.append(
        conversation_id, lambda head: Draft(events=(NewEvent(id="m1.created", event=_said()),), head=head)
    )
    assert isinstance(done, Appended)
    (stored,) = done.events

    def take_back(head: object) -> Draft:
        erased = NewEvent(id="m1.created", event=without_text(stored))
        assert isinstance(head, type(done.head.head))
        return Draft(events=(NewEvent(id="m1.deleted", event=_gone()),), head=head, erased=(erased,))

    other = EventLog(world.cosmos, world.clock)
    await other.append(conversation_id, adding("another"))
    assert isinstance(await log.append(conversation_id, take_back), Appended)
    first, *_ = await world.events(conversation_id)
    assert isinstance(first, MessageCreated)
    assert (first.parts, first.seq, first.at) == ((), stored.seq, stored.at)


async def test_where_taking_back_was_done_before_nothing_is_written_again(world: World) -> None:
    conversation_id = await new_log(world.log)
    await world.log.append(conversation_id, adding("m1.deleted"))
    erased = NewEvent(id="m1.deleted", event=TitleUpdated(actor=SYSTEM, title="overwritten"))
    result = await world.log.append(
        conversation_id, lambda head: Draft(events=(title("m1.deleted", "again"),), head=head, erased=(erased,))
    )
    assert result.status == "already_happened"
    (event,) = await world.events(conversation_id)
    assert isinstance(event, TitleUpdated)
    assert event.title == "m1.deleted"
