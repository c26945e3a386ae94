"""The good request of each endpoint of groups."""

from typing import Any

from tests.bad_input.asking import Request
from tests.bad_input.holding import Holding


def good_requests(who: Holding) -> dict[str, Request]:
    """Return a request for each endpoint of groups that it would answer with what was asked for."""
    groups = who.groups
    owned = {"group_id": groups.owned}
    settings: dict[str, Any] = {"follow_up": False, "ambient": False, "history": "all"}
    new = {"title": "New deals", "description": "For the quarter.", "settings": settings}
    return {
        "list_groups": Request(query={"limit": "5", "archived": "false"}),
        "create_group": Request(
            body=new | {"members": [{"principal": groups.mate, "role": "observer"}]}, headers={"Idempotency-Key": "k"}
        ),
        "read_group": Request(path=owned),
        "change_group": Request(path=owned, body=new | {"archived": False}),
        "delete_group": Request(path=owned),
        "list_members": Request(path=owned),
        "change_member": Request(path=owned | {"principal": groups.mate}, body={"role": "facilitator"}),
        "remove_member": Request(path=owned | {"principal": groups.guest}),
        "invite_to_group": Request(
            path=owned,
            body={"principal": f"{who.person}-colleague", "role": "member"},
            headers={"Idempotency-Key": "k"},
        ),
        "list_invitations": Request(path=owned),
        "revoke_invitation": Request(path=owned | {"invitation_id": groups.link_id}),
        "accept_invitation": Request(path={"group_id": groups.invited}),
        "decline_invitation": Request(path={"group_id": groups.invited_to_archived}),
        "join_group": Request(body={"token": groups.links.good}),
        "copy_session_to_group": Request(
            path={"session_id": who.session},
            body={"title": "Copied deals", "from_seq": 1, "to_seq": 100},
            headers={"Idempotency-Key": "k"},
        ),
        "catch_up": Request(path={"group_id": groups.led}),
        "export_group": Request(path=owned, query={"format": "json"}),
        "search_groups": Request(query={"q": "deals"}),
    }
