"""The rows of all endpoints: a person's own, and those of groups."""

from tests.bad_input import (
    asking,
    beside,
    common_questions,
    endpoint_fields,
    endpoint_state,
    group_fields,
    group_requests,
    group_state,
)
from tests.bad_input.asking import Request
from tests.bad_input.holding import Holding
from tests.bad_input.scene import Scene

FIELDS = endpoint_fields.FIELDS | group_fields.FIELDS | beside.FIELDS | common_questions.FIELDS
STATE = endpoint_state.STATE | group_state.STATE | beside.STATE | common_questions.STATE


def good_requests(scene: Scene, who: Holding) -> dict[str, Request]:
    """Return a request for each endpoint that it would answer with what was asked for."""
    own, groups = asking.good_requests(scene, who), group_requests.good_requests(who)
    return own | groups | beside.good_requests(scene, who) | common_questions.good_requests(who)
