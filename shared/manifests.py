"""Pinning what the coach knows and may use: the prompt with its variables filled in, and the tools of the person."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.event_log.documents import Manifest, ManifestTool
from shared.people import Grant
from shared.prompts import PromptLibrary, render
from shared.tools.catalog import Catalog, ServerSpec
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import ToolServerUnavailable

_DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedManifest:
    """A manifest under the id its content gives it."""

    id: str
    manifest: Manifest


class Manifests:
    """Builds manifests from the prompt library and the tool servers."""

    def __init__(self, prompts: PromptLibrary, catalog: Catalog, tools: McpTools, now: Callable[[], datetime]) -> None:
        self._prompts = prompts
        self._catalog = catalog
        self._tools = tools
        self._now = now

    async def build(self, grant: Grant, roles: frozenset[str], time_zone: str | None) -> PinnedManifest:
        """Return what the coach may know and use for this person now. A server that is away is named, not fatal.

        Raises:
            PromptUnavailable: no prompt was ever read.

        """
        template, (tools, unavailable) = await asyncio.gather(
            self._prompts.template(roles), self._offered(grant, roles)
        )
        zone = _zone(time_zone)
        variables = {
            "today": self._now().astimezone(zone).strftime("%A, %d %B %Y"),
            "time_zone": zone.key,
            "person_name": grant.name,
            "roles": ", ".join(sorted(roles)) or "none",
            "tools": _described(tools),
        }
        manifest = Manifest(
            prompt=template.name,
            prompt_version=template.version,
            instructions=render(template, variables),
            roles=tuple(sorted(roles)),
            tools=tools,
            unavailable=unavailable,
        )
        return PinnedManifest(id=manifest_id(manifest), manifest=manifest)

    async def _offered(self, grant: Grant, roles: frozenset[str]) -> tuple[tuple[ManifestTool, ...], tuple[str, ...]]:
        servers = self._catalog.servers_for(roles)
        lists = await asyncio.gather(*(self._list(server, grant, roles) for server in servers))
        tools = sorted((tool for found in lists if found for tool in found), key=lambda tool: tool.model_name)
        away = tuple(server.name for server, found in zip(servers, lists, strict=True) if found is None)
        return tuple(tools), away

    async def _list(self, server: ServerSpec, grant: Grant, roles: frozenset[str]) -> list[ManifestTool] | None:
        try:
            found = await self._tools.list_tools(server, grant.principal)
        except ToolServerUnavailable:
            return None
        return [
            ManifestTool(
                server=tool.server,
                tool=tool.tool,
                description=tool.description,
                model_name=tool.model_name,
                parameters=tool.schema,
            )
            for tool in found
            if self._catalog.may_call(tool.server, tool.tool, roles)
        ]


def manifest_id(manifest: Manifest) -> str:
    text = json.dumps(manifest.model_dump(mode="json"), sort_keys=True)
    return f"manifest.{hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_CHARACTERS]}"


def _described(tools: tuple[ManifestTool, ...]) -> str:
    lines = [f"- {tool.model_name}: {tool.description.splitlines()[0]}" for tool in tools if tool.description]
    return "\n".join(lines) or "No tools are available in this session."


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
