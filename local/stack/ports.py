"""Which port each service gets: the one it had, its usual one, or a free one when another program has those.

Ports are remembered in the state folder, so that a page stays where it was over a restart.
"""

import json
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local.service import HOST

USUAL = {
    "web": 4280,
    "functions_host": 7071,
    "web_pubsub": 8080,
    "web_pubsub_admin": 8180,
    "cosmos": 8081,
    "cosmos_admin": 8181,
    "openai": 8085,
    "mcp_servers": 8086,
    "identity": 8087,
    "traces": 8088,
    "azurite_blob": 10000,
    "azurite_queue": 10001,
    "azurite_table": 10002,
}
_LOWEST, _HIGHEST = 20_000, 32_768


@dataclass(slots=True)
class Ports:
    """Hands out ports once each; `note` is told when a service does not get its usual one."""

    usual: bool
    note: Callable[[str], None]
    file: Path
    _given: dict[str, int] = field(default_factory=dict[str, int])
    _before: dict[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        if self.file.exists():
            self._before = json.loads(self.file.read_text(encoding="utf-8"))

    def of(self, name: str) -> int:
        if name not in self._given:
            self._given[name] = self._choose(name)
        return self._given[name]

    def remember(self) -> None:
        self.file.write_text(json.dumps(self._given, indent=2), encoding="utf-8")

    def _choose(self, name: str) -> int:
        wanted = self._before.get(name, USUAL[name])
        if name in self._before and is_free(wanted):
            return wanted
        if self.usual and is_free(wanted):
            return wanted
        port = free_port()
        if self.usual:
            self.note(f"port {wanted} is in use by another program; {name} listens on {port} instead")
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Return a port nobody has, below those given to outgoing connections, so that it is still free when it is used."""
    while True:
        port = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST)
        if is_free(port):
            return port
