"""What is made of an answer, in a real browser: a chart, its rows, what to ask next, why, where its links come from."""

from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from shared.protocol.beside import AnswerChecked
from tests.e2e.accessibility import axe_finds
from tests.e2e.audit import audit
from tests.e2e.browser import WAIT_MS, ChatPage, chromium
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

PLANT = "https://news.example/contoso-ohio-plant"
MADE_UP = "https://c\u00f6ntoso.example/rumour"
CITED = f"They build a [plant]({PLANT}), and more [they say]({MADE_UP})."


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the browser's console said."""
    return []


@pytest.fixture(scope="module")
def page(stack: Stack, complaints: list[str]) -> Generator[Page]:
    with chromium() as browser:
        chat = ChatPage.sign_in(browser.new_context(viewport={"width": 1280, "height": 900}), stack)
        chat.page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        chat.ask("How is my pipeline for Contoso? Draw me a chart by stage.")
        chat.expect_finished()
        yield chat.page


def test_a_chart_stands_under_the_answer_with_its_rows(page: Page, complaints: list[str]) -> None:
    chart = page.get_by_test_id("chart")
    expect(chart.locator("svg.marks, .vega-embed svg").first).to_be_visible(timeout=WAIT_MS)
    expect(chart.locator("figcaption")).to_have_text("Amount by stage")
    expect(chart.get_by_role("img", name="Bar chart: Sum of amount (USD) by stage and currency")).to_be_visible()
    chart.get_by_text("Show the rows").click()
    expect(chart.get_by_test_id("chart-rows")).to_contain_text("NegotiationUSD420,000")
    assert complaints == []


def test_the_rows_can_be_taken_away_as_csv(page: Page) -> None:
    with page.expect_download() as downloading:
        page.get_by_test_id("chart-csv").click()
    text = downloading.value.path().read_text(encoding="utf-8")
    assert text.splitlines()[0] == "stage,currency,Sum of amount (USD)"
    assert "Negotiation,USD,420000" in text.splitlines()


def test_the_answer_tells_why_it_is_as_it_is(page: Page) -> None:
    page.get_by_test_id("why").click()
    expect(page.get_by_test_id("why-call").first).to_contain_text("Done")
    expect(page.get_by_test_id("why-total")).to_contain_text("tokens")
    page.keyboard.press("Escape")


def test_a_chart_is_there_again_after_a_reload_and_what_is_offered_can_be_asked(page: Page) -> None:
    offered = page.get_by_role("list", name="Suggested follow-ups").get_by_role("button")
    expect(offered).to_have_count(3)
    words = offered.all_inner_texts()
    page.reload()
    expect(page.get_by_test_id("chart")).to_be_visible(timeout=WAIT_MS)
    expect(offered).to_have_text(words)


def test_a_page_whose_files_were_replaced_keeps_what_it_shows_without_them(page: Page) -> None:
    files = "**/assets/VegaChart-*.js"
    page.route(files, lambda route: route.fulfill(status=404))
    page.reload()
    chart = page.get_by_test_id("chart")
    expect(chart.get_by_role("alert")).to_contain_text("could not be loaded", timeout=WAIT_MS)
    expect(chart.locator("figcaption")).to_have_text("Amount by stage")
    page.unroute(files)
    chart.get_by_role("button", name="Reload the page").click()
    expect(chart.locator("svg").first).to_be_visible(timeout=WAIT_MS)


def test_the_chat_has_a_title_and_is_summed_up_by_a_model_that_nobody_scripted(page: Page) -> None:
    item = page.get_by_role("listitem").filter(has=page.get_by_test_id("session-item")).first
    expect(item.get_by_test_id("session-item")).to_contain_text("Contoso pipeline", timeout=WAIT_MS)
    item.hover()
    item.get_by_test_id("session-menu").click()
    item.get_by_role("button", name="Summarise").click()
    summary = page.get_by_test_id("summary-dialog")
    points = summary.get_by_test_id("summary-points")
    expect(points).to_contain_text("How is my pipeline for Contoso?", timeout=WAIT_MS)
    expect(summary.get_by_test_id("summary-names")).to_contain_text("Contoso")
    expect(summary.get_by_test_id("summary-numbers").get_by_test_id("summary-source").first).to_be_visible()
    page.keyboard.press("Escape")


def test_an_answer_tells_where_its_links_come_from_and_which_come_from_nowhere(page: Page, stack: Stack) -> None:
    scenario = stack.url("openai") + "/_scenario"
    search = {"name": "web_search__search_web", "arguments": {"query": "Contoso"}}
    rules: list[dict[str, Any]] = [
        {"match": {"text": "^Cite", "step": 0}, "respond": {"calls": [search]}},
        {"match": {"text": "^Cite"}, "respond": {"text": CITED}},
    ]
    stack.send("PUT", scenario, rules)
    page.get_by_test_id("new-chat").click()
    page.get_by_test_id("composer").fill("Cite what is new.")
    page.get_by_test_id("send").click()

    source = page.get_by_test_id("source")
    expect(source).to_have_count(1, timeout=WAIT_MS)
    stack.send("DELETE", scenario, None)
    expect(source).to_contain_text("Contoso to open second Ohio plant in spring")
    expect(source).to_contain_text("news.example found by Search web (web_search)")
    assert source.get_by_role("link").get_attribute("rel") == "noopener noreferrer"
    answer = page.get_by_test_id("message-coach")
    expect(answer.locator(".source-number")).to_have_text([" (source 1)1"])
    expect(answer.locator(".unsourced")).to_have_count(1)
    expect(answer.locator(".unsourced")).to_contain_text("(xn--cntoso-wxa.example, not from a tool")
    assert axe_finds(page) == []
    page.reload()
    expect(source).to_have_count(1, timeout=WAIT_MS)
    log = audit(stack, page.url.rsplit("/", 1)[1])
    log.assert_sound()
    (checked,) = [event for event in log.events if isinstance(event, AnswerChecked)]
    assert [link for each in checked.sources for link in each.links] == [PLANT]
    assert checked.unsourced == (MADE_UP,)
