"""A local Azure Web PubSub for development and CI: `python -m local.web_pubsub --port N --upstream URL`.

Clients and service SDKs use `Endpoint=http://127.0.0.1:N;AccessKey=<dev key>;Version=1.0;`. The default access
key is the development key of Microsoft's emulator, so that configurations are interchangeable; it protects
nothing and is not a secret. Everything is kept in memory.
"""

import argparse
import asyncio
import logging
import resource
import ssl
import sys
from pathlib import Path

from local import service
from local.web_pubsub.app import running
from local.web_pubsub.handlers import read_hubs, words
from local.web_pubsub.managed_identity import HandlerAuth
from local.web_pubsub.names import is_hub
from local.web_pubsub.settings import DEV_ACCESS_KEY, Settings

_NAME = "web_pubsub"
_log = logging.getLogger("local.web_pubsub")


def _delays(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part)


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
    flags.add_argument("--user-events", type=words, default=("*",), help="user events that go upstream; default *")
    flags.add_argument(
        "--system-events",
        type=words,
        default=("connect", "connected", "disconnected"),
        help="system events that go upstream; default all three",
    )
    flags.add_argument("--hub-settings", type=Path, help="JSON file: {hub: eventHandlers, anonymousConnectPolicy}")
    flags.add_argument(
        "--anonymous", action="append", type=_hub, default=[], help="a hub whose clients need no token; repeatable"
    )
    flags.add_argument("--secondary-key", help="a second access key; events are then signed with both")
    flags.add_argument("--access-key", default=DEV_ACCESS_KEY, help="default: the emulator's development key")
    flags.add_argument("--issuer", help="OpenID issuer whose tokens may call the REST API")
    flags.add_argument("--handler-resource", help="call the handler with the service's identity for this resource")
    flags.add_argument("--identity-endpoint", help="App Service identity endpoint; with --handler-resource")
    flags.add_argument("--identity-header", default="", help="the endpoint's X-IDENTITY-HEADER")
    flags.add_argument("--recovery-window", type=float, default=30.0, help="seconds; default 30")
    flags.add_argument("--retry-delays", type=_delays, default=(1.0, 3.0, 5.0), help="seconds; default 1,3,5")
    flags.add_argument("--show-payloads", action="store_true", help="show messages on the status page; default off")
    flags.add_argument("--certificate", type=Path, help="PEM certificate chain: serve https instead of http")
    flags.add_argument("--certificate-key", type=Path, help="its PEM private key, unless in the same file")
    flags.add_argument("--admin-port", type=int, help="port of the chaos and inspection endpoint; default none")
    return flags


def _identity(flags: argparse.Namespace) -> HandlerAuth | None:
    if flags.identity_endpoint is None:
        return None
    resource = flags.handler_resource or ""
    return HandlerAuth(endpoint=flags.identity_endpoint, header=flags.identity_header, resource=resource)


def _tls(flags: argparse.Namespace) -> ssl.SSLContext | None:
    if flags.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(flags.certificate, flags.certificate_key)
    except OSError as error:
        raise ValueError(f"{flags.certificate}: {error}") from error
    return context


def _settings(flags: argparse.Namespace) -> Settings:
    identity = _identity(flags)
    return Settings(
        upstream=flags.upstream,
        hubs=frozenset(flags.hub or ("chat", "group_chat")),
        user_events=flags.user_events,
        system_events=frozenset(flags.system_events),
        access_key=flags.access_key,
        issuer=flags.issuer,
        handler_auth=None if flags.handler_resource is None else identity,
        hub_settings={} if flags.hub_settings is None else read_hubs(flags.hub_settings, identity),
        anonymous_hubs=frozenset(flags.anonymous),
        secondary_key=flags.secondary_key,
        show_payloads=flags.show_payloads,
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
    if flags.handler_resource is not None and flags.identity_endpoint is None:
        parser.error("--handler-resource needs --identity-endpoint")
    service.configure_logging(flags.log_level)
    try:
        settings, tls = _settings(flags), _tls(flags)
    except (OSError, ValueError) as error:
        sys.exit(f"cannot start: {error}")
    _allow_many_sockets()

    async def serve(stop: asyncio.Event) -> None:
        async with running(settings, port=flags.port, admin_port=flags.admin_port, tls=tls) as started:
            if started.admin_port is not None:
                _log.info("admin endpoint on http://%s:%d", service.HOST, started.admin_port)
            service.announce(_NAME, started.port, started.scheme)
            await stop.wait()
            _log.info("stopping")

    service.run(serve)


if __name__ == "__main__":
    sys.exit(main())
