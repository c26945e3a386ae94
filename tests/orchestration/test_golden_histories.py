"""Golden histories: what turns and waits for quiet of released versions recorded still runs through today's code.

A turn that is running while a new version is deployed is replayed from its history by the new code. Where that code
decides otherwise than the old one did, the engine fails the turn for good. Therefore every recorded history is
delivered here episode by episode, each time as if the deployment had happened just before that episode.

What is compared is in `golden/actions.py`. In short: kind, place and name of each decision, and those fields of an
activity's input that were recorded. An input may get further fields (with defaults, because an activity scheduled by
the old version is run by the new one), and pauses may change.

**To add a story**, write a function in one of `golden/stories_of_*.py` and run
`python scripts/record_histories.py its_name`. Without a name all stories are recorded anew (about two minutes): that
is right as long as nothing that runs was started by the version of the folder.

**When this test fails**, the change breaks turns that run while it is deployed. Make it compatible, or

1. keep the old orchestrator: move it to a module of its own and leave it registered under its old name (`turn`);
2. give the new one another name (`TURN` in `shared/turns.py`, `AMBIENT` in `shared/ambient.py`), so that it is started
   from now on;
3. name both in `ORCHESTRATORS`, leave the old folder as it is, set `CURRENT` to the next one and record it:
   `python scripts/record_histories.py --version v2`;
4. when nothing started by the old one can be running any more (a turn lasts minutes), delete it with its folder.
"""

import json
import re
from pathlib import Path

import pytest

from orchestration.ambient import SPEAK_UP, ambient
from orchestration.messages import (
    CALL_MODEL,
    CALL_TOOL,
    EXPIRE_CARDS,
    FINISH_TURN,
    WRITE_SUMMARY,
    CallRequest,
    ExpireRequest,
    FinishRequest,
    StepRequest,
    StepResult,
    SummaryRequest,
    waits_in,
)
from orchestration.turn import turn
from shared.ambient import AMBIENT, ListenRequest
from shared.turns import TURN, Message
from tests.orchestration.golden.book import STORIES
from tests.orchestration.golden.broken import BROKEN, COMPATIBLE, Orchestrator
from tests.orchestration.golden.history import VERSIONS, Golden, files, kind
from tests.orchestration.golden.replay import Replayer, ReplayMismatchError

ORCHESTRATORS: dict[str, Orchestrator] = {"turn": turn, "ambient": ambient}
"""Every orchestrator a running instance may need, by the name it was started with."""
CURRENT = "v1"
LEAST_STORIES = 20
ENDS = {TURN: {"completed", "stopped", "failed", "exhausted"}, AMBIENT: {"spoke", "silent"}}
READERS: dict[str, type[Message]] = {
    CALL_MODEL: StepRequest,
    CALL_TOOL: CallRequest,
    EXPIRE_CARDS: ExpireRequest,
    FINISH_TURN: FinishRequest,
    SPEAK_UP: ListenRequest,
    WRITE_SUMMARY: SummaryRequest,
}
SUSPECT = re.compile(
    r"127\.0\.0\.1|localhost|\.py\b|stackTrace|/(home|tmp|usr|work)/|s_01|g_[0-9A-Z]{26}|t_[a-z2-7]{26}|manifest\.\w{8}"
)
RECORDED = [path for folder in sorted(VERSIONS.glob("v*")) for path in files(folder.name)]
NAMES = [f"{path.parent.name}-{path.stem}" for path in RECORDED]


@pytest.fixture(autouse=True)
def _typed_as_in_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_FUNCTIONS_DURABLE_STRICT_TYPING", "1")


def _of(story: str) -> Golden:
    return Golden.read(VERSIONS / CURRENT / f"{story}.json")


@pytest.mark.parametrize("path", RECORDED, ids=NAMES)
def test_a_recorded_instance_goes_on_in_todays_code_wherever_it_was(path: Path) -> None:
    golden = Golden.read(path)
    assert Replayer(ORCHESTRATORS[golden.orchestrator]).replay(golden) >= 2


