"""Templates in Blob Storage: versions that never change, and labels that point to one of them.

`versions/<name>/<version>.md` is written once; `labels/<name>/<label>.json` is small and moves under its ETag. What the
app uses is the version its label points to; going back is moving the label.
"""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from shared.blob import BlobContent, BlobNotFound, BlobStore, NotModified
from shared.errors import SalesCoachError
from shared.prompts.template import PromptInvalid, PromptTemplate, read_template
from shared.protocol.codes import ErrorCode

CONTAINER = "prompts"
PRODUCTION = "production"
STAGING = "staging"
_NAME = re.compile(r"[a-z][a-z0-9_.]{0,59}")
_LABEL = re.compile(r"[a-z][a-z0-9_]{0,29}")
_MARKDOWN = "text/markdown; charset=utf-8"

type Version = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]


class PromptNotFound(SalesCoachError):  # noqa: N818 - reads as what happened
    """There is no such version or label; the message names it."""

    code = ErrorCode.PROMPT_UNAVAILABLE


class Label(BaseModel):
    """Where a label points; `previous` is where it pointed before, `moved_at` UTC in ISO 8601."""

    model_config = ConfigDict(frozen=True)

    version: Version
    previous: Version | None = None
    moved_by: str
    moved_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedLabel:
    """A label as it was read."""

    label: Label
    etag: str


class PromptStore:
    """Reads and writes versions and labels. Nothing is kept in memory."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    async def add(self, name: str, data: bytes) -> PromptTemplate:
        """Store the template as a version; storing the same text again changes nothing.

        Raises:
            PromptInvalid: the template cannot be used; nothing was stored.
            StoreUnavailable: Blob Storage did not take it.

        """
        template = read_template(_checked(name, _NAME), data)
        await self._blobs.create(CONTAINER, _version_path(name, template.version), template.text.encode(), _MARKDOWN)
        return template

    async def version(self, name: str, version: str) -> PromptTemplate:
        """Return a version.

        Raises:
            PromptNotFound: there is none.
            PromptInvalid: what is stored is not what its name says.
            StoreUnavailable: Blob Storage did not answer.

        """
        try:
            found = await self._blobs.read(CONTAINER, _version_path(name, version))
        except BlobNotFound:
            raise PromptNotFound(f"There is no version {version} of the prompt {name}.") from None
        template = read_template(name, found.data if isinstance(found, BlobContent) else b"")
        if template.version != version:
            raise PromptInvalid(f"The stored text of {name} {version} was changed: it is {template.version}.")
        return template

    async def label(self, name: str, label: str, *, etag: str | None = None) -> VersionedLabel | NotModified | None:
        """Return where the label points, None when nobody ever set it, `NotModified` when it still has `etag`.

        Raises:
            PromptInvalid: the label cannot be read.
            StoreUnavailable: Blob Storage did not answer.

        """
        try:
            found = await self._blobs.read(CONTAINER, _label_path(name, label), etag=etag)
        except BlobNotFound:
            return None
        if isinstance(found, NotModified):
            return found
        try:
            return VersionedLabel(label=Label.model_validate_json(found.data), etag=found.etag)
        except ValidationError:
            raise PromptInvalid(f"The label {label} of the prompt {name} cannot be read.") from None

    async def move(self, name: str, label: str, version: str, *, by: str, at: str) -> Label:
        """Point the label to a version that exists; pointing it to where it points changes nothing.

        Raises:
            PromptNotFound: there is no such version.
            PromptInvalid: the version, or the label as it is now, cannot be used.
            BlobChanged: somebody else moved the label at the same time.
            StoreUnavailable: Blob Storage did not answer.

        """
        await self.version(_checked(name, _NAME), version)
        before = await self.label(name, _checked(label, _LABEL))
        if not isinstance(before, VersionedLabel):
            before = None
        elif before.label.version == version:
            return before.label
        moved = Label(version=version, previous=before.label.version if before else None, moved_by=by, moved_at=at)
        await self._blobs.replace(
            CONTAINER,
            _label_path(name, label),
            moved.model_dump_json().encode(),
            "application/json",
            etag=before.etag if before else None,
        )
        return moved

    async def names(self) -> list[str]:
        """Return the names of which there are versions, sorted."""
        paths = await self._blobs.names(CONTAINER, "versions/")
        return sorted({path.split("/")[1] for path in paths})

    async def versions(self, name: str) -> list[str]:
        """Return the versions of a prompt, in no order of time."""
        paths = await self._blobs.names(CONTAINER, f"versions/{name}/")
        return [path.rsplit("/", 1)[1].removesuffix(".md") for path in paths]

    async def labels(self, name: str) -> dict[str, Label]:
        """Return the prompt's labels."""
        paths = await self._blobs.names(CONTAINER, f"labels/{name}/")
        names = [path.rsplit("/", 1)[1].removesuffix(".json") for path in paths]
        found = {label: await self.label(name, label) for label in names}
        return {label: at.label for label, at in found.items() if isinstance(at, VersionedLabel)}


def _checked(text: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(text):
        raise PromptInvalid(f"{text!r} is no name: small letters, digits, '_' and '.' only.")
    return text


def _version_path(name: str, version: str) -> str:
    return f"versions/{name}/{version}.md"


def _label_path(name: str, label: str) -> str:
    return f"labels/{name}/{label}.json"
