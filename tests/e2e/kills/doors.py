"""The doors by which a test stops requests on their way and makes services misbehave."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp

from tests.e2e.stack import Stack

Service = Literal["cosmos", "openai", "mcp", "web_pubsub"]
SERVICES: tuple[Service, ...] = ("cosmos", "openai", "mcp", "web_pubsub")
ARRIVAL_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold that was armed, by the door it is behind."""

    service: Service
    number: int


class Doors:
    """The admin doors of one stack."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession) -> None:
        self._http = http
        self._stack = stack
        self.holds: dict[Service, str] = {
            "cosmos": stack.admin_url("cosmos_admin") + "/holds",
            "openai": stack.url("openai") + "/_holds",
            "mcp": stack.url("mcp_servers") + "/_holds",
            "web_pubsub": stack.admin_url("web_pubsub_admin") + "/holds",
        }

    async def arm(
        self, service: Service, match: dict[str, str], at: str = "before", *, after: int = 0, nth: int = 1
    ) -> Held:
        wish = {"match": match, "at": at, "after": after, "nth": nth}
        armed = await self.ask("POST", self.holds[service], wish)
        return Held(service=service, number=armed["hold"])

    async def somebody(self, held: Held, seconds: float = ARRIVAL_S) -> bool:
        """Wait until a request is held there."""
        url = f"{self.holds[held.service]}/{held.number}?wait_s={seconds}"
        return (await self.ask("GET", url))["state"] == "held"

    async def decide(self, held: Held, what: Literal["carry_out", "drop"]) -> None:
        await self.ask("POST", f"{self.holds[held.service]}/{held.number}?do={what}")

    async def open_all(self) -> None:
        """Hold nothing any more, spoil nothing any more."""
        for url in self.holds.values():
            await self.ask("DELETE", url)
        await self.spoil_cosmos([])
        await self.spoil_web_pubsub(reset=True)
        await self.ask("DELETE", self._stack.url("mcp_servers") + "/_faults")
        await self.spoil_host({})

    async def spoil_cosmos(self, faults: Sequence[dict[str, Any]]) -> None:
        await self.ask("POST", self._stack.admin_url("cosmos_admin") + "/faults", faults)

    async def spoil_web_pubsub(self, **switches: object) -> None:
        await self.ask("POST", self._stack.admin_url("web_pubsub_admin") + "/chaos", switches)

    async def spoil_mcp(self, **fault: object) -> None:
        await self.ask("PUT", self._stack.url("mcp_servers") + "/_faults", fault)

    async def spoil_host(self, plan: dict[str, Any]) -> None:
        await self.ask("PUT", self._stack.url("functions_host") + "/admin/chaos", plan)

    async def host_struck(self) -> dict[str, dict[str, int]]:
        """Return what the host's plan did, by function."""
        return await self.ask("GET", self._stack.url("functions_host") + "/admin/chaos/struck")

    async def overtaken(self, session_id: str) -> list[list[str]]:
        """Return the writes to a conversation that met 412, each as the documents it was to write."""
        refused = await self.ask("GET", self._stack.admin_url("cosmos_admin") + "/overtaken")
        return [request["document"] for request in refused if request["partition"] == [f'["{session_id}"]']]

    async def cosmos_faults(self) -> list[dict[str, Any]]:
        """Return the faults that are not used up."""
        return await self.ask("GET", self._stack.admin_url("cosmos_admin") + "/faults")

    async def web_pubsub_switches(self) -> dict[str, Any]:
        """Return the switches with what is left of their counts."""
        return await self.ask("GET", self._stack.admin_url("web_pubsub_admin") + "/chaos")

    async def mcp_faults(self) -> list[dict[str, Any]]:
        """Return the faults that are not used up."""
        return await self.ask("GET", self._stack.url("mcp_servers") + "/_faults")

    async def script(self, rules: Sequence[dict[str, Any]]) -> None:
        await self.ask("PUT", self._stack.url("openai") + "/_scenario", rules)

    async def calls(self, marker: str) -> list[dict[str, Any]]:
        """Return the tool calls whose arguments hold the marker."""
        logged = await self.ask("GET", self._stack.url("mcp_servers") + "/_calls")
        return [call for call in logged if marker in str(call["arguments"])]

    async def ask(self, method: str, url: str, body: object = None) -> Any:
        async with self._http.request(method, url, json=body) as answer:
            assert answer.status < 300, (method, url, answer.status, await answer.text())
            return await answer.json() if answer.content_type == "application/json" else None
