"""The Entra registrations fit what the code validates and asks for."""

import ast
import json
from typing import Any, cast

from tests.infra.bicep import INFRA, ROOT, tree, variable

ENTRA = INFRA / "modules" / "entra.bicep"


def _api() -> dict[str, Any]:
    return cast("dict[str, Any]", tree(ENTRA)["resources"]["api"]["config"])


def _roles_of_the_catalog() -> set[str]:
    servers = json.loads((ROOT / "mcpservers.json").read_text(encoding="utf-8"))["servers"].values()
    tools = [tool for server in servers for tool in server["tools"].values()]
    return {role for holder in (*servers, *tools) for role in holder.get("roles", [])}


def _roles_of_the_endpoints() -> set[str]:
    """Return the roles the HTTP API asks for: what module constants named ADMIN and `frozenset({...})` say."""
    found = set[str]()
    for file in (ROOT / "api").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "roles":
                constants = (leaf.value for leaf in ast.walk(node.value) if isinstance(leaf, ast.Constant))
                found |= {value for value in constants if isinstance(value, str)}
    return found


def test_app_roles_are_those_of_catalog_and_endpoints() -> None:
    made = {role["value"] for role in variable("entra.bicep", "roles")}
    assert "Admin" in _roles_of_the_endpoints()
    assert made == _roles_of_the_catalog() | _roles_of_the_endpoints()


def test_tokens_are_of_the_version_whose_issuer_the_app_is_told() -> None:
    system = (INFRA / "system.bicep").read_text(encoding="utf-8")
    assert _api()["api"]["requestedAccessTokenVersion"] == 2
    assert "loginEndpoint}${tenant().tenantId}/v2.0'" in system
    # Of that version, a token's audience is the client id, whatever it was asked for with.
    assert "AUTH_AUDIENCE: apiClientId" in system
    assert "UPSTREAM_AUDIENCE: apiClientId" in system
    assert "audience: apiClientId" in system


def test_tokens_say_who_a_person_is_and_their_groups() -> None:
    assert [claim["name"] for claim in _api()["optionalClaims"]["accessToken"]] == ["email"]
    assert _api()["groupMembershipClaims"] == "ApplicationGroup"


def test_the_web_client_comes_back_to_the_page_it_names() -> None:
    auth = (ROOT / "web" / "src" / "core" / "auth.ts").read_text(encoding="utf-8")
    text = ENTRA.read_text(encoding="utf-8")
    assert "redirect_uri: `${origin}/signed-in`" in auth
    assert "['${publicUrl}/signed-in', '${publicUrl}/']" in text


def test_no_registration_has_a_secret() -> None:
    text = ENTRA.read_text(encoding="utf-8")
    assert "passwordCredentials" not in text
    assert "keyCredentials" not in text
    assert "api://AzureADTokenExchange" in text
