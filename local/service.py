"""What every service of the development cloud does alike: flags, logging, binding, readiness, shutdown."""

import argparse
import asyncio
import errno
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine

HOST = "127.0.0.1"


class PortBusyError(OSError):
    """Another program listens on the wanted port."""

    def __init__(self, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"port {port} is in use by another program; choose another --port")
        self.port = port


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """Return the flags all services share: `--port N` (0 = any free port) and `--log-level`."""
    flags = argparse.ArgumentParser(prog=f"python -m local.{name}", description=description)
    flags.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks a free one")
    flags.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    return flags


def configure_logging(level: str) -> None:
    """Log to stderr, one line an event; stdout is for the ready line only."""
    logging.basicConfig(
        level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )


def bind(port: int) -> socket.socket:
    """Return a listening-ready TCP socket on the loopback address.

    Raises:
        PortBusyError: another program holds the port.

    """
    # With the protocol named, asyncio turns off Nagle on every connection; without, answers wait for ACKs.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortBusyError(port) from error
        raise
    return sock


def port_of(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


def announce(name: str, port: int, scheme: str = "http") -> None:
    """Print the ready line that a supervisor waits for."""
    print(f"{name} ready on {scheme}://{HOST}:{port}", flush=True)


def run(serve: Callable[[asyncio.Event], Coroutine[None, None, None]]) -> None:
    """Run `serve(stop)` until it returns; SIGTERM and SIGINT set `stop`; a busy port exits 1, one line."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await serve(stop)

    try:
        asyncio.run(main())
    except PortBusyError as error:
        sys.exit(error.strerror)
