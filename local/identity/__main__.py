"""Command line of the local identity service."""

import asyncio
import sys
from pathlib import Path

from local import service as common
from local.identity import directory
from local.identity.keys import KeyRing
from local.identity.server import Settings, serve


def main() -> None:
    flags = common.parser("identity", "An OpenID Connect issuer with development users, and managed identity.")
    flags.add_argument("--state", type=Path, help="folder for the signing keys; default: in memory")
    flags.add_argument("--clock-skew", type=float, default=0.0, help="seconds its clock is ahead")
    flags.add_argument("--users", type=Path, default=directory.USERS_FILE, help="file with the users and groups")
    flags.add_argument("--tls", action="store_true", help="serve https with a certificate from --certs")
    flags.add_argument("--certs", type=Path, help="folder of the development authority; made when missing")
    args = flags.parse_args()
    if args.tls and args.certs is None:
        flags.error("--tls needs --certs DIR")
    common.configure_logging(args.log_level)
    try:
        people = directory.load(args.users)
        keys = KeyRing(args.state)
    except (OSError, ValueError, LookupError, TypeError) as error:
        sys.exit(f"cannot start: {error}")

    settings = Settings(port=args.port, skew=args.clock_skew, certs=args.certs if args.tls else None)

    async def run(stop: asyncio.Event) -> None:
        await serve(keys, people, settings, stop)

    try:
        common.run(run)
    except OSError as error:
        sys.exit(f"cannot start: {error}")


if __name__ == "__main__":
    main()
