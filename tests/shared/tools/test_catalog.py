import json
from collections.abc import MutableMapping
from typing import Any

import pytest

from shared.errors import SettingsInvalid
from shared.tools.catalog import Catalog, Policy
from shared.tools.catalog_document import CatalogInvalid
from tests.services import ROOT

SALES, MANAGEMENT, HR = frozenset({"Sales"}), frozenset({"Management"}), frozenset({"HR"})
SHIPPED = (ROOT / "mcpservers.json").read_text()
BASE = {"MCP_BASE_URL": "http://127.0.0.1:7100"}


def document(**changes: Any) -> str:
    server: dict[str, Any] = {
        "url": "https://tools.example.com/mcp",
        "roles": ["Sales", "Management"],
        "tools": {
            "read": {"policy": "allow", "idempotent": True},
            "write": {"policy": "allow_private"},
            "send": {"policy": "ask"},
            "plan": {"policy": "allow", "roles": ["Management"]},
            "drop": {"policy": "deny"},
        },
    }
    return json.dumps({"servers": {"crm": server | changes}})


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.load(document(), {})


@pytest.mark.parametrize(
    ("tool", "roles", "policy", "private", "group"),
    [
        ("read", SALES, Policy.ALLOW, True, True),
        ("read", SALES | HR, Policy.ALLOW, True, True),
        ("read", HR, Policy.DENY, False, False),
        ("read", frozenset[str](), Policy.DENY, False, False),
        ("write", SALES, Policy.ALLOW_PRIVATE, True, False),
        ("send", SALES, Policy.ASK, False, False),
        ("plan", SALES, Policy.DENY, False, False),
        ("plan", MANAGEMENT, Policy.ALLOW, True, True),
        ("drop", MANAGEMENT, Policy.DENY, False, False),
        ("unlisted", MANAGEMENT, Policy.DENY, False, False),
        ("READ", SALES, Policy.DENY, False, False),
    ],
)
def test_a_tool_may_be_called_only_by_policy_and_role(
    catalog: Catalog, tool: str, roles: frozenset[str], policy: Policy, *, private: bool, group: bool
) -> None:
    assert catalog.policy("crm", tool, roles) is policy
    assert catalog.may_call("crm", tool, roles) is private
    assert catalog.may_call("crm", tool, roles, in_group=True) is group


def test_an_unknown_server_is_denied(catalog: Catalog) -> None:
    assert catalog.policy("mail", "read", SALES) is Policy.DENY


def test_defaults_are_the_careful_ones(catalog: Catalog) -> None:
    spec = catalog.servers["crm"]
    assert (spec.timeout_s, spec.max_result_bytes, spec.default_policy) == (20, 256_000, Policy.DENY)
    assert not spec.tools["write"].idempotent


def test_the_shipped_catalog_gives_each_role_its_tools() -> None:
    catalog = Catalog.load(SHIPPED, BASE)
    assert [spec.name for spec in catalog.servers_for(SALES)] == ["crm", "quotes", "sales_playbook", "web_search"]
    assert [spec.name for spec in catalog.servers_for(HR)] == ["sales_playbook"]
    assert catalog.servers_for(frozenset({"Knowledge"})) == ()
    assert catalog.servers["crm"].url == "http://127.0.0.1:7100/crm/mcp"
    assert catalog.may_call("crm", "forecast", MANAGEMENT)
    assert not catalog.may_call("crm", "forecast", SALES)
    assert catalog.policy("crm", "log_activity", SALES) is Policy.ALLOW_PRIVATE
    assert not catalog.servers["crm"].tools["log_activity"].idempotent


def test_a_variable_without_value_is_named() -> None:
    with pytest.raises(CatalogInvalid, match=r"servers\.crm\.url: no value for MCP_BASE_URL"):
        Catalog.load(SHIPPED, {"MCP_BASE_URL": ""})


def test_an_escaped_byte_is_no_variable() -> None:
    catalog = Catalog.load(document(url="https://a.example/%AB%CD/mcp"), {})
    assert catalog.servers["crm"].url == "https://a.example/%AB%CD/mcp"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "localhost", "[::1]"])
