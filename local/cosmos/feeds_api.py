"""Queries, read feeds, the change feed, and the physical ranges they are spread over."""

from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Final, cast

from local.cosmos import charges
from local.cosmos.definition import Container, parse_key_header
from local.cosmos.errors import CROSS_PARTITION_DISABLED, CosmosError, bad_request
from local.cosmos.query import MAX_PAGE_CHARACTERS, Ask, Page, Wanted, run
from local.cosmos.sql.errors import SqlError
from local.cosmos.store import Change, Range, Store
from local.cosmos.strict import Rules
from local.cosmos.values import UNDEFINED, Document, Json, Value, dumps
from local.cosmos.views import Entry, View
from local.cosmos.wire import Call, Reply, feed

# One physical partition: the server answers every cross-partition query itself.
_RANGE_ID: Final = "0"
_RANGES_ETAG: Final = '"ranges-1"'
_READ_FEED: Final = "SELECT * FROM c"
_CROSS_PARTITION: Final = (
    "Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, "
    "specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception."
)


def range_of(call: Call, container: Container) -> Range:
    """Read what part of a container a feed request covers; a key with fewer levels than defined is a prefix."""
    low, high = call.header("x-ms-start-epk") or "", call.header("x-ms-end-epk") or "FF"
    header = call.header("x-ms-documentdb-partitionkey")
    if header is None:
        return Range(container=container, low=low, high=high)
    key = parse_key_header(header)
    levels = len(container.key.paths)
    if len(key) == levels:
        return Range(container=container, key=key)
    if len(key) > levels or not container.key.hierarchical:
        raise bad_request("The partition key does not fit the container's definition.")
    prefix = container.key.effective(key)
    return Range(container=container, low=max(low, prefix), high=min(high, f"{prefix}FF"))


def parse_query(call: Call) -> Ask:
    """Read a query with its parameters and page.

    Raises:
        CosmosError: 400.

    """
    body = call.document()
    text, given = body.get("query"), body.get("parameters") or []
    if not isinstance(text, str) or not isinstance(given, list):
        raise bad_request("A query needs 'query' text, and 'parameters' must be an array.")
    parameters: dict[str, Value] = {}
    for parameter in given:
        if not isinstance(parameter, dict) or not isinstance(parameter.get("name"), str):
            raise bad_request("A query parameter needs a name.")
        parameters[str(parameter["name"])] = parameter.get("value", UNDEFINED)
    return Ask(text=text, parameters=parameters, size=call.page_size, token=call.header("x-ms-continuation"))


def answer(view: View, ask: Ask, wanted: Wanted | None) -> Page:
    """Run a query; what is wrong with its text is a 400 in the service's shape."""
    try:
        return run(view, ask, wanted)
    except SqlError as error:
        problem: Document = {"severity": "Error", "code": "SC1001", "message": str(error)}
        raise bad_request(dumps({"errors": [problem]})) from error


def query_resources(call: Call, rid: str, name: str, resources: list[Document]) -> Reply:
    """Answer a query over databases or containers, or list them."""
    view = View()
    for number, body in enumerate(resources):
        view.put(Entry(seq=number, pk="", epk="", document=body, expires=None, size=0))
    ask = parse_query(call) if call.is_query else _read_all(call)
    page = answer(view, ask, None)
    return feed(rid, name, page.results, token=page.token)


def _read_all(call: Call) -> Ask:
    return Ask(text=_READ_FEED, size=call.page_size, token=call.header("x-ms-continuation"))


def query_items(store: Store, call: Call, container: Container, rules: Rules) -> Reply:
    """Answer a query over items of one partition, of a range, or of all partitions if the caller allows that."""
    asked, ask = range_of(call, container), parse_query(call)
    crosses = call.flag("x-ms-documentdb-query-enablecrosspartition")
    ranged = call.header("x-ms-documentdb-partitionkeyrangeid") or call.header("x-ms-start-epk")
    if asked.key is None and asked.whole and not crosses and not ranged:
        raise bad_request(_CROSS_PARTITION, CROSS_PARTITION_DISABLED)
    ask = rules.check_query(container, ask, single_partition=asked.key is not None)
    return _items_page(store, asked, ask)


def read_all_items(store: Store, call: Call, container: Container, rules: Rules) -> Reply:
    asked = range_of(call, container)
    ask = rules.check_query(container, _read_all(call), single_partition=asked.key is not None)
    return _items_page(store, asked, ask)


def _items_page(store: Store, asked: Range, ask: Ask) -> Reply:
    view = store.view(asked)
    page = answer(view, ask, store.wanted(asked, view))
    charge = charges.query(page.scanned)
    return feed(asked.container.rid, "Documents", page.results, token=page.token, charge=charge)


def partition_ranges(call: Call, container: Container) -> Reply:
    """Describe the one physical range; 304 once the caller knows it."""
    if call.header("if-none-match") == _RANGES_ETAG:
        return Reply(status=304, headers={"etag": _RANGES_ETAG})
    described: Document = {
        "_rid": container.rid,
        "id": _RANGE_ID,
        "_etag": _RANGES_ETAG,
        "minInclusive": "",
        "maxExclusive": "FF",
        "ridPrefix": 0,
        "_self": f"{container.link}pkranges/{_RANGE_ID}/",
        "throughputFraction": 1,
        "status": "online",
        "parents": [],
        "_ts": container.body["_ts"],
    }
    listed = feed(container.rid, "PartitionKeyRanges", [described])
    return Reply(body=listed.body, headers={**listed.headers, "etag": _RANGES_ETAG})


def _sequence_number(tag: str) -> int:
    try:
        return int(tag.strip('"'))
    except ValueError as error:
        raise bad_request(f"The change feed continuation {tag!r} is invalid.") from error


def _start_time(call: Call) -> int:
    """Return the first second of interest: a start time means changes after it."""
    text = call.header("if-modified-since")
    if text is None:
        return 0
    try:
        return int(parsedate_to_datetime(text).timestamp()) + 1
    except ValueError as error:
        raise bad_request(f"If-Modified-Since {text!r} is no HTTP date.") from error


def _within_page(changes: Iterable[Change]) -> list[Change]:
    """Take changes until the page is full; always at least one."""
    found: list[Change] = []
    taken = 0
    for change in changes:
        if taken > MAX_PAGE_CHARACTERS:
            break
        found.append(change)
        taken += change.size
    return found


def change_feed(store: Store, call: Call, container: Container) -> Reply:
    """Give the newest versions changed since the caller's continuation; 304 when there are none."""
    if (call.header("a-im") or "").lower() != "incremental feed":
        raise CosmosError(400, "Only the latest-version change feed is supported.")
    tag, current = call.header("if-none-match"), store.lsn
    after = current if tag == "*" else _sequence_number(tag) if tag else 0
    since = 0 if tag else _start_time(call)
    found = _within_page(store.changes(range_of(call, container), after=after, since=since, most=call.page_size))
    last = found[-1].lsn if found else max(after, current)
    headers = {"etag": f'"{last}"', "x-ms-continuation": f'"{last}"'}
    if not found:
        return Reply(status=304, headers=headers)
    documents = [cast("Json", {**change.document, "_lsn": change.lsn}) for change in found]
    page = feed(container.rid, "Documents", documents)
    return Reply(body=page.body, headers={**page.headers, **headers}, charge=charges.feed(len(page.body or "")))
