"""`python -m local.traces --port N`: traces, metrics and logs of the app, to look at. Kept in memory."""

import asyncio

from aiohttp import web

from local import service
from local.traces.server import application
from local.traces.store import Store

_NAME = "traces"


def main() -> None:
    flags = service.parser(_NAME, "Receives OTLP and shows traces.").parse_args()
    service.configure_logging(flags.log_level)

    async def serve(stop: asyncio.Event) -> None:
        sock = service.bind(flags.port)
        runner = web.AppRunner(application(Store()), access_log=None)
        await runner.setup()
        await web.SockSite(runner, sock).start()
        service.announce(_NAME, service.port_of(sock))
        await stop.wait()
        await runner.cleanup()

    service.run(serve)


if __name__ == "__main__":
    main()
