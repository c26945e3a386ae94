"""A new instance has what the first message needs; what cannot be had yet hinders nobody."""

import gc
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.errors import SignInUnavailable
from shared.warm_up import warm_up


@pytest.fixture(autouse=True)
def _collecting_as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


class _Client:
    """Notes what is asked of it; `wrong` is raised instead."""

    def __init__(self, asked: list[str], name: str, wrong: Exception | None = None) -> None:
        self._asked, self._name, self._wrong = asked, name, wrong

    def __getattr__(self, method: str) -> Any:
        async def ask(*_: object) -> None:
            self._asked.append(f"{self._name}.{method}")
            if self._wrong is not None:
                raise self._wrong

        return ask


def _runtime(asked: list[str], **wrong: Exception) -> Any:
    names = ("prompts", "catalogs", "validator", "model", "chat_hub", "log", "tools", "credentials")
    return cast("Any", SimpleNamespace(**{name: _Client(asked, name, wrong.get(name)) for name in names}))


async def test_everything_the_first_message_needs_is_asked_for() -> None:
    asked: list[str] = []
    took = await warm_up(_runtime(asked))
    assert sorted(asked) == [
        "catalogs.current",
        "chat_hub.client_url",
        "log.event",
        "model.prepare",
        "prompts.template",
        "validator.prepare",
    ]
    assert set(took) == {"prompt", "catalog", "keys", "model", "sockets", "store", "tools"}
    assert None not in took.values()
    assert gc.get_freeze_count() > 0, "what is loaded by now is the collector's no more"


async def test_a_step_that_fails_fails_alone_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[str] = []
    wrong = {"validator": SignInUnavailable("no keys"), "log": ZeroDivisionError()}
    with caplog.at_level(logging.WARNING):
        took = await warm_up(_runtime(asked, **wrong))
    assert {name for name, seconds in took.items() if seconds is None} == {"keys", "store"}
    assert "no keys" in caplog.text
    assert "store failed unexpectedly" in caplog.text
