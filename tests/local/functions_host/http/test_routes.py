import pytest

from local.functions_host.functions import Function
from local.functions_host.http.routes import RouteError, RouteTable


def _table(*templates: str, prefix: str = "api") -> RouteTable:
    functions: list[Function] = []
    for template in templates:
        trigger = {"type": "httpTrigger", "name": "req", "direction": "IN", "route": template, "methods": ["GET"]}
        functions.append(Function.from_metadata({"id": template, "name": template, "bindings": [trigger]}))
    return RouteTable(functions, prefix)


def _match(template: str, path: str) -> dict[str, str] | None:
    found = _table(template).find("GET", path)
    return None if found is None else found[1]


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("a/{x}", "/api/a/1", {"x": "1"}),
        ("a/{x}", "/api/a/1/", {"x": "1"}),
        ("a/{x}", "/api/a", None),
        ("a/{x?}", "/api/a", {}),
        ("a/{x=9}", "/api/a", {"x": "9"}),
        ("a/{x:int}", "/api/a/-5", {"x": "-5"}),
        ("a/{x:int}", "/api/a/2147483648", None),
        ("a/{x:long}", "/api/a/2147483648", {"x": "2147483648"}),
        ("a/{x:int?}", "/api/a", {}),
        ("a/{x:bool}", "/api/a/True", {"x": "True"}),
        ("a/{x:guid}", "/api/a/not-a-guid", None),
        ("a/{x:guid}", "/api/a/6f9619ff-8b86-d011-b42d-00c04fc964ff", {"x": "6f9619ff-8b86-d011-b42d-00c04fc964ff"}),
        ("a/{x:datetime}", "/api/a/2026-01-02", {"x": "2026-01-02"}),
        ("a/{x:alpha}", "/api/a/ab1", None),
        ("a/{x:length(2,3)}", "/api/a/abcd", None),
        ("a/{x:length(2)}", "/api/a/ab", {"x": "ab"}),
        ("a/{x:minlength(3)}", "/api/a/ab", None),
        ("a/{x:maxlength(1)}", "/api/a/ab", None),
        ("a/{x:range(1,5)}", "/api/a/6", None),
        ("a/{x:min(3):max(4)}", "/api/a/4", {"x": "4"}),
        ("a/{x:regex(^\\d{2}$)}", "/api/a/12", {"x": "12"}),
        ("a/{x:regex(^\\d{2}$)}", "/api/a/123", None),
        ("a/{*rest}", "/api/a/b/c", {"rest": "b/c"}),
        ("a/{*rest}", "/api/a", {}),
        ("{name}.{ext}", "/api/report.pdf", {"name": "report", "ext": "pdf"}),
        ("v{n:int}/x", "/api/v2/x", {"n": "2"}),
        ("a/{x}", "/api/a/b%2Fc", {"x": "b/c"}),
        ("a/{x}", "/other/a/1", None),
    ],
)
def test_a_template_matches(template: str, path: str, parameters: dict[str, str] | None) -> None:
    assert _match(template, path) == parameters


def test_more_specific_templates_win_whatever_their_order() -> None:
    templates = ["{*all}", "{a}/{b}", "{a}/{b:int}", "x/{b}", "x/y"]
    for ordered in (templates, templates[::-1]):
        table = _table(*ordered)
        chosen = {path: table.find("GET", f"/api/{path}") for path in ("x/y", "x/1", "q/1", "q/z", "q/z/3")}
        names = {path: found[0].name for path, found in chosen.items() if found is not None}
        assert names == {"x/y": "x/y", "x/1": "x/{b}", "q/1": "{a}/{b:int}", "q/z": "{a}/{b}", "q/z/3": "{*all}"}


def test_an_empty_prefix_serves_from_the_root() -> None:
    assert _table("hello", prefix="").find("GET", "/hello") is not None


def test_an_unknown_constraint_is_an_error() -> None:
    with pytest.raises(RouteError, match="odd"):
        _table("a/{x:odd}")
