"""The child process: loads the app with Microsoft's own runtime and serves invocations over a socket.

Arguments: file descriptor of the socket, folder of the app, log level.
"""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as runtime

from local.functions_host.wire import Frame, FrameProtocol
from local.functions_host.worker import codec, protos
from local.functions_host.worker.lines import log_to

_log = logging.getLogger("functions_host.worker")
_CHATTY = ("azure.functions", "azure.durable_functions", "durabletask")  # a line or more per invocation


class Worker:
    """Runs every invocation as its own task on one loop, as the production worker does."""

    def __init__(self, app_dir: str) -> None:
        self._app_dir = app_dir
        self._closed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._channel: FrameProtocol | None = None

    async def serve(self, connection: socket.socket) -> int:
        loop = asyncio.get_running_loop()
        _, channel = await loop.create_connection(
            lambda: FrameProtocol(self._on_frame, self._closed.set), sock=connection
        )
        self._channel = channel
        ready = await self._load()
        channel.send(ready)
        if ready.header["type"] == "ready":
            await self._closed.wait()
            return 0
        channel.close()
        await self._closed.wait()
        return 1

    async def _load(self) -> Frame:
        runtime.start_threadpool_executor()
        request = SimpleNamespace(
            worker_init_request=SimpleNamespace(capabilities={}, function_app_directory=self._app_dir)
        )
        properties = {"host": "127.0.0.1", "protos": protos}
        response: Any = await runtime.worker_init_request(SimpleNamespace(request=request, properties=properties))
        if response.result.status != protos.StatusResult.Success:
            error = response.result.exception
            return Frame({"type": "failed", "message": error.message, "stack": error.stack_trace})
        metadata: Any = await runtime.functions_metadata_request(None)
        functions = [
            {
                "id": each.function_id,
                "name": each.name,
                "bindings": [json.loads(b) for b in each.raw_bindings],
                "retry": codec.retry_options(each.retry_options),
            }
            for each in metadata.function_metadata_results or ()
        ]
        return Frame({"type": "ready", "functions": functions})

    def _on_frame(self, frame: Frame) -> None:
        if frame.header["type"] == "stop":
            self._closed.set()
            return
        task = asyncio.create_task(self._invoke(frame))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _invoke(self, frame: Frame) -> None:
        # The runtime sets this for sync functions only; log filters of apps rely on it in async ones too.
        runtime.invocation_id_cv.set(frame.header["invocation"])
        number = frame.header["id"]
        try:
            response: Any = await runtime.invocation_request(codec.invocation(frame))
            reply = codec.answer(number, response)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - to app code; the host must get an answer
            _log.exception("invocation %s broke outside the function", frame.header["invocation"])
            reply = Frame(
                {"type": "done", "id": number, "ok": False, "message": f"{type(error).__name__}: {error}", "stack": ""}
            )
        if self._channel is not None and not self._closed.is_set():
            self._channel.send(reply)


def _leave_with_parent(parent: int) -> None:
    """End this process when the host is gone, even while app code blocks the event loop."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(3)


def main() -> None:
    descriptor, app_dir, level = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    log_to(sys.stderr, level)
    if level != "DEBUG":
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
    # The app's modules are imported by bare name and come before everything else; the host's folder goes.
    sys.path[0] = app_dir
    os.chdir(app_dir)
    sys.argv = [os.path.join(app_dir, "function_app.py")]  # noqa: PTH118 - argv holds text, not paths
    # A signal to the whole process group is the host's to handle: it drains, then stops this process.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    connection = socket.socket(fileno=descriptor)
    connection.setblocking(False)
    code = asyncio.run(Worker(app_dir).serve(connection))
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of running sync functions must not hold up the end of the process.
    os._exit(code)


if __name__ == "__main__":
    main()
