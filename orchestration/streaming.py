"""One attempt at a model step, live: text to the readers, checkpoints to the log, an eye on the stop flag."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from orchestration.deltas import DeltaStream
from orchestration.limits import MAX_ASKED_AT_ONCE
from orchestration.spending import Meter
from shared import ids
from shared.clock import utc_now
from shared.errors import ModelFailed, ModelUnavailable, PublishFailed, StoreUnavailable
from shared.event_log.head import Head
from shared.event_log.live import LiveText
from shared.event_log.shapes import VersionedLive
from shared.model import Model, ModelCompleted, ModelRequest, TextDelta, ToolRequested
from shared.protocol.ephemeral import MessageDelta, MessageStarted
from shared.protocol.shapes import Usage
from shared.publisher import Publisher

CHECKPOINT_S = 1.0
MAX_TEXT_CHARACTERS = 100_000
"""Several times what the token limit allows; a service that does not keep the limit is cut off here."""
LAST_SEND_S = 5.0
"""What is whole waits so long for its last pieces to be sent: more than a slow service takes, less than a turn has left
for its last words. Whoever misses a piece gets it with `message.completed`."""
MAX_FAILED_CHECKPOINTS = 4
"""So many failures in a row are ridden out; beginning again would cost the person all text and the model its work."""

_NOTHING = Usage()

type Interruption = Literal["stopped", "over", "lost"]
"""Stopped by a person; the turn ended or lost the floor; a newer attempt took this step over."""


@dataclass(slots=True)
class Written:
    """What the model produced. `interrupted` tells why it was cut off, if it was.

    `completed` is None then, and when there was more text than anybody can use. `memory_version` is the version of the
    person's memory the model was told, if any.
    """

    text: str = ""
    calls: list[ToolRequested] = field(default_factory=list[ToolRequested])
    completed: ModelCompleted | None = None
    interrupted: Interruption | None = None
    memory_version: int | None = None
    first_sent: datetime | None = None
    """When the first text reached the service that hands it to the readers."""


class LiveStep:
    """Streams one attempt. `live` is the claimed attempt; whoever claims the next one ends this one."""

    def __init__(
        self,
        conversation_id: str,
        live: VersionedLive,
        *,
        model: Model,
        texts: LiveText,
        publisher: Publisher,
        meter: Meter,
    ) -> None:
        self._conversation_id = conversation_id
        self._live = live
        self._before = self._noted = live.live.used or _NOTHING
        self._meter = meter
        self._refused = False
        self._model = model
        self._texts = texts
        self._publisher = publisher
        self._written = Written()

    @property
    def live(self) -> VersionedLive:
        """The claim as it was last written, with what the step used by now."""
        return replace(self._live, live=self._live.live.model_copy(update={"used": self._used()}))

    @property
    def is_noted(self) -> bool:
        """Whether what the step used by now is saved, as far as anybody can tell."""
        return self._noted == self._used()

    async def run(self, request: ModelRequest) -> Written:
        """Stream until the model is done, the turn is stopped, or it is no longer ours.

        Raises:
            ModelUnavailable, ModelFailed: from the model; of this attempt only what it used counts.
            StoreUnavailable: several checkpoints in a row failed.

        """
        announced = asyncio.create_task(self._announce())
        try:
            return await self._stream(request, announced)
        except (ModelUnavailable, ModelFailed):
            self._refused = not self._written.text and not self._written.calls
            raise
        finally:
            await asyncio.wait({announced}, timeout=LAST_SEND_S)
            await _cancelled(announced)

    async def _stream(self, request: ModelRequest, announced: asyncio.Task[None]) -> Written:
        async def send(offset: int, text: str) -> None:
            # Shielded: deltas that are given up must not take the announcement, and with it the step, along.
            await asyncio.shield(announced)
            await self._send_delta(offset, text)

        deltas = DeltaStream(send)
        reading = asyncio.create_task(self._read(request, deltas.write))
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({reading, watching}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                reading.result()
            else:
                self._written.interrupted = watching.result()
        except BaseException:
            await deltas.abandon()
            raise
        finally:
            await _cancelled(reading)
            await _cancelled(watching)
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SEND_S):
                await deltas.close()
        return self._written

    def _used(self) -> Usage:
        """Return what all attempts at the step used, this one by an estimate unless the service has counted."""
        written = self._written
        if self._refused:
            return self._before
        if written.completed is not None:
            return self._before + self._meter.counted(written.completed.usage)
        said = (written.text, *(call.arguments for call in written.calls))
        return self._before + self._meter.estimated("".join(said))

    async def _announce(self) -> None:
        live = self._live.live
        started = MessageStarted(
            conversation_id=self._conversation_id,
            message_id=ids.step_message(live.turn_id, live.step),
            turn_id=live.turn_id,
            step=live.step,
            attempt=live.attempt,
        )
        # Ephemeral: a lost reset costs the readers this attempt's deltas, not its text.
        with suppress(PublishFailed):
            await self._publisher.to_readers(self._conversation_id, started, live.audience)

    async def _read(self, request: ModelRequest, write: Callable[[str], None]) -> None:
        async with aclosing(self._model.stream(request)) as events:
            async for event in events:
                match event:
                    case TextDelta(text=text):
                        self._written.text += text
                        write(text)
                        if len(self._written.text) > MAX_TEXT_CHARACTERS:
                            return
                    case ToolRequested():
                        # Read on, beyond what is kept, to what the service says it counted.
                        if len(self._written.calls) < MAX_ASKED_AT_ONCE:
                            self._written.calls.append(event)
                    case ModelCompleted():
                        self._written.completed = event

    async def _watch(self) -> Interruption:
        """Checkpoint about once a second until there is a reason to stop; one that failed is left to the next."""
        failures = 0
        while True:
            await asyncio.sleep(CHECKPOINT_S)
            try:
                # Before it is saved: what is given up then may be saved all the same.
                self._noted = self._used()
                saved = await self._texts.checkpoint(self._conversation_id, self._live, self._written.text, self._noted)
            except StoreUnavailable:
                failures += 1
                if failures > MAX_FAILED_CHECKPOINTS:
                    raise
                continue
            failures = 0
            if saved is None:
                return "lost"
            self._live = saved.live
            reason = interruption(saved.head.head, saved.live.live.turn_id)
            if reason is not None:
                return reason

    async def _send_delta(self, offset: int, text: str) -> None:
        live = self._live.live
        delta = MessageDelta(
            conversation_id=self._conversation_id,
            message_id=ids.step_message(live.turn_id, live.step),
            turn_id=live.turn_id,
            step=live.step,
            attempt=live.attempt,
            offset=offset,
            text=text,
        )
        await self._publisher.to_readers(self._conversation_id, delta, live.audience)
        self._written.first_sent = self._written.first_sent or utc_now()


def interruption(head: Head, turn_id: str) -> Literal["stopped", "over"] | None:
    """Tell from the head whether the turn has to end: it was stopped, or it does not hold the floor."""
    active = head.active_turn
    if active is None or active.turn_id != turn_id:
        return "over"
    return "stopped" if active.stopping else None


async def _cancelled(running: asyncio.Task[object]) -> None:
    running.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await running
