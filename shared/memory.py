"""What a person lets the coach remember, and the rules for it: pure.

It is off until the person switches it on. Switched off, it keeps its entries and nothing of them is used.
"""

from typing import Literal

from shared.errors import CommandRefused
from shared.protocol.codes import ErrorCode
from shared.stored import Stored
from shared.tools.text import clean, is_legible

MAX_ENTRIES = 50
MAX_CHARACTERS = 500
"""Of one entry."""
MAX_BYTES = 8 * 1024
"""Of all entries' texts together, as UTF-8."""

MAX_DELETED = 50
"""Deleted entries known by their ids, so that nothing that runs again brings one back."""

type EntryKind = Literal["fact", "instruction"]


class EntrySource(Stored):
    """Whose words an entry is: the person's own, or the coach's, which the person approved in that turn."""

    by: Literal["person", "coach"] = "person"
    session_id: str | None = None
    turn_id: str | None = None


class Entry(Stored):
    """A fact about the person, or an instruction for how to answer them. Times are ISO UTC."""

    id: str
    kind: EntryKind
    text: str
    created_at: str
    changed_at: str
    source: EntrySource = EntrySource()


class Memory(Stored):
    """A person's memory, oldest entry first.

    `version` grows by one with every change. `forgotten` are entries whose words may still stand in earlier versions,
    `deleted` the last that were deleted.
    """

    enabled: bool = False
    version: int = 0
    entries: tuple[Entry, ...] = ()
    forgotten: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether there is something the coach is told."""
        return self.enabled and bool(self.entries)

    def entry(self, entry_id: str) -> Entry:
        """Return an entry.

        Raises:
            CommandRefused: with `memory_entry_not_found`.

        """
        found = next((entry for entry in self.entries if entry.id == entry_id), None)
        if found is None:
            raise CommandRefused("There is no such entry.", code=ErrorCode.MEMORY_ENTRY_NOT_FOUND)
        return found

    def expect(self, version: int | None) -> None:
        """Check that this is the version somebody made their decision on; None: they do not mind.

        Raises:
            CommandRefused: with `memory_changed`.

        """
        if version is not None and version != self.version:
            text = f"The memory has changed meanwhile: it is version {self.version} now. Look at it and try again."
            raise CommandRefused(text, code=ErrorCode.MEMORY_CHANGED)

    def switched(self, *, on: bool) -> "Memory":
        return self if on is self.enabled else self._changed(self.entries, enabled=on)

    def with_entry(self, entry: Entry) -> "Memory":
        """Return the memory with one more entry; the same memory when that very entry is there already.

        Raises:
            CommandRefused: with `key_conflict` when its id stands for something else, with `memory_full`.

        """
        known = next((each for each in self.entries if each.id == entry.id), None)
        if known is None:
            return self._changed((*self.entries, entry))
        if (known.kind, known.text) != (entry.kind, entry.text):
            raise CommandRefused("This key was used for another entry.", code=ErrorCode.KEY_CONFLICT)
        return self

    def with_approved(self, entry: Entry) -> "Memory":
        """Return the memory with an entry of the coach's that the person approved.

        The same memory when they approved it before, whatever they made of it since, or when it says so already.

        Raises:
            CommandRefused: with `memory_full`.

        """
        known = entry.id in self.deleted or any(each.id == entry.id for each in self.entries)
        return self if known or self.says(entry.kind, entry.text) else self._changed((*self.entries, entry))

    def says(self, kind: EntryKind, text: str) -> bool:
        """Tell whether there is an entry with these very words."""
        return any((each.kind, each.text) == (kind, text) for each in self.entries)

    def with_words(self, entry_id: str, kind: EntryKind, text: str, at: str) -> "Memory":
        """Return the memory with an entry said in other words.

        Raises:
            CommandRefused: with `memory_entry_not_found` or `memory_full`.

        """
        known = self.entry(entry_id)
        if (known.kind, known.text) == (kind, text):
            return self
        new = known.model_copy(update={"kind": kind, "text": text, "changed_at": at, "source": EntrySource()})
        return self._changed(tuple(new if entry is known else entry for entry in self.entries))

    def without(self, *entry_ids: str) -> "Memory":
        """Return the memory without these entries; the same memory when it has none of them."""
        gone = tuple(entry.id for entry in self.entries if entry.id in entry_ids)
        if not gone:
            return self
        kept = tuple(entry for entry in self.entries if entry.id not in gone)
        deleted = (*self.deleted, *gone)[-MAX_DELETED:]
        return self._changed(kept, forgotten=(*self.forgotten, *gone), deleted=deleted)

    def emptied(self) -> "Memory":
        return self.without(*(entry.id for entry in self.entries))

    def done_forgetting(self, entry_ids: tuple[str, ...]) -> "Memory":
        """Return the memory, the words of these entries being in no version any more."""
        left = tuple(entry_id for entry_id in self.forgotten if entry_id not in entry_ids)
        return self if left == self.forgotten else self.model_copy(update={"forgotten": left})

    def _changed(self, entries: tuple[Entry, ...], **changes: object) -> "Memory":
        if _bytes(entries) > MAX_BYTES or len(entries) > MAX_ENTRIES:
            text = f"The memory is full: {MAX_ENTRIES} entries and {MAX_BYTES // 1024} kB of text at most."
            raise CommandRefused(text, code=ErrorCode.MEMORY_FULL)
        return self.model_copy(update={"entries": entries, "version": self.version + 1, **changes})


def entry_text(text: str) -> str:
    """Return a text as an entry keeps it: without hidden characters or blanks around it.

    Raises:
        CommandRefused: with `content_empty` or `content_too_long`.

    """
    cleaned = clean(text).strip()
    if not is_legible(cleaned):
        raise CommandRefused("An entry needs words that can be read.", code=ErrorCode.CONTENT_EMPTY)
    if len(cleaned) > MAX_CHARACTERS:
        text = f"An entry has {MAX_CHARACTERS} characters at most; this one has {len(cleaned)}."
        raise CommandRefused(text, code=ErrorCode.CONTENT_TOO_LONG)
    return cleaned


def _bytes(entries: tuple[Entry, ...]) -> int:
    return sum(len(entry.text.encode()) for entry in entries)
