"""A group with people in it, each on a connection of their own, over a real store."""

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from group_chat.commands import GroupCommands
from group_chat.dependencies import GroupDependencies
from shared import group_ids, ids
from shared.ambient import ListenRequest
from shared.asker_manifests import AskerManifests
from shared.clock import iso
from shared.connection import Answer, Connection, ConnectionState
from shared.errors import CommandRefused, StoreUnavailable
from shared.event_log.documents import MemberDocument
from shared.event_log.head import GroupState, Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.protocol.durable import MessageCreated
from shared.protocol.ephemeral import CommandAccepted
from shared.protocol.events import StoredEvent
from shared.protocol.frames import parse_command
from shared.protocol.group import GroupRole, GroupSettings, ParticipantRole
from shared.protocol.shapes import Participant
from shared.unread import Unread
from tests.support.doubles import RecordingEngine
from tests.support.world import World

_numbers = itertools.count(1)


@dataclass(slots=True)
class ListeningEngine(RecordingEngine):
    """Starts nothing, and notes after which messages somebody would wait for quiet."""

    waits: list[ListenRequest] = field(default_factory=list[ListenRequest])
    deaf: bool = False

    async def listen(self, request: ListenRequest) -> None:
        if self.deaf:
            raise StoreUnavailable("The engine does not answer.")
        self.waits.append(request)

    @property
    def listened(self) -> list[int]:
        return [request.seq for request in self.waits]

    async def analyze(self, name: str, request: str) -> None:
        """Start no run of the analyzer."""


