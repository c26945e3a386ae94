"""Public servers that speak over standard input (time, fetch, git), as they are published, through the adapter."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from tests.mcp.conftest import Adapter, over_stdio

# The page server runs on the tests' own loop.
pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "<html><body><article><h1>Prices</h1><p>A seat costs 40 euros a month.</p></article></body></html>"
GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
NOTES = "\n".join(f"note {number}" for number in range(1000))


def module(name: str, *flags: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *flags)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clock() -> AsyncGenerator[Adapter]:
    async with over_stdio("time", *module("mcp_server_time", "--local-timezone", "Europe/Vienna")) as opened:
        yield opened


async def test_the_time_comes_in_the_asked_zone(clock: Adapter) -> None:
    read = json.loads(await clock.read("get_current_time", {"timezone": "Europe/Vienna"}))
    assert read["timezone"] == "Europe/Vienna"
    assert abs(datetime.fromisoformat(read["datetime"]) - datetime.now(UTC)) < timedelta(seconds=30)


async def test_a_time_is_converted(clock: Adapter) -> None:
    wanted: dict[str, object] = {"source_timezone": "UTC", "time": "16:30", "target_timezone": "Asia/Kolkata"}
    read = json.loads(await clock.read("convert_time", wanted))
    assert read["target"]["datetime"].partition("T")[2] == "22:00:00+05:30"
    assert read["time_difference"] == "+5.5h"


async def test_an_unknown_zone_is_refused_in_the_servers_words(clock: Adapter) -> None:
    assert "Invalid timezone" in await clock.refusal("get_current_time", {"timezone": "Europe/Atlantis"})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fetch() -> AsyncGenerator[Adapter]:
    # With a Node in reach it would have npm install what it does without here.
    async with over_stdio("fetch", *module("mcp_server_fetch", "--allow-private-ips"), PATH="/nowhere") as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncGenerator[str]:
    """Serve a page, long notes and a corner no robot may enter; return the site's address."""

    async def answer(request: web.Request) -> web.Response:
        match request.path:
            case "/robots.txt":
                return web.Response(text="User-agent: *\nDisallow: /internal\n")
            case "/prices" | "/internal/prices":
                return web.Response(text=PAGE, content_type="text/html")
            case "/notes":
                return web.Response(text=NOTES)
            case _:
                return web.Response(status=404)

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_page_is_read_as_markdown(fetch: Adapter, site: str) -> None:
    read = await fetch.read("fetch", {"url": f"{site}/prices"})
    assert read.endswith("# Prices\n\nA seat costs 40 euros a month.")


async def test_a_long_page_says_where_to_go_on(fetch: Adapter, site: str) -> None:
    first = await fetch.read("fetch", {"url": f"{site}/notes", "max_length": 100, "raw": True})
    assert "note 0\nnote 1\n" in first
    assert "start_index of 100" in first
    rest = await fetch.read("fetch", {"url": f"{site}/notes", "start_index": 100, "max_length": 100, "raw": True})
    assert NOTES[100:200] in rest


async def test_a_page_robots_may_not_enter_is_refused(fetch: Adapter, site: str) -> None:
    assert "autonomous fetching of this page is not allowed" in await fetch.refusal(
        "fetch", {"url": f"{site}/internal/prices"}
    )


async def test_a_missing_page_is_told_with_its_status(fetch: Adapter, site: str) -> None:
    assert "status code 404" in await fetch.refusal("fetch", {"url": f"{site}/nothing"})


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with one commit and a change that is not staged."""
    folder = tmp_path_factory.mktemp("repository")
    plan = folder / "plan.md"
    plan.write_text("Call Contoso.\n", encoding="utf-8")
    for step in (
        ("init", "-q", "-b", "main"),
        ("config", "user.name", "Ada Winter"),
        ("config", "user.email", "ada@example.com"),
        ("add", "plan.md"),
        ("commit", "-q", "-m", "Write the plan down"),
    ):
        subprocess.run(("git", *step), cwd=folder, check=True, env=GIT_ENVIRONMENT)
    plan.write_text("Call Contoso.\nThen Fabrikam.\n", encoding="utf-8")
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def git(repository: Path) -> AsyncGenerator[Adapter]:
    command = module("mcp_server_git", "--repository", str(repository))
    async with over_stdio("git", *command, **GIT_ENVIRONMENT) as opened:
        yield opened


def last_commit(repository: Path, branch: str) -> str:
    command = ("git", "log", "-1", "--format=%an: %s", branch)
    return subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout.strip()


async def test_history_and_changes_of_a_repository_are_read(git: Adapter, repository: Path) -> None:
    here: dict[str, object] = {"repo_path": str(repository)}
    assert "modified:   plan.md" in await git.read("git_status", here)
    assert "+Then Fabrikam." in await git.read("git_diff_unstaged", here)
    assert "Write the plan down" in await git.read("git_log", here)


async def test_a_commit_is_made(git: Adapter, repository: Path) -> None:
    here: dict[str, object] = {"repo_path": str(repository)}
    await git.read("git_create_branch", {**here, "branch_name": "side"})
    await git.read("git_checkout", {**here, "branch_name": "side"})
    (repository / "next.md").write_text("Write the offer.\n", encoding="utf-8")
    await git.read("git_add", {**here, "files": ["next.md"]})
    await git.read("git_commit", {**here, "message": "Plan the offer"})
    assert last_commit(repository, "side") == "Ada Winter: Plan the offer"


async def test_a_folder_outside_the_repository_is_refused(git: Adapter, tmp_path: Path) -> None:
    assert str(tmp_path) in await git.refusal("git_status", {"repo_path": str(tmp_path)})
