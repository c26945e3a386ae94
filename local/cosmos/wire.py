"""Requests and replies without the web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from local.cosmos import charges
from local.cosmos.errors import bad_request
from local.cosmos.items import require_document
from local.cosmos.values import Document, Json, dumps, loads

MAX_PAGE: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `segments` are the decoded parts of its path, header names compare without case."""

    method: str
    segments: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes
    base_url: str

    def header(self, name: str) -> str | None:
        return self.headers.get(name)

    def flag(self, name: str) -> bool:
        return self.headers.get(name, "").lower() == "true"

    def json(self) -> Json:
        """Parse the body.

        Raises:
            CosmosError: 400.

        """
        try:
            return loads(self.body)
        except ValueError as error:
            raise bad_request(f"The request body is not valid JSON: {error}") from error

    def document(self) -> Document:
        return require_document(self.json())

    @property
    def is_query(self) -> bool:
        return self.flag("x-ms-documentdb-isquery") or "query+json" in self.headers.get("content-type", "")

    @property
    def page_size(self) -> int:
        """How many results may be returned, 1 to `MAX_PAGE`."""
        text = self.headers.get("x-ms-max-item-count", "-1")
        try:
            size = int(text)
        except ValueError as error:
            raise bad_request(f"x-ms-max-item-count {text!r} is not a number.") from error
        return MAX_PAGE if size <= 0 else min(size, MAX_PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One response; `charge` is in request units. `refused` is the status of the operation a batch failed at."""

    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    charge: float = 1.0
    refused: int = 0


def resource(body: Document, *, status: int = 200) -> Reply:
    """Answer with a database, container or offer."""
    return Reply(
        status=status, body=dumps(body), headers={"etag": str(body.get("_etag", ""))}, charge=charges.metadata()
    )


def feed(rid: str, name: str, results: list[Json], *, token: str | None = None, charge: float = 1.0) -> Reply:
    """Answer with a page of resources under their collective name."""
    headers = {"x-ms-item-count": str(len(results))}
    if token is not None:
        headers["x-ms-continuation"] = token
    body = dumps({"_rid": rid, name: results, "_count": len(results)})
    return Reply(body=body, headers=headers, charge=charge)
