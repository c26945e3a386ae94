"""Record golden histories of the orchestrators: `python scripts/record_histories.py [--version v1] [STORY ...]`.

Starts the whole stack with new state on free ports, plays every story (or those named), stops it, and writes one
file per story into `tests/orchestration/golden/<version>`. Exits 1 when a story did not end as it should; the files
of the others are written all the same.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.stack import Stack  # noqa: E402 - the path comes first
from tests.orchestration.golden.book import STORIES  # noqa: E402
from tests.orchestration.golden.history import VERSIONS, files  # noqa: E402
from tests.orchestration.golden.recording import UnexpectedEndError, play, recorded  # noqa: E402
from tests.orchestration.golden.stories import Story  # noqa: E402


def _catalog() -> dict[str, Any]:
    """Return the default catalog with two servers more: a tool needs a person's word, one's results are the asker's."""
    document = json.loads((ROOT / "mcpservers.json").read_text(encoding="utf-8"))
    asking = document["servers"]["crm"] | {"tools": {"log_activity": {"policy": "ask"}}}
    document["servers"]["crm_asking"] = asking
    private = {"find_accounts": {"policy": "allow", "read_only": True, "readers": "asker"}}
    document["servers"]["crm_private"] = document["servers"]["crm"] | {"tools": private}
    return document


_PACE = ("--first-token-ms", "5", "--token-ms", "1")


def _play_all(stack: Stack, wanted: list[Story]) -> tuple[dict[str, Story], list[str]]:
    """Return the stories by their instances, and what went wrong."""
    played: dict[str, Story] = {}
    wrong: list[str] = []
    for story in wanted:
        began = time.monotonic()
        try:
            played[play(stack, story)] = story
        except (UnexpectedEndError, AssertionError) as error:
            wrong.append(f"{story.name}: {''.join(traceback.format_exception_only(error)).strip()}")
        print(f"{time.monotonic() - began:6.1f} s  {story.name}", flush=True)
    return played, wrong


def _write(state: Path, played: dict[str, Story], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for golden in recorded(state, played):
        (folder / f"{golden.story}.json").write_text(golden.text(), encoding="utf-8")


def main() -> None:
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--version", default="v1", help="the folder to write into")
    flags.add_argument("stories", nargs="*", metavar="STORY", help="only these; without any, all of them")
    chosen = flags.parse_args()
    names: list[str] = chosen.stories or list(STORIES)
    if unknown := sorted(set(names) - set(STORIES)):
        flags.error(f"no such story: {', '.join(unknown)}; there are {', '.join(STORIES)}")
    with tempfile.TemporaryDirectory(prefix="histories-") as folder:
        stack = Stack(state=Path(folder), flags=_PACE)
        catalog = Path(folder) / "mcpservers.json"
        catalog.write_text(json.dumps(_catalog()), encoding="utf-8")
        os.environ["MCP_SERVERS_FILE"] = str(catalog)
        stack.start()
        try:
            played, wrong = _play_all(stack, [STORIES[name] for name in names])
        finally:
            stack.stop()
        _write(Path(folder), played, VERSIONS / chosen.version)
    stale = [path.name for path in files(chosen.version) if path.stem not in STORIES]
    wrong += [f"{name} belongs to no story: delete it, or keep its story" for name in stale]
    print(f"{len(played)} histories written to {VERSIONS / chosen.version}")
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
