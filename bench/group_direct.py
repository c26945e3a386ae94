"""Groups laid down in the stack's database, and a process of the app that appends to them without a socket in front."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from shared import ids
from shared.access import GroupGate
from shared.clock import iso, utc_now
from shared.containers import GROUPS
from shared.cosmos import BatchFailed, Cosmos, Upsert
from shared.credential import azure_credential
from shared.event_log.documents import MemberDocument, member_document
from shared.event_log.head import GroupState, Head
from shared.event_log.log import EventLog
from shared.event_log.shapes import Appended, Draft, NewEvent
from shared.members import Members
from shared.protocol.durable import MessageCreated
from shared.protocol.shapes import Participant, TextPart
from shared.publisher import Publisher
from shared.settings import ServiceAddress
from shared.web_pubsub import WebPubSub
from tests.e2e.stack import Stack

_BATCH = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the app, with a memory of its own."""

    cosmos: Cosmos
    log: EventLog
    gate: GroupGate
    publisher: Publisher

    async def lay_down(self, key: str, principals: Sequence[str]) -> str:
        """Create a group of these people, the first its owner, and return its id."""
        group_id = ids.group_id(principals[0], key)
        at = iso(utc_now())
        members = [_member(each, owner=each == principals[0]) for each in principals]
        state = GroupState(members=len(members))
        head = Head(owner=principals[0], title=key, created_at=at, updated_at=at, group=state)
        for start in range(_BATCH, len(members), _BATCH):
            some = [Upsert(document=member_document(group_id, each)) for each in members[start : start + _BATCH]]
            result = await self.cosmos.batch(GROUPS, group_id, some)
            assert not isinstance(result, BatchFailed)
        assert await self.log.create(group_id, head, members[:_BATCH])
        return group_id

    async def say(self, group_id: str, principal: str, text: str) -> None:
        """Append and publish a message as the command does that says something."""
        author = Participant(kind="person", id=principal, name=principal)

        def decide(head: Head, member: MemberDocument) -> Draft:
            del member
            said = MessageCreated(actor=author, message_id=text, author=author, parts=(TextPart(text=text),))
            return Draft(events=(NewEvent(id=ids.created(text), event=said),), head=head)

        result = await self.gate.append(principal, group_id, decide)
        assert isinstance(result, Appended)
        await self.publisher.to_conversation(group_id, result.events)


def _member(principal: str, *, owner: bool) -> MemberDocument:
    role = "owner" if owner else "member"
    return MemberDocument(principal=principal, name=principal, role=role, state="member", epoch=1)


@asynccontextmanager
async def process_of(stack: Stack) -> AsyncGenerator[Process]:
    """Make a process of the app from the settings the stack's own works with."""
    settings = stack.settings()
    credential = azure_credential()
    cosmos = Cosmos(ServiceAddress(connection_string=settings["COSMOS"]), credential, settings["COSMOS_DATABASE"])
    address = ServiceAddress(connection_string=settings["WEB_PUBSUB"])
    chat, groups = WebPubSub(address, None, "chat"), WebPubSub(address, None, "group_chat")
    log = EventLog(cosmos)
    try:
        yield Process(
            cosmos=cosmos, log=log, gate=GroupGate(log, Members(cosmos)), publisher=Publisher(chat, groups, log)
        )
    finally:
        await chat.close()
        await groups.close()
        await cosmos.close()
        await credential.close()