@pytest.mark.parametrize("path", RECORDED, ids=NAMES)
def test_todays_activities_read_what_was_scheduled_for_them(path: Path) -> None:
    scheduled = [event.taskScheduled for event in Golden.read(path).events if kind(event) == "taskScheduled"]
    assert scheduled
    for each in scheduled:
        assert each.name in READERS, f"{each.name} is new: say which message it reads"
        READERS[each.name].from_text(json.loads(each.input.value))


@pytest.mark.parametrize("path", RECORDED, ids=NAMES)
def test_a_file_is_as_the_recorder_writes_it_and_tells_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert Golden.read(path).text() == text
    assert SUSPECT.search(text) is None


def test_the_current_version_has_every_story_and_enough_of_them() -> None:
    assert {path.stem for path in files(CURRENT)} == set(STORIES)
    assert len(STORIES) >= LEAST_STORIES


@pytest.mark.parametrize("orchestrator", [TURN, AMBIENT])
def test_the_stories_show_every_way_an_instance_ends(orchestrator: str) -> None:
    told = [golden for golden in map(Golden.read, files(CURRENT)) if golden.orchestrator == orchestrator]
    events = [event for golden in told for event in golden.events]
    ends = {event.executionCompleted.result.value for event in events if kind(event) == "executionCompleted"}
    assert {json.loads(end) for end in ends} == ENDS[orchestrator]


def test_the_stories_show_a_step_for_the_room_and_a_call_that_waits_for_its_server_alone() -> None:
    results = {
        event.taskCompleted.result.value
        for path in files(CURRENT)
        for event in Golden.read(path).events
        if kind(event) == "taskCompleted"
    }
    assert any(StepResult.from_text(text).room_waits for text in map(json.loads, results) if text.startswith("{"))
    waits = [waits_in(json.loads(result)) for result in results]
    assert any(each is not None and not each.parking for each in waits)


def test_the_stories_show_every_kind_of_event() -> None:
    events = [event for path in files(CURRENT) for event in Golden.read(path).events]
    assert {"taskCompleted", "taskFailed", "timerFired", "eventRaised"} <= {kind(event) for event in events}


def test_new_instances_start_under_a_name_the_current_version_was_recorded_with() -> None:
    assert {name: _of(name).orchestrator for name in STORIES} == {
        name: story.orchestrator for name, story in STORIES.items()
    }
    assert {story.orchestrator for story in STORIES.values()} == {TURN, AMBIENT}


@pytest.mark.parametrize(("orchestrator", "story"), BROKEN.values(), ids=[name.replace(" ", "_") for name in BROKEN])
def test_a_change_that_breaks_running_turns_is_noticed_and_named(orchestrator: Orchestrator, story: str) -> None:
    with pytest.raises(ReplayMismatchError, match=rf"(?s)^{story}, .* event \d+.*expected: .+got: ") as caught:
        Replayer(orchestrator).replay(_of(story))
    expected, got = (line.split(":", 1)[1].strip() for line in str(caught.value).splitlines()[-2:])
    assert expected != got


@pytest.mark.parametrize("orchestrator", COMPATIBLE.values(), ids=[name.replace(" ", "_") for name in COMPATIBLE])
@pytest.mark.parametrize("story", ["big_tool_result", "end_that_is_tried_again", "stop_while_streaming"])
def test_a_change_that_running_turns_survive_is_let_pass(orchestrator: Orchestrator, story: str) -> None:
    assert Replayer(orchestrator).replay(_of(story)) >= 4


@pytest.mark.parametrize("change", ["an activity before everything", "an activity before the timer"])
def test_the_engine_itself_refuses_a_broken_orchestrator_in_the_middle_of_a_turn(change: str) -> None:
    orchestrator, story = BROKEN[change]
    *_, second = list(_of(story).episodes())[:2]
    (end,) = [action for action in Replayer(orchestrator).decide(second) if action.kind == "end"]
    assert end.name == "FAILED"
    assert "NonDeterminism" in end.data


def test_a_history_with_events_nobody_can_place_is_not_passed_over() -> None:
    golden = _of("plain_answer")
    golden.events[2].eventSent.instanceId = "another"
    with pytest.raises(ValueError, match=r"plain_answer: events of kind \['eventSent'\]"):
        list(golden.episodes())
