"""The programs of the development cloud, with the commands a person could type."""

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.stack.child import Program, ServiceFailedError
from local.stack.ports import Ports
from local.stack.settings import AppSettings

ROOT = Path(__file__).resolve().parent.parent.parent
AZURITE = ROOT / "local" / "azurite" / "node_modules"
AZURITE_NODE_MAJOR = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How the scripted model writes: milliseconds to the first token and between tokens, and a scenario file."""

    first_token_ms: int
    token_ms: int
    scenario: Path | None


def traces(ports: Ports) -> Program:
    return _python("traces", ports)


def emulators(settings: AppSettings, ports: Ports, state: Path, pace: Pace) -> list[Program]:
    """Return the stand-ins for the services the person named no real ones for."""
    made = {
        "cosmos": lambda: _cosmos(ports, state),
        "azurite": lambda: _azurite(ports, state),
        "identity": lambda: _python("identity", ports, "--state", str(state / "identity")),
        "openai": lambda: _openai(ports, pace),
        "mcp_servers": lambda: _python("mcp_servers", ports, "--state", str(state / "mcp_servers")),
        "web_pubsub": lambda: _web_pubsub(ports),
    }
    # Azurite also holds the Functions host's own storage, so it runs even when blobs are real.
    wanted = settings.emulated | {"azurite"}
    return [make() for name, make in made.items() if name in wanted]


def functions_host(settings: AppSettings, ports: Ports, state: Path) -> Program:
    port = ports.of("functions_host")
    return Program(
        name="functions_host",
        command=(
            *_module("functions_host"),
            *("start", "--port", str(port), "--app", str(ROOT), "--state", str(state / "functions_host")),
        ),
        url=f"http://127.0.0.1:{port}",
        ready="functions_host ready on",
        environment=settings.values,
    )


def web(settings: AppSettings, own: dict[str, str], ports: Ports, state: Path) -> Program:
    """Return the static server; its configuration file tells the client where to sign in."""
    audience = settings.values["AUTH_AUDIENCE"]
    configuration = {
        "authority": settings.values["AUTH_ISSUER"],
        "client_id": own.get("WEB_CLIENT_ID", "salescoach-web"),
        "scope": f"openid profile offline_access {own.get('WEB_CLIENT_SCOPE', f'{audience}/access')}",
        "api_base": "/api",
    }
    path = state / "web.config.json"
    path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")
    api = f"http://127.0.0.1:{ports.of('functions_host')}"
    return _python("web", ports, "--api", api, "--config", str(path))


def _module(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"local.{name}")


def _python(name: str, ports: Ports, *flags: str) -> Program:
    port = ports.of(name)
    return Program(
        name=name,
        command=(*_module(name), "--port", str(port), *flags),
        url=f"http://127.0.0.1:{port}",
        ready=f"{name} ready on",
    )


def _cosmos(ports: Ports, state: Path) -> Program:
    database = state / "cosmos.sqlite"
    return _python("cosmos", ports, "--db", str(database), "--admin-port", str(ports.of("cosmos_admin")))


def _openai(ports: Ports, pace: Pace) -> Program:
    flags = ["--first-token-ms", str(pace.first_token_ms), "--token-ms", str(pace.token_ms)]
    if pace.scenario is not None:
        flags += ["--scenario", str(pace.scenario)]
    return _python("openai", ports, *flags)


def _web_pubsub(ports: Ports) -> Program:
    upstream = f"http://127.0.0.1:{ports.of('functions_host')}/api/upstream/{{hub}}"
    admin = str(ports.of("web_pubsub_admin"))
    return _python("web_pubsub", ports, "--upstream", upstream, "--admin-port", admin)


def _azurite(ports: Ports, state: Path) -> Program:
    main = AZURITE / "azurite" / "dist" / "src" / "azurite.js"
    if not main.exists():
        raise ServiceFailedError("Azurite is not installed: run `npm ci` in local/azurite (or `make setup`)")
    folder = state / "azurite"
    folder.mkdir(parents=True, exist_ok=True)
    flags = ["--skipApiVersionCheck", "--disableTelemetry", "--location", str(folder)]
    for name in ("blob", "queue", "table"):
        flags += [f"--{name}Host", "127.0.0.1", f"--{name}Port", str(ports.of(f"azurite_{name}"))]
    return Program(
        name="azurite",
        command=(_node(), str(main), *flags),
        url=f"http://127.0.0.1:{ports.of('azurite_blob')}",
        ready="Table service is successfully listening",
    )


def _node() -> str:
    """Return a Node that Azurite runs on: the one that came with it, or the machine's if that is new enough."""
    packaged = sorted(AZURITE.glob("node-*-*/bin/node"))
    if packaged:
        return str(packaged[0])
    found = shutil.which("node")
    if found is not None:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.lstrip("v").split(".")[0]) >= AZURITE_NODE_MAJOR:
            return found
    raise ServiceFailedError(f"Azurite needs Node {AZURITE_NODE_MAJOR} or newer; install it and run again")
