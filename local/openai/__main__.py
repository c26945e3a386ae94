"""Command line of the local OpenAI service."""

import argparse
import asyncio
import sys
from pathlib import Path

from local import service as common
from local.openai import script
from local.openai.limits import CONTEXT_WINDOW
from local.openai.reply import Pace
from local.openai.scenario import Scenario
from local.openai.server import serve
from local.openai.service import Service, Settings


def _flags() -> argparse.Namespace:
    flags = common.parser("openai", "Azure OpenAI at the wire, answered by a scripted brain.")
    flags.add_argument("--scenario", type=Path, help="JSON file of rules that override the brain")
    flags.add_argument("--first-token-ms", type=float, default=300.0, help="time to the first token (300)")
    flags.add_argument("--token-ms", type=float, default=20.0, help="time between tokens (20)")
    flags.add_argument(
        "--deployment", action="append", default=[], help="a model name that exists; repeatable; default: all"
    )
    flags.add_argument("--context-window", type=int, default=CONTEXT_WINDOW, help="tokens a prompt may have")
    return flags.parse_args()


def _script(path: Path | None) -> script.Script:
    if path is None:
        return script.Script()
    try:
        return script.parse(path.read_bytes())
    except (OSError, ValueError) as error:
        sys.exit(f"cannot use the scenario {path}: {error}")


def main() -> None:
    flags = _flags()
    common.configure_logging(flags.log_level)
    settings = Settings(
        pace=Pace(first_token_ms=flags.first_token_ms, token_ms=flags.token_ms),
        context_window=flags.context_window,
        deployments=frozenset(flags.deployment),
    )
    service = Service(settings=settings, scenario=Scenario(_script(flags.scenario)))

    async def run(stop: asyncio.Event) -> None:
        await serve(service, flags.port, stop)

    common.run(run)


if __name__ == "__main__":
    main()
