"""Containers as they were defined: partition key, unique keys, time to live."""

from dataclasses import dataclass
from typing import Final

from local.cosmos.epk import PartitionKeyValue, effective_partition_key, key_component
from local.cosmos.errors import MISMATCHED_KEY, bad_request
from local.cosmos.values import UNDEFINED, Document, Json, Path, at_path, dumps, loads, parse_path

MAX_LEVELS: Final = 3
MAX_TTL: Final = 2**31 - 1
MAX_KEY_BYTES: Final = 2048
_DEFAULT_INDEXING: Final[Document] = {
    "indexingMode": "consistent",
    "automatic": True,
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": '/"_etag"/?'}],
}
_DEFAULT_CONFLICTS: Final[Document] = {
    "mode": "LastWriterWins",
    "conflictResolutionPath": "/_ts",
    "conflictResolutionProcedure": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionKey:
    """Where an item's partition key stands in it; `hierarchical` keys have one to three levels."""

    paths: tuple[Path, ...]
    hierarchical: bool

    def of(self, document: Document) -> PartitionKeyValue:
        """Extract the key; a missing property is undefined.

        Raises:
            CosmosError: 400, a component is an array, an object or too long.

        """
        try:
            key = tuple(key_component(at_path(document, path)) for path in self.paths)
        except ValueError as error:
            raise bad_request(str(error)) from error
        if any(isinstance(part, str) and len(part.encode()) > MAX_KEY_BYTES for part in key):
            raise bad_request(f"A partition key value is longer than {MAX_KEY_BYTES} bytes.")
        return key

    def effective(self, key: PartitionKeyValue) -> str:
        return effective_partition_key(key, hierarchical=self.hierarchical)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container; `body` is the JSON a client reads, system properties included."""

    rid: str
    database_rid: str
    database: str
    name: str
    body: Document
    key: PartitionKey
    unique_keys: tuple[tuple[Path, ...], ...]
    default_ttl: int | None

    @property
    def link(self) -> str:
        return f"dbs/{self.database_rid}/colls/{self.rid}/"


def key_text(key: PartitionKeyValue) -> str:
    """The canonical text of a key: what rows are stored and compared under."""
    return dumps([{} if component is UNDEFINED else component for component in key])


def parse_key_header(text: str) -> PartitionKeyValue:
    """Read `x-ms-documentdb-partitionkey`.

    Raises:
        CosmosError: 400, the header is no JSON array of scalars.

    """
    try:
        parsed = loads(text)
        if not isinstance(parsed, list):
            raise bad_request("The partition key header must be a JSON array.")
        return tuple(key_component(component) for component in parsed)
    except ValueError as error:
        raise bad_request(f"Partition key {text} is invalid: {error}") from error


def check_key_length(container: Container, key: PartitionKeyValue) -> PartitionKeyValue:
    """Refuse a partial key where one logical partition is needed."""
    if len(key) != len(container.key.paths):
        raise bad_request(
            "Partition key provided either doesn't correspond to definition in the collection or doesn't match "
            "partition key field values specified in the document.",
            MISMATCHED_KEY,
        )
    return key


def _as_list(value: Json | None, name: str) -> list[Json]:
    if not isinstance(value, list) or not value:
        raise bad_request(f"The property '{name}' must be a non-empty array.")
    return value


def _as_paths(value: Json | None, name: str) -> tuple[Path, ...]:
    try:
        return tuple(parse_path(str(path)) for path in _as_list(value, name))
    except ValueError as error:
        raise bad_request(str(error)) from error


def parse_partition_key(body: Document) -> PartitionKey:
    """Read `partitionKey`.

    Raises:
        CosmosError: 400, missing, malformed, too deep, or of the retired version 1.

    """
    definition = body.get("partitionKey")
    if not isinstance(definition, dict):
        raise bad_request("The partitionKey definition is required.")
    kind = definition.get("kind", "Hash")
    if kind not in {"Hash", "MultiHash"}:
        raise bad_request(f"Partition key kind {kind!r} is not supported.")
    if definition.get("version", 2) != 2:  # noqa: PLR2004 - the only hash version new containers get
        raise bad_request("Only version 2 partition keys are supported.")
    hierarchical = kind == "MultiHash"
    paths = _as_paths(definition.get("paths"), "partitionKey.paths")
    if len(paths) > (MAX_LEVELS if hierarchical else 1):
        raise bad_request("Too many partition key paths.")
    return PartitionKey(paths=paths, hierarchical=hierarchical)


def _parse_unique_keys(body: Document) -> tuple[tuple[Path, ...], ...]:
    policy = body.get("uniqueKeyPolicy")
    if not isinstance(policy, dict) or not policy.get("uniqueKeys"):
        return ()
    keys = _as_list(policy["uniqueKeys"], "uniqueKeyPolicy.uniqueKeys")
    return tuple(_as_paths(key.get("paths") if isinstance(key, dict) else None, "uniqueKeys.paths") for key in keys)


def _parse_default_ttl(body: Document) -> int | None:
    ttl = body.get("defaultTtl")
    if ttl is None:
        return None
    return check_ttl(ttl)


def check_ttl(ttl: Json) -> int:
    """Narrow a `ttl` or `defaultTtl`: -1, or 1 .. 2**31 - 1 seconds.

    Raises:
        CosmosError: 400, anything else.

    """
    if type(ttl) is not int or not (ttl == -1 or 0 < ttl <= MAX_TTL):
        raise bad_request(
            f"The input ttl '{ttl}' is invalid. Ensure to provide a nonzero positive integer less than or equal to "
            f"'{MAX_TTL}', or -1."
        )
    return ttl


def with_defaults(body: Document) -> Document:
    """Fill what the service fills when a container is made."""
    filled: Document = {"indexingPolicy": dict(_DEFAULT_INDEXING), **body}
    filled.setdefault("conflictResolutionPolicy", dict(_DEFAULT_CONFLICTS))
    key = filled.get("partitionKey")
    if isinstance(key, dict):
        filled["partitionKey"] = {"kind": "Hash", "version": 2, **key}
    return filled


def parse_container(database: str, database_rid: str, rid: str, body: Document) -> Container:
    """Build a container from its body.

    Raises:
        CosmosError: 400, the definition is invalid.

    """
    return Container(
        rid=rid,
        database_rid=database_rid,
        database=database,
        name=str(body["id"]),
        body=body,
        key=parse_partition_key(body),
        unique_keys=_parse_unique_keys(body),
        default_ttl=_parse_default_ttl(body),
    )
