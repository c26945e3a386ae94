"""Storage queue functions: batches, at least once, failing messages to the poison queue."""

import asyncio
import base64
import binascii
import json
import logging
from contextlib import suppress
from email.utils import parsedate_to_datetime

import aiohttp

from local.functions_host.functions import Function
from local.functions_host.invoker import Failure, Invoker, Payload
from local.functions_host.settings import QueueSettings, SettingsError
from local.functions_host.triggers.grace import GRACE_SECONDS
from local.functions_host.triggers.storage_queue import QueueError, QueueMessage, QueueStore
from local.functions_host.worker.process import WorkerLostError

_log = logging.getLogger("functions_host.queue")
_HIDDEN_SECONDS = 600
_RENEW_SECONDS = 240.0
_SHORTEST_PAUSE = 0.1
_RELEASE_SECONDS = 1.0


class QueueListener:
    """One queue function. `serve` runs until it is cancelled; what it was working on is shown again then."""

    def __init__(self, function: Function, invoker: Invoker, settings: QueueSettings, store: QueueStore) -> None:
        queue = str(function.trigger.get("queueName") or "")
        if not queue:
            raise SettingsError(f"{function.name}: the queue trigger names no queue.")
        self._function = function
        self._invoker = invoker
        self._settings = settings
        self._store = store
        self._queue = queue
        self._running: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        pause = _SHORTEST_PAUSE
        try:
            while True:
                found = await self._take()
                pause = _SHORTEST_PAUSE if found else min(pause * 2, self._settings.max_polling_interval)
                for message in found:
                    task = asyncio.create_task(self._handle(message))
                    self._running.add(task)
                    task.add_done_callback(self._ended)
                if not found:
                    await asyncio.sleep(pause)
                while len(self._running) > self._settings.new_batch_threshold:
                    await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self._running:
                await asyncio.wait(self._running, timeout=GRACE_SECONDS)
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
            await self._store.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a message of queue %s could not be dealt with", self._queue, exc_info=error)

    async def _take(self) -> list[QueueMessage]:
        try:
            return await self._store.take(self._queue, self._settings.batch_size, _HIDDEN_SECONDS)
        except (QueueError, aiohttp.ClientError, TimeoutError) as error:
            if not (isinstance(error, QueueError) and error.missing):
                _log.warning("queue %s cannot be read: %s", self._queue, error)
            return []

    async def _handle(self, message: QueueMessage) -> None:
        lease = _Lease(self._store, self._queue, message)
        renewal = asyncio.create_task(lease.renew())
        try:
            handled = await self._run(message)
        except asyncio.CancelledError:
            with suppress(TimeoutError, QueueError, aiohttp.ClientError):
                await asyncio.wait_for(lease.release(0), _RELEASE_SECONDS)
            raise
        finally:
            renewal.cancel()
        if handled:
            await lease.delete()
        elif message.dequeue_count >= self._settings.max_dequeue_count:
            await self._poison(message)
            await lease.delete()
        else:
            await lease.release(int(self._settings.visibility_timeout))

    async def _run(self, message: QueueMessage) -> bool:
        """Return whether the function succeeded."""
        try:
            body = base64.b64decode(message.text, validate=True) if self._settings.base64 else message.text.encode()
            body.decode()
        except (binascii.Error, UnicodeDecodeError):
            _log.error("message %s of queue %s is not in messageEncoding", message.id, self._queue)
            return False
        metadata = {
            "Id": message.id,
            "DequeueCount": message.dequeue_count,
            "InsertionTime": _iso(message.inserted),
            "ExpirationTime": _iso(message.expires),
            "NextVisibleTime": _iso(message.visible),
            "PopReceipt": message.receipt,
        }
        texts = {name: json.dumps(value) for name, value in metadata.items()}
        try:
            outcome = await self._invoker.call(self._function, Payload("string", body, metadata=texts))
        except WorkerLostError as error:
            _log.warning("message %s of queue %s comes again: %s", message.id, self._queue, error)
            return False
        return not isinstance(outcome, Failure)

    async def _poison(self, message: QueueMessage) -> None:
        poison = f"{self._queue}-poison"
        _log.error("message %s failed %d times and goes to %s", message.id, message.dequeue_count, poison)
        try:
            await self._store.put(poison, message.text)
        except QueueError as error:
            if not error.missing:
                raise
            await self._store.create(poison)
            await self._store.put(poison, message.text)


class _Lease:
    """The hold on one taken message."""

    def __init__(self, store: QueueStore, queue: str, message: QueueMessage) -> None:
        self._store = store
        self._queue = queue
        self._message = message
        self._receipt = message.receipt

    async def renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            await self.release(_HIDDEN_SECONDS)

    async def release(self, seconds: int) -> None:
        """Show the message again after `seconds`; one that another took or deleted meanwhile is theirs."""
        try:
            self._receipt = await self._store.hide(self._queue, self._message, self._receipt, seconds)
        except QueueError as error:
            if not error.missing:
                raise

    async def delete(self) -> None:
        try:
            await self._store.delete(self._queue, self._message, self._receipt)
        except QueueError as error:
            if not error.missing:
                raise


def _iso(moment: str) -> str:
    """The worker reads ISO times only."""
    return parsedate_to_datetime(moment).isoformat()
