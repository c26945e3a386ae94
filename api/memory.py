"""What a person lets the coach remember: to see, switch, write, change and delete.

Every reply carries the memory's version as its ETag; a change with `If-Match` is made on that version only.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import Field
from ulid import ULID

from api.endpoint import ApiReply, ApiRequest, Endpoint, Handler, Output
from api.inputs import Input
from shared import ids
from shared.clock import iso
from shared.memory import MAX_BYTES, MAX_CHARACTERS, MAX_ENTRIES, Entry, EntryKind, EntrySource, Memory, entry_text
from shared.memory_store import Decide, Memories
from shared.protocol.codes import ErrorCode
from shared.tools.text import VISIBLE

_TAG = "memory"
_WRITING_CODES = (
    ErrorCode.MEMORY_CHANGED,
    ErrorCode.MEMORY_FULL,
    ErrorCode.CONTENT_EMPTY,
    ErrorCode.CONTENT_TOO_LONG,
)


class SwitchBody(Input):
    """Whether the coach is told what the memory holds."""

    enabled: bool


class EntryBody(Input):
    """A fact about the person, or an instruction for how to answer them."""

    kind: EntryKind
    text: Annotated[str, Field(json_schema_extra={"maxLength": MAX_CHARACTERS, "pattern": VISIBLE})]


class EntryReply(Output):
    """An entry. Times are ISO UTC; `source` tells whose words it is."""

    id: str
    kind: EntryKind
    text: str
    created_at: str
    changed_at: str
    source: EntrySource


class MemoryLimits(Output):
    """What a memory holds at most: entries, characters of one, bytes (UTF-8) of all together."""

    entries: int = MAX_ENTRIES
    characters: int = MAX_CHARACTERS
    bytes: int = MAX_BYTES


class MemoryReply(Output):
    """A person's memory, oldest entry first. Switched off, it keeps its entries and the coach is told none."""

    enabled: bool
    version: int
    entries: tuple[EntryReply, ...]
    limits: MemoryLimits = MemoryLimits()


class MemoryApi:
    """Endpoints over a person's own memory."""

    def __init__(self, memories: Memories, now: Callable[[], datetime]) -> None:
        self._memories = memories
        self._now = now

    def endpoints(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="memory",
                method="GET",
                path="memory",
                summary="What the coach may remember of you",
                handle=self.show,
                tag=_TAG,
                reply=MemoryReply,
            ),
            Endpoint(
                name="switch_memory",
                method="PATCH",
                path="memory",
                summary="Switch your memory on or off",
                handle=self.switch,
                tag=_TAG,
                body=SwitchBody,
                reply=MemoryReply,
                versioned=True,
                codes=(ErrorCode.MEMORY_CHANGED,),
            ),
            *self._writing(),
            self._deletion("delete_memory_entry", "memory/entries/{entry_id}", "Forget an entry", self.forget),
            self._deletion("empty_memory", "memory", "Forget all entries", self.forget_all),
        )

    def _writing(self) -> tuple[Endpoint, ...]:
        return (
            Endpoint(
                name="add_memory_entry",
                method="POST",
                path="memory/entries",
                summary="Let the coach remember something",
                idempotent=True,
                versioned=True,
                handle=self.add,
                tag=_TAG,
                body=EntryBody,
                reply=EntryReply,
                status=HTTPStatus.CREATED,
                codes=(ErrorCode.KEY_CONFLICT, *_WRITING_CODES),
            ),
            Endpoint(
                name="change_memory_entry",
                method="PUT",
                path="memory/entries/{entry_id}",
                summary="Say an entry in other words",
                handle=self.reword,
                versioned=True,
                tag=_TAG,
                body=EntryBody,
                reply=EntryReply,
                codes=(ErrorCode.MEMORY_ENTRY_NOT_FOUND, *_WRITING_CODES),
            ),
        )

    @staticmethod
    def _deletion(name: str, path: str, summary: str, handle: Handler) -> Endpoint:
        return Endpoint(
            name=name,
            method="DELETE",
            path=path,
            summary=f"{summary}, everywhere it is kept",
            handle=handle,
            tag=_TAG,
            status=HTTPStatus.NO_CONTENT,
            versioned=True,
            codes=(ErrorCode.MEMORY_CHANGED,),
        )

    async def show(self, request: ApiRequest) -> ApiReply:
        memory = await self._memories.of(request.principal.id)
        return ApiReply(body=_told(memory), headers=_tag(memory))

    async def switch(self, request: ApiRequest) -> ApiReply:
        on = request.body_as(SwitchBody).enabled
        memory = await self._change(request, lambda memory: memory.switched(on=on))
        return ApiReply(body=_told(memory), headers=_tag(memory))

    async def add(self, request: ApiRequest) -> ApiReply:
        body, at = request.body_as(EntryBody), iso(self._now())
        entry_id = ids.memory_entry(request.principal.id, request.idempotency_key or str(ULID()))
        entry = Entry(id=entry_id, kind=body.kind, text=entry_text(body.text), created_at=at, changed_at=at)
        memory = await self._change(request, lambda memory: memory.with_entry(entry))
        where = {"Location": f"/api/memory/entries/{entry_id}"}
        told = _entry(memory.entry(entry_id))
        return ApiReply(body=told, status=HTTPStatus.CREATED, headers=_tag(memory) | where)

    async def reword(self, request: ApiRequest) -> ApiReply:
        body, entry_id, at = request.body_as(EntryBody), request.path["entry_id"], iso(self._now())
        text = entry_text(body.text)
        memory = await self._change(request, lambda memory: memory.with_words(entry_id, body.kind, text, at))
        return ApiReply(body=_entry(memory.entry(entry_id)), headers=_tag(memory))

    async def forget(self, request: ApiRequest) -> ApiReply:
        entry_id = request.path["entry_id"]
        return _gone(await self._change(request, lambda memory: memory.without(entry_id)))

    async def forget_all(self, request: ApiRequest) -> ApiReply:
        return _gone(await self._change(request, lambda memory: memory.emptied()))

    async def _change(self, request: ApiRequest, change: Decide) -> Memory:
        wanted = request.wanted_version

        def decide(memory: Memory) -> Memory:
            memory.expect(wanted)
            return change(memory)

        return await self._memories.change(request.principal.id, decide)


def _tag(memory: Memory) -> dict[str, str]:
    return {"ETag": f'"{memory.version}"', "Cache-Control": "no-store"}


def _gone(memory: Memory) -> ApiReply:
    return ApiReply(status=HTTPStatus.NO_CONTENT, headers=_tag(memory))


def _entry(entry: Entry) -> EntryReply:
    return EntryReply(
        id=entry.id,
        kind=entry.kind,
        text=entry.text,
        created_at=entry.created_at,
        changed_at=entry.changed_at,
        source=entry.source,
    )


def _told(memory: Memory) -> MemoryReply:
    entries = tuple(_entry(entry) for entry in memory.entries)
    return MemoryReply(enabled=memory.enabled, version=memory.version, entries=entries)
