"""How heads, events, live text and manifests are laid down as Cosmos documents, and read back."""

from typing import Literal, cast

from pydantic import Field

from shared import group_ids, ids
from shared.cosmos import SYSTEM_FIELDS, Document
from shared.event_log.head import Head, VersionedHead
from shared.protocol.events import STORED_EVENT, StoredEvent
from shared.protocol.group import GroupRole
from shared.protocol.shapes import Usage
from shared.stored import Stored

_AROUND = SYSTEM_FIELDS | {"id", "conversation_id", "kind"}
_ENVELOPE = frozenset({"type", "conversation_id", "at", "seq", "actor"})
LIVE_TTL_S = 3600

INVITATION_TTL_S = 31 * 24 * 3600
"""Longer than any invitation holds."""

type Kind = Literal["head", "event", "live", "member", "invitation", "manifest", "summary"]


class MemberDocument(Stored):
    """Somebody's place in a group. `epoch` is the group's when it was last changed; above `left_seq` nothing is theirs.

    `joined_seq` is where they joined; whether what stands before is theirs too, the group's settings say.
    """

    principal: str
    name: str
    role: GroupRole
    state: Literal["invited", "member", "left", "removed"]
    epoch: int
    joined_seq: int = 0
    left_seq: int | None = None
    invited_by: str | None = None


class InvitationDocument(Stored):
    """A link by which people join a group, until `expires` (epoch seconds); `digest` is of its secret, kept nowhere."""

    invitation_id: str
    digest: str
    role: GroupRole
    created_by: str
    created_at: str
    expires: float
    max_uses: int
    uses: int = 0
    revoked: bool = False


class LiveDocument(Stored):
    """Text so far of one attempt at a model step; `audience` (principals) alone may see it, if given.

    `used` is what all attempts at the step used by then, as far as it is known; once the step is stored, that tells it.
    """

    turn_id: str
    step: int
    attempt: int
    text: str
    audience: tuple[str, ...] | None = None
    used: Usage | None = None


class ManifestTool(Stored):
    """A tool as it was offered when the session was opened. `parameters` is JSON Schema text.

    `always`: given to the model also where there are so many tools that it searches for them.
    """

    server: str
    tool: str
    description: str
    model_name: str
    parameters: str
    digest: str = ""
    """Of name, description and parameters as they were then (`ToolDescription.digest`); empty in older manifests."""
    always: bool = False


class Manifest(Stored):
    """What the coach knew and could use when the session was pinned; immutable, named by its content."""

    prompt: str
    prompt_version: str
    variables: dict[str, str] = Field(default_factory=dict[str, str])
    """What the template's variables stood for, but for `tools`."""
    instructions: str
    roles: tuple[str, ...]
    tools: tuple[ManifestTool, ...]
    tools_hash: str = ""
    unavailable: tuple[str, ...] = ()


class SummaryDocument(Stored):
    """What was said up to and with the event `through_seq`, in the utility model's words, for later model calls.

    `untrusted_from` are the servers whose untrusted text it was made of; None where that is not known.
    """

    through_seq: int
    text: str
    untrusted_from: tuple[str, ...] | None = None


def _document(kind: Kind, document_id: str, conversation_id: str) -> Document:
    return {"id": document_id, "conversation_id": conversation_id, "kind": kind}


def head_document(conversation_id: str, head: Head) -> Document:
    body = head.model_dump(mode="json", exclude_none=True)
    return body | _document("head", ids.HEAD, conversation_id)


def head_from(document: Document) -> VersionedHead:
    return VersionedHead(head=Head.read(_body(document)), etag=cast("str", document["_etag"]))


def event_document(
    event_id: str, event: StoredEvent, audience: str, private_text: str | None, ttl: int | None = None
) -> Document:
    """Lay down an event: the envelope on top, what happened under `data`, the turn beside it for queries."""
    dump = event.model_dump(mode="json")
    document = _document("event", event_id, event.conversation_id)
    document |= {name: dump[name] for name in _ENVELOPE if name != "conversation_id"}
    document |= {"audience": audience, "data": {k: v for k, v in dump.items() if k not in _ENVELOPE}}
    optional = {"turn_id": dump.get("turn_id"), "private_text": private_text, "ttl": ttl}
    return document | {name: value for name, value in optional.items() if value is not None}


def event_from(document: Document) -> StoredEvent:
    """Read an event; what a newer version of the app told with it is read over."""
    envelope = {name: document[name] for name in _ENVELOPE}
    return STORED_EVENT.validate_python(envelope | document["data"], extra="ignore")


def live_document(conversation_id: str, live: LiveDocument) -> Document:
    return (
        _document("live", ids.LIVE, conversation_id)
        | live.model_dump(mode="json", exclude_none=True)
        | {"ttl": LIVE_TTL_S}
    )


def live_from(document: Document) -> LiveDocument:
    return LiveDocument.read({k: v for k, v in _body(document).items() if k != "ttl"})


def member_document(conversation_id: str, member: MemberDocument) -> Document:
    body = member.model_dump(mode="json", exclude_none=True)
    return body | _document("member", group_ids.member(member.principal), conversation_id)


def member_from(document: Document) -> MemberDocument:
    return MemberDocument.read(_body(document))


def invitation_document(conversation_id: str, invitation: InvitationDocument) -> Document:
    document = _document("invitation", group_ids.invitation(invitation.invitation_id), conversation_id)
    return invitation.model_dump(mode="json") | document | {"ttl": INVITATION_TTL_S}


def invitation_from(document: Document) -> InvitationDocument:
    return InvitationDocument.read({k: v for k, v in _body(document).items() if k != "ttl"})


def summary_document(conversation_id: str, summary: SummaryDocument) -> Document:
    return _document("summary", ids.SUMMARY, conversation_id) | summary.model_dump()


def summary_from(document: Document) -> SummaryDocument:
    return SummaryDocument.read(_body(document))


def manifest_document(manifest_id: str, conversation_id: str, manifest: Manifest, ttl: int | None) -> Document:
    document = _document("manifest", manifest_id, conversation_id) | manifest.model_dump(mode="json")
    return document if ttl is None else document | {"ttl": ttl}


def manifest_from(document: Document) -> Manifest:
    return Manifest.read({k: v for k, v in _body(document).items() if k != "ttl"})


def _body(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in _AROUND}
