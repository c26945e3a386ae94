"""Watches an app's folder for changed code."""

from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import DefaultFilter, awatch

_FILES = frozenset({"host.json", "local.settings.json"})


class CodeFilter(DefaultFilter):
    """Python files and the settings files, outside virtual environments and caches."""

    def __call__(self, change: object, path: str) -> bool:
        name = Path(path)
        return (name.suffix == ".py" or name.name in _FILES) and super().__call__(change, path)  # type: ignore[arg-type]


async def changes(app_dir: Path) -> AsyncIterator[list[str]]:
    """Yield the names of changed files, one list for changes that come together."""
    async for batch in awatch(app_dir, watch_filter=CodeFilter(), debounce=200):
        yield sorted({Path(path).name for _, path in batch})
