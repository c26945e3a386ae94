"""The app's identity has the roles its calls need, at the very resource, and no other."""

import ast
import re

from tests.infra.bicep import INFRA, ROOT, resources, variable

GUIDS = {
    "Cognitive Services OpenAI User": "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
    "Durable Task Data Contributor": "0ad04412-c4d5-4796-b79c-f76d14c8d402",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Monitoring Metrics Publisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "Storage Blob Data Contributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "Storage Blob Data Owner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "Storage Table Data Contributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "Web PubSub Service Owner": "12cf5a90-567b-43ae-8102-96cf46c7d9b4",
}
"""Built-in roles of Azure by name, written down here a second time."""
NEEDED_FOR = {
    "azure.storage": ("storage", "storageBlobDataOwner"),
    "azure.messaging": ("webPubSub", "webPubSubServiceOwner"),
    "openai": ("openAi", "openAiUser"),
    "azure.durable_functions": ("scheduler", "durableTaskDataContributor"),
    "azure.functions": ("storage", "storageTableDataContributor"),
}
"""Which SDK the product imports needs which role, and where."""
NEEDED_BY_SETTINGS = {("vault", "keyVaultSecretsUser"), ("insights", "monitoringMetricsPublisher")}
TEXT = (INFRA / "modules" / "roles.bicep").read_text(encoding="utf-8")


def _assigned(who: str) -> set[tuple[str, str]]:
    found = set[tuple[str, str]]()
    for assignment in resources("Microsoft.Authorization/roleAssignments"):
        if assignment.properties["principalId"] == who:
            role = re.search(
                rf"resource {assignment.symbol} .*?'Microsoft\.Authorization/roleDefinitions', roleIds\.(\w+)\)",
                TEXT,
                re.DOTALL,
            )
            assert role is not None
            found.add((str(assignment.config["scope"]), role.group(1)))
    return found


def _imported() -> set[str]:
    packages = ("api", "chat", "group_chat", "orchestration", "shared")
    files = [ROOT / "function_app.py", *(file for name in packages for file in (ROOT / name).rglob("*.py"))]
    names = set[str]()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return names


def test_every_role_has_the_id_its_name_says() -> None:
    told = dict(re.findall(r"'([0-9a-f]{8}-[0-9a-f-]{27})' // (.+)", TEXT))
    told.pop("00000000-0000-0000-0000-000000000002")
    assert {name: guid for guid, name in told.items()} == GUIDS
    assert set(variable("roles.bicep", "roleIds").values()) == set(GUIDS.values())


def test_assignments_are_in_one_file() -> None:
    kinds = ("Microsoft.Authorization/roleAssignments", "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments")
    assert {found.file for kind in kinds for found in resources(kind)} == {"roles.bicep"}


def test_the_app_may_do_what_its_sdks_call_and_nothing_else() -> None:
    imported = _imported()
    used = {role for sdk, role in NEEDED_FOR.items() if any(f"{name}.".startswith(f"{sdk}.") for name in imported)}
    assert used == set(NEEDED_FOR.values())
    assert _assigned("appPrincipalId") == used | NEEDED_BY_SETTINGS


def test_the_app_may_read_and_write_documents_but_not_change_containers() -> None:
    assert any(name.startswith("azure.cosmos") for name in _imported())
    (assignment,) = resources("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments")
    assert assignment.properties["principalId"] == "appPrincipalId"
    assert variable("roles.bicep", "cosmosDataContributor") == "00000000-0000-0000-0000-000000000002"


def test_who_deploys_may_upload_make_keys_and_look_at_turns() -> None:
    assert _assigned("deployerPrincipalId") == {
        ("storage", "storageBlobDataContributor"),
        ("vault", "keyVaultSecretsOfficer"),
        ("scheduler", "durableTaskDataContributor"),
    }


def test_the_name_of_an_assignment_names_what_it_assigns() -> None:
    for symbol, scope, who, role in re.findall(
        r"resource (\w+) 'Microsoft\.Authorization/roleAssignments@.*?scope: (\w+)\n  "
        r"name: guid\(\2\.id, (\w+), roleIds\.(\w+)\)",
        TEXT,
        re.DOTALL,
    ):
        assert (scope, role) in _assigned(who), symbol
    assert len(re.findall(r"name: guid\(", TEXT)) == len(resources("Microsoft.Authorization/roleAssignments")) + 1
