"""Azure Web PubSub: connection URLs, group membership, and sending."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from azure.core.credentials import AzureKeyCredential
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError, ResourceNotFoundError
from azure.messaging.webpubsubservice.aio import WebPubSubServiceClient

from shared.credential import TokenProvider
from shared.errors import PublishFailed, SalesCoachError, SettingsInvalid
from shared.protocol.codes import ErrorCode
from shared.retry_after import retry_after_ms
from shared.settings import ServiceAddress
from shared.web_pubsub_rest import AccessKeySigner, EntraSigner, RestSender

_API_VERSION = "2024-12-01"
_SCOPE = "https://webpubsub.azure.com/.default"
_CONNECT_S = 5
_READ_S = 10


class ConnectionGone(SalesCoachError):  # noqa: N818 - reads as what happened
    """The connection closed before it could join a group; there is nobody left to answer."""

    code = ErrorCode.NO_SESSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientUrl:
    """A URL a client connects to (it carries a token); after `expires_at` (UTC) no new connection is accepted."""

    url: str
    expires_at: datetime


class WebPubSub:
    """One hub. Nothing is retried here and no order is promised between sends that overlap."""

    def __init__(self, address: ServiceAddress, credential: AsyncTokenCredential | None, hub: str) -> None:
        """Connect to nothing yet; `credential` is needed when `address` is a service URI.

        Raises:
            SettingsInvalid: the address cannot be used.

        """
        service = _service(address)
        self._keys = () if service.access_key is None else (service.access_key.encode(),)
        self.host = urlsplit(service.endpoint).hostname or ""
        self._url = f"{service.endpoint}/api/hubs/{quote(hub, safe='')}"
        if service.access_key is not None:
            sdk_credential = AzureKeyCredential(service.access_key)
            signer = AccessKeySigner(service.access_key)
        elif credential is not None:
            sdk_credential = credential
            signer = EntraSigner(TokenProvider(credential, _SCOPE))
        else:
            raise SettingsInvalid("WEB_PUBSUB__serviceUri needs the app's identity")
        self._client = WebPubSubServiceClient(
            service.endpoint, hub, sdk_credential, retry_total=0, connection_timeout=_CONNECT_S, read_timeout=_READ_S
        )
        self._sender = RestSender(signer)

    def access_keys(self) -> tuple[bytes, ...]:
        """Return the keys that sign `ce-signature`; none when the service is used by identity."""
        return self._keys

    async def client_url(self, principal: str, minutes: int) -> ClientUrl:
        """Return a URL for `principal` (the connection's user id) that carries no roles and joins no groups.

        Raises:
            PublishFailed: the service gave no token.

        """
        expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
        async with _publish_errors():
            token = await self._client.get_client_access_token(user_id=principal, minutes_to_expire=minutes)
        return ClientUrl(url=str(token["url"]), expires_at=expires_at)

    async def admit(self, connection_id: str, group: str) -> None:
        """Put a connection into a group; doing it twice is harmless.

        Raises:
            ConnectionGone: the connection has closed.
            PublishFailed: the service did not do it.

        """
        try:
            async with _publish_errors():
                await self._client.add_connection_to_group(group=group, connection_id=connection_id)
        except ResourceNotFoundError as error:
            raise ConnectionGone("The connection has closed.") from error

    async def dismiss(self, connection_id: str, group: str) -> None:
        """Take a connection out of a group; fine when it is not in it or has closed.

        Raises:
            PublishFailed: the service did not do it.

        """
        try:
            async with _publish_errors():
                await self._client.remove_connection_from_group(group=group, connection_id=connection_id)
        except ResourceNotFoundError:
            return

    async def dismiss_user(self, principal: str, group: str) -> None:
        """Take all connections of a person out of a group; fine when there are none.

        Raises:
            PublishFailed: the service did not do it.

        """
        try:
            async with _publish_errors():
                await self._client.remove_user_from_group(group=group, user_id=principal)
        except ResourceNotFoundError:
            return

    async def send_to_group(self, group: str, payload: bytes, only: str | None = None) -> None:
        """Send JSON to everyone in a group, or to those the OData filter `only` fits; an empty group takes it too.

        Raises:
            PublishFailed: it is not known to have been sent.

        """
        await self._send("groups", group, payload, only)

    async def send_to_connection(self, connection_id: str, payload: bytes) -> None:
        """Send JSON to one connection; a closed one takes it too.

        Raises:
            PublishFailed: it is not known to have been sent.

        """
        await self._send("connections", connection_id, payload)

    async def send_to_user(self, user_id: str, payload: bytes) -> None:
        """Send JSON to every connection of a user, of whom there may be none.

        Raises:
            PublishFailed: it is not known to have been sent.

        """
        await self._send("users", user_id, payload)

    async def close(self) -> None:
        """Close the connections; the credential stays open, it is its owner's."""
        await self._sender.close()
        await self._client.close()

    async def _send(self, kind: str, name: str, payload: bytes, only: str | None = None) -> None:
        url = f"{self._url}/{kind}/{quote(name, safe='')}/:send?api-version={_API_VERSION}"
        if only is not None:
            url += f"&filter={quote(only, safe='')}"
        await self._sender.post(url, payload)


@dataclass(frozen=True, slots=True)
class _Service:
    endpoint: str
    access_key: str | None


def _service(address: ServiceAddress) -> _Service:
    if address.connection_string is None:
        endpoint, access_key = str(address.service_uri), None
        if not endpoint.startswith("https://"):
            raise SettingsInvalid("WEB_PUBSUB__serviceUri must be an https URL")
    else:
        parts = dict(part.split("=", 1) for part in address.connection_string.split(";") if "=" in part)
        fields = {name.strip().lower(): value.strip() for name, value in parts.items()}
        endpoint, access_key = fields.get("endpoint", ""), fields.get("accesskey", "")
        if not endpoint.startswith(("http://", "https://")) or not access_key:
            raise SettingsInvalid("WEB_PUBSUB must name Endpoint and AccessKey")
        if port := fields.get("port"):
            endpoint = f"{endpoint.rstrip('/')}:{port}"
    return _Service(endpoint=endpoint.rstrip("/"), access_key=access_key)


@asynccontextmanager
async def _publish_errors() -> AsyncGenerator[None]:
    """Translate what the SDK raises; `ResourceNotFoundError` passes, its meaning depends on the call."""
    try:
        yield
    except ResourceNotFoundError:
        raise
    except HttpResponseError as error:
        headers: Mapping[str, str] = getattr(error.response, "headers", {})
        wait = retry_after_ms(headers)
        raise PublishFailed("Live updates are not available just now.", after_ms=wait) from error
    except AzureError as error:
        raise PublishFailed("Live updates are not available just now.") from error
