"""Asking the model for a text that nobody reads along: all of it, or a failure."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

from shared.errors import ModelFailed
from shared.model import Finish, Model, ModelCompleted, ModelRequest, TextDelta
from shared.protocol.shapes import Usage

_NOTHING = Usage()


@dataclass(slots=True)
class WholeText:
    """The text so far; `finish` is None until it is whole. `usage` counts also when the text is of no use."""

    text: str = ""
    finish: Finish | None = None
    usage: Usage = _NOTHING


async def read_whole(model: Model, asked: ModelRequest, seconds: float, into: WholeText) -> None:
    """Read the model's answer `into`.

    Raises:
        ModelFailed: from the model, or it took longer than `seconds`.
        ModelUnavailable: from the model.

    """
    try:
        async with asyncio.timeout(seconds), aclosing(model.stream(asked)) as events:
            async for event in events:
                match event:
                    case TextDelta(text=piece):
                        into.text += piece
                    case ModelCompleted():
                        into.finish, into.usage = event.finish, event.usage
                    case _:
                        pass
    except TimeoutError:
        raise ModelFailed(f"The model took longer than {seconds:g} s.") from None
