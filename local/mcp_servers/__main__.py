"""`python -m local.mcp_servers --port N [--state DIR]`: serve `crm`, `sales_playbook`, `web_search` and `quotes`."""

import asyncio
import sys
from pathlib import Path

from local import service
from local.mcp_servers.crm.store import CrmStore, StateError


def main() -> None:
    flags = service.parser("mcp_servers", "MCP servers: crm, sales_playbook, web_search and quotes.")
    flags.add_argument("--state", type=Path, help="folder of the CRM database; without it data is in memory")
    given = flags.parse_args()
    service.configure_logging(given.log_level)

    async def run(stop: asyncio.Event) -> None:
        sock = service.bind(given.port)
        try:
            store = CrmStore.open(given.state)
        except StateError as error:
            sock.close()
            sys.exit(str(error))
        # The SDK takes most of a second to import: a refusal above need not wait for it.
        from local.mcp_servers.host import serve  # noqa: PLC0415 - see above

        try:
            await serve(store, sock, stop)
        finally:
            store.close()

    service.run(run)


if __name__ == "__main__":
    main()
