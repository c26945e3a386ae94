"""Reads the command line of Azure Functions Core Tools, so that what drives `func` can drive this host.

Understood: `func [host] start [--port N | -p N] [--cors ORIGINS] [--verbose] ...` and `func --version`. The app is
the current folder. Flags that choose a language or a debugger are accepted and change nothing.
"""

import argparse
import sys
from pathlib import Path

from local.functions_host import __main__ as command
from local.functions_host.settings import local_port

_VERSION = "4.0.0"


def translate(arguments: list[str], app: Path) -> list[str]:
    """Return the host's own arguments; the port defaults to `Host.LocalHttpPort`, then to 7071."""
    parser = argparse.ArgumentParser(prog="func", description=__doc__)
    parser.add_argument("words", nargs="+", metavar="[host] start")
    parser.add_argument("--port", "-p", type=int)
    parser.add_argument("--cors")
    parser.add_argument("--state")
    known, _ = parser.parse_known_args(arguments)
    if known.words[:2] != ["host", "start"] and known.words[0] != "start":
        parser.error(f"only `start` is supported, not `{' '.join(known.words)}`")
    port = known.port if known.port is not None else local_port(app)
    own = ["start", "--app", str(app), "--port", str(port)]
    own += ["--cors", known.cors] if known.cors is not None else []
    own += ["--state", known.state] if known.state is not None else []
    return own


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-v"]):
        print(_VERSION)
        return
    command.main(translate(sys.argv[1:], Path.cwd()))


if __name__ == "__main__":
    main()
