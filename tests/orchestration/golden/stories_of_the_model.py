"""Stories in which the model service does not do what it should."""

from tests.orchestration.golden.scene import Scene, fails, says
from tests.orchestration.golden.stories import story
from tests.orchestration.golden.stories_of_tools import PIPELINE

LONG = " ".join(["word"] * 60)


@story()
def model_unavailable_once(scene: Scene) -> str:
    """The first request is answered with 503, the second with words."""
    scene.model(fails(times=1, error="unavailable"), says())
    return scene.ask()


@story()
def model_stream_reset(scene: Scene) -> str:
    """The connection breaks in the middle of the answer; the step begins again."""
    scene.model(fails(times=1, text=LONG, reset_after=20), says(LONG))
    return scene.ask()


@story()
def model_stream_cut_short(scene: Scene) -> str:
    """The stream ends cleanly but without its terminal event; the step begins again."""
    scene.model(fails(times=1, text=LONG, truncate_after=20), says(LONG))
    return scene.ask()


@story()
def model_gives_an_empty_answer_once(scene: Scene) -> str:
    """An answer without words does not count."""
    scene.model(fails(times=1, text=" "), says())
    return scene.ask()


@story()
def rate_limited_with_a_hint(scene: Scene) -> str:
    """The service says 429 twice and names the pause it wants."""
    scene.model(fails(times=2, error="rate_limit", retry_after_ms=1200), says())
    return scene.ask()


@story()
def rate_limited_after_a_tool(scene: Scene) -> str:
    """The service says 429 in the second step, when a tool has already run."""
    asks = {"match": {"step": 0}, "respond": {"calls": [{"name": PIPELINE[0], "arguments": PIPELINE[1]}]}}
    scene.model(asks, fails(times=1, error="rate_limit", retry_after_ms=700), says())
    return scene.ask()


@story("failed")
def rate_limited_for_good(scene: Scene) -> str:
    """The service never says anything but 429."""
    scene.model(fails(error="rate_limit", retry_after_ms=1000))
    turn = scene.ask()
    scene.faster(turn)
    return turn


@story("failed")
def model_retries_used_up(scene: Scene) -> str:
    """The service answers every request with 500."""
    scene.model(fails(error="server"))
    turn = scene.ask()
    scene.faster(turn)
    return turn


@story("failed")
def question_held_back_by_the_content_filter(scene: Scene) -> str:
    """The service refuses the prompt for its content."""
    scene.model(fails(error="content_filter"))
    return scene.ask()


@story("failed")
def answer_held_back_by_the_content_filter(scene: Scene) -> str:
    """The service stops the answer in the middle for its content."""
    scene.model(says(LONG, finish="content_filter"))
    return scene.ask()


@story("failed")
def context_too_long(scene: Scene) -> str:
    """The service refuses the prompt for its length; asking again cannot help."""
    scene.model(fails(error="context_length"))
    return scene.ask()


@story("exhausted")
def answer_cut_by_the_token_limit(scene: Scene) -> str:
    """The answer ends where the token limit is; it counts, and the end says that it was cut."""
    scene.model(says(LONG, finish="length"))
    return scene.ask()


@story()
def model_step_that_the_engine_runs_again(scene: Scene) -> str:
    """The activity of a model step fails after the step was recorded; the second execution finds it."""
    scene.chaos({"action": "fail", "name": "call_model", "when": "after", "nth": 1})
    return scene.ask()
