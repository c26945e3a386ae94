"""Well-formed requests about groups that are not there or not theirs, that their role does not allow, or too late."""

from collections.abc import Iterator

from tests.bad_input.asking import Request
from tests.bad_input.endpoint_state import NOBODYS, Row, State, foreign_session
from tests.bad_input.scene import Scene

NO_GROUP = "g_01KJPWD6M0RB3JDFC7JAMXTS1V"
NOT_FOUND, NO_MEMBER, NO_LINK = "conversation_not_found", "member_not_found", "invitation_invalid"
ARCHIVED, FULL, LAST = "group_archived", "group_full", "last_owner"
NO_MESSAGE, INVALID, USED = "message_not_found", "invalid_command", "key_conflict"


def groups_of_others(scene: Scene) -> dict[str, str]:
    """Return groups Ada neither belongs nor is invited to, and what is no group."""
    mine = scene.ada.groups
    return {
        "of somebody else": scene.bob.groups.owned,
        "of nobody": NO_GROUP,
        "one left": mine.left,
        "one was removed from": mine.removed,
        "one might join": mine.joinable,
        "that is deleted": mine.deleted,
        "that is a session": scene.ada.session,
        "that is nobody's session": NOBODYS,
        "that is a document": "head",
        "that is a folder": "..",
        "that is a person": scene.ada.person,
        "that is a turn": scene.ada.turn,
        "in another case": mine.owned.lower(),
        "without number": "g_",
    }


def _unknown(scene: Scene, good: Request) -> Iterator[Row]:
    for what, group_id in groups_of_others(scene).items():
        yield f"a group {what}", good.at(group_id=group_id), 404, NOT_FOUND


def _not_joined(scene: Scene, good: Request) -> Iterator[Row]:
    """Yield groups of which an invitation shows nothing either."""
    yield from _unknown(scene, good)
    for group_id in (scene.ada.groups.invited, scene.ada.groups.invited_to_archived):
        yield "an invitation", good.at(group_id=group_id), 404, NOT_FOUND


def _below(scene: Scene, good: Request, *roles: str) -> Iterator[Row]:
    """Yield groups in which one has one of these roles, which does not allow it."""
    for role in roles:
        yield f"a group in which one {role}", good.at(group_id=_in_role(scene, role)), 403, "forbidden"


def _in_role(scene: Scene, role: str) -> str:
    mine = scene.ada.groups
    return {"leads": mine.led, "takes part": mine.joined, "observes": mine.observed}[role]


def _create(scene: Scene, good: Request) -> Iterator[Row]:
    me = scene.ada.person
    yield "oneself among the members", good.saying(members=[{"principal": me}]), 400, INVALID
    used = good.under({"Idempotency-Key": "first"})
    yield "the key of another group", used, 409, USED
    others = used.saying(members=[{"principal": scene.bob.person}])
    yield "the key of another group, and others invited", others, 409, USED
    deleted = good.under({"Idempotency-Key": "deleted"})
    yield "the key of a group that is deleted", deleted, 404, NOT_FOUND


def _change(scene: Scene, good: Request) -> Iterator[Row]:
    title = good.without("archived")
    yield from _not_joined(scene, title)
    yield from _below(scene, title, "takes part", "observes")
    for value in (True, False):
        only = Request(path=good.path, body={"archived": value})
        yield from _below(scene, only, "leads", "takes part", "observes")
    archived = title.at(group_id=scene.ada.groups.archived)
    yield "a group that is archived", archived, 409, ARCHIVED
    for name in ("title", "description", "settings"):
        one = Request(path=archived.path, body={name: good.body[name], "archived": True})
        yield f"{name} of a group that stays archived", one, 409, ARCHIVED
    yield "nothing", Request(path=good.path, body={}), 400, INVALID


def _delete(scene: Scene, good: Request) -> Iterator[Row]:
    yield from _not_joined(scene, good)
    yield from _below(scene, good, "leads", "takes part", "observes")


def _accept(scene: Scene, good: Request) -> Iterator[Row]:
    yield from _unknown(scene, good)
    yield "an invitation to what is archived", good.at(group_id=scene.ada.groups.invited_to_archived), 409, ARCHIVED


def _decline(scene: Scene, good: Request) -> Iterator[Row]:
    mine = scene.ada.groups
    # Declining what one is out of already is done.
    gone = (mine.left, mine.removed)
    yield from (row for row in _unknown(scene, good) if row[1].path["group_id"] not in gone)
    for group_id in (mine.owned, mine.led, mine.joined, mine.observed, mine.archived):
        yield "a group one belongs to", good.at(group_id=group_id), 404, NO_LINK


