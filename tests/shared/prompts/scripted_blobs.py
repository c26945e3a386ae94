"""A store of prompts in memory that does what a test says."""

import asyncio
import hashlib

from shared.blob import BlobContent, BlobNotFound, BlobStore, NotModified
from shared.prompts.store import Label


class ScriptedBlobs(BlobStore):
    """Answers reads from memory, fails or hangs on command, and counts."""

    def __init__(self, **texts: str | bytes) -> None:
        self.blobs: dict[str, bytes] = {}
        self.reads: list[tuple[str, str | None]] = []
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.started = asyncio.Event()
        for name, text in texts.items():
            self.put(name.replace("_", "."), text)

    def put(self, name: str, text: str | bytes, label: str = "production") -> None:
        """Store a version, whatever it is worth, and point the label to it."""
        data = text.encode() if isinstance(text, str) else text
        version = hashlib.sha256(data).hexdigest()[:12]
        self.blobs[f"versions/{name}/{version}.md"] = data
        pointer = Label(version=version, moved_by="test", moved_at="2026-11-22T00:00:00.000Z")
        self.blobs[f"labels/{name}/{label}.json"] = pointer.model_dump_json().encode()

    @property
    def labels_read(self) -> list[str | None]:
        """The ETags with which labels were asked for."""
        return [etag for name, etag in self.reads if name.startswith("labels/")]

    async def read(self, container: str, name: str, *, etag: str | None = None) -> BlobContent | NotModified:
        assert container == "prompts"
        self.reads.append((name, etag))
        self.started.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        if name not in self.blobs:
            raise BlobNotFound("missing")
        current = f'"{hash(self.blobs[name])}"'
        return NotModified() if etag == current else BlobContent(data=self.blobs[name], etag=current)
