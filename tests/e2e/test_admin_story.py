"""An administrator looks at usage, feedback, prompts, complaints and security events, in a real browser."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.accessibility import clean_in_every_look_and_width, unseen_focus
from tests.e2e.browser import WAIT_MS, ChatPage, chromium
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

QUESTION = "How is my pipeline for Contoso, and what should I say about price?"


@pytest.fixture(scope="module")
def judged(stack: Stack) -> dict[str, str]:
    """Have somebody ask, and complain of the answer and of the last call; return the session and the call's tool."""
    with PlainClient.open(stack, "ben") as ben:
        session_id = ben.open_session()["session_id"]
        ben.send({"type": "query", "content": QUESTION, "session_id": session_id})
        end = ben.wait_for("chat_response")
        used = end["tool_feedback"][-1]
        answer = next(event for event in reversed(ben.events) if event["type"] == "message.completed")
        for judgement in (
            {"call_id": used["call_id"], "vote": "unsafe", "note": "It told too much."},
            {"message_id": answer["message_id"], "vote": "down", "note": "The sum is wrong."},
        ):
            ben.send({"type": "feedback.record", "conversation_id": session_id, **judgement})
            ben.wait_for("feedback.recorded")
    return {"session": session_id, "tool": used["tool"]}


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the browser's console said."""
    return []


@pytest.fixture(scope="module")
def page(stack: Stack, judged: dict[str, str], complaints: list[str]) -> Generator[Page]:
    assert judged
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        chat = ChatPage.sign_in(context, stack, "dana")
        chat.page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        yield chat.page


def clean(page: Page, name: str) -> None:
    expect(page.get_by_test_id("admin-page")).to_have_attribute("data-page", name)
    clean_in_every_look_and_width(page, name)


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Pages of the administration").get_by_role("link", name=name).click()


def test_usage_is_reached_by_keyboard_and_told_by_person_with_a_chart_and_as_csv(page: Page) -> None:
    page.get_by_test_id("admin-link").focus()
    page.keyboard.press("Enter")
    table = page.get_by_test_id("usage-table")
    expect(table.get_by_role("rowheader", name="Ben Okafor")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_test_id("usage-chart").locator("svg").first).to_be_visible(timeout=WAIT_MS)
    clean(page, "usage")
    table.get_by_role("button", name="Turns").focus()
    page.keyboard.press("Enter")
    assert unseen_focus(page) == ""
    expect(table.get_by_role("columnheader", name="Turns")).to_have_attribute("aria-sort", "descending")
    with page.expect_download() as downloading:
        page.get_by_test_id("usage-csv").click()
    text = downloading.value.path().read_text(encoding="utf-8")
    assert text.splitlines()[0].startswith("Person,Turns,Tokens read,")
    assert re.search(r"^Ben Okafor,[1-9]\d*,[1-9]", text, re.MULTILINE)


def test_a_tool_tells_its_votes_and_the_reasons(page: Page, judged: dict[str, str]) -> None:
    go(page, "Tool feedback")
    page.get_by_role("button", name=f"Reasons for {judged['tool']}", exact=True).click()
    expect(page.get_by_test_id("tool-note").filter(has_text="It told too much.")).to_be_visible(timeout=WAIT_MS)
    clean(page, "tools")


def test_prompts_tell_where_their_labels_point(page: Page) -> None:
    go(page, "Prompt versions")
    prompts = page.get_by_test_id("prompt")
    expect(prompts.first).to_be_visible(timeout=WAIT_MS)
    expect(prompts.filter(has_text="production").first).to_be_visible()
    clean(page, "prompts")


def complaint(page: Page, judged: dict[str, str]) -> Locator:
    mine = page.get_by_test_id("review").filter(has_text=judged["session"])
    return mine.filter(has_text="The sum is wrong.")


def test_a_complaint_is_looked_into_and_done(page: Page, judged: dict[str, str]) -> None:
    go(page, "Reviews")
    review = complaint(page, judged)
    review.get_by_role("button", name="How the turn went").click()
    expect(review.get_by_test_id("why-step").first).to_be_visible(timeout=WAIT_MS)
    expect(review).to_contain_text("Prompt ")
    review.get_by_role("button", name="Mark as done").click()
    clean(page, "reviews")
    review.get_by_label("What came of it").fill("The CRM was behind.")
    review.get_by_role("button", name="Mark as done").click()
    expect(review).to_have_count(0)
    page.get_by_label("Show what is done, too").check()
    expect(complaint(page, judged)).to_contain_text(re.compile("Done by Dana Silva.*The CRM was behind."))


def test_security_events_can_be_linked_to_and_filtered(page: Page, stack: Stack, complaints: list[str]) -> None:
    page.goto(f"{stack.url('web')}/admin/security?kind=admin_access")
    table = page.get_by_test_id("security-table")
    expect(table).to_contain_text("finish_review", timeout=WAIT_MS)
    clean(page, "security")
    page.get_by_label("Kind").select_option("token_of_another")
    expect(page.get_by_text("There are no such events on this day.").or_(table).first).to_be_visible()
    expect(page.get_by_text("Administrator looked", exact=True).and_(page.locator("td"))).to_have_count(0)
    page.get_by_test_id("new-chat").click()
    expect(page.get_by_test_id("composer")).to_be_visible()
    page.go_back()
    expect(page.get_by_test_id("admin-page")).to_have_attribute("data-page", "security")
    assert complaints == []
