"""Server-sent events: bytes as the network cut them become whole frames."""

from dataclasses import dataclass

MAX_FRAME_BYTES = 16 * 1024 * 1024

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class FrameTooLargeError(ValueError):
    """A frame exceeds `MAX_FRAME_BYTES`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One event: its name (`message` when unnamed) and its data lines joined by newlines."""

    event: str
    data: bytes


class SseParser:
    """Reads one stream. A frame counts only once its closing blank line has come.

    Works on bytes throughout, so a character or a line end split between chunks needs no care of its own.
    """

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0
        self._after_return = False
        self._at_start = True

    def feed(self, chunk: bytes) -> list[Frame]:
        """Return the frames that `chunk` completes, in order.

        Raises:
            FrameTooLargeError: the stream does not end a frame in time.

        """
        self._pending += self._with_plain_line_ends(chunk)
        frames: list[Frame] = []
        start = 0
        search_from = self._searched
        while (end := self._pending.find(b"\n\n", search_from)) >= 0:
            if frame := self._frame(bytes(self._pending[start:end])):
                frames.append(frame)
            start = search_from = end + 2
        del self._pending[:start]
        if len(self._pending) > MAX_FRAME_BYTES:
            raise FrameTooLargeError(f"a frame is larger than {MAX_FRAME_BYTES} bytes")
        # The last byte may be the first of the two newlines that end the frame.
        self._searched = max(len(self._pending) - 1, 0)
        return frames

    def _with_plain_line_ends(self, chunk: bytes) -> bytes:
        if self._after_return and chunk:
            self._after_return = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" not in chunk:
            return chunk
        self._after_return = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _frame(self, block: bytes) -> Frame | None:
        if self._at_start:
            self._at_start = False
            block = block.removeprefix(_BYTE_ORDER_MARK)
        event = b""
        data: list[bytes] = []
        for line in block.split(b"\n"):
            name, _, value = line.partition(b":")
            if name == b"data":
                data.append(value.removeprefix(b" "))
            elif name == b"event":
                event = value.removeprefix(b" ")
        if not data:
            return None
        return Frame(event=event.decode("utf-8", "replace") or "message", data=b"\n".join(data))
