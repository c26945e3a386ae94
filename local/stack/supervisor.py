"""Start everything in order, say where it is, and stop it all when asked or when one part dies."""

import asyncio
import json
import shlex
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.stack import programs
from local.stack.child import Child, Program, ServiceFailedError
from local.stack.ports import Ports
from local.stack.settings import AppSettings, app_settings, credentials_key, read_values, with_traces

ENVIRONMENT_FILE = "environment.sh"
STACK_FILE = "stack.json"
PORTS_FILE = "ports.json"
_STORAGE_PROVIDER = "AzureFunctionsJobHost__extensions__durableTask__storageProvider__"
CORE_TOOLS = {
    f"{_STORAGE_PROVIDER}type": "AzureStorage",
    f"{_STORAGE_PROVIDER}connectionStringName": "AzureWebJobsStorage",
}
"""Core Tools beside Azurite: durable state in its storage instead of a Durable Task Scheduler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the person asked for on the command line."""

    state: Path
    settings_file: Path
    usual_ports: bool
    with_host: bool
    pace: programs.Pace
    with_traces: bool = False


@dataclass(slots=True)
class Supervisor:
    """One run of the development cloud. `say` is for people, `log(service, line)` for the services' output."""

    wishes: Wishes
    say: Callable[[str], None]
    log: Callable[[str, str], None]
    _children: list[Child] = field(default_factory=list[Child])

    async def run(self, stop: asyncio.Event) -> int:
        """Run until `stop` or until a service dies; returns the exit status."""
        began = time.monotonic()
        try:
            url = await self._unless(stop, self._start())
            if url is None:
                return 0
            self.say(f"\nSalesCoach is ready on {url}   ({time.monotonic() - began:.1f} s; Ctrl-C stops everything)\n")
            return await self._watch(stop)
        except ServiceFailedError as error:
            self.say(f"could not start: {error}")
            return 1
        finally:
            await self._stop()

    @staticmethod
    async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, str]) -> str | None:
        """Do the work unless the person asks to stop first."""
        working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            for task in (working, stopping):
                task.cancel()
            await asyncio.gather(working, stopping, return_exceptions=True)

    async def _start(self) -> str:
        wishes = self.wishes
        wishes.state.mkdir(parents=True, exist_ok=True)
        ports = Ports(usual=wishes.usual_ports, note=self.say, file=wishes.state / PORTS_FILE)
        own = read_values(wishes.settings_file)
        settings = app_settings({"CREDENTIALS_KEYS": credentials_key(wishes.state)} | own, ports)
        if wishes.with_traces and "OTEL_EXPORTER_OTLP_ENDPOINT" not in own:
            settings = with_traces(settings, ports)
            await self._start_together([programs.traces(ports)])
        extra = {} if wishes.with_host else CORE_TOOLS
        _write_environment(wishes.state / ENVIRONMENT_FILE, settings.values | extra)
        await self._start_together(programs.emulators(settings, ports, wishes.state, wishes.pace))
        await self._provision(settings)
        host = programs.functions_host(settings, ports, wishes.state)
        if wishes.with_host:
            await self._start_together([host])
        client = programs.web(settings, own, ports, wishes.state)
        await self._start_together([client])
        ports.remember()
        self._write_stack(ports)
        if not wishes.with_host:
            self.say(f"\nStart the app yourself: {func_start(wishes.state, ports.of('functions_host'))}")
        return client.url

    async def _start_together(self, wanted: list[Program]) -> None:
        children: list[Child] = []
        for program in wanted:
            children.append(await Child.start(program, self.log))
            self._children.append(children[-1])
        await asyncio.gather(*(self._ready(child) for child in children))

    async def _ready(self, child: Child) -> None:
        await child.ready()
        self.say(f"  {child.program.name:<15} {child.program.url}")

    async def _provision(self, settings: AppSettings) -> None:
        names = {"COSMOS": "cosmos", "BLOB": "azurite"}
        ours = {name for name, service in names.items() if service in settings.emulated}
        values = {name: value for name, value in settings.values.items() if name in ours | {"COSMOS_DATABASE"}}
        command = (sys.executable, "-m", "local.provision")
        program = Program(name="provision", command=command, url="", ready="are in place", environment=values)
        child = await Child.start(program, self.log)
        try:
            await child.ready()
        finally:
            await child.stop()

    async def _watch(self, stop: asyncio.Event) -> int:
        stopping = asyncio.create_task(stop.wait())
        deaths = [asyncio.create_task(child.died()) for child in self._children]
        await asyncio.wait([stopping, *deaths], return_when=asyncio.FIRST_COMPLETED)
        dead = [death.result() for death in deaths if death.done()]
        for task in (stopping, *deaths):
            task.cancel()
        if stop.is_set() or not dead:
            self.say("\nstopping")
            return 0
        self.say(f"\n{dead[0]}; stopping everything")
        return 1

    async def _stop(self) -> None:
        """Stop in reverse order, so that nobody loses what it works with before it ends."""
        for child in reversed(self._children):
            await child.stop()

    def _write_stack(self, ports: Ports) -> None:
        services = {c.program.name: {"url": c.program.url, "pid": c.pid} for c in self._children}
        admin = {name: f"http://127.0.0.1:{ports.of(name)}" for name in ("cosmos_admin", "web_pubsub_admin")}
        text = json.dumps({"services": services, "admin": admin}, indent=2)
        (self.wishes.state / STACK_FILE).write_text(text, encoding="utf-8")


def func_start(state: Path, port: int) -> str:
    """Return the line that gives Core Tools the app's settings, and the Python its packages are in."""
    activate, settings = (
        shlex.quote(str(file)) for file in (Path(sys.prefix) / "bin/activate", state / ENVIRONMENT_FILE)
    )
    return f". {activate}; set -a; . {settings}; set +a; func start --port {port}"


def _write_environment(path: Path, values: dict[str, str]) -> None:
    """Write the app's settings as shell assignments, for a host the person starts."""
    lines = [f"{name}={shlex.quote(value)}" for name, value in sorted(values.items())]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def printer(*, quiet: bool) -> tuple[Callable[[str], None], Callable[[str, str], None]]:
    """Return how to talk to a terminal: plain lines, and the services' lines under their names."""

    def say(text: str) -> None:
        with suppress(BrokenPipeError):
            print(text, flush=True)

    def log(service: str, line: str) -> None:
        if not quiet:
            say(f"{service:>15} | {line}")

    return say, log
