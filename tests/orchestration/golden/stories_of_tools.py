"""Stories in which all goes as foreseen, and those in which a tool does not do what it should."""

from typing import Any

from tests.orchestration.golden.scene import Scene, calls, fails, says
from tests.orchestration.golden.stories import story

PIPELINE = ("crm__get_pipeline", {"account": "Contoso"})
PLAYBOOK = ("sales_playbook__search_playbook", {"query": "price objection"})
WEB = ("web_search__search_web", {"query": "Contoso"})
ACCOUNTS = ("crm__find_accounts", {"query": "Contoso"})
FORECAST = ("crm__forecast", {})
NOTE_CHARACTERS = 1900
STEPS = 8


def accounts(number: int, *, step: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """Return so many calls, no two of them alike."""
    return [("crm__find_accounts", {"query": f"Contoso {step} {place}"}) for place in range(number)]


def _note(words: str) -> tuple[str, dict[str, Any]]:
    return "crm__log_activity", {"account": "Contoso", "kind": "note", "note": words.ljust(NOTE_CHARACTERS, "n")}


@story()
def plain_answer(scene: Scene) -> str:
    """The model answers at once."""
    return scene.ask()


@story()
def one_tool(scene: Scene) -> str:
    """The model asks for one tool and answers with its result."""
    scene.model(calls(PIPELINE, step=0), says())
    return scene.ask()


@story()
def two_steps_of_tools(scene: Scene) -> str:
    """The model asks for a tool, then for another, then answers."""
    scene.model(calls(ACCOUNTS, step=0), calls(PIPELINE, step=1), says())
    return scene.ask()


@story()
def parallel_tools(scene: Scene) -> str:
    """Three tools of three servers run side by side."""
    scene.model(calls(PIPELINE, PLAYBOOK, WEB, step=0), says())
    return scene.ask()


@story()
def a_slow_tool_among_fast_ones(scene: Scene) -> str:
    """The first of three calls ends last."""
    scene.model(calls(PIPELINE, PLAYBOOK, WEB, step=0), says())
    scene.tool_fault("crm.get_pipeline", delay_ms=800)
    return scene.ask()


@story()
def twenty_calls_at_once(scene: Scene) -> str:
    """The model asks for more calls at once than run side by side."""
    scene.model(calls(*accounts(20), step=0), says())
    return scene.ask()


@story()
def three_full_steps_of_tools(scene: Scene) -> str:
    """Three steps one after another ask for eight calls each."""
    scene.model(*(calls(*accounts(8, step=step), step=step) for step in range(3)), says())
    return scene.ask()


@story("exhausted")
def a_hundred_calls_at_once(scene: Scene) -> str:
    """The model asks for more calls at once than any turn may make, and goes on asking."""
    scene.model(calls(*accounts(100), step=0), says())
    return scene.ask()


@story()
def the_same_call_again_and_again(scene: Scene) -> str:
    """The model asks three times for eight calls that are all alike."""
    scene.model(*(calls(*[ACCOUNTS] * 8, step=step) for step in range(3)), says())
    return scene.ask()


@story()
def failed_tool(scene: Scene) -> str:
    """A tool answers with an error; the model is told."""
    scene.model(calls(PIPELINE, step=0), says())
    scene.tool_fault("crm.get_pipeline", fail="tool_error")
    return scene.ask()


@story()
def tool_server_that_breaks_off(scene: Scene) -> str:
    """One tool's server closes the connection in the middle of its answer, another tool works."""
    scene.model(calls(PIPELINE, PLAYBOOK, step=0), says())
    scene.tool_fault("crm.get_pipeline", fail="drop", count=20)
    return scene.ask()


@story()
def denied_tool(scene: Scene) -> str:
    """The model asks for a tool the person may not use."""
    scene.model(calls(FORECAST, step=0), says())
    return scene.ask()


@story()
def unknown_tool(scene: Scene) -> str:
    """The model asks for a tool that does not exist."""
    scene.model(calls(("crm__do_everything", {}), step=0), says())
    return scene.ask()


@story()
def big_tool_result(scene: Scene) -> str:
    """A tool reads back notes of 45 kB, written by earlier turns: a result that is kept outside the log."""
    for part in range(3):
        scene.model(calls(*(_note(f"{part}.{number}") for number in range(8)), step=0), says())
        assert scene.ends(scene.ask()) == "completed"
    scene.model(calls(("crm__list_activities", {"account": "Contoso", "limit": 50}), step=0), says())
    turn = scene.ask()
    big = scene.seen(lambda event: event["type"] == "tool_call.completed" and event["tool"] == "list_activities")
    assert big["result_ref"], "the result was meant to be too large for the log"
    return turn


@story()
def tool_that_the_engine_runs_again(scene: Scene) -> str:
    """The activity of a tool call fails once; its second execution finds the recorded result."""
    scene.model(calls(PIPELINE, step=0), says())
    scene.chaos({"action": "fail", "name": "call_tool", "when": "after", "nth": 1})
    return scene.ask()


@story()
def tool_whose_retries_are_used_up(scene: Scene) -> str:
    """One of two calls fails in the engine every time; the model goes on without its result."""
    scene.model(calls(PIPELINE, step=0), says())
    scene.chaos({"action": "fail", "name": "call_tool", "when": "after", "nth": 0})
    turn = scene.ask()
    scene.faster(turn)
    return turn


@story("exhausted")
def steps_exhausted(scene: Scene) -> str:
    """The model asks for a tool in every step until it has had all its steps."""
    scene.model(*(calls(*accounts(1, step=step), step=step) for step in range(STEPS)), calls(ACCOUNTS))
    return scene.ask()


@story("exhausted")
def steps_exhausted_with_an_answer(scene: Scene) -> str:
    """The model asks for tools in all its steps but the last, in which it answers."""
    scene.model(*(calls(*accounts(1, step=step), step=step) for step in range(STEPS - 1)), says())
    return scene.ask()


@story()
def tool_arguments_that_are_not_json(scene: Scene) -> str:
    """The model writes half of its arguments; the tool is not called."""
    rule = fails(malformed_arguments=True, calls=[{"name": PIPELINE[0], "arguments": PIPELINE[1]}])
    scene.model({**rule, "match": {"step": 0}}, says())
    return scene.ask()
