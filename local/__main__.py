"""`python -m local`: the whole development cloud with one command.

State lives in one folder (`--state`, default `.local`) and survives restarts; deleting the folder forgets it.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from local import service
from local.stack.programs import Pace
from local.stack.supervisor import Supervisor, Wishes, printer


def _flags() -> argparse.Namespace:
    flags = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    flags.add_argument("--state", type=Path, default=Path(".local"), help="folder for everything that is kept")
    flags.add_argument("--settings", type=Path, default=Path("local.settings.json"), help="your own settings, if any")
    flags.add_argument("--free-ports", action="store_true", help="use free ports instead of the usual ones")
    flags.add_argument("--without-host", action="store_true", help="leave the Functions host to you (`func start`)")
    flags.add_argument("--first-token-ms", type=int, default=400, help="pace of the scripted model")
    flags.add_argument("--token-ms", type=int, default=25, help="pace of the scripted model")
    flags.add_argument("--scenario", type=Path, help="scenario file for the scripted model")
    flags.add_argument("--traces", action="store_true", help="have the app tell its traces, and show them on a page")
    flags.add_argument("--quiet", action="store_true", help="do not show the services' logs")
    return flags.parse_args()


def main() -> None:
    flags = _flags()
    wishes = Wishes(
        state=flags.state.resolve(),
        settings_file=flags.settings,
        usual_ports=not flags.free_ports,
        with_host=not flags.without_host,
        with_traces=flags.traces,
        pace=Pace(first_token_ms=flags.first_token_ms, token_ms=flags.token_ms, scenario=flags.scenario),
    )
    say, log = printer(quiet=flags.quiet)
    status = 0

    async def serve(stop: asyncio.Event) -> None:
        nonlocal status
        status = await Supervisor(wishes, say, log).run(stop)

    service.run(serve)
    sys.exit(status)


if __name__ == "__main__":
    main()
