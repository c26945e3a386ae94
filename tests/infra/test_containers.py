"""The stores are made as the code expects them."""

from local.provision import BLOB_CONTAINERS, indexing_policy
from shared.containers import DEFINITIONS, RESULTS
from shared.prompts.store import CONTAINER as PROMPTS
from shared.settings import Settings
from shared.tools.catalogs import CONTAINER as CATALOG
from tests.infra.bicep import INFRA, one, variable


def test_cosmos_containers_are_those_of_the_code() -> None:
    made = {
        container["name"]: (container["partitionKey"], container["defaultTtl"], tuple(container["unindexed"]))
        for container in variable("cosmos.bicep", "containers")
    }
    wanted = {
        definition.name: (definition.partition_key, definition.default_ttl, definition.unindexed)
        for definition in DEFINITIONS
    }
    assert made == wanted


def test_cosmos_containers_are_indexed_as_the_development_cloud_indexes_them() -> None:
    resource = one("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers").properties["resource"]
    policy = indexing_policy(DEFINITIONS[0])
    made = resource["indexingPolicy"]
    assert made["indexingMode"] == policy["indexingMode"]
    assert made["automatic"] is policy["automatic"]
    assert made["includedPaths"] == policy["includedPaths"]
    text = (INFRA / "modules" / "cosmos.bicep").read_text(encoding="utf-8")
    assert f"concat(container.unindexed, ['{policy['excludedPaths'][-1]['path']}'])" in text
    assert resource["partitionKey"]["kind"] == "Hash"


def test_cosmos_answers_with_what_was_written() -> None:
    account = one("Microsoft.DocumentDB/databaseAccounts").properties
    assert account["consistencyPolicy"] == {"defaultConsistencyLevel": "Strong"}
    assert len(account["locations"]) == 1
    assert account["enableMultipleWriteLocations"] is False


def test_the_database_is_the_one_the_code_looks_in() -> None:
    assert variable("services.bicep", "databaseName") == Settings.model_fields["cosmos_database"].default


def test_blob_containers_are_those_of_the_code() -> None:
    made = variable("storage.bicep", "containerNames")
    assert set(made) == {RESULTS, PROMPTS, CATALOG} == set(BLOB_CONTAINERS)
