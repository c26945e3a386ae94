"""Links by which people join a group (`docs/adr/0019-invitations.md`).

A link's token is `<group>.<link>.<secret>`. It is told once; what is kept of the secret is a digest, in the group's own
partition. A link holds until it expires, is used up or taken back, and no longer than its maker may invite.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from group_chat import membership_rules as rules
from group_chat.dependencies import GroupDependencies
from group_chat.effects import enlist
from group_chat.membership import append_in_epoch, settled
from group_chat.membership_rules import Places
from group_chat.roles import LEADERS, belonging, check_over, check_role
from shared import group_ids
from shared.clock import iso
from shared.errors import CommandRefused
from shared.event_log.documents import InvitationDocument, MemberDocument
from shared.event_log.head import Head
from shared.event_log.shapes import Decide, Draft
from shared.protocol.codes import ErrorCode
from shared.protocol.group import GroupRole
from shared.protocol.shapes import Participant, Shape

MAX_DAYS = 30
MOST_LINKS = 20
MAX_TOKEN_CHARACTERS = 200
_SECRET_BYTES = 32
_TOKEN = re.compile(r"(g_[0-9A-Z]{26})\.(iv_[a-z2-7]{26})\.([A-Za-z0-9_-]{43})\Z")


class Link(Shape):
    """A link by which people join with `role`; `expires_at` is UTC. `made_by` is a principal."""

    invitation_id: str
    role: GroupRole
    made_by: str
    created_at: str
    expires_at: str
    max_uses: int
    uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLink:
    """What a link is to allow, for how long (hours) and how often."""

    role: GroupRole
    hours: int
    max_uses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLink:
    """A link; `token` is there only for who has just made it."""

    link: Link
    token: str | None


async def make_link(deps: GroupDependencies, by: Participant, group_id: str, wanted: WantedLink, key: str) -> MadeLink:
    """Make a link; the same `key` names the same link, whose token is not told again.

    Raises:
        CommandRefused: there is none.

    """
    name = group_ids.invitation_name(by.id, f"{group_id}:{key}")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    now = deps.now()
    made = InvitationDocument(
        invitation_id=name,
        digest=_digest(secret),
        role=wanted.role,
        created_by=by.id,
        created_at=iso(now),
        expires=(now + timedelta(hours=wanted.hours)).timestamp(),
        max_uses=wanted.max_uses,
    )
    known: InvitationDocument | None = None

    async def prepare(head: Head) -> Decide:
        nonlocal known
        actor = await deps.gate.members.one(group_id, by.id, head.epoch)
        links = await deps.gate.members.invitations(group_id)
        known = next((link for link in links if link.invitation_id == name), None)
        return lambda current: _make(current, actor, made, links)

    await append_in_epoch(deps, group_id, prepare)
    if known is not None:
        return MadeLink(link=_told(known), token=None)
    return MadeLink(link=_told(made), token=f"{group_id}.{name}.{secret}")


async def list_links(deps: GroupDependencies, principal: str, group_id: str) -> tuple[Link, ...]:
    """Return the links that hold, the newest first; for those who may invite.

    Raises:
        CommandRefused: it is not for them.

    """
    access = await deps.gate.access(principal, group_id)
    check_role(access.member, LEADERS, "see its invitations")
    now = deps.now().timestamp()
    links = [link for link in await deps.gate.members.invitations(group_id) if _is_open(link, now)]
    return tuple(_told(link) for link in sorted(links, key=lambda link: link.created_at, reverse=True))


async def revoke_link(deps: GroupDependencies, principal: str, group_id: str, name: str) -> None:
    """Take a link back; one that is gone is gone.

    Raises:
        CommandRefused: nothing was changed.

    """

    async def prepare(head: Head) -> Decide:
        actor = await deps.gate.members.one(group_id, principal, head.epoch)
        link = await deps.gate.members.invitation(group_id, name)
        return lambda current: _revoke(current, actor, link)

    await append_in_epoch(deps, group_id, prepare)


async def join(deps: GroupDependencies, person: Participant, token: str) -> str:
    """Join by a link and return the group's id; who belongs already uses nothing up.

    Raises:
        CommandRefused: with `invitation_invalid`, the same for everything that is wrong with it; or `group_full`.
        Transient: joining again is harmless.

    """
    found = _TOKEN.match(token)
    if found is None:
        raise rules.link_invalid()
    group_id, name, secret = found.groups()

    async def prepare(head: Head) -> Decide:
        link = await deps.gate.members.invitation(group_id, name)
        proven = link if link is not None and hmac.compare_digest(link.digest, _digest(secret)) else None
        members = deps.gate.members
        maker = await members.one(group_id, proven.created_by, head.epoch) if proven else None
        places = Places(actor=maker, target=await members.one(group_id, person.id, head.epoch))

        def decide(current: Head) -> Draft | None:
            return rules.follow_link(current, places, person, proven, deps.now().timestamp())

        if decide(head) is not None:
            await enlist(deps, group_id, [person.id])
        return decide

    try:
        result = await append_in_epoch(deps, group_id, prepare)
    except CommandRefused as error:
        if error.code is ErrorCode.CONVERSATION_NOT_FOUND:
            raise rules.link_invalid() from None
        raise
    await settled(deps, group_id, person.id, result, "changed")
    return group_id


def _make(
    head: Head, actor: MemberDocument | None, made: InvitationDocument, links: tuple[InvitationDocument, ...]
) -> Draft | None:
    check_over(belonging(actor), made.role, f"invite somebody as {made.role}")
    if made.role == "owner":
        raise CommandRefused("Nobody becomes an owner by a link: invite them by name.", code=ErrorCode.FORBIDDEN)
    if any(link.invitation_id == made.invitation_id for link in links):
        return None
    rules.check_open(head)
    now = datetime.fromisoformat(made.created_at).timestamp()
    if sum(_is_open(link, now) for link in links) >= MOST_LINKS:
        raise CommandRefused(f"There are {MOST_LINKS} links already. Take one back first.", code=ErrorCode.GROUP_FULL)
    return _with_link(head, made)


def _revoke(head: Head, actor: MemberDocument | None, link: InvitationDocument | None) -> Draft | None:
    check_role(belonging(actor), LEADERS, "take invitations back")
    if link is None or link.revoked:
        return None
    return _with_link(head, link.model_copy(update={"revoked": True}))


def _with_link(head: Head, link: InvitationDocument) -> Draft:
    """Begin an epoch: whoever is joining by the link right now decides again."""
    return Draft(events=(), head=head.model_copy(update={"epoch": head.epoch + 1}), invitations=(link,))


def _is_open(link: InvitationDocument, now: float) -> bool:
    return not link.revoked and link.expires > now and link.uses < link.max_uses


def _told(link: InvitationDocument) -> Link:
    return Link(
        invitation_id=link.invitation_id,
        role=link.role,
        made_by=link.created_by,
        created_at=link.created_at,
        expires_at=iso(datetime.fromtimestamp(link.expires, UTC)),
        max_uses=link.max_uses,
        uses=link.uses,
    )


def _digest(secret: str) -> str:
    """Return what is kept of a secret; it has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
