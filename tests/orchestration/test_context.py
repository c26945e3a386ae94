import random

from hypothesis import given
from hypothesis import strategies as st

from orchestration.context import NO_RESULT, TRIMMED_RESULT_CHARACTERS, history, tools
from shared.event_log.documents import Manifest, ManifestTool
from shared.model import AssistantText, InputItem, ModelTool, ToolRequest, ToolResult, UserText
from shared.protocol.codes import ErrorCode
from tests.orchestration.records import Notes


def _request(call_id: str, tool: str = "find") -> ToolRequest:
    return ToolRequest(call_id=call_id, name=f"crm__{tool}", arguments="{}")


def _size(items: tuple[InputItem, ...]) -> int:
    total = 0
    for item in items:
        match item:
            case UserText(text=text) | AssistantText(text=text):
                total += len(text)
            case ToolRequest(name=name, arguments=arguments):
                total += len(name) + len(arguments)
            case ToolResult(output=output):
                total += len(output)
    return total


def test_the_first_question_is_all_there_is() -> None:
    assert history(Notes().question("t1", "hello").started("t1").record(), "t1") == (UserText("hello"),)


def test_earlier_turns_come_first_in_the_order_they_were_answered() -> None:
    notes = Notes().turn("t1", "q1", "a1").turn("t2", "q2", "a2").question("t3", "q3").started("t3")
    assert history(notes.record(), "t3") == (
        UserText("q1"),
        AssistantText("a1"),
        UserText("q2"),
        AssistantText("a2"),
        UserText("q3"),
    )


def test_a_call_is_followed_by_its_result_even_when_results_came_in_another_order() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "Looking.", "find", "write")
    notes.result("t1.0.1", "second").result("t1.0.0", "first")
    assert history(notes.record(), "t1") == (
        UserText("q"),
        AssistantText("Looking."),
        _request("t1.0.0"),
        _request("t1.0.1", "write"),
        ToolResult(call_id="t1.0.0", output="first"),
        ToolResult(call_id="t1.0.1", output="second"),
    )


def test_a_call_without_a_result_gets_one_that_says_so() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find")
    assert history(notes.record(), "t1")[1:] == (_request("t1.0.0"), ToolResult(call_id="t1.0.0", output=NO_RESULT))


def test_a_result_that_is_not_a_success_is_marked() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find").result("t1.0.0", "no right", "denied")
    assert history(notes.record(), "t1")[-1] == ToolResult(call_id="t1.0.0", output="[denied] no right")


def test_the_model_reads_the_whole_result_and_the_preview_only_when_there_is_no_more() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find").result("t1.0.0", "x" * 50)
    assert history(notes.record(), "t1")[-1] == ToolResult(call_id="t1.0.0", output="x" * 50)
    notes.texts.clear()
    assert history(notes.record(), "t1")[-1] == ToolResult(call_id="t1.0.0", output="x" * 10)


def test_a_filtered_or_refused_turn_never_comes_back() -> None:
    notes = Notes().turn("t1", "fine", "yes")
    for turn, code in (("t2", ErrorCode.CONTENT_FILTERED), ("t3", ErrorCode.MODEL_REFUSED_REQUEST)):
        notes.question(turn, "poison").started(turn).step(turn, 0, "bad").end(turn, code)
    notes.question("t4", "q4").started("t4")
    assert history(notes.record(), "t4") == (UserText("fine"), AssistantText("yes"), UserText("q4"))


def test_a_turn_that_failed_for_another_reason_is_remembered() -> None:
    notes = Notes().question("t1", "q1").started("t1").end("t1", ErrorCode.MODEL_UNAVAILABLE)
    notes.question("t2", "q2").started("t2")
    assert history(notes.record(), "t2") == (UserText("q1"), UserText("q2"))


def test_a_question_that_still_waits_is_not_told() -> None:
    notes = Notes().question("t1", "q1").started("t1").question("t2", "later").queued("t2")
    assert history(notes.record(), "t1") == (UserText("q1"),)


def test_turns_are_ordered_by_when_they_started_not_by_when_they_were_asked() -> None:
    notes = (
        Notes().question("t1", "q1").started("t1").question("t2", "q2").queued("t2").question("t3", "q3").queued("t3")
    )
    notes.step("t1", 0, "a1").end("t1").started("t3").step("t3", 0, "a3").end("t3")
    notes.started("t2").step("t2", 0, "a2").end("t2").question("t4", "q4").started("t4")
    told = [item.text for item in history(notes.record(), "t4") if isinstance(item, UserText | AssistantText)]
    assert told == ["q1", "a1", "q3", "a3", "q2", "a2", "q4"]


