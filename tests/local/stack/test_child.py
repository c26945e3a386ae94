"""A supervised program: ready, dead, stopped."""

import sys

import pytest

from local.stack.child import Child, Program, ServiceFailedError


def program(code: str) -> Program:
    return Program(name="thing", command=(sys.executable, "-u", "-c", code), url="", ready="ready on")


def ignore(_service: str, _line: str) -> None:
    pass


async def test_a_program_is_ready_once_it_says_so_and_stops_when_asked() -> None:
    lines: list[str] = []
    child = await Child.start(
        program("import signal; print('ready on x'); signal.pause()"), lambda _name, line: lines.append(line)
    )
    await child.ready()
    await child.stop()

    assert lines == ["ready on x"]
    assert "status -15" in await child.died()


async def test_a_program_that_ends_while_starting_fails_the_start_with_its_last_words() -> None:
    lines: list[str] = []
    child = await Child.start(program("import sys; sys.exit('no such file')"), lambda _name, line: lines.append(line))

    with pytest.raises(ServiceFailedError, match="thing ended with status 1 while starting"):
        await child.ready()

    assert lines == ["no such file"]


async def test_a_program_that_does_not_listen_is_ended_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.stack.child.STOP_TIMEOUT_S", 0.2)
    stubborn = "import signal; signal.signal(15, signal.SIG_IGN); print('ready on x'); signal.pause(); signal.pause()"
    child = await Child.start(program(stubborn), ignore)
    await child.ready()

    await child.stop()

    assert "status -9" in await child.died()