class Room:
    """A group; `people` are principals by short names."""

    def __init__(self, world: World, group_id: str, people: dict[str, str]) -> None:
        self.world = world
        self.id = group_id
        self.people = people
        self.places: dict[str, tuple[str | None, str | None]] = {}
        """By short name, the role somebody narrowed theirs to, and their time zone."""
        self.engine = ListeningEngine()
        self.deps = GroupDependencies(
            log=world.log,
            gate=world.gate,
            people=world.people,
            memberships=world.memberships,
            erasure=world.erasure,
            search=world.chat.search,
            limiter=world.chat.limiter,
            manifests=world.chat.manifests,
            askers=AskerManifests(world.chat.manifests, world.log, world.clock),
            unread=Unread(world.cosmos),
            publisher=world.publisher,
            web_pubsub=world.group_hub,
            validator=world.tokens,
            security=world.chat.security,
            feedback=world.feedback,
            currency=world.chat.currency,
            now=world.clock,
        )
        self.commands = GroupCommands(self.deps)

    def other_process(self, world: World) -> "Room":
        """Return the same group as another process sees it, which remembers nothing."""
        return Room(world, self.id, self.people)

    async def send(self, who: str, frame: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
        """Send a frame, checked as one from the wire, and return what answers it.

        Raises:
            SalesCoachError: as the command does.

        """
        principal = self.people[who]
        role, zone = self.places.get(who, (None, None))
        state = ConnectionState(principal=principal, session_id=self.id, role=role, time_zone=zone)
        connection = Connection(id=f"of-{who}", event_id=event_id or f"e{next(_numbers)}", state=state)
        command: Any = parse_command(json.dumps(frame).encode())
        answer: Answer = await self.commands.run(self.engine, connection, command)
        assert isinstance(answer.event, CommandAccepted)
        return answer.event.model_dump(mode="json")

    async def say(self, who: str, content: str, **fields: Any) -> dict[str, Any]:
        key = fields.pop("client_message_id", f"m{next(_numbers)}")
        frame = {"type": "group.message", "group_id": self.id, "content": content, "client_message_id": key}
        return await self.send(who, frame | fields)

    async def do(self, who: str, kind: str, **fields: Any) -> dict[str, Any]:
        return await self.send(who, {"type": kind, "conversation_id": self.id} | fields)

    async def refusal(self, who: str, kind: str, **fields: Any) -> str:
        """Return the code with which a command is refused; it changes nothing."""
        # Read past the memory of the process, which may not know yet what has changed.
        aside = EventLog(self.world.cosmos, self.world.clock)
        before = await aside.head(self.id)
        frame: dict[str, Any] = {"type": kind, "conversation_id": self.id, "group_id": self.id}
        with pytest.raises(CommandRefused) as refused:
            await self.send(who, frame | fields)
        assert refused.value.message
        assert (await aside.head(self.id)) == before
        return refused.value.code

    async def head(self) -> Head:
        return await self.world.head(self.id)

    async def group(self) -> GroupState:
        group = (await self.head()).group
        assert group is not None
        return group

    async def events(self) -> tuple[StoredEvent, ...]:
        return await self.world.events(self.id)

    async def types(self) -> list[str]:
        return [event.type for event in await self.events()]

    async def message(self, message_id: str) -> MessageCreated:
        event = await self.world.log.event(self.id, ids.created(message_id))
        assert isinstance(event, MessageCreated)
        return event

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of that type that went out to the group, and for whom."""
        sent = self.world.group_hub.sent
        return [one.event | {"only": one.only} for one in sent if one.type == kind]

    async def change(self, **fields: Any) -> None:
        """Change the head, as other parts of the app do."""
        done = await self.world.log.append(self.id, lambda head: Draft(events=(), head=head.model_copy(update=fields)))
        assert isinstance(done, Appended)

    async def settle(self, **fields: Any) -> None:
        """Change what the head holds of the group."""
        group = (await self.group()).model_copy(update=fields)
        await self.change(group=group)

    async def set_role(self, who: str, role: GroupRole, state: str = "member") -> None:
        """Give somebody another role, or let them be gone, in an epoch of its own."""
        principal = self.people[who]
        head = await self.head()
        member = await self.world.members.one(self.id, principal, head.epoch)
        assert member is not None
        changed = member.model_copy(update={"role": role, "state": state, "epoch": head.epoch + 1})
        if state != "member":
            changed = changed.model_copy(update={"left_seq": head.seq + 1})
        await self._set(changed, head.epoch + 1)

    async def join_again(self, who: str) -> None:
        """Let somebody have joined only now."""
        head = await self.head()
        member = await self.world.members.one(self.id, self.people[who], head.epoch)
        assert member is not None
        joined = member.model_copy(update={"joined_seq": head.seq + 1, "epoch": head.epoch + 1})
        await self._set(joined, head.epoch + 1)

    async def _set(self, member: MemberDocument, epoch: int) -> None:
        by = Participant(kind="person", id=member.principal, name=member.name)
        event = ParticipantRole(actor=by, participant=by, epoch=epoch, role=member.role)

        def decide(head: Head) -> Draft:
            assert head.epoch + 1 == epoch
            new = NewEvent(id=group_ids.membership_event(member.principal, epoch), event=event)
            return Draft(events=(new,), head=head.model_copy(update={"epoch": epoch}), members=(member,))

        assert isinstance(await self.world.log.append(self.id, decide), Appended)


async def new_room(world: World, settings: GroupSettings | None = None, **roles: GroupRole) -> Room:
    """Return a new group with these people in these roles; unnamed: ada owns it, bob and cleo are members."""
    roles = roles or {"ada": "owner", "bob": "member", "cleo": "member"}
    people = {name: world.person(f"tenant.{name}") for name in roles}
    for name, principal in people.items():
        await world.sign_in(principal)
        assert name
    members = tuple(
        MemberDocument(principal=people[name], name=name.title(), role=role, state="member", epoch=1)
        for name, role in roles.items()
    )
    writers = sum(role != "observer" for role in roles.values())
    at = iso(world.clock())
    group_id = ids.group_id(members[0].principal, f"room-{next(_numbers)}")
    group = GroupState(members=writers, settings=settings or GroupSettings())
    head = Head(owner=members[0].principal, title="Deals", created_at=at, updated_at=at, group=group)
    assert await world.log.create(group_id, head, members)
    for member in members:
        await world.memberships.join(member.principal, group_id, at, ttl=3600)
    return Room(world, group_id, people)
