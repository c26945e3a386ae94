"""The rows of what is made of answers: charts, timelines, offers, summaries and the review queue."""

from collections.abc import Iterator

from shared import ids
from tests.bad_input.asking import Request
from tests.bad_input.endpoint_fields import Fields
from tests.bad_input.endpoint_state import NOBODYS, Row, State, foreign_session
from tests.bad_input.group_state import NOT_FOUND, groups_of_others
from tests.bad_input.holding import Holding
from tests.bad_input.left_votes import praise_of, vote_of
from tests.bad_input.scene import Scene
from tests.bad_input.values import NO_NUMBER, NO_TEXT, NUL, QUERY_DAYS, QUERY_FLAGS

_NO_SEQ: list[object] = [*NO_NUMBER, None, 0, -1, 2**53, 10**100]
_RANGE = Fields(body={"from_seq": _NO_SEQ, "to_seq": _NO_SEQ})
FIELDS: dict[str, Fields] = {
    "summarise_session": _RANGE,
    "summarise_group": _RANGE,
    "feedback_reviews": Fields(
        query={
            "from": [*QUERY_DAYS, "9999-12-31", "0001-01-01"],
            "to": [*QUERY_DAYS, "9999-12-31", "0001-01-05"],
            "done": [*QUERY_FLAGS],
        }
    ),
    "finish_review": Fields(body={"note": [*NO_TEXT, "", " \t\n", NUL, "\u200b\ufeff", "x" * 2_001]}),
}


def good_requests(scene: Scene, who: Holding) -> dict[str, Request]:
    """Return a request for each of these endpoints that it would answer with what was asked for."""
    session, group = {"session_id": who.session}, {"group_id": who.groups.led}
    day = scene.world.clock().date().isoformat()
    part = {"from_seq": 10_000, "to_seq": 20_000}
    chart, turn = {"chart_id": ids.chart(who.turn)}, {"turn_id": who.turn}
    return {
        "session_chart": Request(path=session | chart),
        "group_chart": Request(path=group | chart),
        "session_turn": Request(path=session | turn),
        "group_turn": Request(path=group | turn),
        "session_offers": Request(path=session | turn),
        "group_offers": Request(path=group | turn),
        "summarise_session": Request(path=session, body=part),
        "summarise_group": Request(path=group, body=part),
        "feedback_reviews": Request(query={"from": day, "to": day, "done": "true"}),
        "finish_review": Request(
            path=vote_of(who.session, who.turn, who.person), body={"note": "The figure is right."}
        ),
        "reopen_review": Request(path=vote_of(who.session, who.turn, who.person)),
        "reviewed_turn": Request(path={"conversation_id": who.session} | turn),
    }


def _foreign_group(scene: Scene, good: Request) -> Iterator[Row]:
    for what, group_id in groups_of_others(scene).items():
        yield f"a group {what}", good.at(group_id=group_id), 404, NOT_FOUND
    yield "an invitation", good.at(group_id=scene.ada.groups.invited), 404, NOT_FOUND


def _charts(scene: Scene, good: Request) -> Iterator[Row]:
    others = {
        "of somebody else": ids.chart(scene.bob.turn),
        "that is an answer": f"{scene.ada.answer}.completed",
        "that is a document": "head",
        "that is a folder": "..",
        "that is nothing but an ending": ".csv",
        "that ends twice": f"{ids.chart(scene.ada.turn)}.csv.csv",
    }
    for what, name in others.items():
        yield f"a chart {what}", good.at(chart_id=name), 404, "message_not_found"


def _turns(scene: Scene, good: Request) -> Iterator[Row]:
    for what, turn in {"of somebody else": scene.bob.turn, "of nobody": "t_1", "a message": scene.ada.answer}.items():
        yield f"a turn {what}", good.at(turn_id=turn), 404, "turn_not_found"


def _reviewed(scene: Scene, good: Request) -> Iterator[Row]:
    for conversation_id in (NOBODYS, "head", "..", "g_1", scene.ada.person):
        yield f"in {conversation_id}", good.at(conversation_id=conversation_id), 404, NOT_FOUND
    yield from _turns(scene, good)


def _votes(scene: Scene, good: Request) -> Iterator[Row]:
    part = good.path["part"]
    others = {
        "of nobody": ("vote.none", part),
        "of another month": (good.path["vote_id"], "answer-feedback.2026-02"),
        "on calls": (good.path["vote_id"], "tool-feedback.2026-03"),
        "that is nobody's complaint": (praise_of(scene.ada.session, scene.ada.turn, scene.ada.person), part),
        "that is something else": ("state", "state"),
        "that is a folder": ("..", ".."),
    }
    for what, (vote_id, where) in others.items():
        yield f"a vote {what}", good.at(vote_id=vote_id, part=where), 404, "message_not_found"


def _period(_scene: Scene, good: Request) -> Iterator[Row]:
    for first, last in (("2026-03-02", "2026-03-01"), ("2025-01-01", "2026-03-02"), ("0001-01-01", "9999-12-31")):
        yield f"{first} to {last}", good.asking(**{"from": first, "to": last}), 400, "invalid_command"


def _both(first: State, second: State) -> State:
    def rows(scene: Scene, good: Request) -> Iterator[Row]:
        yield from first(scene, good)
        yield from second(scene, good)

    return rows


STATE: dict[str, State] = {
    "session_chart": _both(foreign_session, _charts),
    "group_chart": _both(_foreign_group, _charts),
    "session_turn": _both(foreign_session, _turns),
    "group_turn": _both(_foreign_group, _turns),
    "session_offers": foreign_session,
    "group_offers": _foreign_group,
    "summarise_session": foreign_session,
    "summarise_group": _foreign_group,
    "feedback_reviews": _period,
    "finish_review": _votes,
    "reopen_review": _votes,
    "reviewed_turn": _reviewed,
}
