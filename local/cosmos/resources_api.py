"""The account, databases, containers and offers."""

from typing import Final, cast

from local.cosmos.catalog import Catalog
from local.cosmos.definition import Container
from local.cosmos.errors import CosmosError, bad_request
from local.cosmos.feeds_api import query_resources
from local.cosmos.store import Store
from local.cosmos.values import Document, Json, dumps, loads
from local.cosmos.wire import Call, Reply, resource

_MAX_QUERY: Final = 262144


def account(call: Call) -> Reply:
    """Describe the account at the address the caller used, so that endpoint discovery leads back here."""
    locations: list[Json] = [{"name": "Local", "databaseAccountEndpoint": call.base_url}]
    replicas: Document = {"asyncReplication": False, "minReplicaSetSize": 1, "maxReplicasetSize": 4}
    body: Document = {
        "_self": "",
        "id": "local",
        "_rid": "local",
        "media": "//media/",
        "addresses": "//addresses/",
        "_dbs": "//dbs/",
        "writableLocations": locations,
        "readableLocations": locations,
        "enableMultipleWriteLocations": False,
        "continuousBackupEnabled": False,
        "enableNRegionSynchronousCommit": False,
        "enablePerPartitionFailoverBehavior": False,
        "userReplicationPolicy": replicas,
        "systemReplicationPolicy": replicas,
        "userConsistencyPolicy": {"defaultConsistencyLevel": "Session"},
        "readPolicy": {"primaryReadCoefficient": 1, "secondaryReadCoefficient": 1},
        "queryEngineConfiguration": dumps({"maxSqlQueryInputLength": _MAX_QUERY}),
    }
    return Reply(body=dumps(body))


def databases(catalog: Catalog, call: Call) -> Reply:
    """List, query or create databases."""
    if call.method == "GET" or call.is_query:
        return query_resources(call, "", "Databases", catalog.databases())
    if call.method != "POST":
        raise CosmosError(405, f"{call.method} is not supported on databases.")
    return resource(catalog.create_database(call.document()), status=201)


def database(store: Store, call: Call, name: str) -> Reply:
    """Read or delete a database."""
    match call.method:
        case "GET":
            return resource(store.catalog.database(name))
        case "DELETE":
            store.catalog.delete_database(name)
            store.views.clear()
            return Reply(status=204)
        case _:
            raise CosmosError(405, f"{call.method} is not supported on a database.")


def _throughput(call: Call) -> Document | None:
    manual = call.header("x-ms-offer-throughput")
    automatic = call.header("x-ms-cosmos-offer-autopilot-settings")
    try:
        if automatic is not None:
            settings = cast("Document", loads(automatic))
            return {"offerThroughput": settings["maxThroughput"], "offerAutopilotSettings": settings}
        return None if manual is None else {"offerThroughput": int(manual)}
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(f"The throughput settings are invalid: {error}") from error


def containers(catalog: Catalog, call: Call, owner: str) -> Reply:
    """List, query or create containers."""
    if call.method == "GET" or call.is_query:
        found = catalog.containers(owner)
        return query_resources(call, str(catalog.database(owner)["_rid"]), "DocumentCollections", found)
    if call.method != "POST":
        raise CosmosError(405, f"{call.method} is not supported on containers.")
    made = catalog.create_container(owner, call.document(), _throughput(call))
    return resource(made.body, status=201)


def container(store: Store, call: Call, found: Container) -> Reply:
    """Read, replace or delete a container."""
    match call.method:
        case "GET":
            return resource(found.body)
        case "PUT":
            made = store.catalog.replace_container(found, call.document())
            if made.default_ttl != found.default_ttl:
                with store.database.transaction():
                    store.items.refresh_expiry(made)
            return resource(made.body)
        case "DELETE":
            store.catalog.delete_container(found)
            store.views.clear()
            return Reply(status=204)
        case _:
            raise CosmosError(405, f"{call.method} is not supported on a container.")


def offers(catalog: Catalog, call: Call) -> Reply:
    """List or query throughput offers."""
    return query_resources(call, "", "Offers", catalog.offers())


def offer(catalog: Catalog, call: Call, rid: str) -> Reply:
    """Read or replace a throughput offer."""
    if call.method == "PUT":
        return resource(catalog.replace_offer(rid, call.document()))
    return resource(catalog.offer(rid))
