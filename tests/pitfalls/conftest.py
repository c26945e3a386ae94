"""One stack for the pitfalls, with a tool server the tests can bend, and a scene on it for each test."""

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from tests.e2e.stack import Stack
from tests.orchestration.golden.scene import Scene
from tests.pitfalls.tool_server import settings_file, tool_server
from tests.shared.tools.scripted_server import ScriptedServer


class PitfallScene(Scene):
    """A scene whose tools belong to the test."""

    def calm_tools(self) -> None:
        """Nothing: `tools` is reset by its fixture."""


@dataclass(frozen=True, slots=True)
class Running:
    stack: Stack
    tools: ScriptedServer


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    folder = tmp_path_factory.mktemp("pitfalls")
    with tool_server() as tools:
        pace = ("--first-token-ms", "5", "--token-ms", "1")
        stack = Stack(state=folder / "stack", flags=("--settings", str(settings_file(folder, tools.url)), *pace))
        stack.start()
        yield Running(stack, tools)
        stack.stop()
        (folder / "output.log").write_text(stack.output, encoding="utf-8")


@pytest.fixture
def stack(running: Running) -> Stack:
    return running.stack


@pytest.fixture
def tools(running: Running) -> Generator[ScriptedServer]:
    running.tools.asked.clear()
    yield running.tools
    running.tools.answers.clear()


@pytest.fixture
def scene(stack: Stack, tools: ScriptedServer) -> Generator[Scene]:
    with PitfallScene.set(stack) as opened:
        yield opened
