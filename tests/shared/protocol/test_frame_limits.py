"""How much a frame may carry."""

import json

import pytest

from shared.protocol.codes import ErrorCode
from shared.protocol.command_base import MAX_CONTENT_CHARACTERS, MAX_FRAME_BYTES
from shared.protocol.commands import Query
from shared.protocol.frames import CommandError, parse_command


@pytest.mark.parametrize("character", ["a", "\u00e9"], ids=["one_byte", "two_bytes"])
def test_the_longest_message_in_most_scripts_of_europe_fits_into_a_frame(character: str) -> None:
    content = character * MAX_CONTENT_CHARACTERS
    command = parse_command(json.dumps({"type": "query", "content": content}, ensure_ascii=False).encode())
    assert isinstance(command, Query)
    assert command.content == content


def test_a_frame_beyond_the_limit_is_refused_unread_and_told_the_limit() -> None:
    with pytest.raises(CommandError, match=str(MAX_FRAME_BYTES)) as refused:
        parse_command(b"x" * (MAX_FRAME_BYTES + 1))
    assert refused.value.code is ErrorCode.FRAME_TOO_LARGE
