"""The frames the web client's tests fold are frames the server sends."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.audience import Reader, for_reader
from shared.protocol.events import STORED_EVENT

_FRAMES = Path(__file__).parents[3] / "web" / "tests" / "frames"


def _frames(name: str = "room") -> dict[str, list[dict[str, Any]]]:
    return json.loads((_FRAMES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["room", "steer"])
def test_each_frame_of_the_room_is_what_the_server_would_write(name: str) -> None:
    log = _frames(name)["log"]
    assert [frame["seq"] for frame in log] == list(range(1, len(log) + 1))
    for frame in log:
        assert json.loads(STORED_EVENT.validate_python(frame).model_dump_json()) == frame


@pytest.mark.parametrize(("reader", "principal"), [("ben", "p2"), ("chi", "p3")])
def test_a_reader_of_the_room_gets_of_each_frame_what_the_server_would_tell(reader: str, principal: str) -> None:
    frames = _frames()
    who = Reader(principal=principal)
    told = [for_reader(STORED_EVENT.validate_python(frame), who) for frame in frames["log"]]
    assert [json.loads(event.model_dump_json()) for event in told] == frames[reader]
    assert any(frame["type"] == "withheld" for frame in frames[reader])
