"""A turn asked in a group, run activity by activity as the engine would."""

import itertools
from dataclasses import dataclass

from orchestration.call_model import call_model
from orchestration.call_tool import call_tool
from orchestration.finish_turn import finish_turn
from orchestration.messages import CallRequest, EndStatus, FinishRequest, StepRequest, StepResult
from shared import ids
from shared.clock import iso
from shared.event_log import floor
from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState, Head, TurnInQueue
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.durable import MessageCreated, TurnStarted
from shared.protocol.shapes import Participant, TextPart
from shared.usage.teams import UNASSIGNED
from tests.support.doubles import Happening, Sent
from tests.support.world import World

_numbers = itertools.count(1)


@dataclass(slots=True)
class GroupTurn:
    """The turn of one question of `asker` in a group of theirs with `others`."""

    world: World
    group_id: str
    asker: Participant
    others: tuple[Participant, ...]
    turn_id: str
    question_seq: int
    manifest_id: str

    async def step(self, number: int, *script: Happening, room: bool = False) -> StepResult:
        if script:
            self.world.model.scripts.append(list(script))
        request = StepRequest(
            conversation_id=self.group_id,
            turn_id=self.turn_id,
            asker=self.asker.id,
            team=UNASSIGNED,
            question_seq=self.question_seq,
            manifest_id=self.manifest_id,
            step=number,
            last=room,
            room=room,
        )
        return await call_model(self.world.turn, request)

    async def call(self, call_id: str) -> str:
        request = CallRequest(
            conversation_id=self.group_id, asker=self.asker.id, call_id=call_id, question_seq=self.question_seq
        )
        return await call_tool(self.world.turn, self.world.engine, request)

    async def finish(self, status: EndStatus = "completed") -> str:
        request = FinishRequest(
            conversation_id=self.group_id,
            turn_id=self.turn_id,
            asker=self.asker.id,
            team=UNASSIGNED,
            question_seq=self.question_seq,
            status=status,
        )
        return await finish_turn(self.world.turn, self.world.engine, request)

    async def leaves(self, person: Participant) -> None:
        """Let somebody leave, as the log tells it."""

        def decide(head: Head) -> Draft:
            assert head.group is not None
            gone = _member(person, "left", head.epoch + 1).model_copy(update={"left_seq": head.seq})
            group = head.group.model_copy(update={"expelled": (person.id,), "members": head.group.members - 1})
            after = head.model_copy(update={"epoch": head.epoch + 1, "group": group})
            return Draft(events=(), head=after, members=(gone,))

        assert isinstance(await self.world.log.append(self.group_id, decide), Appended)

    def reaches(self, person: Participant) -> list[Sent]:
        """Return what was sent that passes the filter for a connection of the person."""
        return [sent for sent in self.world.group_hub.sent if passes(sent, person.id)]


def passes(sent: Sent, principal: str) -> bool:
    """Tell whether a connection of the principal fits the filter, in the two forms the publisher uses."""
    if sent.only is None:
        return True
    if " ne " in sent.only:
        return f"'{principal}'" not in sent.only
    return f"userId eq '{principal}'" in sent.only


async def new_group_turn(world: World, *, whispered: bool = False, roles: tuple[str, ...] = ("Sales",)) -> GroupTurn:
    """Let Ada ask the coach in a group of hers with Bob and Cem."""
    names = ("Ada", "Bob", "Cem")
    people = tuple(Participant(kind="person", id=world.person(f"tenant.{name.lower()}"), name=name) for name in names)
    for person in people:
        await world.sign_in(person.id, *roles)
    asker, *others = people
    group_id = ids.group_id(asker.id, f"key{next(_numbers)}")
    at = iso(world.clock())
    head = Head(owner=asker.id, created_at=at, updated_at=at, group=GroupState(members=len(people)))
    await world.log.create(group_id, head, [_member(person, "member", 1) for person in people])
    grant = await world.people.grant(asker.id, world.clock())
    pinned = await world.chat.manifests.build(grant, grant.roles, None)
    await world.log.pin(group_id, pinned.id, pinned.manifest, ttl=None)
    turn_id = ids.turn_id(group_id, asker.id, "c1")
    question = MessageCreated(
        actor=asker,
        author=asker,
        message_id=ids.question_message(turn_id),
        turn_id=turn_id,
        parts=(TextPart(text="@coach how is my pipeline?"),),
        audience=(asker.id,) if whispered else None,
    )
    begun = TurnStarted(actor=asker, turn_id=turn_id)

    def decide(now: Head) -> Draft:
        turn = TurnInQueue(turn_id=turn_id, asker=asker.id, question_seq=now.seq + 1, manifest_id=pinned.id)
        events = (
            NewEvent(id=ids.created(question.message_id), event=question),
            NewEvent(id=ids.started(turn_id), event=begun),
        )
        return Draft(events=events, head=floor.ask(now, turn, world.clock().timestamp()))

    asked = await world.log.append(group_id, decide)
    assert isinstance(asked, Appended)
    return GroupTurn(world, group_id, asker, tuple(others), turn_id, asked.events[0].seq, pinned.id)


def _member(person: Participant, state: str, epoch: int) -> MemberDocument:
    here = MemberDocument(principal=person.id, name=person.name, role="member", state="member", epoch=epoch)
    return here if state == "member" else here.model_copy(update={"state": state})
