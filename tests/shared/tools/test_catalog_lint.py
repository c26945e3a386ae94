import json
from typing import Any

import pytest

from shared.tools.catalog import Catalog, Policy
from shared.tools.catalog_access import OTHERS, access_of, roles_of, table
from shared.tools.catalog_document import read_document
from shared.tools.catalog_lint import lint, stand_ins
from shared.tools.catalog_places import place_of
from shared.tools.lint import main
from tests.services import ROOT
from tests.shared.tools.test_catalog import document

SHIPPED = (ROOT / "mcpservers.json").read_text()

WRONG = """{
  "servers": {
    "crm": {
      "url": "http://tools.example.com/mcp",
      "roles": ["Sales"],
      "tools": {
        "read": { "policy": "allow" }
      }
    },
    "mail": {
      "url": "https://user:pw@mail.example.com/mcp",
      "roles": ["Sales"]
    }
  }
}"""


def _catalog(text: str) -> Catalog:
    return Catalog.load(text, stand_ins(read_document(text)))


def _warnings(**changes: Any) -> dict[str, str]:
    found = lint(document(**changes))
    assert {finding.level for finding in found} <= {"warning"}
    return {".".join(map(str, finding.path)): finding.message for finding in found}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("servers", "crm", "url"), (4, 14)),
        (("servers", "crm", "roles", 0), (5, 17)),
        (("servers", "crm", "tools", "read", "policy"), (7, 29)),
        (("servers", "mail", "roles"), (12, 16)),
        (("servers", "mail", "timeout_s"), (10, 13)),
        (("servers", "mail", "auth", "oauth", "client_id"), (10, 13)),
    ],
)
def test_a_place_is_found_by_its_path_or_as_far_as_that_leads(
    path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert place_of(WRONG, path) == place


def test_every_error_is_told_with_line_and_column() -> None:
    assert [str(finding) for finding in lint(WRONG)] == [
        "4:14: error: servers.crm.url: http is only allowed to this machine",
        "11:14: error: servers.mail.url: must hold neither credentials nor a fragment",
    ]


def test_what_is_not_json_is_told_where_it_stops_being_that() -> None:
    (finding,) = lint('{\n  "servers": {,}\n}')
    assert (finding.line, finding.column, finding.level) == (2, 15, "error")


def test_a_wrong_field_is_told_at_its_value() -> None:
    text = document(timeout_s=-1)
    (finding,) = lint(text)
    assert text[finding.column - 1 :].startswith("-1")
    assert finding.path == ("servers", "crm", "timeout_s")


def test_the_shipped_catalog_has_no_finding() -> None:
    assert lint(SHIPPED) == ()


def test_a_tool_nobody_thought_about_is_pointed_out() -> None:
    assert set(_warnings(tools={"write": {"policy": "allow"}, "old": {"policy": "deny"}})) == {
        "servers.crm.tools.write"
    }
    assert _warnings(tools={"write": {"policy": "allow", "idempotent": False}}) == {}


@pytest.mark.parametrize(
    ("changes", "place", "says"),
    [
        ({"url": "http://127.0.0.1/mcp"}, "servers.crm.url", "http instead of https"),
        ({"url": "https://a.example/mcp?api_key=abc"}, "servers.crm.url", "held a secret"),
        ({"url": "https://a.example/mcp?x=" + "a1" * 25}, "servers.crm.url", "held a secret"),
        ({"tools": {}}, "servers.crm", "nobody may use any"),
        ({"tools": {"drop": {"policy": "deny"}}}, "servers.crm", "nobody may use any"),
        ({"default_policy": "allow"}, "servers.crm.default_policy", "nobody has looked at"),
        (
            {"auth": {"mode": "oauth"}, "readers": "everyone"},
            "servers.crm.readers",
            "own account",
        ),
        ({"roles": ["Sales", "Sale"]}, "servers.crm.roles", "Sale"),
        (
            {"tools": {"mail": {"policy": "allow", "idempotent": False, "expires": "external_send"}}},
            "servers.crm.tools.mail.policy",
            "out of the company",
        ),
        (
            {"tools": {"read": {"policy": "allow", "read_only": True, "expires": "write"}}},
            "servers.crm.tools.read.expires",
            "does not write",
        ),
    ],
)
def test_what_looks_like_a_mistake_is_pointed_out(changes: dict[str, Any], place: str, says: str) -> None:
    sound = {"tools": {"read": {"policy": "allow", "read_only": True}}}
    assert _warnings(**sound) == {}
    assert says in _warnings(**(sound | changes))[place]


def test_an_address_with_names_of_app_settings_only_is_no_secret() -> None:
    tools = {"read": {"policy": "allow", "read_only": True}}
    assert _warnings(url="https://a.example/mcp?api_key=%CRM_KEY%", tools=tools) == {}


def test_access_says_what_a_role_may_do_alone_and_in_a_group() -> None:
    catalog = _catalog(document(default_policy="ask"))
    assert {row.tool: (row.policy, row.in_group) for row in access_of(catalog, "Sales")} == {
        "read": (Policy.ALLOW, Policy.ALLOW),
        "write": (Policy.ALLOW_PRIVATE, Policy.ASK),
        "send": (Policy.ASK, Policy.ASK),
        OTHERS: (Policy.ASK, Policy.ASK),
    }
    assert "plan" in {row.tool for row in access_of(catalog, "Management")}
    assert access_of(catalog, "HR") == ()
    assert roles_of(catalog) == ("Management", "Sales")


def test_the_table_agrees_with_the_catalog_for_every_role_and_tool() -> None:
    catalog = _catalog(SHIPPED)
    for role in (*roles_of(catalog), "Nobody"):
        rows = {(row.server, row.tool): row for row in access_of(catalog, role)}
        for spec in catalog.servers.values():
            for tool in spec.tools:
                policy = catalog.policy(spec.name, tool, frozenset({role}))
                row = rows.get((spec.name, tool))
                assert (row.policy if row else Policy.DENY) is policy
                if row is not None:
                    free = row.in_group is Policy.ALLOW
                    assert free is catalog.may_call(spec.name, tool, frozenset({role}), in_group=True)


def test_the_table_has_one_aligned_line_for_each_tool() -> None:
    lines = table(access_of(_catalog(SHIPPED), "HR")).splitlines()
    assert lines[0].split()[:2] == ["role", "tool"]
    assert [line.index("allow") for line in lines[1:]] == [lines[0].index("policy")] * 2


def test_the_command_prints_findings_and_who_may_use_what(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mcpservers.json"
    file.write_text(SHIPPED)
    assert main([str(file), "--as", "HR"]) == 0
    shown = capsys.readouterr().out
    assert "sales_playbook.get_document" in shown
    assert "crm" not in shown
    assert main([str(file), "--as", "Nobody"]) == 0
    assert capsys.readouterr().out == "Nobody: may use nothing\n"
    file.write_text(WRONG)
    assert main([str(file)]) == 1
    assert f"{file}:4:14: error: servers.crm.url" in capsys.readouterr().out
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_the_file_may_name_its_schema_and_nothing_else_besides() -> None:
    assert _catalog(json.dumps(json.loads(document()) | {"$schema": "docs/mcpservers.schema.json"})).servers
    (finding,) = lint(json.dumps(json.loads(document()) | {"schema_address": "x"}))
    assert finding.path == ("schema_address",)
