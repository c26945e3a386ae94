"""What people commonly ask is analyzed, answered once and offered to who asks it again, in a real browser."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shared.protocol.durable import ChatResponse
from tests.e2e.accessibility import clean_in_every_look_and_width
from tests.e2e.audit import audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

KEEPER = "dana"
ASKED = {
    "ada": ("Who approves a discount above 20 percent?", "Who has to approve a discount above 15 percent?"),
    "ben": ("Who approves a discount above 25 percent?", "Who has to approve a discount above 30 percent?"),
    "eve": ("Who approves a discount above 35 percent?", "Who has to approve a discount above 40 percent?"),
}
AGAIN = "Who approves a discount above 12 percent for Fabrikam?"
ANSWER = "Your manager, up to 25 percent. Above that, ask the deal desk."
SLOW = {"text": "That depends on many things. " * 12, "token_ms": 120}


@pytest.fixture(scope="module")
def page(browser: Browser, stack: Stack) -> Generator[Page]:
    """The page of who looks after the answers, after three people asked much the same."""
    scenario = stack.url("openai") + "/_scenario"
    rules = [{"match": {"text": "12 percent"}, "respond": SLOW}, {"match": {}, "respond": {"text": "I do not know."}}]
    stack.send("PUT", scenario, rules)
    for user, questions in ASKED.items():
        with PlainClient.open(stack, user) as client:
            for content in questions:
                client.open_session()
                client.send({"type": "query", "content": content})
                client.wait_for("chat_response")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield ChatPage.sign_in(context, stack, KEEPER).page
    stack.send("DELETE", scenario, None)
    context.close()


def cluster_on(page: Page) -> Locator:
    return page.get_by_test_id("question-cluster").filter(has_text="discount")


def test_what_three_people_asked_is_shown_with_its_plot_and_gets_an_answer(page: Page) -> None:
    page.get_by_test_id("common-questions").click()
    page.get_by_role("button", name="Analyze now").click()
    refresh_until(page, cluster_on(page))

    cluster = cluster_on(page)
    expect(cluster).to_contain_text("of 3 people")
    expect(cluster.get_by_role("img", name="Questions a week, oldest first")).to_be_visible()
    expect(cluster.locator("svg rect")).to_have_count(12)
    cluster.get_by_text("How people ask").click()
    expect(cluster).to_contain_text("Who approves a discount above [number] percent?")
    cluster.get_by_role("button", name="Write an answer").click()
    cluster.get_by_label("Approved answer").fill(ANSWER)
    cluster.get_by_label("How similar a question has to be").fill("0.6")
    clean_in_every_look_and_width(page, "common questions, an answer being written")
    cluster.get_by_role("button", name="Approve", exact=True).click()
    expect(cluster.locator(".answer-text")).to_have_text(ANSWER, timeout=WAIT_MS)
    expect(cluster).to_contain_text("Version 1, Dana Silva")


def refresh_until(page: Page, wanted: Locator) -> None:
    """Look anew until the run is over and has found it."""
    for _ in range(60):
        if wanted.count():
            return
        page.get_by_role("button", name="Refresh").click()
        expect(page.get_by_test_id("questions-page")).to_have_attribute("aria-busy", "false", timeout=WAIT_MS)
        page.wait_for_timeout(500)
    raise AssertionError(page.get_by_test_id("questions-page").inner_text())


def test_who_asks_it_again_is_offered_the_answer_and_may_take_it(page: Page, stack: Stack) -> None:
    page.get_by_test_id("new-chat").click()
    page.get_by_test_id("composer").fill(AGAIN)
    page.get_by_test_id("send").click()

    offer = page.get_by_test_id("offer")
    expect(offer).to_contain_text("Approved answer", timeout=WAIT_MS)
    expect(offer).not_to_contain_text(ANSWER)
    expect(page.get_by_test_id("stop")).to_be_visible()
    offer.get_by_role("button", name="Show it").click()
    expect(offer).to_contain_text(ANSWER)
    offer.get_by_role("button", name="Use this answer").click()

    expect(offer).to_contain_text("You took this answer.", timeout=WAIT_MS)
    expect(page.get_by_test_id("message-coach")).to_have_attribute("data-status", "stopped", timeout=WAIT_MS)
    log = audit(stack, page.url.rsplit("/", 1)[1])
    log.assert_sound()
    ends = [event for event in log.events if isinstance(event, ChatResponse)]
    assert [end.status for end in ends] == ["stopped"]


def test_how_often_it_was_taken_is_counted_and_it_can_be_withdrawn(page: Page) -> None:
    page.get_by_test_id("common-questions").click()
    cluster = cluster_on(page)
    expect(cluster).to_contain_text("Offered once, taken once lately", timeout=WAIT_MS)

    cluster.get_by_role("button", name="Withdraw").click()

    expect(cluster).to_contain_text("Withdrawn", timeout=WAIT_MS)
    expect(cluster.get_by_role("button", name="Withdraw")).to_have_count(0)
    expect(cluster).to_contain_text("Version 2, Dana Silva")
