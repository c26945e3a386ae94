"""Blob reads of the app, counted in the log Azurite prints."""

import re
from dataclasses import dataclass

_READ = re.compile(r'azurite \| .*"GET /devstoreaccount1/(?:prompts|results)/\S+ HTTP/1\.1" (\d+)')
_BROUGHT = frozenset({"200", "206"})
_NOT_MODIFIED = "304"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobReads:
    """GETs of prompts and results so far: those that cost a read, and those answered "unchanged".

    `brought` are those of the first kind that brought a blob; the others looked for one that is not there.
    """

    whole: int
    brought: int
    unchanged: int

    @classmethod
    def of(cls, log: str) -> "BlobReads":
        found = _READ.findall(log)
        unchanged = found.count(_NOT_MODIFIED)
        brought = sum(status in _BROUGHT for status in found)
        return cls(whole=len(found) - unchanged, brought=brought, unchanged=unchanged)

    def since(self, before: "BlobReads") -> "BlobReads":
        return BlobReads(
            whole=self.whole - before.whole,
            brought=self.brought - before.brought,
            unchanged=self.unchanged - before.unchanged,
        )

    def __add__(self, other: "BlobReads") -> "BlobReads":
        return BlobReads(
            whole=self.whole + other.whole,
            brought=self.brought + other.brought,
            unchanged=self.unchanged + other.unchanged,
        )

    def must_have_been_seen(self) -> None:
        """Hold that the app's first turns were seen to read their prompt: else "none when warm" would mean nothing.

        Raises:
            RuntimeError: no read was seen; Azurite logs in another form, or its log no longer arrives here.

        """
        if not self.brought:
            raise RuntimeError(
                "not one blob read of the first turns stands in Azurite's log as bench/blob_reads.py reads it: "
                "its form must have changed, and 0 reads later would prove nothing"
            )
