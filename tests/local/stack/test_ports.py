"""Which port a service gets."""

import socket
from pathlib import Path

import pytest

from local.stack.ports import USUAL, Ports, free_port, is_free


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Usual ports that nobody on this machine uses."""
    ports = {"web": free_port(), "cosmos": free_port()}
    for name, port in ports.items():
        monkeypatch.setitem(USUAL, name, port)
    return ports


def test_a_service_gets_its_usual_port_when_that_is_free(tmp_path: Path, usual: dict[str, int]) -> None:
    ports = Ports(usual=True, note=pytest.fail, file=tmp_path / "ports.json")

    assert ports.of("web") == usual["web"]
    assert ports.of("web") == usual["web"]


def test_a_busy_port_is_replaced_and_a_line_says_so(tmp_path: Path, usual: dict[str, int]) -> None:
    notes: list[str] = []
    ports = Ports(usual=True, note=notes.append, file=tmp_path / "ports.json")
    with socket.create_server(("127.0.0.1", usual["web"])):
        given = ports.of("web")

    assert given != usual["web"]
    assert is_free(given)
    assert notes == [f"port {usual['web']} is in use by another program; web listens on {given} instead"]


def test_a_service_gets_the_port_it_had_before(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = Ports(usual=False, note=pytest.fail, file=file)
    before = first.of("web")
    first.remember()

    assert Ports(usual=False, note=pytest.fail, file=file).of("web") == before
