"""Reads Markdown documents: a block of `name: value` lines between `---` rules, then sections under `## ` headings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_RULE = "---\n"
_SECTION = "\n## "


class DocumentError(ValueError):
    """A document of the packaged corpus breaks the format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One headed part; `heading` is empty for text before the first heading."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file: `id` is its name without the ending, `body` its Markdown without the leading block."""

    id: str
    properties: Mapping[str, str]
    body: str
    sections: tuple[Section, ...]


def read_documents(folder: Path, required: frozenset[str]) -> list[Document]:
    """Return the documents of `folder` ordered by id.

    Raises:
        DocumentError: a file has no leading block, lacks one of the `required` properties, or has no text.

    """
    return [_parse(path, required) for path in sorted(folder.glob("*.md"))]


def _parse(path: Path, required: frozenset[str]) -> Document:
    text = path.read_text(encoding="utf-8")
    if not text.startswith(_RULE) or text.count(_RULE) < 2:  # noqa: PLR2004 - the block opens and closes
        raise DocumentError(f"{path.name}: must begin with a block between two --- lines")
    _, block, body = text.split(_RULE, 2)
    lines = (line.partition(":") for line in block.splitlines() if line.strip())
    properties = {name.strip(): value.strip() for name, _, value in lines}
    if missing := required - properties.keys():
        raise DocumentError(f"{path.name}: lacks {', '.join(sorted(missing))}")
    body = body.strip()
    if not body:
        raise DocumentError(f"{path.name}: has no text")
    return Document(id=path.stem, properties=properties, body=body, sections=tuple(_sections(body)))


def _sections(body: str) -> list[Section]:
    opening, *headed = f"\n{body}".split(_SECTION)
    found = [Section(heading="", text=opening.strip())] if opening.strip() else []
    for part in headed:
        heading, _, text = part.partition("\n")
        found.append(Section(heading=heading.strip(), text=text.strip()))
    return found
