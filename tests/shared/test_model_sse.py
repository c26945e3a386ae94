import json
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.model_sse import MAX_FRAME_BYTES, Frame, FrameTooLargeError, SseParser

LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])
LINE = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)
NAME = st.sampled_from(["", "response.completed", "error", "ünïcode"])


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[Frame]]:
    """Return a stream as a server might write it, and the frames it means."""
    text = draw(st.sampled_from(["", "\ufeff"]))
    frames: list[Frame] = []
    for name, lines in draw(st.lists(st.tuples(NAME, st.lists(LINE, max_size=3)), max_size=5)):
        end = draw(LINE_ENDS)
        written = draw(st.lists(st.sampled_from([": keep-alive", "id: 7", "retry: 10", "odd"]), max_size=2))
        written += [f"event: {name}"] if name else []
        written += [
            f"data:{draw(st.sampled_from(['', ' ']))}{line}" if line[:1] != " " else f"data: {line}" for line in lines
        ]
        text += "".join(line + end for line in written) + end
        if lines:
            frames.append(Frame(event=name or "message", data="\n".join(lines).encode()))
    return text.encode(), frames


@given(streams(), st.data())
def test_frames_do_not_depend_on_where_the_network_cuts(stream: tuple[bytes, list[Frame]], data: st.DataObject) -> None:
    raw, expected = stream
    cuts = sorted({0, len(raw), *data.draw(st.lists(st.integers(0, len(raw)), max_size=20))})
    parser = SseParser()
    assert [frame for a, b in pairwise(cuts) for frame in parser.feed(raw[a:b])] == expected


@given(streams())
def test_a_stream_may_come_byte_by_byte(stream: tuple[bytes, list[Frame]]) -> None:
    raw, expected = stream
    parser = SseParser()
    assert [frame for byte in raw for frame in parser.feed(bytes([byte]))] == expected


@pytest.mark.parametrize(
    "raw", [b"data: {}", b"data: {}\n", b": only a comment\n\n", b"event: error\n\n", b"\n\n\n\n", b"data: {}\r\n"]
)
def test_an_unfinished_or_empty_block_is_no_frame(raw: bytes) -> None:
    assert SseParser().feed(raw) == []


def test_many_frames_may_come_in_one_chunk() -> None:
    assert SseParser().feed(b"event: a\ndata: 1\n\ndata: 2\ndata: 3\n\n") == [
        Frame("a", b"1"),
        Frame("message", b"2\n3"),
    ]


def test_a_large_frame_is_read_and_an_endless_one_refused() -> None:
    parser = SseParser()
    chunk = b"x" * 65536
    parser.feed(b"data: ")
    for _ in range(48):
        assert parser.feed(chunk) == []
    [frame] = parser.feed(b"\n\n")
    assert len(frame.data) == 48 * 65536
    for _ in range(MAX_FRAME_BYTES // len(chunk)):
        parser.feed(chunk)
    with pytest.raises(FrameTooLargeError):
        parser.feed(chunk)


def test_a_chunk_costs_microseconds() -> None:
    body = json.dumps({"type": "response.output_text.delta", "item_id": "msg_1", "delta": "word ", "logprobs": []})
    chunk = f"event: response.output_text.delta\ndata: {body}\n\n".encode()
    best = min(_cost_us(chunk) for _ in range(5))
    assert best < 60, f"{best:.1f} µs a chunk"  # about 3 µs alone; the slack is for a busy machine


def _cost_us(chunk: bytes, count: int = 2000) -> float:
    parser = SseParser()
    started = time.perf_counter()
    for _ in range(count):
        assert len(parser.feed(chunk)) == 1
    return (time.perf_counter() - started) / count * 1e6
