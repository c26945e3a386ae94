"""Common questions in the catalogue: good requests, what each field must not be, and what is not there."""

from collections.abc import Iterator

from tests.bad_input.asking import Request
from tests.bad_input.endpoint_fields import MISSING, Fields
from tests.bad_input.endpoint_state import Row, State, foreign_session
from tests.bad_input.holding import Holding
from tests.bad_input.offered import SEEN
from tests.bad_input.scene import Scene
from tests.bad_input.values import NO_TEXT, NUL

FIELDS: dict[str, Fields] = {
    "approve_answer": Fields(
        body={
            "text": [*NO_TEXT, None, MISSING, "", " \t\n", NUL, "\u200b\ufeff", "x" * 8_001],
            "threshold": ["0.5", None, [], 0.2, 1.1, -1],
        }
    )
}


def good_requests(who: Holding) -> dict[str, Request]:
    """Return a request for each endpoint that it would answer with what was asked for."""
    return {
        "common_questions": Request(),
        "analyze_questions": Request(),
        "approved_answer_history": Request(path={"cluster_id": SEEN}),
        "approve_answer": Request(path={"cluster_id": SEEN}, body={"text": "Yes.", "threshold": 0.7}),
        "withdraw_answer": Request(path={"cluster_id": SEEN}),
        "take_approved_answer": Request(path={"session_id": who.session, "turn_id": who.turn}),
    }


def _unknown_cluster(_scene: Scene, good: Request) -> Iterator[Row]:
    for cluster_id in ("cl_none", "..", "state"):
        yield f"the cluster {cluster_id}", good.at(cluster_id=cluster_id), 404, "cluster_not_found"


def _foreign_turn(scene: Scene, good: Request) -> Iterator[Row]:
    yield from foreign_session(scene, good)
    for what, turn_id in {"of somebody else": scene.bob.turn, "of nobody": "t_none", "..": ".."}.items():
        yield f"a turn {what}", good.at(turn_id=turn_id), 404, "turn_not_found"


STATE: dict[str, State] = {
    "approved_answer_history": _unknown_cluster,
    "approve_answer": _unknown_cluster,
    "withdraw_answer": _unknown_cluster,
    "take_approved_answer": _foreign_turn,
}
SIMPLE = ("common_questions", "analyze_questions")
