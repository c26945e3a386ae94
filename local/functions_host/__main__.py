"""`python -m local.functions_host start --port N [--app DIR] [--state DIR] [--reload] [--cors ORIGINS]`."""

import argparse
import asyncio
import logging
import sys
from dataclasses import replace
from pathlib import Path

from local import service
from local.functions_host.durable.journal import StateError
from local.functions_host.host import Host, Options, describe
from local.functions_host.settings import SettingsError, load, process_environment
from local.functions_host.worker.process import AppLoadError, WorkerLostError

_NAME = "functions_host"
_log = logging.getLogger(_NAME)


def flags() -> argparse.ArgumentParser:
    parser = service.parser(_NAME, "Serve an Azure Functions Python app.")
    parser.add_argument("command", choices=["start"])
    parser.add_argument("--app", type=Path, default=Path(), help="folder of the app; the current one by default")
    parser.add_argument("--state", type=Path, help="folder that keeps durable state over restarts")
    parser.add_argument("--reload", action="store_true", help="restart the worker when code changes")
    parser.add_argument("--cors", help="allowed origins, comma separated, instead of Host.CORS")
    parser.add_argument("--keep-finished", type=int, default=10_000, help="finished orchestrations to keep")
    parser.add_argument("--keep-days", type=float, default=7.0, help="days to keep a finished orchestration")
    return parser


async def _serve(arguments: argparse.Namespace, stop: asyncio.Event) -> None:
    settings = load(arguments.app.resolve(), process_environment(), cors=arguments.cors)
    seconds = arguments.keep_days * 86400
    limits = replace(settings.limits, keep_finished=max(1, arguments.keep_finished), keep_seconds=seconds)
    settings = replace(settings, limits=limits)
    sock = service.bind(arguments.port)
    port = service.port_of(sock)
    options = Options(state=arguments.state, reload=arguments.reload, log_level=arguments.log_level)
    host = Host(settings, options, port)
    try:
        await host.start(sock)
        print(describe(host.table, settings, port))
        service.announce(_NAME, port)
        await stop.wait()
    finally:
        await host.stop()


def main(arguments: list[str] | None = None) -> None:
    parsed = flags().parse_args(arguments)
    service.configure_logging(parsed.log_level)
    try:
        service.run(lambda stop: _serve(parsed, stop))
    except AppLoadError as error:
        sys.exit(f"Worker was unable to load the function app: {error.message}\n{error.stack}")
    except (SettingsError, StateError, WorkerLostError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
