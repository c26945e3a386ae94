"""Who belongs to a group: small documents beside its log, as they are in one epoch of it."""

from collections import OrderedDict
from collections.abc import Sequence

from shared import group_ids
from shared.containers import GROUPS
from shared.cosmos import Cosmos
from shared.event_log.documents import InvitationDocument, MemberDocument, invitation_from, member_from

MAX_MEMBERS = 200
_KEPT = 20_000


class Members:
    """Reads member documents; they are written by appends to the log, which raise the epoch.

    What was read in an epoch holds as long as the head says that epoch.
    """

    def __init__(self, cosmos: Cosmos) -> None:
        self._cosmos = cosmos
        self._known: OrderedDict[tuple[str, str], tuple[int, MemberDocument | None]] = OrderedDict()
        self._all: OrderedDict[str, tuple[int, tuple[MemberDocument, ...]]] = OrderedDict()

    def known(self, group_id: str, principal: str, epoch: int) -> MemberDocument | None:
        """Return what somebody is in that epoch, if this process knows."""
        found = self._known.get((group_id, principal))
        return found[1] if found is not None and found[0] == epoch else None

    async def one(self, group_id: str, principal: str, epoch: int) -> MemberDocument | None:
        """Return what somebody is; the caller read `epoch` from the head before, and checks it again when they act.

        Raises:
            StoreUnavailable: try again.

        """
        known = self.known(group_id, principal, epoch)
        if known is not None:
            return known
        document = await self._cosmos.read(GROUPS, group_id, group_ids.member(principal))
        member = None if document is None else member_from(document)
        if member is None or member.epoch <= epoch:
            self._known[group_id, principal] = (epoch, member)
            self._known.move_to_end((group_id, principal))
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return member

    async def of_person(self, principal: str, groups: Sequence[str]) -> dict[str, MemberDocument]:
        """Return what somebody is in each of the groups, where they are or were anything.

        Raises:
            StoreUnavailable: try again.

        """
        keys = [(group_ids.member(principal), group_id) for group_id in groups]
        documents = await self._cosmos.read_many(GROUPS, keys)
        return {document["conversation_id"]: member_from(document) for document in documents}

    async def all(self, group_id: str, epoch: int) -> tuple[MemberDocument, ...]:
        """Return everyone who belongs, was invited, left or was removed, by principal.

        Raises:
            StoreUnavailable: try again.

        """
        found = self._all.get(group_id)
        if found is not None and found[0] == epoch:
            return found[1]
        rows = await self._cosmos.query(GROUPS, "SELECT * FROM c WHERE c.kind = 'member'", {}, group_id)
        members = tuple(sorted((member_from(row) for row in rows), key=lambda member: member.principal))
        if all(member.epoch <= epoch for member in members):
            self._all[group_id] = (epoch, members)
            self._all.move_to_end(group_id)
            if len(self._all) > _KEPT // MAX_MEMBERS:
                self._all.popitem(last=False)
        return members

    async def invitations(self, group_id: str) -> tuple[InvitationDocument, ...]:
        """Return the links by which people join, also those that hold no longer.

        Raises:
            StoreUnavailable: try again.

        """
        rows = await self._cosmos.query(GROUPS, "SELECT * FROM c WHERE c.kind = 'invitation'", {}, group_id)
        return tuple(invitation_from(row) for row in rows)

    async def invitation(self, group_id: str, name: str) -> InvitationDocument | None:
        """Return a link by its name.

        Raises:
            StoreUnavailable: try again.

        """
        document = await self._cosmos.read(GROUPS, group_id, group_ids.invitation(name))
        return None if document is None else invitation_from(document)
