"""Text of the coach as it is written."""

from shared.protocol.ephemeral import MessageDelta
from tests.group_chat.audience.hall import Instance


def piece(group_id: str, number: int) -> MessageDelta:
    return MessageDelta(
        conversation_id=group_id, message_id="t_x.0", turn_id="t_x", step=0, attempt=1, offset=number, text="."
    )


async def stream(instance: Instance, group_id: str, pieces: int, audience: tuple[str, ...] | None = None) -> None:
    for number in range(pieces):
        await instance.deps.publisher.to_readers(group_id, piece(group_id, number), audience)
