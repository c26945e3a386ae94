"""Who may import whom, what must not be used where, and how large things may grow."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FRONT_DOORS = ("chat", "group_chat")
PRODUCT = ("function_app", "api", *FRONT_DOORS, "insights", "orchestration", "shared")
MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 40

MAY_IMPORT = {
    "function_app": {"api", "chat", "group_chat", "insights", "orchestration", "shared"},
    "api": {"api", "chat", "group_chat", "shared"},
    "chat": {"chat", "shared"},
    "group_chat": {"group_chat", "shared"},
    "insights": {"insights", "shared"},
    "orchestration": {"orchestration", "shared"},
    "shared": {"shared"},
    "local": {"local", "shared"},
}
ONE_MODULE_EACH = {
    "azure.cosmos": {"shared.cosmos"},
    "azure.storage": {"shared.blob"},
    "azure.messaging": {"shared.web_pubsub"},
    "azure.identity": {"shared.credential"},
    "durabletask.client": {"shared.turn_engine"},
    "openai": {"shared.model_openai"},
    "numpy": {"insights.clusters", "insights.grouping"},
    "scipy": {"insights.grouping"},
    "sklearn": {"insights.grouping"},
    "mcp_types": {
        "api.mcp_server.transport",
        *(
            f"shared.tools.mcp_{part}"
            for part in ("calls", "input", "kept", "listings", "observer", "results", "transport")
        ),
    },
    "httpcore2": {"shared.tools.checked_network"},
    "mcp": {
        "api.mcp_server.transport",
        "shared.tools.mcp_transport",
        *(f"shared.tools.oauth_{part}" for part in ("clients", "discovery", "sign_in", "steps", "tokens")),
    },
}
"""The parts of the MCP client are one edge that shares the SDK's types; the coach as an MCP server is the other."""
ORCHESTRATOR = (
    *("orchestration.turn", "orchestration.turn_calls", "orchestration.turn_races", "orchestration.ambient"),
    "insights.analyze",
)
"""What is replayed from a history."""
VARYING = {
    "asyncio",
    "datetime.datetime",
    "datetime.date",
    "logging",
    "os",
    "random",
    "secrets",
    "socket",
    "time",
    "uuid",
}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `module.name`, or the module alone."""

    target: str
    line: int

    def within(self, package: str) -> bool:
        return self.target == package or self.target.startswith(package + ".")


@cache
def _files(*packages: str) -> dict[str, Path]:
    """Return the packages' modules by their dotted names."""
    found: dict[str, Path] = {}
    for package in packages:
        single = ROOT / f"{package}.py"
        for path in [single] if single.exists() else sorted((ROOT / package).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[dotted.removesuffix(".__init__")] = path
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(path: Path) -> Iterator[Import]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            yield from (Import(f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _inner(path: Path, packages: tuple[str, ...]) -> Iterator[Import]:
    return (found for found in _imports(path) if found.target.split(".")[0] in packages)


def test_the_scan_sees_the_product() -> None:
    modules = _files(*PRODUCT)
    assert {"function_app", "chat.service", "orchestration.turn", "shared.event_log.log"} <= set(modules)
    assert any(found.target == "shared.event_log.log.EventLog" for found in _imports(modules["chat.dependencies"]))


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_only_what_lies_below_them(package: str) -> None:
    everything = (*PRODUCT, "local", "tests", "bench", "scripts")
    wrong = [
        f"{module}:{found.line} imports {found.target}"
        for module, path in _files(package).items()
        for found in _inner(path, everything)
        if found.target.split(".")[0] not in MAY_IMPORT[package]
    ]
    assert wrong == []


def test_protocol_types_know_nothing_above_them() -> None:
    wrong = [
        f"{module} imports {found.target}"
        for module, path in _files("shared").items()
        if module.startswith("shared.protocol")
        for found in _inner(path, PRODUCT)
        if not found.within("shared.protocol")
    ]
    assert wrong == []


def test_the_functions_sdk_stays_in_the_bindings() -> None:
    wrong = [
        f"{module} imports {found.target}"
        for module, path in _files(*PRODUCT).items()
        if module != "function_app" and not module.endswith(".functions")
        for found in _imports(path)
        if found.within("azure.functions") or found.within("azure.durable_functions")
    ]
    assert wrong == []


@pytest.mark.parametrize("sdk", ONE_MODULE_EACH)
def test_each_sdk_is_used_in_one_place(sdk: str) -> None:
    users = {module for module, path in _files(*PRODUCT).items() for found in _imports(path) if found.within(sdk)}
    assert users == ONE_MODULE_EACH[sdk]


def test_the_environment_is_read_in_one_place() -> None:
    wrong = [
        f"{module}:{node.lineno}"
        for module, path in _files(*PRODUCT).items()
        if module != "function_app"
        for node in ast.walk(_tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    ]
    assert wrong == []


def test_the_orchestrator_imports_nothing_that_can_vary() -> None:
    wrong = [
        found.target
        for module in ORCHESTRATOR
        for found in _imports(_files("orchestration", "insights")[module])
        if any(found.within(name) for name in VARYING) or found.target == "datetime"
    ]
    assert wrong == []


def test_the_orchestrator_calls_nothing_that_waits_or_speaks() -> None:
    trees = [_tree(_files("orchestration", "insights")[module]) for module in ORCHESTRATOR]
    wrong = [
        type(node).__name__
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Await | ast.AsyncFunctionDef | ast.Global | ast.With | ast.AsyncWith)
        or (isinstance(node, ast.Name) and node.id in {"print", "open", "input", "set", "hash", "id"})
    ]
    assert wrong == []


def test_nothing_imports_in_a_circle() -> None:
    modules = _files(*PRODUCT, "local")
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        targets = (found.target for found in _imports(path))
        named = (target if target in modules else target.rsplit(".", 1)[0] for target in targets)
        graph[module] = {target for target in named if target in modules and target != module}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as cycle:
        pytest.fail(f"import cycle: {' -> '.join(cycle.args[1])}")
    assert set(order) == set(modules)


@pytest.mark.parametrize("package", [*PRODUCT, "local"])
def test_files_stay_short(package: str) -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in _files(package).values()
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


@pytest.mark.parametrize("package", [*PRODUCT, "local"])
def test_functions_stay_short(package: str) -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": lines
        for path in _files(package).values()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


def test_orchestrated_messages_hold_only_ids_and_small_words() -> None:
    """What crosses the engine is flat: text, numbers, truth values, and tuples of ids."""
    flat = {"str", "int", "bool", "str | None", "int | None", "tuple[str, ...]", "StepOutcome", "EndStatus"}
    modules = _files("orchestration") | _files("shared")
    wrong = [
        f"{node.name}.{ast.unparse(field.target)}: {ast.unparse(field.annotation)}"
        for module in ("orchestration.messages", "shared.common_questions.runs", "shared.turns")
        for node in ast.walk(_tree(modules[module]))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Message" for base in node.bases)
        for field in node.body
        if isinstance(field, ast.AnnAssign) and ast.unparse(field.annotation) not in flat
    ]
    assert wrong == []
