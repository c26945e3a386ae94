"""Random commands from several clients of one person, against the running stack.

Every run draws the same conversations. `--hypothesis-profile=long` draws many others, with a worker that may die at any
time; a failure prints the shortest list of commands found, what each was answered, and the log.
"""

import pytest
from hypothesis import example, given, settings

from tests.model_based.commands import Ask, AskAgain, AtOnce, Command, KillWorker, Rest, Stop, conversations
from tests.model_based.conftest import LONG, Talks

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("model_based"), pytest.mark.timeout(600)]

_LONG = settings.get_current_profile_name() == LONG
_SETTINGS = (
    settings.get_profile(LONG) if _LONG else settings(settings.get_profile(LONG), max_examples=20, derandomize=True)
)
_KILLED: list[Command] = [
    Ask(0, "slow"),
    AtOnce((Ask(1, "tool"), Ask(2, "quick", steer=True))),
    KillWorker(),
    Stop(1, 1),
    Ask(0, "quick"),
]
_REPEATED: list[Command] = [Ask(0, "quick"), Rest(), Ask(0, "refused"), Rest(), AskAgain(1, 0)]


@example(commands=_REPEATED)
@example(commands=_KILLED)
@given(commands=conversations(kills=_LONG))
@_SETTINGS
@pytest.mark.timeout(36_000 if _LONG else 600)
def test_whatever_is_said_the_conversation_stays_sound(talks: Talks, commands: list[Command]) -> None:
    talks.hold(commands)
