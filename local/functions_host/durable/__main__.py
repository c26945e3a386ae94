"""`python -m local.functions_host.durable --port N [--state DIR]`: the engine alone, for plain durabletask workers.

Clients and workers of the durabletask package dial the port; there is no Functions app and no HTTP.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from local import service
from local.functions_host.durable.engine import Engine
from local.functions_host.durable.journal import StateError
from local.functions_host.durable.model import Limits
from local.functions_host.durable.streams import WorkStreams

_NAME = "functions_host.durable"


def flags() -> argparse.ArgumentParser:
    parser = service.parser(_NAME, "Serve the durable engine alone, over gRPC.")
    parser.add_argument("--state", type=Path, help="folder that keeps durable state over restarts")
    return parser


async def _serve(arguments: argparse.Namespace, stop: asyncio.Event) -> None:
    engine = Engine(arguments.state, Limits())
    try:
        engine.load()
        port = await engine.serve(arguments.port, WorkStreams(engine).methods())
        service.announce(_NAME, port)
        await stop.wait()
    finally:
        await engine.close()


def main(arguments: list[str] | None = None) -> None:
    parsed = flags().parse_args(arguments)
    service.configure_logging(parsed.log_level)
    try:
        service.run(lambda stop: _serve(parsed, stop))
    except StateError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
