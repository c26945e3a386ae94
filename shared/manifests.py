"""Pinning what the coach knows and may use: the prompt with its variables filled in, and the tools of the person."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.event_log.documents import Manifest, ManifestTool
from shared.people import Grant
from shared.prompts.library import PromptLibrary
from shared.prompts.template import render
from shared.prompts.variables import PromptVariables
from shared.protocol.shapes import ToolInfo
from shared.tools.catalog import SIGN_IN_TOOL, Catalog, Policy, ServerSpec
from shared.tools.catalogs import Catalogs
from shared.tools.outcome import ToolServerUnavailable

if TYPE_CHECKING:
    from shared.tools.mcp_client import McpTools

NEEDS_SIGN_IN = "needs your sign-in"
_DIGEST_CHARACTERS = 16
_LINE_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedManifest:
    """A manifest under the id its content gives it."""

    id: str
    manifest: Manifest


class Manifests:
    """Builds manifests from the prompt library and the tool servers."""

    def __init__(
        self,
        prompts: PromptLibrary,
        catalogs: Catalogs,
        tools: "McpTools",
        now: Callable[[], datetime],
        *,
        company: str,
    ) -> None:
        self._prompts = prompts
        self._catalogs = catalogs
        self._tools = tools
        self._now = now
        self._company = company

    async def build(self, grant: Grant, roles: frozenset[str], time_zone: str | None) -> PinnedManifest:
        """Return what the coach may know and use for this person now. A server that is away is named, not fatal.

        Raises:
            PromptUnavailable: no prompt was ever read.

        """
        template, (tools, unavailable) = await asyncio.gather(
            self._prompts.template(roles), self._offered(grant, roles)
        )
        zone = _zone(time_zone)
        variables = PromptVariables(
            today=self._now().astimezone(zone).date(),
            time_zone=zone,
            person_name=grant.name,
            roles=roles,
            tools=tuple((tool.model_name, tool.description) for tool in tools),
            company=self._company,
        )
        manifest = Manifest(
            prompt=template.name,
            prompt_version=template.version,
            variables={name: text for name, text in variables.texts().items() if name != "tools"},
            instructions=render(template, variables),
            roles=tuple(sorted(roles)),
            tools=tools,
            tools_hash=_digest([tool.model_dump(mode="json") for tool in tools]),
            unavailable=unavailable,
        )
        return PinnedManifest(id=manifest_id(manifest), manifest=manifest)

    async def _offered(self, grant: Grant, roles: frozenset[str]) -> tuple[tuple[ManifestTool, ...], tuple[str, ...]]:
        catalog = await self._catalogs.current()
        servers = catalog.servers_for(roles)
        lists = await asyncio.gather(*(self._list(catalog, server, grant, roles) for server in servers))
        tools = sorted((tool for found in lists for tool in found.tools), key=lambda tool: tool.model_name)
        return tuple(tools), tuple(found.away for found in lists if found.away is not None)

    async def _list(self, catalog: Catalog, server: ServerSpec, grant: Grant, roles: frozenset[str]) -> "_Listed":
        try:
            found = await self._tools.list_tools(server, grant.principal)
        except ToolServerUnavailable as error:
            return _Listed(away=f"{server.name} ({error.reason})" if error.reason else server.name)
        # As long as a server is away the list is asked for again when the session is opened again.
        unsigned = server.personal and any(tool.tool == SIGN_IN_TOOL for tool in found)
        tools = tuple(
            ManifestTool(
                server=tool.server,
                tool=tool.tool,
                description=tool.description,
                model_name=tool.model_name,
                parameters=tool.schema,
                digest=tool.digest,
                always=server.tool_policy(tool.tool).always,
            )
            for tool in found
            if catalog.policy(tool.server, tool.tool, roles) is not Policy.DENY
        )
        return _Listed(tools=tools, away=f"{server.name} ({NEEDS_SIGN_IN})" if unsigned else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """What one server offers, and how it is named among those that are away."""

    tools: tuple[ManifestTool, ...] = ()
    away: str | None = None


def tools_told(manifest: Manifest) -> tuple[ToolInfo, ...]:
    """Return the tools as a reader is told of them, each with the first line of its description."""
    return tuple(
        ToolInfo(server=tool.server, tool=tool.tool, description=tool.description.split("\n")[0][:_LINE_CHARACTERS])
        for tool in manifest.tools
    )


def manifest_id(manifest: Manifest) -> str:
    return f"manifest.{_digest(manifest.model_dump(mode='json'))}"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
