"""The answer to a close frame that does not end the session, at the pace of a service far away.

The synchronous Python client has two threads that wait for this answer, and goes on without its socket only when
the reading one gets to see some of it. An answer that lies complete in the client's buffers is consumed, and the
socket closed, before the kernel has told the second thread. So the frame leaves in small pieces, each of which
wakes both threads. The end of the stream leaves in one TCP segment with the last of them: a reading thread that
follows close behind must find it, or it waits on a socket that the other one is about to close.
"""

import asyncio

from aiohttp import WSCloseCode, WSMsgType

from local.web_pubsub.segments import together

_REASON = b"The client closed the connection."
_PAUSE_SECONDS = 0.001
_FINAL_FRAME = 0x80


async def answer_close(transport: asyncio.Transport) -> None:
    """Send a close frame with code 1000 over some 40 ms and end the stream; returns early when the client is gone.

    Nothing else may write to the transport meanwhile.
    """
    body = WSCloseCode.OK.to_bytes(2, "big") + _REASON
    frame = bytes((_FINAL_FRAME | WSMsgType.CLOSE, len(body))) + body
    for place in range(len(frame) - 1):
        if transport.is_closing():
            return
        transport.write(frame[place : place + 1])
        await asyncio.sleep(_PAUSE_SECONDS)
    if transport.is_closing():
        return
    with together(transport):
        transport.write(frame[-1:])
        if transport.can_write_eof():
            transport.write_eof()
        transport.close()
