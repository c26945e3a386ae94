"""The 25 operations of the REST data plane, version 2024-12-01, by method and path."""

from aiohttp import web

from local.web_pubsub.chaos import Chaos
from local.web_pubsub.hub import Hubs
from local.web_pubsub.lifecycle import Lifecycle
from local.web_pubsub.rest_common import RestAuth
from local.web_pubsub.rest_connections import ConnectionOperations, PermissionOperations, TokenOperations
from local.web_pubsub.rest_groups import GroupOperations
from local.web_pubsub.rest_send import SendOperations
from local.web_pubsub.tokens import Tokens
from local.web_pubsub.traffic import Traffic

_HUB = "/api/hubs/{hub}"
_GROUP = _HUB + "/groups/{group}"
_USER = _HUB + "/users/{user}"
_CONNECTION = _HUB + "/connections/{connection}"
_PERMISSION = _HUB + "/permissions/{permission}/connections/{connection}"


def add_data_plane(
    app: web.Application,
    auth: RestAuth,
    hubs: Hubs,
    lifecycle: Lifecycle,
    tokens: Tokens,
    chaos: Chaos,
    traffic: Traffic,
) -> None:
    """Add every operation except health (which needs no token), each behind `auth`."""
    send, groups = SendOperations(hubs, chaos, traffic), GroupOperations(hubs)
    connections, permissions = ConnectionOperations(hubs, lifecycle), PermissionOperations(hubs)
    table = [
        ("POST", _HUB + "/:send", send.to_all),
        ("POST", _GROUP + "/:send", send.to_group),
        ("POST", _USER + "/:send", send.to_user),
        ("POST", _CONNECTION + "/:send", send.to_connection),
        ("HEAD", _CONNECTION, connections.exists),
        ("HEAD", _GROUP, groups.exists),
        ("HEAD", _USER, connections.user_exists),
        ("PUT", _GROUP + "/connections/{connection}", groups.add_connection),
        ("DELETE", _GROUP + "/connections/{connection}", groups.remove_connection),
        ("DELETE", _CONNECTION + "/groups", groups.remove_connection_from_all),
        ("PUT", _USER + "/groups/{group}", groups.add_user),
        ("DELETE", _USER + "/groups/{group}", groups.remove_user),
        ("DELETE", _USER + "/groups", groups.remove_user_from_all),
        ("DELETE", _CONNECTION, connections.close),
        ("POST", _HUB + "/:closeConnections", connections.close_all),
        ("POST", _GROUP + "/:closeConnections", connections.close_group),
        ("POST", _USER + "/:closeConnections", connections.close_user),
        ("PUT", _PERMISSION, permissions.grant),
        ("HEAD", _PERMISSION, permissions.check),
        ("DELETE", _PERMISSION, permissions.revoke),
        ("POST", _HUB + "/:generateToken", TokenOperations(tokens).generate),
        ("GET", _GROUP + "/connections", groups.members),
        ("POST", _HUB + "/:addToGroups", groups.add_to_groups),
        ("POST", _HUB + "/:removeFromGroups", groups.remove_from_groups),
    ]
    for method, path, operation in table:
        app.router.add_route(method, path, auth.guard(operation))
