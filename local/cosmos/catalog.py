"""Databases, containers and their throughput offers."""

from typing import Final, cast

from local.cosmos.clock import Clock
from local.cosmos.definition import Container, parse_container, with_defaults
from local.cosmos.errors import bad_request, conflict, not_found, owner_missing
from local.cosmos.resource_ids import container_rid, database_rid, new_etag
from local.cosmos.sqlite import Database, text
from local.cosmos.values import Document, dumps, loads

MAX_ID_BYTES: Final = 1023
_RESOURCE_EXISTS = "Resource with specified id, name, or unique index already exists."
_SYSTEM = ("_rid", "_self", "_etag", "_ts")


def check_id(value: object) -> str:
    """Narrow a resource id: 1 to 1023 bytes without slashes, `?`, `#` or a trailing space.

    Raises:
        CosmosError: 400, anything else.

    """
    if not isinstance(value, str) or not value:
        raise bad_request("The input content is invalid because the required properties - 'id; ' - are missing")
    if any(character in value for character in "/\\?#") or value.endswith(" "):
        raise bad_request("The input name is invalid. Ensure to provide a name without '/', '\\', '?' or '#'.")
    if len(value.encode()) > MAX_ID_BYTES:
        raise bad_request(f"The input name is longer than {MAX_ID_BYTES} bytes.")
    return value


def parse_document(body: object) -> Document:
    """Narrow a stored body."""
    return cast("Document", loads(text(body)))


class Catalog:
    """What exists; definitions are cached because every request needs one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock
        self._containers: dict[tuple[str, str], Container] = {}

    def forget(self) -> None:
        """Drop cached definitions after the file changed underneath."""
        self._containers.clear()

    def _stamp(self, body: Document, rid: str, link: str) -> Document:
        return {**body, "_rid": rid, "_self": link, "_etag": new_etag(), "_ts": self._clock.seconds()}

    def databases(self) -> list[Document]:
        return [parse_document(body) for (body,) in self._db.rows("SELECT body FROM databases ORDER BY rowid")]

    def database(self, name: str) -> Document:
        """Read a database.

        Raises:
            CosmosError: 404.

        """
        row = self._db.row("SELECT body FROM databases WHERE id = ?", (name,))
        if row is None:
            raise not_found()
        return parse_document(row[0])

    def create_database(self, body: Document) -> Document:
        name = check_id(body.get("id"))
        with self._db.transaction():
            if self._db.row("SELECT 1 FROM databases WHERE id = ?", (name,)):
                raise conflict(_RESOURCE_EXISTS)
            rid = database_rid(self._db.next("database"))
            made = self._stamp({"id": name}, rid, f"dbs/{rid}/") | {"_colls": "colls/", "_users": "users/"}
            self._db.run("INSERT INTO databases VALUES (?, ?, ?)", (name, rid, dumps(made)))
        return made

    def delete_database(self, name: str) -> None:
        self.database(name)
        with self._db.transaction():
            self._db.run("DELETE FROM databases WHERE id = ?", (name,))
        self.forget()

    def _owner(self, name: str) -> Document:
        row = self._db.row("SELECT body FROM databases WHERE id = ?", (name,))
        if row is None:
            raise owner_missing()
        return parse_document(row[0])

    def containers(self, database: str) -> list[Document]:
        self._owner(database)
        rows = self._db.rows("SELECT body FROM containers WHERE database = ? ORDER BY rowid", (database,))
        return [parse_document(body) for (body,) in rows]

    def container(self, database: str, name: str) -> Container:
        """Find a container.

        Raises:
            CosmosError: 404 with substatus 1003.

        """
        cached = self._containers.get((database, name))
        if cached is not None:
            return cached
        row = self._db.row(
            "SELECT c.body, c.rid, d.rid FROM containers c JOIN databases d ON d.id = c.database "
            "WHERE c.database = ? AND c.id = ?",
            (database, name),
        )
        if row is None:
            raise owner_missing()
        found = parse_container(database, text(row[2]), text(row[1]), parse_document(row[0]))
        self._containers[database, name] = found
        return found

    def create_container(self, database: str, body: Document, throughput: Document | None) -> Container:
        """Make a container, with an offer when it has its own throughput."""
        name = check_id(body.get("id"))
        owner = str(self._owner(database)["_rid"])
        with self._db.transaction():
            if self._db.row("SELECT 1 FROM containers WHERE database = ? AND id = ?", (database, name)):
                raise conflict(_RESOURCE_EXISTS)
            rid = container_rid(owner, self._db.next("container"))
            link = f"dbs/{owner}/colls/{rid}/"
            children: Document = {
                f"_{kind}": f"{kind}/" for kind in ("docs", "sprocs", "triggers", "udfs", "conflicts")
            }
            made = parse_container(database, owner, rid, self._stamp(with_defaults(body), rid, link) | children)
            self._db.run("INSERT INTO containers VALUES (?, ?, ?, ?)", (rid, database, name, dumps(made.body)))
            if throughput is not None:
                self._db.run("INSERT INTO offers VALUES (?, ?)", (rid, dumps(self._offer(made, throughput))))
        return made

    def _offer(self, container: Container, content: Document) -> Document:
        offer: Document = {
            "resource": container.link,
            "offerType": "Invalid",
            "offerVersion": "V2",
            "offerResourceId": container.rid,
            "content": content,
            "id": container.rid,
        }
        return self._stamp(offer, container.rid, f"offers/{container.rid}/")

    def replace_container(self, old: Container, body: Document) -> Container:
        """Change policies; id, partition key and unique keys are fixed for life."""
        if body.get("id") != old.name:
            raise bad_request("The id of a container cannot be changed.")
        filled = with_defaults(body)
        kept: Document = {key: value for key, value in old.body.items() if key.startswith("_")}
        made = parse_container(old.database, old.database_rid, old.rid, kept | self._stamp(filled, old.rid, old.link))
        if made.key != old.key or made.unique_keys != old.unique_keys:
            raise bad_request("The partition key and the unique keys of a container cannot be changed.")
        with self._db.transaction():
            self._db.run("UPDATE containers SET body = ? WHERE rid = ?", (dumps(made.body), old.rid))
        self.forget()
        return made

    def delete_container(self, container: Container) -> None:
        with self._db.transaction():
            self._db.run("DELETE FROM containers WHERE rid = ?", (container.rid,))
        self.forget()

    def offers(self) -> list[Document]:
        return [parse_document(body) for (body,) in self._db.rows("SELECT body FROM offers")]

    def offer(self, rid: str) -> Document:
        row = self._db.row("SELECT body FROM offers WHERE rid = ?", (rid,))
        if row is None:
            raise not_found()
        return parse_document(row[0])

    def replace_offer(self, rid: str, body: Document) -> Document:
        kept: Document = {key: value for key, value in self.offer(rid).items() if key not in _SYSTEM}
        made = self._stamp(kept | {"content": body.get("content")}, rid, f"offers/{rid}/")
        with self._db.transaction():
            self._db.run("UPDATE offers SET body = ? WHERE rid = ?", (dumps(made), rid))
        return made
