"""A person takes part in a running answer, and asks again: steer, queue, refuse, edit, answer again."""

from collections.abc import Generator

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from shared.protocol.durable import ChatResponse, MessageCompleted, MessageCreated, TurnQueued, TurnStarted
from tests.e2e.audit import Audit, audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

QUESTION = "How is my pipeline for Contoso, and what should I say about price?"
STEER = "Keep it to two sentences, please."
SLOW_TOOL_MS = 8_000


@pytest.fixture
def slow_tools(stack: Stack) -> Generator[None]:
    """Every next call of the CRM takes so long that a person can act meanwhile."""
    faults = stack.url("mcp_servers") + "/_faults"
    stack.send("PUT", faults, {"server": "crm", "delay_ms": SLOW_TOOL_MS, "count": 10})
    yield
    stack.send("DELETE", faults, None)


def log_of(chat: ChatPage, stack: Stack) -> Audit:
    log = audit(stack, chat.page.url.rsplit("/", 1)[1])
    log.assert_sound()
    return log


def in_a_tool_call(chat: ChatPage) -> None:
    """Ask what takes a tool, and come back while it runs."""
    chat.ask(QUESTION)
    running = chat.page.locator("[data-testid=tool-step][data-status=running]")
    expect(running.first).to_be_visible(timeout=WAIT_MS)


def write(chat: ChatPage, text: str, key: str) -> None:
    chat.page.get_by_test_id("composer").fill(text)
    chat.page.get_by_test_id("composer").press(key)


def steers(chat: ChatPage) -> Locator:
    return chat.page.get_by_test_id("steer-message")


def questions(chat: ChatPage) -> Locator:
    return chat.page.get_by_test_id("message-person")


