"""The main job, in a real browser: ask, watch, reload, stop, look from a second tab, restart everything."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.audit import audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.connections import Connections
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

QUESTION = "How is my pipeline for Contoso, and what should I say about price?"
LAST_WORDS = re.compile("Sources: CRM pipeline")


def session_of(chat: ChatPage) -> str:
    return chat.page.url.rsplit("/", 1)[1]


def test_the_answer_streams_in_with_its_tools(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)

    chat.ask(QUESTION)

    expect(chat.page.get_by_test_id("message-person").last).to_contain_text("pipeline for Contoso")
    expect(chat.page.get_by_test_id("tool-step").filter(has_text="pipeline").first).to_be_visible()
    expect(chat.answer).to_contain_text("Contoso", timeout=WAIT_MS)
    chat.expect_running()
    expect(chat.answer).not_to_contain_text(LAST_WORDS)
    chat.expect_finished()
    expect(chat.answer).to_contain_text(LAST_WORDS)
    expect(chat.page.get_by_test_id("tool-step")).to_have_count(2)
    expect(chat.answer.get_by_role("table")).to_be_visible()


def test_reloading_in_the_middle_of_an_answer_loses_nothing(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.ask(QUESTION)
    expect(chat.answer).to_contain_text("Contoso", timeout=WAIT_MS)

    chat.page.reload()

    chat.expect_connected()
    expect(chat.page.get_by_test_id("message-person")).to_have_count(1)
    expect(chat.answer).to_contain_text("Contoso")
    chat.expect_finished()
    expect(chat.answer).to_contain_text(LAST_WORDS)
    log = audit(stack, session_of(chat))
    log.assert_sound()
    assert len(log.of_type("chat_response")) == 1


def test_stopping_keeps_what_was_written(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.ask(QUESTION)
    expect(chat.answer).to_contain_text("Contoso", timeout=WAIT_MS)

    chat.page.get_by_test_id("stop").click()

    chat.expect_finished()
    expect(chat.answer).to_contain_text("Contoso")
    expect(chat.answer).not_to_contain_text(LAST_WORDS)
    log = audit(stack, session_of(chat))
    log.assert_sound()
    assert log.head.active_turn is None
    assert [getattr(event, "status", "") for event in log.of_type("chat_response")] == ["stopped"]


def test_a_second_tab_sees_the_same_answer_live(context: BrowserContext, stack: Stack) -> None:
    first = ChatPage.sign_in(context, stack)
    first.ask("Hello coach")
    first.expect_finished()
    second = ChatPage.sign_in(context, stack)
    second.page.goto(first.page.url)
    second.expect_connected()

    first.ask(QUESTION)

    expect(second.page.get_by_test_id("message-person")).to_have_count(2, timeout=WAIT_MS)
    expect(second.answer).to_contain_text("Contoso", timeout=WAIT_MS)
    second.expect_running()
    second.expect_finished()
    expect(second.answer).to_contain_text(LAST_WORDS)
    assert second.told == first.told


def test_what_is_written_without_a_connection_is_kept_told_of_and_asked_once(
    context: BrowserContext, stack: Stack
) -> None:
    connections = Connections(context)
    chat = ChatPage.sign_in(context, stack)
    chat.ask("Hello coach")
    chat.expect_finished()

    connections.cut()

    away = chat.page.get_by_test_id("away")
    expect(away).to_contain_text("go on", timeout=WAIT_MS)
    chat.page.get_by_test_id("composer").fill("Asked while away")
    chat.page.get_by_test_id("send").click()
    expect(chat.page.get_by_text("Waiting for the connection")).to_be_visible()
    chat.page.get_by_test_id("composer").fill("Begun while away")
    chat.page.reload()
    expect(chat.page.get_by_test_id("message-person")).to_contain_text("Asked while away")
    expect(chat.page.get_by_test_id("composer")).to_have_value("Begun while away")
    connections.restore()
    chat.expect_connected()
    expect(away).to_have_count(0)
    expect(chat.page.get_by_test_id("message-person")).to_have_count(2)
    expect(chat.page.locator("[data-testid=message-person][data-pending=true]")).to_have_count(0, timeout=WAIT_MS)
    chat.expect_finished()
    expect(chat.page.get_by_test_id("composer")).to_have_value("Begun while away")
    log = audit(stack, session_of(chat))
    log.assert_sound()
    assert len(log.of_type("message.created")) == 2


def test_a_restart_of_everything_finds_the_conversation_again(context: BrowserContext, stack: Stack) -> None:
    chat = ChatPage.sign_in(context, stack)
    chat.ask(QUESTION)
    chat.expect_finished()
    expect(chat.answer).to_contain_text(LAST_WORDS)
    before = chat.told

    stack.restart()
    chat.page.reload()

    chat.expect_connected()
    expect(chat.answer).to_contain_text(LAST_WORDS)
    assert chat.told == before
    expect(chat.page.get_by_test_id("session-item").first).to_be_visible()
    chat.ask("Hello again")
    chat.expect_finished()
    expect(chat.page.get_by_test_id("message-person")).to_have_count(2)