def _remove(scene: Scene, good: Request) -> Iterator[Row]:
    mine, bob = scene.ada.groups, scene.bob
    plain = good.under({"Authorization": scene.authorization(scene.ada, roles=["Sales"])})
    yield from _not_joined(scene, plain)
    yield from _below(scene, plain.at(principal=mine.mate), "leads", "takes part", "observes")
    for group_id in (mine.owned, mine.archived, mine.full):
        for what, person in (("oneself", "me"), ("oneself by name", scene.ada.person)):
            yield f"{what} as the only owner", good.at(group_id=group_id, principal=person), 409, LAST
    yield "an administrator the only owner", good.at(group_id=bob.groups.owned, principal=bob.person), 409, LAST
    for person in (bob.person, f"{mine.mate}x", mine.mate.upper(), "coach", "..", "head", scene.ada.turn):
        yield f"the person {person}", good.at(principal=person), 404, NO_MEMBER
    yield "a stranger there", good.at(group_id=bob.groups.owned), 404, NO_MEMBER
    for group_id in (bob.groups.owned, NO_GROUP, mine.joinable, mine.deleted):
        yield f"leaving {group_id}", good.at(group_id=group_id, principal="me"), 404, NOT_FOUND
    for group_id in (NO_GROUP, mine.deleted, scene.ada.session):
        yield f"an administrator in {group_id}", good.at(group_id=group_id), 404, NOT_FOUND


def _role(scene: Scene, good: Request) -> Iterator[Row]:
    mine = scene.ada.groups
    yield from _not_joined(scene, good)
    yield from _below(scene, good, "leads", "takes part", "observes")
    mine_alone = good.at(principal="me")
    yield from _below(scene, mine_alone.saying(role="owner"), "leads", "takes part", "observes")
    for role in ("facilitator", "member", "observer"):
        yield f"the only owner to {role}", mine_alone.saying(role=role), 409, LAST
    for person in (scene.bob.person, f"{mine.mate}x", mine.mate.upper(), "coach", "..", "head"):
        yield f"the person {person}", good.at(principal=person), 404, NO_MEMBER
    yield "a group that is archived", good.at(group_id=mine.archived), 409, ARCHIVED


def _invite(scene: Scene, good: Request) -> Iterator[Row]:
    mine = scene.ada.groups
    link = Request(path=good.path, headers=good.headers, body={"link": {}})
    for kind in (good, link):
        yield from _not_joined(scene, kind)
        yield from _below(scene, kind, "takes part", "observes")
        yield "a group that is archived", kind.at(group_id=mine.archived), 409, ARCHIVED
        yield "a group that is full", kind.at(group_id=mine.full), 409, FULL
    for role in ("owner", "facilitator"):
        yield from _below(scene, good.saying(role=role), "leads")
    yield from _below(scene, link.saying(link={"role": "facilitator"}), "leads")
    person = {"principal": good.body["principal"]}
    for body in ({}, {"role": "member"}, person | {"link": {}}, {"link": {}, "role": "member"}, {"principal": None}):
        yield f"the body {body}", Request(path=good.path, body=body), 400, INVALID


def _links(scene: Scene, good: Request) -> Iterator[Row]:
    yield from _not_joined(scene, good)
    yield from _below(scene, good, "takes part", "observes")


def _join(scene: Scene, good: Request) -> Iterator[Row]:
    mine, others = scene.ada.groups, scene.bob.groups
    links = mine.links
    group, link, secret = links.good.split(".")
    own = others.links.good.split(".")
    for what, token in {
        "words": "let me in",
        "a path": "../../head",
        "no secret": f"{group}.{link}",
        "an empty secret": f"{group}.{link}.",
        "another secret": f"{group}.{link}.{secret[::-1]}",
        "a secret cut off": links.good[:-1],
        "a secret and more": f"{links.good}x",
        "a line's end": f"{links.good}\n",
        "another link's secret": f"{group}.{link}.{own[2]}",
        "another group's link": f"{group}.{own[1]}.{own[2]}",
        "another group": f"{own[0]}.{link}.{secret}",
        "nobody's group": f"{NO_GROUP}.{link}.{secret}",
        "a session": f"{scene.ada.session}.{link}.{secret}",
        "lower case": links.good.lower(),
        "a link taken back": links.revoked,
        "a link that has expired": links.expired,
        "a link used up": links.used_up,
        "a link of somebody who may not invite any more": links.powerless,
        "a link to what one was removed from": links.removed,
        "a link to what is deleted": links.deleted,
    }.items():
        yield what, good.saying(token=token), 404, NO_LINK
    yield "a link to what is archived", good.saying(token=scene.bob.groups.links.archived), 409, ARCHIVED
    yield "an invitation to what is archived", good.saying(token=links.archived), 409, ARCHIVED
    yield "a link to what is full", good.saying(token=links.full), 409, FULL


def _copy(scene: Scene, good: Request) -> Iterator[Row]:
    yield from foreign_session(scene, good)
    for first, last in ((2, 1), (2**53 - 1, 2**53 - 1), (10_000, 20_000), (100, 1)):
        yield f"{first} to {last}", good.saying(from_seq=first, to_seq=last), 404, NO_MESSAGE
    used = good.under({"Idempotency-Key": "copied"})
    yield "the key of another group", used, 409, USED


STATE: dict[str, State] = {
    "create_group": _create,
    "read_group": _unknown,
    "change_group": _change,
    "delete_group": _delete,
    "accept_invitation": _accept,
    "decline_invitation": _decline,
    "list_members": _not_joined,
    "remove_member": _remove,
    "change_member": _role,
    "invite_to_group": _invite,
    "list_invitations": _links,
    "revoke_invitation": _links,
    "join_group": _join,
    "copy_session_to_group": _copy,
    "catch_up": _not_joined,
    "export_group": _not_joined,
}
