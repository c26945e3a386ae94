import asyncio
from collections.abc import Callable

import pytest

from orchestration.deltas import BUSY_STREAMS, BUSY_WINDOW_S, FULL_CHARACTERS, WINDOW_S, DeltaStream
from shared.errors import PublishFailed

NEVER_S = 3600.0


class Line:
    """A connection whose sends wait until the test lets them through, or fails them."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, str]] = []
        self.arrived: list[tuple[int, str]] = []
        self.open = asyncio.Event()
        self.failures = 0
        self.at_once = 0
        self.most_at_once = 0

    async def send(self, offset: int, text: str) -> None:
        self.begun.append((offset, text))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
            if self.failures:
                self.failures -= 1
                raise PublishFailed("away")
            self.arrived.append((offset, text))
        finally:
            self.at_once -= 1


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the stream has nothing to wait on but its effect
            await asyncio.sleep(0)


async def _settle() -> None:
    """Give every task that can go on its turns."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.fixture
def line() -> Line:
    return Line()


async def test_the_first_piece_goes_at_once(line: Line) -> None:
    line.open.set()
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("Hel")
    await _until(lambda: line.arrived == [(0, "Hel")])
    await stream.close()


async def test_small_pieces_wait_for_the_window_and_go_as_one(line: Line) -> None:
    line.open.set()
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("H")
    await _until(lambda: len(line.arrived) == 1)
    for piece in "ello":
        stream.write(piece)
    await _settle()
    assert line.arrived == [(0, "H")]
    await stream.close()
    assert line.arrived == [(0, "H"), (1, "ello")]


async def test_the_window_ends_the_wait(line: Line) -> None:
    line.open.set()
    stream = DeltaStream(line.send, window_s=0.01)
    stream.write("H")
    await _until(lambda: len(line.arrived) == 1)
    stream.write("ello")
    await _until(lambda: line.arrived == [(0, "H"), (1, "ello")])
    await stream.close()


async def test_enough_text_does_not_wait_for_the_window(line: Line) -> None:
    line.open.set()
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("H")
    await _until(lambda: len(line.arrived) == 1)
    stream.write("x" * FULL_CHARACTERS)
    await _until(lambda: line.arrived[1:] == [(1, "x" * FULL_CHARACTERS)])
    await stream.close()


async def test_enough_text_that_came_during_a_send_goes_right_after_it(line: Line) -> None:
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("H")
    await _until(lambda: line.begun == [(0, "H")])
    stream.write("x" * FULL_CHARACTERS)
    line.open.set()
    await _until(lambda: len(line.arrived) == 2)
    await stream.close()
    assert "".join(text for _, text in line.arrived) == "H" + "x" * FULL_CHARACTERS


async def test_a_slow_line_has_one_send_under_way_and_gets_fewer_frames(line: Line) -> None:
    stream = DeltaStream(line.send, window_s=0, full=5)
    stream.write("a")
    await _until(lambda: len(line.begun) == 1)
    for _ in range(100):
        stream.write("b")
        await asyncio.sleep(0)
    assert line.begun == [(0, "a")]
    line.open.set()
    await stream.close()
    assert line.most_at_once == 1
    assert line.arrived == [(0, "a"), (1, "b" * 100)]


async def test_a_frame_that_failed_is_merged_into_the_next_and_leaves_no_hole(line: Line) -> None:
    line.failures = 1
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("lost")
    await _until(lambda: len(line.begun) == 1)
    line.open.set()
    stream.write(" and found")
    await stream.close()
    assert line.begun[0] == (0, "lost")
    text = ""
    for offset, piece in line.arrived:
        assert offset == len(text)
        text += piece
    assert text == "lost and found"


async def test_a_line_that_is_down_is_not_hammered_however_much_text_waits(line: Line) -> None:
    line.failures = 10_000
    line.open.set()
    stream = DeltaStream(line.send, window_s=0)
    for _ in range(20):
        stream.write("x" * FULL_CHARACTERS)
        await _settle()
    assert len(line.begun) == 1
    await stream.close()


async def test_closing_sends_the_rest_once_even_if_the_line_is_down(line: Line) -> None:
    line.failures = 10_000
    line.open.set()
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("first")
    await _until(lambda: len(line.begun) == 1)
    stream.write(" rest")
    async with asyncio.timeout(5):
        await stream.close()
    assert line.begun[-1] == (0, "first rest")
    assert line.arrived == []


async def test_closing_without_text_sends_nothing(line: Line) -> None:
    stream = DeltaStream(line.send)
    await stream.close()
    assert line.begun == []


async def test_an_abandoned_stream_sends_nothing_more(line: Line) -> None:
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("first")
    await _until(lambda: len(line.begun) == 1)
    stream.write(" rest")
    await stream.abandon()
    line.open.set()
    await _settle()
    assert line.arrived == []


async def test_offsets_count_characters_whatever_they_are(line: Line) -> None:
    line.open.set()
    stream = DeltaStream(line.send, window_s=NEVER_S)
    stream.write("\U0001f600ä")
    await _until(lambda: len(line.arrived) == 1)
    stream.write("汉")
    await stream.close()
    assert line.arrived == [(0, "\U0001f600ä"), (2, "汉")]


async def test_an_error_that_is_no_publish_failure_is_not_swallowed() -> None:
    async def broken(_offset: int, _text: str) -> None:
        raise RuntimeError("a fault of ours")

    stream = DeltaStream(broken)
    stream.write("x")
    with pytest.raises(RuntimeError, match="a fault of ours"):
        await stream.close()


async def test_with_many_streams_in_the_process_frames_go_half_as_often() -> None:
    line = Line()
    assert DeltaStream.usual_window_s() == WINDOW_S
    streams = [DeltaStream(line.send) for _ in range(BUSY_STREAMS + 1)]
    await _until(lambda: DeltaStream.usual_window_s() == BUSY_WINDOW_S)
    await asyncio.gather(*(stream.close() for stream in streams))
    assert DeltaStream.usual_window_s() == WINDOW_S
