"""A local Azure Web PubSub for development and CI: `python -m local.web_pubsub --port N --upstream URL`.

Clients and service SDKs use `Endpoint=http://127.0.0.1:N;AccessKey=<dev key>;Version=1.0;`. The default access
key is the development key of Microsoft's emulator, so that configurations are interchangeable; it protects
nothing and is not a secret. Everything is kept in memory.
"""

import argparse
import asyncio
import logging
import resource
import sys

from local import service
from local.web_pubsub.app import running
from local.web_pubsub.managed_identity import HandlerAuth
from local.web_pubsub.names import is_hub
from local.web_pubsub.settings import DEV_ACCESS_KEY, Settings

_NAME = "web_pubsub"
_log = logging.getLogger("local.web_pubsub")


def _delays(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part)


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _hub(text: str) -> str:
    if not is_hub(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a hub name")
    return text.lower()


def _parser() -> argparse.ArgumentParser:
    flags = service.parser(_NAME, "A local Azure Web PubSub.")
    flags.add_argument("--upstream", help="URL of the event handler; may contain {hub} and {event}")
    flags.add_argument(
        "--hub",
        action="append",
        type=_hub,
        help="a hub whose events go upstream; repeatable; default chat and group_chat",
    )
    flags.add_argument("--user-events", type=_words, default=("*",), help="user events that go upstream; default *")
    flags.add_argument(
        "--system-events",
        type=_words,
        default=("connect", "connected", "disconnected"),
        help="system events that go upstream; default all three",
    )
    flags.add_argument("--access-key", default=DEV_ACCESS_KEY, help="default: the emulator's development key")
    flags.add_argument("--issuer", help="OpenID issuer whose tokens may call the REST API")
    flags.add_argument("--handler-resource", help="call the handler with the service's identity for this resource")
    flags.add_argument("--identity-endpoint", help="App Service identity endpoint; with --handler-resource")
    flags.add_argument("--identity-header", default="", help="the endpoint's X-IDENTITY-HEADER")
    flags.add_argument("--recovery-window", type=float, default=30.0, help="seconds; default 30")
    flags.add_argument("--retry-delays", type=_delays, default=(1.0, 3.0, 5.0), help="seconds; default 1,3,5")
    flags.add_argument("--admin-port", type=int, help="port of the chaos and inspection endpoint; default none")
    return flags


def _handler_auth(flags: argparse.Namespace) -> HandlerAuth | None:
    if flags.handler_resource is None:
        return None
    return HandlerAuth(endpoint=flags.identity_endpoint, header=flags.identity_header, resource=flags.handler_resource)


def _settings(flags: argparse.Namespace) -> Settings:
    return Settings(
        upstream=flags.upstream,
        hubs=frozenset(flags.hub or ("chat", "group_chat")),
        user_events=flags.user_events,
        system_events=frozenset(flags.system_events),
        access_key=flags.access_key,
        issuer=flags.issuer,
        handler_auth=_handler_auth(flags),
        recovery_window=flags.recovery_window,
        retry_delays=flags.retry_delays,
    )


def _allow_many_sockets() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> None:
    parser = _parser()
    flags = parser.parse_args()
    if (flags.handler_resource is None) != (flags.identity_endpoint is None):
        parser.error("--handler-resource and --identity-endpoint go together")
    service.configure_logging(flags.log_level)
    _allow_many_sockets()

    async def serve(stop: asyncio.Event) -> None:
        async with running(_settings(flags), port=flags.port, admin_port=flags.admin_port) as started:
            if started.admin_port is not None:
                _log.info("admin endpoint on http://%s:%d", service.HOST, started.admin_port)
            service.announce(_NAME, started.port)
            await stop.wait()
            _log.info("stopping")

    service.run(serve)


if __name__ == "__main__":
    sys.exit(main())
