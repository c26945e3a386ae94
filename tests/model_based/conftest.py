"""One stack for all random conversations, with its model scripted, and a loop to talk to it from."""

import asyncio
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, event, settings

from shared.cosmos import Cosmos
from shared.credential import azure_credential
from shared.event_log.log import EventLog
from shared.settings import ServiceAddress
from tests.e2e.stack import Stack
from tests.model_based.checks import story, wrongs
from tests.model_based.commands import Command
from tests.model_based.run import Run
from tests.model_based.scenario import RULES, TOOL_DELAY

LONG = "long"
"""The profile for a run of an hour or so."""
settings.register_profile(
    LONG,
    max_examples=600,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=(HealthCheck.too_slow,),
)


class Talks:
    """Lets random conversations happen, one after another."""

    def __init__(self, stack: Stack, runner: asyncio.Runner) -> None:
        self.stack = stack
        self._runner = runner

    def hold(self, commands: list[Command]) -> None:
        """Let one conversation happen and judge it."""
        self._runner.run(self._hold(commands))

    async def _hold(self, commands: list[Command]) -> None:
        stored = self.stack.settings()
        credential = azure_credential()
        cosmos = Cosmos(ServiceAddress(connection_string=stored["COSMOS"]), credential, stored["COSMOS_DATABASE"])
        try:
            run = await Run.begin(self.stack, EventLog(cosmos))
            try:
                await run.carry_out(commands)
                await run.end()
            except AssertionError as error:
                run.events = await run.log.events_after(run.session_id, 0, 10_000)
                raise AssertionError(f"{error}\n{story(run)}") from error
            finally:
                await run.close()
        finally:
            await cosmos.close()
            await credential.close()
        calls = await asyncio.to_thread(self.stack.get, self.stack.url("mcp_servers") + "/_calls")
        for outcome in run.outcomes:
            event(f"{type(outcome.meaning).__name__} was {outcome.fate}")
        found = wrongs(run, cast("list[dict[str, Any]]", calls))
        assert not found, "\n".join([*found, story(run)])


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Generator[Talks]:
    folder = tmp_path_factory.mktemp("model_based")
    stack = Stack(state=folder / "stack", flags=("--first-token-ms", "5", "--token-ms", "1"))
    stack.start()
    try:
        stack.send("PUT", stack.url("openai") + "/_scenario", RULES)
        stack.send("PUT", stack.url("mcp_servers") + "/_faults", TOOL_DELAY)
        with asyncio.Runner() as runner:
            yield Talks(stack, runner)
    finally:
        stack.stop()
        (Path(folder) / "output.log").write_text(stack.output, encoding="utf-8")
