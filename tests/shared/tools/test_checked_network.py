"""Where connections to tool servers really go."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.tools.address_rules import parse_networks
from shared.tools.catalogs import Catalogs
from shared.tools.checked_network import AddressRefused, CheckedTransport
from shared.tools.mcp_client import McpTools
from shared.tools.outcome import ToolServerUnavailable
from tests.shared.tools.calling import called
from tests.shared.tools.conftest import MakeTools
from tests.shared.tools.scripted_server import ScriptedServer

TLS = httpx2.create_ssl_context()
HERE = parse_networks("127.0.0.1/32")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let a name have these addresses, one set per look-up; returns the names that were looked up."""

    def given(*answers: tuple[str, ...]) -> list[str]:
        asked: list[str] = []
        left = list(answers)

        async def answer(host: str, port: int, **_options: Any) -> list[tuple[Any, ...]]:
            asked.append(host)
            addresses = left.pop(0)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", answer)
        return asked

    return given


async def test_the_address_that_was_checked_is_the_one_connected_to(
    server: ScriptedServer, names: Callable[..., list[str]]
) -> None:
    asked = names(("127.0.0.1",), ("10.0.0.1",))
    url = server.url.replace("127.0.0.1", "tools.test")
    async with httpx2.AsyncClient(transport=CheckedTransport(HERE, None)) as client:
        for _ in range(2):
            assert (await client.post(url, json={"id": 1, "method": "tools/list"})).status_code == 200
    assert asked == ["tools.test"], "one look-up for the connection, none for its second request"
    assert server.headers[0]["host"].startswith("tools.test:")


async def test_a_name_that_later_points_inside_is_refused_at_the_next_connection(
    server: ScriptedServer, names: Callable[..., list[str]]
) -> None:
    names(("127.0.0.1",), ("169.254.169.254",))
    url = server.url.replace("127.0.0.1", "tools.test")
    async with httpx2.AsyncClient(transport=CheckedTransport(HERE, None)) as client:
        leave = {"connection": "close"}
        assert (await client.post(url, json={"id": 1, "method": "tools/list"}, headers=leave)).status_code == 200
        with pytest.raises(AddressRefused):
            await client.post(url, json={"id": 2, "method": "tools/list"})


@pytest.mark.parametrize("addresses", [("127.0.0.1", "10.0.0.1"), ("10.0.0.1", "127.0.0.1")])
async def test_a_name_with_one_bad_address_is_refused_as_a_whole(
    server: ScriptedServer, names: Callable[..., list[str]], addresses: tuple[str, ...]
) -> None:
    names(addresses)
    async with httpx2.AsyncClient(transport=CheckedTransport(HERE, None)) as client:
        with pytest.raises(AddressRefused):
            await client.post(server.url.replace("127.0.0.1", "tools.test"))
    assert server.asked == []


async def test_a_dead_address_gives_way_to_the_next(server: ScriptedServer, names: Callable[..., list[str]]) -> None:
    names(("127.0.0.3", "127.0.0.1"))
    transport = CheckedTransport(parse_networks("127.0.0.0/8"), None)
    async with httpx2.AsyncClient(transport=transport) as client:
        url = server.url.replace("127.0.0.1", "tools.test")
        assert (await client.post(url, json={"id": 1, "method": "tools/list"})).status_code == 200


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_no_spelling_of_this_machine_is_reached_unless_configured(server: ScriptedServer, host: str) -> None:
    async with httpx2.AsyncClient(transport=CheckedTransport((), None)) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.post(server.url.replace("127.0.0.1", host))
    assert server.asked == []


async def test_an_address_that_swallows_everything_leaves_time_for_the_next(
    server: ScriptedServer, names: Callable[..., list[str]]
) -> None:
    with socket.socket() as deaf, contextlib.ExitStack() as stack:
        port = int(server.url.split(":")[2].split("/")[0])
        deaf.bind(("127.0.0.4", port))
        deaf.listen(0)
        for _ in range(3):  # until nothing more is taken from its queue
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.4", port))
        names(("127.0.0.4", "127.0.0.1"))
        transport = CheckedTransport(parse_networks("127.0.0.0/8"), None)
        async with httpx2.AsyncClient(transport=transport, timeout=5) as client:
            url = server.url.replace("127.0.0.1", "tools.test")
            assert (await client.post(url, json={"id": 1, "method": "tools/list"})).status_code == 200


async def test_an_unknown_name_is_a_failed_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_args: Any, **_options: Any) -> list[Any]:
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", fails)
    async with httpx2.AsyncClient(transport=CheckedTransport((), TLS)) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.post("https://tools.test/")


async def test_a_look_up_that_hangs_is_a_connection_that_took_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(*_args: Any, **_options: Any) -> list[Any]:
        await asyncio.Event().wait()
        return []

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", hangs)
    async with httpx2.AsyncClient(transport=CheckedTransport((), TLS), timeout=0.1) as client:
        with pytest.raises(httpx2.ConnectTimeout):
            await client.post("https://tools.test/")


async def test_tls_keeps_the_hosts_name_and_checks_its_certificate(
    tmp_path: Path, names: Callable[..., list[str]]
) -> None:
    said: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    context.sni_callback = lambda _socket, name, _context: said.append(name)
    listening = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    names(("127.0.0.1",))
    async with listening, httpx2.AsyncClient(transport=CheckedTransport(HERE, TLS)) as client:
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.post(f"https://tools.test:{port}/")
    assert said == ["tools.test"]


async def test_a_server_at_a_forbidden_address_is_named_as_such(
    server: ScriptedServer, make_tools: MakeTools, caplog: pytest.LogCaptureFixture
) -> None:
    # Loopback is what the tests' own tool servers may use; another private range is not.
    catalog = ScriptedServer(url="https://10.1.2.3/mcp").catalog()
    tools, spec = make_tools(catalog), catalog.servers["scripted"]
    with pytest.raises(ToolServerUnavailable) as caught:
        await tools.list_tools(spec, "p")
    assert caught.value.reason == "has an address that may not be reached"
    assert "10.1.2.3" in caplog.text
    assert server.asked == []


async def test_the_catalog_may_open_the_private_network_for_one_server(server: ScriptedServer) -> None:
    for private, status in ((True, "completed"), (False, None)):
        catalog = server.catalog(private_network=private)
        tools = McpTools(Catalogs(catalog), lambda: datetime.now(UTC))
        if status:
            assert (await called(tools, catalog.servers["scripted"], "echo")).status == status
        else:
            with pytest.raises(ToolServerUnavailable):
                await tools.list_tools(catalog.servers["scripted"], "p")
        await tools.close()


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tools.test")])
    at = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
