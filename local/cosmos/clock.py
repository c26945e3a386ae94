"""Time with an adjustable offset, so that tests can age items without waiting."""

import time


class Clock:
    """Seconds since 1970; `offset` is added to the machine's time."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def seconds(self) -> int:
        return int(self.now())
