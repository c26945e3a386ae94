"""A complaint about an answer and praise of another, for requests that look into them."""

from shared import ids
from shared.protocol.shapes import MessageVote
from shared.votes import AnswerVote
from tests.support.world import World

_DAY = "2026-03-02"


def vote_of(session_id: str, turn_id: str, person: str) -> dict[str, str]:
    """Return the path of the complaint about a turn's answer."""
    return {"part": f"answer-feedback.{_DAY[:7]}", "vote_id": ids.vote(session_id, f"{turn_id}.1", person)}


def praise_of(session_id: str, turn_id: str, person: str) -> str:
    """Return the id of a vote that nobody has to look into."""
    return ids.vote(session_id, f"{turn_id}.0", person)


async def leave_votes(world: World, turn_id: str, session_id: str, person: str) -> None:
    """Leave both in the partition of the month."""
    votes: tuple[tuple[str, MessageVote], ...] = (("1", "down"), ("0", "up"))
    for step, vote in votes:
        await world.feedback.put(
            AnswerVote(
                conversation_id=session_id,
                message_id=f"{turn_id}.{step}",
                person=person,
                seq=5,
                day=_DAY,
                at=f"{_DAY}T10:00:00.000Z",
                prompt="coach",
                prompt_version="v1",
                roles=("Sales",),
                vote=vote,
                note=None,
            )
        )
