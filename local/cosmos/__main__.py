"""`python -m local.cosmos --port N`: the Cosmos DB emulator."""

import argparse
import asyncio
import gc
import logging
import sqlite3
import sys
from pathlib import Path
from typing import Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from local import service
from local.cosmos.admin import Admin
from local.cosmos.entra import EntraKeys
from local.cosmos.server import Cosmos
from local.cosmos.sqlite import MEMORY
from local.cosmos.store import Store
from local.cosmos.strict import Rules
from local.cosmos.tls import server_context

_LOG: Final = logging.getLogger("cosmos")
_SHUTDOWN_SECONDS: Final = 2.0
_GC_THRESHOLDS: Final = (100_000, 50, 100)


def _flags() -> argparse.Namespace:
    parser = service.parser("cosmos", "The Cosmos DB REST protocol over SQLite.")
    parser.add_argument("--db", default=MEMORY, help="SQLite file; in memory when not given")
    parser.add_argument("--tls", action="store_true", help="serve https with a certificate from --certs")
    parser.add_argument("--certs", type=Path, help="folder of the development authority; made when missing")
    parser.add_argument("--admin-port", type=int, help="port of the admin interface; none when not given, 0 any")
    parser.add_argument("--strict", action="store_true", help="refuse what Azure refuses or makes dear")
    parser.add_argument("--allow", type=Path, help="JSON array of the cross-partition queries --strict lets pass")
    parser.add_argument("--ru", type=float, default=0.0, help="with --strict: request units a second; 0 unlimited")
    parser.add_argument("--page", type=int, default=0, help="with --strict: most results a page; 0 as asked")
    parser.add_argument("--flaky", type=float, default=0.0, help="with --strict: share of writes failing, 0 to 1")
    parser.add_argument("--entra-keys", help="URL of the issuer's keys; then Entra tokens are verified in full")
    flags = parser.parse_args()
    if flags.tls and flags.certs is None:
        parser.error("--tls needs --certs DIR")
    return flags


def _rules(store: Store, flags: argparse.Namespace) -> Rules:
    rules = Rules(store.clock, enabled=flags.strict)
    if flags.strict:
        rules.budget, rules.page, rules.flaky = flags.ru, flags.page, flags.flaky
        if flags.allow is not None:
            rules.allow(TypeAdapter(list[str]).validate_json(flags.allow.read_bytes()))
    return rules


async def _serve(flags: argparse.Namespace, stop: asyncio.Event) -> None:
    sock = service.bind(flags.port)
    admin_sock = None if flags.admin_port is None else service.bind(flags.admin_port)
    context = server_context(flags.certs) if flags.tls else None
    store = Store(flags.db)
    entra = EntraKeys(flags.entra_keys, store.clock) if flags.entra_keys else None
    cosmos = Cosmos(store, _rules(store, flags), entra)
    runners = [web.AppRunner(cosmos.application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)]
    try:
        await runners[0].setup()
        await web.SockSite(runners[0], sock, ssl_context=context).start()
        if admin_sock is not None:
            runners.append(web.AppRunner(Admin(cosmos).application(), access_log=None))
            await runners[1].setup()
            await web.SockSite(runners[1], admin_sock).start()
            _LOG.info("admin on http://%s:%d", service.HOST, service.port_of(admin_sock))
        service.announce("cosmos", service.port_of(sock), "https" if context else "http")
        await stop.wait()
    finally:
        for runner in runners:
            await runner.cleanup()
        store.close()


def main() -> None:
    flags = _flags()
    service.configure_logging(flags.log_level)
    # Cached items live long and hold no cycles: the collector need not walk them after every few requests.
    gc.set_threshold(*_GC_THRESHOLDS)
    try:
        service.run(lambda stop: _serve(flags, stop))
    except (OSError, ValidationError, sqlite3.Error) as error:
        sys.exit(f"cosmos cannot start: {error}")


if __name__ == "__main__":
    main()
