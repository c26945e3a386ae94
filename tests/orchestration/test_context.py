from orchestration.context import BUDGET_TOKENS, FLOOR_TOKENS, NO_RESULT, given_tools, history, left
from shared.event_log.documents import Manifest, ManifestTool
from shared.model import AssistantText, ModelTool, ToolRequest, ToolResult, UserText
from shared.model_tokens import fixed_tokens
from shared.protocol.codes import ErrorCode
from tests.orchestration.records import Notes


def _request(call_id: str, tool: str = "find") -> ToolRequest:
    return ToolRequest(call_id=call_id, name=f"crm__{tool}", arguments="{}")


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


def test_a_turn_the_reading_window_cuts_is_not_told_by_halves() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find").result("t1.0.0", "r")
    notes.step("t1", 1, "a").end("t1").question("t2", "q2").started("t2")
    whole = history(notes.record(), "t2")
    assert len(whole) == 5
    for cut in range(1, len(notes.events) - 1):
        told = history(Notes(notes.events[cut:], notes.texts).record(), "t2")
        assert told == (whole[1:] if cut == 1 else whole[-1:])


def test_a_question_taken_back_while_it_waited_is_told_to_nobody() -> None:
    notes = Notes().question("t1", "q1").started("t1").question("t2", "never mind").queued("t2").end("t2")
    notes.step("t1", 0, "a1").end("t1").question("t3", "q3").started("t3")
    assert history(notes.record(), "t3") == (UserText("q1"), AssistantText("a1"), UserText("q3"))


def test_a_turn_that_was_too_long_for_the_model_is_told() -> None:
    notes = Notes().question("t1", "q1").started("t1").end("t1", ErrorCode.CONTEXT_TOO_LONG)
    notes.question("t2", "q2").started("t2")
    assert history(notes.record(), "t2") == (UserText("q1"), UserText("q2"))


def test_of_a_large_result_the_beginning_is_told_how_much_is_missing_and_where_it_is() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find")
    kept = "x" * 16_000 + "\n[shortened: the result has 50000 characters]"
    notes.result("t1.0.0", kept, reference="results/s_1/t1.0.0.abc.txt")
    told = history(notes.record(), "t1")[-1]
    assert isinstance(told, ToolResult)
    assert told.output.startswith("x" * 16_000 + "\n[34000 characters are missing; ")
    assert "results/s_1/t1.0.0.abc.txt" in told.output


def test_of_a_large_result_whose_text_is_gone_the_preview_is_told() -> None:
    notes = Notes().question("t1", "q").started("t1").step("t1", 0, "", "find")
    notes.result("t1.0.0", "0123456789 and more", reference="results/r.txt").texts.clear()
    assert history(notes.record(), "t1")[-1] == ToolResult(
        call_id="t1.0.0", output="0123456789\n[this is only the beginning; the whole result is kept as results/r.txt]"
    )


def test_instructions_and_tools_leave_the_rest_of_the_budget_to_the_history() -> None:
    offered = (ModelTool(name="crm__find", description="Finds.", parameters="{}"),)
    assert left("Be kind.", offered) == BUDGET_TOKENS - fixed_tokens("Be kind.", offered)
    assert left("Be kind.", ()) > left("Be kind.", offered) > left("Be kind." * 100, offered)
    assert left("x" * 10**6, ()) == FLOOR_TOKENS


def test_the_models_tools_are_the_manifests_in_its_order() -> None:
    offered = tuple(
        ManifestTool(server="crm", tool=name, description=f"{name}!", model_name=f"crm__{name}", parameters="{}")
        for name in ("b", "a")
    )
    manifest = Manifest(prompt="p", prompt_version="1", instructions="i", roles=(), tools=offered)
    assert given_tools(manifest, Notes().record()) == (
        ModelTool(name="crm__b", description="b!", parameters="{}"),
        ModelTool(name="crm__a", description="a!", parameters="{}"),
    )