def test_a_turn_cut_by_the_reading_window_keeps_calls_and_results_paired() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find").result("t1.0.0", "r")
    notes.step("t1", 1, "a").end("t1").question("t2", "q2").started("t2")
    for cut in range(len(notes.events) - 1):
        record = Notes(notes.events[cut:], notes.texts).record()
        items = history(record, "t2")
        asked = [item.call_id for item in items if isinstance(item, ToolRequest)]
        assert asked == [item.call_id for item in items if isinstance(item, ToolResult)]


def test_old_turns_go_first_when_the_budget_is_short() -> None:
    notes = Notes()
    for n in range(5):
        notes.turn(f"t{n}", f"q{n}" + "." * 98, "a" * 100)
    notes.question("t9", "now").started("t9")
    items = history(notes.record(), "t9", budget=450)
    assert [item.text[:2] for item in items if isinstance(item, UserText)] == ["q3", "q4", "no"]


def test_the_question_is_never_cut() -> None:
    notes = Notes().turn("t1", "old", "old").question("t2", "x" * 5000).started("t2")
    assert history(notes.record(), "t2", budget=100) == (UserText("x" * 5000),)


def test_the_oldest_results_of_this_turn_are_shortened_first() -> None:
    notes = Notes().question("t1", "q").started("t1")
    for step in range(3):
        notes.step("t1", step, "", "find").result(f"t1.{step}.0", "r" * 10_000)
    outputs = [i.output for i in history(notes.record(), "t1", budget=25_000) if isinstance(i, ToolResult)]
    assert outputs[0].startswith("r" * TRIMMED_RESULT_CHARACTERS + "\n[shortened")
    assert outputs[1:] == ["r" * 10_000, "r" * 10_000]


def test_the_models_tools_are_the_manifests_in_its_order() -> None:
    offered = tuple(
        ManifestTool(server="crm", tool=name, description=f"{name}!", model_name=f"crm__{name}", parameters="{}")
        for name in ("b", "a")
    )
    manifest = Manifest(prompt="p", prompt_version="1", instructions="i", roles=(), tools=offered)
    assert tools(manifest) == (
        ModelTool(name="crm__b", description="b!", parameters="{}"),
        ModelTool(name="crm__a", description="a!", parameters="{}"),
    )


@st.composite
def conversations(draw: st.DrawFn) -> Notes:
    """Draw any number of ended turns with any calls, and one that runs."""
    notes = Notes()
    sizes = st.integers(0, 4000)
    for turn in [f"t{n}" for n in range(draw(st.integers(0, 6)))] + ["now"]:
        notes.question(turn, "q" * draw(st.integers(1, 500))).started(turn)
        for step in range(draw(st.integers(0, 3))):
            calls = ["find"] * draw(st.integers(0, 3))
            notes.step(turn, step, "a" * draw(st.integers(0, 500)), *calls)
            for n in range(len(calls)):
                if draw(st.booleans()):
                    notes.result(f"{turn}.{step}.{n}", "r" * draw(sizes))
        if turn != "now":
            notes.end(turn, draw(st.sampled_from([None, ErrorCode.CONTENT_FILTERED, ErrorCode.LIMIT_TIME])))
    return notes


@given(notes=conversations(), budget=st.integers(100, 30_000), seed=st.integers())
def test_any_conversation_gives_paired_calls_the_question_and_the_same_answer_twice(
    notes: Notes, budget: int, seed: int
) -> None:
    record = notes.record()
    items = history(record, "now", budget)
    assert items == history(record, "now", budget)
    requests = [item.call_id for item in items if isinstance(item, ToolRequest)]
    assert requests == [item.call_id for item in items if isinstance(item, ToolResult)]
    whole = history(record, "now", 10**9)
    assert [i for i in items if isinstance(i, UserText)] == [i for i in whole if isinstance(i, UserText)][
        -sum(isinstance(i, UserText) for i in items) :
    ]
    shuffled = dict(random.Random(seed).sample(sorted(notes.texts.items()), len(notes.texts)))  # noqa: S311 - no secret
    assert history(Notes(notes.events, shuffled).record(), "now", budget) == items


@given(notes=conversations(), budget=st.integers(100, 30_000))
def test_the_history_fits_the_budget_or_nothing_more_could_be_cut(notes: Notes, budget: int) -> None:
    items = history(notes.record(), "now", budget)
    if _size(items) > budget:
        assert sum(isinstance(item, UserText) for item in items) == 1
        cuttable = TRIMMED_RESULT_CHARACTERS + len("\n[shortened: the conversation is long]")
        assert all(len(item.output) <= cuttable for item in items if isinstance(item, ToolResult))


@given(notes=conversations(), budget=st.integers(100, 20_000), more=st.integers(0, 10_000))
def test_a_larger_budget_never_tells_less(notes: Notes, budget: int, more: int) -> None:
    record = notes.record()
    assert len(history(record, "now", budget)) <= len(history(record, "now", budget + more))
