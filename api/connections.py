"""Which tool servers a person has signed in to, and forgetting that."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from api.endpoint import ApiReply, ApiRequest, Endpoint, Output

if TYPE_CHECKING:
    from shared.tools.credentials_setup import PersonalCredentials

_TAG = "connections"


class ConnectionLine(Output):
    """A server one is connected to: since when (ISO UTC), by one's own sign-in there or by the one to SalesCoach."""

    server: str
    kind: Literal["oauth", "on_behalf_of"]
    since: str


class ConnectionList(Output):
    """Connections, by the server's name."""

    connections: tuple[ConnectionLine, ...]


class ConnectionsApi:
    """Endpoints over a person's own credentials; never shows one. Without any kept here the list is empty."""

    def __init__(self, personal: "PersonalCredentials | None") -> None:
        self._personal = personal

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="list_connections",
                method="GET",
                path="connections",
                summary="List the tool servers one is connected to",
                handle=self.list,
                tag=_TAG,
                reply=ConnectionList,
            ),
            Endpoint(
                name="forget_connection",
                method="DELETE",
                path="connections/{server}",
                summary="Disconnect from a tool server: forget and revoke its credential",
                handle=self.forget,
                tag=_TAG,
                status=HTTPStatus.NO_CONTENT,
            ),
        )

    async def list(self, request: ApiRequest) -> ApiReply:
        found = await self._personal.store.connections(request.principal.id) if self._personal else []
        lines = tuple(ConnectionLine(server=one.server, kind=one.kind, since=one.since) for one in found)
        return ApiReply(body=ConnectionList(connections=lines))

    async def forget(self, request: ApiRequest) -> ApiReply:
        """Forget it; one that is not there is as good as forgotten."""
        if self._personal is not None:
            await self._personal.tokens.forget(request.path["server"], request.principal.id)
        return ApiReply(status=HTTPStatus.NO_CONTENT)
