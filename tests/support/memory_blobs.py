"""A blob store in memory, with the coach's prompt in it."""

import hashlib

from shared.blob import BlobChanged, BlobContent, BlobNotFound, BlobStore, NotModified
from shared.prompts.store import Label
from shared.prompts.template import version_of
from shared.settings import ServiceAddress

_NO_BLOBS = ServiceAddress(
    connection_string="DefaultEndpointsProtocol=http;AccountName=none;AccountKey=bm9uZQ==;"
    "BlobEndpoint=http://127.0.0.1:9/none;"
)


class MemoryBlobs(BlobStore):
    """Blobs in a dictionary, by container and name."""

    def __init__(self) -> None:
        super().__init__(_NO_BLOBS, None)
        self.blobs: dict[tuple[str, str], bytes] = {}
        self.label("coach", "You coach {{person_name}}. Today is {{today}}.\n{{tools}}")

    def label(self, name: str, text: str, label: str = "production") -> str:
        """Put a prompt version there and point the label to it; returns the version."""
        version = version_of(text)
        pointer = Label(version=version, moved_by="test", moved_at="2026-03-02T09:00:00.000Z")
        self.blobs["prompts", f"versions/{name}/{version}.md"] = text.encode()
        self.blobs["prompts", f"labels/{name}/{label}.json"] = pointer.model_dump_json().encode()
        return version

    async def read(self, container: str, name: str, *, etag: str | None = None) -> BlobContent | NotModified:
        data = self.blobs.get((container, name))
        if data is None:
            raise BlobNotFound("The file does not exist.")
        now = hashlib.sha256(data).hexdigest()
        return NotModified() if etag == now else BlobContent(data=data, etag=now)

    async def write(self, container: str, name: str, data: bytes, content_type: str) -> None:
        self.blobs[container, name] = data

    async def replace(self, container: str, name: str, data: bytes, content_type: str, *, etag: str | None) -> None:
        held = self.blobs.get((container, name))
        if etag != (None if held is None else hashlib.sha256(held).hexdigest()):
            raise BlobChanged("Somebody else changed this at the same time.")
        self.blobs[container, name] = data

    async def names(self, container: str, prefix: str) -> list[str]:
        return sorted(name for held, name in self.blobs if held == container and name.startswith(prefix))

    async def delete_all(self, container: str, prefix: str) -> None:
        for key in [key for key in self.blobs if key[0] == container and key[1].startswith(prefix)]:
            del self.blobs[key]