def test_plain_http_is_taken_to_this_machine(host: str) -> None:
    assert Catalog.load(document(url=f"http://{host}:81/mcp"), {}).servers["crm"].url == f"http://{host}:81/mcp"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://tools.example.com/mcp", "http is only allowed to this machine"),
        ("http://localhost.example.com/mcp", "http is only allowed to this machine"),
        ("http://10.0.0.5/mcp", "http is only allowed to this machine"),
        ("https://169.254.169.254/latest", "no tool server can have"),
        ("https://[fe80::1]/mcp", "no tool server can have"),
        ("https://0.0.0.0/mcp", "no tool server can have"),
        ("https://user:secret@tools.example.com/mcp", "neither credentials"),
        ("https://tools.example.com/mcp#x", "fragment"),
        ("ftp://tools.example.com/mcp", "https URL"),
        ("file:///etc/passwd", "https URL"),
        ("tools.example.com/mcp", "https URL"),
        ("https://", "https URL"),
        ("https://tools.example.com:99999/", "not a URL"),
        ("https://tools.example.com/\nx", "blanks"),
        ("https://tööls.example.com/", "outside ASCII"),
    ],
)
def test_a_wrong_url_is_refused_with_its_place(url: str, says: str) -> None:
    with pytest.raises(CatalogInvalid, match=says) as caught:
        Catalog.load(document(url=url), {})
    assert "servers.crm.url" in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "file: "),
        ("{}", "servers: Field required"),
        ('{"servers": {"a": {}, "a": {}}}', "given twice in one object: a"),
        ('{"servers": {"CRM": {}}}', "servers.CRM"),
        (json.dumps({"servers": {"x" * 31: {}}}), "servers." + "x" * 31),
        (document(roles=[]), "servers.crm.roles"),
        (document(roles="Sales"), "servers.crm.roles"),
        (document(timeout_s=0), "servers.crm.timeout_s"),
        (document(timeout_s="soon"), "servers.crm.timeout_s"),
        (document(max_result_bytes=10**9), "servers.crm.max_result_bytes"),
        (document(default_policy="maybe"), "servers.crm.default_policy"),
        (document(secret="abc"), "servers.crm.secret: Extra inputs are not permitted"),
        (document(tools={"read": {"policy": "permit"}}), "servers.crm.tools.read.policy"),
        (document(tools={"read": {}}), "servers.crm.tools.read.policy: Field required"),
        (document(tools={"read": {"policy": "allow", "idempotent": "no"}}), "servers.crm.tools.read.idempotent"),
        (document(tools={"a b": {"policy": "allow"}}), "servers.crm.tools.a b"),
        (document(tools={"read": {"policy": "allow", "roles": ["Sale"]}}), "tools.read.roles: Sale not among"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(CatalogInvalid) as caught:
        Catalog.load(text, {})
    assert says in caught.value.message
    assert isinstance(caught.value, SettingsInvalid)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(CatalogInvalid) as caught:
        Catalog.load(document(roles=[], timeout_s=-1, tools={"read": {"policy": "x"}}), {})
    assert [place in caught.value.message for place in ("crm.roles", "crm.timeout_s", "read.policy")] == [True] * 3


def test_a_loaded_catalog_cannot_be_changed(catalog: Catalog) -> None:
    assert not isinstance(catalog.servers, MutableMapping)
    assert not isinstance(catalog.servers["crm"].tools, MutableMapping)


CLIENT: dict[str, Any] = {"mode": "client_credentials", "issuer": "https://login.example", "client_id": "coach"}


@pytest.mark.parametrize(
    ("auth", "path", "says"),
    [
        (CLIENT, "auth.client_credentials", "either client_secret_setting or private_key_setting"),
        (
            CLIENT | {"client_secret_setting": "MCP_SECRET_A", "private_key_setting": "MCP_SECRET_B"},
            "auth.client_credentials",
            "either",
        ),
        (CLIENT | {"client_secret_setting": "MCP_SECRET_A", "key_id": "k"}, "auth.client_credentials", "key_id needs"),
        (CLIENT | {"client_secret_setting": "s3cret"}, "client_secret_setting", "match pattern"),
        (
            CLIENT | {"client_secret_setting": "MCP_SECRET_A", "issuer": "http://login.example"},
            "crm.auth.issuer",
            "http is only allowed to this machine",
        ),
        (
            CLIENT | {"client_secret_setting": "MCP_SECRET_A", "issuer": "%LOGIN_URL%/t"},
            "crm.auth.issuer",
            "no value for LOGIN_URL",
        ),
        ({"mode": "oauth", "revision": "2025-06-18"}, "auth.oauth.revision", "2025-03-26"),
    ],
)
def test_a_way_to_prove_ourselves_that_cannot_work_is_refused(auth: dict[str, Any], path: str, says: str) -> None:
    with pytest.raises(CatalogInvalid) as refused:
        Catalog.load(document(auth=auth), {})
    assert path in refused.value.message
    assert says in refused.value.message


@pytest.mark.parametrize(
    ("auth", "readers"),
    [
        (CLIENT | {"client_secret_setting": "MCP_SECRET_A"}, "everyone"),
        (CLIENT | {"mode": "workload_identity", "identity_scope": "api://x/.default"}, "everyone"),
        (CLIENT | {"mode": "identity_assertion", "client_secret_setting": "MCP_SECRET_A"}, "asker"),
    ],
)
def test_an_authorization_server_is_named_with_variables_and_who_reads_follows_from_whose_account_it_is(
    auth: dict[str, Any], readers: str
) -> None:
    catalog = Catalog.load(document(auth=auth | {"issuer": "%LOGIN_URL%/t"}), {"LOGIN_URL": "https://login.example/"})
    spec = catalog.servers["crm"]
    assert spec.auth.model_dump()["issuer"] == "https://login.example/t"
    assert (catalog.labels("crm", "read").readers, spec.personal) == (readers, readers == "asker")
