"""`azure.yaml` names folders, scripts and outputs that exist."""

import ast
import re
from typing import Any, cast

import yaml

from tests.infra.bicep import INFRA, ROOT, tree


def _project() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8")))


def _hooks() -> list[tuple[str, str]]:
    """Return each hook's name with its command, for every system."""
    project = _project()
    parts = [project["hooks"], *(service.get("hooks", {}) for service in project["services"].values())]
    return [(name, system["run"]) for part in parts for name, hook in part.items() for system in hook.values()]


def test_it_deploys_the_built_package_and_the_web_client() -> None:
    services = _project()["services"]
    assert {name: service["host"] for name, service in services.items()} == {"app": "function", "web": "staticwebapp"}
    assert services["app"]["remoteBuild"] is False
    assert (ROOT / services["web"]["project"] / "package.json").exists()
    assert services["app"]["project"] in dict(_hooks())["prepackage"]


def test_hooks_run_scripts_that_are_there_on_every_system() -> None:
    hooks = _hooks()
    modules = {(name, module) for name, command in hooks for module in re.findall(r"-m scripts\.(\w+)", command)}
    assert {name for name, _ in modules} == {"predeploy", "prepackage", "postprovision", "postdeploy"}
    for name, module in modules:
        assert (ROOT / "scripts" / f"{module}.py").exists(), name
    assert len(hooks) == 2 * len(modules)


def test_scripts_read_outputs_that_the_deployment_has() -> None:
    outputs = set(tree(INFRA / "main.bicep")["outputs"])
    read = set[str]()
    for script in ("web_config", "vault_keys", "post_deploy", "erase_person", "conversation"):
        text = (ROOT / "scripts" / f"{script}.py").read_text(encoding="utf-8")
        read |= {name for name in _texts(text) if re.fullmatch(r"[A-Z][A-Z_]{3,}(__serviceUri)?", name)}
    # Named in one of two forms; a deployment has that with an identity.
    read |= {f"{name}__serviceUri" for name in read & {"BLOB", "COSMOS", "WEB_PUBSUB"}}
    of_others = {"SMOKE_TOKEN", "AZURE_PRINCIPAL_TYPE", "MCP_BASE_URL", "BLOB", "COSMOS", "WEB_PUBSUB"}
    of_others |= {"COSMOS_DATABASE"}
    assert read - of_others - outputs == set()
    assert {"PUBLIC_URL", "KEY_VAULT_URI", "WEB_CLIENT_ID", "BLOB__serviceUri"} <= read


def _texts(code: str) -> set[str]:
    nodes = ast.walk(ast.parse(code))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
