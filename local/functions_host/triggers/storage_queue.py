"""The few calls of the Azure Queue Storage REST API that a queue trigger makes."""

import base64
import hashlib
import hmac
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from email.utils import formatdate
from typing import Self
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

import aiohttp
from yarl import URL

from local.functions_host.settings import SettingsError
from local.functions_host.triggers.connections import parts_of

_VERSION = "2021-12-02"
_TIMEOUT = aiohttp.ClientTimeout(total=30)
_MISSING = 404
_FAILED = 400


class QueueError(Exception):
    """The service refused a call. `missing` says that the queue or the message is not there (any more)."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"status {status}: {text[:300]}")
        self.missing = status == _MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueMessage:
    """A message in its stored form; times are as the service writes them (RFC 1123)."""

    id: str
    text: str
    receipt: str
    dequeue_count: int
    inserted: str
    expires: str
    visible: str

    @classmethod
    def parse(cls, element: ET.Element) -> Self:
        return cls(
            id=element.findtext("MessageId", ""),
            text=element.findtext("MessageText", ""),
            receipt=element.findtext("PopReceipt", ""),
            dequeue_count=int(element.findtext("DequeueCount", "0")),
            inserted=element.findtext("InsertionTime", ""),
            expires=element.findtext("ExpirationTime", ""),
            visible=element.findtext("TimeNextVisible", ""),
        )


class QueueStore:
    """Queues of one storage account, with its key.

    Raises:
        SettingsError: the connection string lacks an account or a key.

    """

    def __init__(self, connection: str) -> None:
        parts = parts_of(connection)
        try:
            self._account, self._key = parts["AccountName"], base64.b64decode(parts["AccountKey"])
        except (KeyError, ValueError) as error:
            raise SettingsError("A storage connection string needs AccountName and AccountKey.") from error
        default = f"https://{self._account}.queue.{parts.get('EndpointSuffix', 'core.windows.net')}"
        self._endpoint = parts.get("QueueEndpoint", default).rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def create(self, queue: str) -> None:
        await self._call("PUT", queue)

    async def take(self, queue: str, count: int, hidden: int) -> list[QueueMessage]:
        """Return up to `count` messages, hidden from others for `hidden` seconds."""
        query = {"numofmessages": str(count), "visibilitytimeout": str(hidden)}
        body, _ = await self._call("GET", f"{queue}/messages", query)
        root = ET.fromstring(body)  # noqa: S314 - the answer of our own storage service
        return [QueueMessage.parse(each) for each in root.iter("QueueMessage")]

    async def put(self, queue: str, text: str) -> None:
        """Append a message, exactly as given."""
        await self._call("POST", f"{queue}/messages", body=_document(text))

    async def hide(self, queue: str, message: QueueMessage, receipt: str, seconds: int) -> str:
        """Hide a taken message for `seconds` from now (0 shows it at once); return its new receipt."""
        query = {"popreceipt": receipt, "visibilitytimeout": str(seconds)}
        _, headers = await self._call("PUT", f"{queue}/messages/{message.id}", query, _document(message.text))
        return headers.get("x-ms-popreceipt", receipt)

    async def delete(self, queue: str, message: QueueMessage, receipt: str) -> None:
        await self._call("DELETE", f"{queue}/messages/{message.id}", {"popreceipt": receipt})

    async def _call(
        self, method: str, path: str, query: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[str, dict[str, str]]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        query = query or {}
        headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": _VERSION}
        if body:
            headers["Content-Type"] = "application/xml"
        headers["Authorization"] = self._signature(method, path, query, headers, len(body))
        text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        url = URL(f"{self._endpoint}/{path}" + (f"?{text}" if text else ""), encoded=True)
        skip = ["Content-Type"] if not body else []
        async with self._session.request(
            method, url, headers=headers, data=body or None, skip_auto_headers=skip
        ) as answer:
            found = await answer.text()
            if answer.status >= _FAILED:
                raise QueueError(answer.status, found)
            return found, {name.lower(): value for name, value in answer.headers.items()}

    def _signature(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], length: int) -> str:
        """Return the Shared Key authorization of a request."""
        resource = f"/{self._account}{unquote(urlsplit(self._endpoint).path)}/{path}"
        resource += "".join(f"\n{name}:{query[name]}" for name in sorted(query))
        own = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers) if name.startswith("x-ms-"))
        fields = ["", "", str(length or ""), "", headers.get("Content-Type", ""), "", "", "", "", "", ""]
        signed = "\n".join([method, *fields, own + resource])
        digest = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return f"SharedKey {self._account}:{base64.b64encode(digest).decode()}"


def _document(text: str) -> bytes:
    return f"<QueueMessage><MessageText>{escape(text)}</MessageText></QueueMessage>".encode()
