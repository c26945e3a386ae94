"""`python -m local.web --port N --api URL --config FILE [--dist DIR]`."""

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from local import service
from local.web.server import application

_NAME = "web"
_DIST = Path(__file__).resolve().parent.parent.parent / "web" / "dist"


def main() -> None:
    flags = service.parser(_NAME, "The web client's static server.")
    flags.add_argument("--api", required=True, help="base URL of the Functions app")
    flags.add_argument("--config", type=Path, required=True, help="JSON file served as /config.json")
    flags.add_argument("--dist", type=Path, default=_DIST, help="folder with the built client")
    args = flags.parse_args()
    service.configure_logging(args.log_level)
    if not (args.dist / "index.html").exists():
        sys.exit(f"{args.dist} has no index.html: build the web client first (`make web`)")

    async def serve(stop: asyncio.Event) -> None:
        sock = service.bind(args.port)
        app = application(api=args.api, config=args.config.read_bytes(), dist=args.dist)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await runner.setup()
        await web.SockSite(runner, sock).start()
        service.announce(_NAME, service.port_of(sock))
        await stop.wait()
        await runner.cleanup()

    service.run(serve)


if __name__ == "__main__":
    main()
