"""Finds what a request addresses."""

from local.cosmos import feeds_api, items_api, resources_api
from local.cosmos.definition import Container
from local.cosmos.errors import CONTAINER_RECREATED, CosmosError, bad_request
from local.cosmos.store import Store
from local.cosmos.strict import Rules
from local.cosmos.wire import Call, Reply, feed


def dispatch(store: Store, rules: Rules, call: Call) -> Reply:
    """Answer an authenticated request.

    Raises:
        CosmosError: any refusal.

    """
    match call.segments:
        case ():
            return resources_api.account(call)
        case ("offers",):
            return resources_api.offers(store.catalog, call)
        case ("offers", rid):
            return resources_api.offer(store.catalog, call, rid)
        case ("dbs",):
            return resources_api.databases(store.catalog, call)
        case ("dbs", name):
            return resources_api.database(store, call, name)
        case ("dbs", name, "colls"):
            return resources_api.containers(store.catalog, call, name)
        case ("dbs", database, "colls", name, *rest):
            container = store.catalog.container(database, name)
            _check_identity(call, container)
            return _in_container(store, rules, call, container, tuple(rest))
        case _:
            raise bad_request(f"There is no resource at /{'/'.join(call.segments)}.")


def _check_identity(call: Call, container: Container) -> None:
    """Refuse a caller that still means a deleted container of the same name."""
    intended = call.header("x-ms-cosmos-intended-collection-rid")
    if intended is not None and intended != container.rid:
        raise CosmosError(400, "Collection rid does not match the request's.", substatus=CONTAINER_RECREATED)


def _in_container(store: Store, rules: Rules, call: Call, container: Container, rest: tuple[str, ...]) -> Reply:
    match rest:
        case ():
            return resources_api.container(store, call, container)
        case ("pkranges",):
            return feeds_api.partition_ranges(call, container)
        case ("docs",):
            return _items(store, rules, call, container)
        case ("docs", name):
            return items_api.on_item(store, call, container, name)
        case ("conflicts",):
            # One region that all writes go to: nothing ever conflicts.
            return feed(container.rid, "Conflicts", [])
        case ("operations", "partitionkeydelete"):
            return items_api.delete_partition(store, call, container)
        case ("sprocs" | "triggers" | "udfs", *_):
            raise bad_request("Stored procedures, triggers and user-defined functions are not supported.")
        case _:
            raise bad_request(f"There is no resource at /{'/'.join(call.segments)}.")


def _items(store: Store, rules: Rules, call: Call, container: Container) -> Reply:
    if call.method == "GET":
        if call.header("a-im") is not None:
            return feeds_api.change_feed(store, call, container)
        return feeds_api.read_all_items(store, call, container, rules)
    if call.method != "POST":
        raise CosmosError(405, f"{call.method} is not supported on items.")
    if call.is_query:
        return feeds_api.query_items(store, call, container, rules)
    if call.flag("x-ms-cosmos-is-batch-request"):
        return items_api.batch(store, call, container)
    return items_api.create_or_upsert(store, call, container)