@pytest.mark.usefixtures("slow_tools")
def test_a_message_put_into_a_running_answer_is_used_at_its_next_step(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    in_a_tool_call(chat)

    write(chat, STEER, "Control+Enter")

    expect(steers(chat)).to_contain_text(STEER)
    expect(steers(chat)).to_have_attribute("data-state", "waiting")
    expect(chat.page.get_by_test_id("composer")).to_have_value("")
    expect(chat.page.get_by_test_id("composer")).to_be_focused()
    expect(steers(chat)).to_have_attribute("data-state", "used", timeout=WAIT_MS)
    chat.expect_finished()
    expect(questions(chat)).to_have_count(1)
    chat.page.reload()
    expect(steers(chat)).to_have_attribute("data-state", "used", timeout=WAIT_MS)
    log = log_of(chat, stack)
    put = next(event for event in log.of_type("message.created") if isinstance(event, MessageCreated) and event.steers)
    used = [event for event in log.of_type("message.completed") if isinstance(event, MessageCompleted)]
    assert [event.step for event in used if put.message_id in event.steered_by] == [1]
    assert len(log.of_type("chat_response")) == 1


def test_a_message_that_comes_too_late_for_the_answer_is_asked_on_its_own(
    context: BrowserContext, stack: Stack
) -> None:
    chat = ChatPage.sign_in(context, stack)
    scenario = stack.url("openai") + "/_scenario"
    # An answer without tools has no boundary at which anything could be put into it.
    slow = {"text": "One thing after the other, without haste. " * 5, "token_ms": 100}
    stack.send("PUT", scenario, [{"match": {"text": "^Talk to me$"}, "respond": slow}])
    chat.ask("Talk to me")
    expect(chat.answer).to_contain_text("One thing", timeout=WAIT_MS)
    stack.send("DELETE", scenario, None)

    write(chat, "Hello again, coach", "Control+Enter")

    expect(steers(chat)).to_have_count(1)
    expect(questions(chat)).to_have_text(["YouTalk to me", "YouHello again, coach"], timeout=WAIT_MS)
    expect(steers(chat)).to_have_count(0)
    chat.expect_finished()
    expect(chat.page.get_by_test_id("message-coach")).to_have_count(2)
    log = log_of(chat, stack)
    assert [event.steers is not None for event in log.events if isinstance(event, MessageCreated)] == [False, True]
    assert len(log.of_type("chat_response")) == 2


@pytest.mark.usefixtures("slow_tools")
def test_what_waits_can_be_taken_back(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    in_a_tool_call(chat)
    write(chat, "And for Fabrikam?", "Enter")
    write(chat, "And for Adventure Works?", "Enter")
    waiting = chat.page.get_by_test_id("queued")
    expect(waiting).to_have_text(["Next in line: starts after the current answer", "Waiting: number 2 in line"])
    chat.page.get_by_test_id("composer").fill(STEER)
    chat.page.get_by_test_id("steer").click()
    expect(steers(chat)).to_have_attribute("data-state", "waiting")

    chat.page.get_by_role("button", name="Take back").click()
    chat.page.get_by_role("button", name="Remove the waiting question: And for Fabrikam?").click()

    expect(steers(chat)).to_have_count(0)
    expect(waiting).to_have_text(["Next in line: starts after the current answer"])
    chat.page.get_by_role("button", name="Remove the waiting question").click()
    expect(waiting).to_have_count(0)
    chat.expect_finished()
    log = log_of(chat, stack)
    ends = [event for event in log.of_type("chat_response") if isinstance(event, ChatResponse)]
    assert sorted(end.status for end in ends) == ["completed", "stopped", "stopped", "stopped"]
    assert [event.position for event in log.of_type("turn.queued") if isinstance(event, TurnQueued)][:2] == [1, 2]
    assert all(not event.steered_by for event in log.events if isinstance(event, MessageCompleted))


@pytest.mark.usefixtures("slow_tools")
def test_a_session_that_takes_no_questions_meanwhile_keeps_the_text(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.ask("Hello coach")
    chat.expect_finished()
    chat.page.get_by_test_id("while-busy").select_option("reject")
    expect(chat.page.get_by_test_id("while-busy")).to_have_value("reject")
    in_a_tool_call(chat)

    write(chat, "And for Fabrikam?", "Enter")

    expect(chat.page.get_by_test_id("composer")).to_have_value("And for Fabrikam?")
    expect(chat.page.get_by_test_id("send")).to_be_disabled()
    expect(questions(chat)).to_have_count(2)
    chat.expect_finished()
    expect(chat.page.get_by_test_id("send")).to_be_enabled()
    assert log_of(chat, stack).head.while_busy == "reject"


def test_an_answer_given_again_takes_the_place_of_the_first(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.ask(QUESTION)
    chat.expect_finished()
    expect(chat.page.get_by_test_id("usage")).to_contain_text("tokens")

    chat.page.get_by_test_id("answer-again").click()

    chat.expect_running()
    expect(chat.page.get_by_test_id("composer")).to_be_focused()
    chat.expect_finished()
    chat.page.get_by_test_id("answer-again").click()
    chat.expect_running()
    chat.expect_finished()
    for _ in range(2):
        expect(questions(chat)).to_have_text(["You" + QUESTION])
        expect(chat.page.get_by_test_id("message-coach")).to_have_count(1)
        expect(chat.answer).to_contain_text("Contoso")
        chat.page.reload()
        chat.expect_connected()
    log = log_of(chat, stack)
    begun = [event for event in log.of_type("turn.started") if isinstance(event, TurnStarted)]
    assert [event.replaces for event in begun] == [None, begun[0].turn_id, begun[1].turn_id]
    assert len(log.of_type("message.created")) == 1


def test_an_edited_question_takes_the_place_of_all_that_followed(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.ask("Hello coach")
    chat.expect_finished()
    chat.ask("Hello again")
    chat.expect_finished()
    chat.page.get_by_test_id("edit").first.click()
    expect(chat.page.get_by_test_id("editor")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_test_id("edit").first).to_be_focused()

    chat.page.get_by_test_id("edit").first.click()
    chat.page.get_by_test_id("editor").fill("Good morning, coach")
    chat.page.get_by_test_id("save").click()

    expect(questions(chat)).to_have_text(["YouGood morning, coach"])
    chat.expect_finished()
    expect(chat.page.get_by_test_id("message-coach")).to_have_count(1)
    chat.page.reload()
    chat.expect_connected()
    expect(questions(chat)).to_have_text(["YouGood morning, coach"])
    log = log_of(chat, stack)
    created = [event for event in log.of_type("message.created") if isinstance(event, MessageCreated)]
    assert [event.replaces for event in created] == [None, None, created[0].message_id]
