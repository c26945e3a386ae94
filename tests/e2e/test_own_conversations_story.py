"""A person keeps their conversations in order, takes them away and says how an answer was, in a real browser."""

import json
from collections.abc import Generator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from shared.errors import CommandRefused
from shared.protocol.durable import FeedbackRecorded, TitleUpdated
from tests.e2e.audit import audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]

USER = "ben"
QUESTION = "Hello coach, Narwhal here"
REASON = "It did not ask what the call is for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The page of somebody who talked before, and the two conversations they look after."""

    page: Page
    kept: str
    spare: str

    def line(self, session: str) -> Locator:
        return self.page.locator(f"[data-testid=session-item][data-session={session}]")

    def choose(self, session: str, entry: str) -> None:
        place = self.page.get_by_role("listitem").filter(has=self.line(session))
        if not place.get_by_test_id(f"session-{entry}").is_visible():
            place.get_by_test_id("session-menu").click()
        place.get_by_test_id(f"session-{entry}").click()


@pytest.fixture(scope="module")
def shelf(browser: Browser, stack: Stack) -> Generator[Shelf]:
    sessions: list[str] = []
    with PlainClient.open(stack, USER) as client:
        for _ in range(2):
            sessions.append(str(client.open_session()["session_id"]))
            client.send({"type": "query", "content": QUESTION})
            client.wait_for("chat_response")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = ChatPage.sign_in(context, stack, USER).page
    yield Shelf(page=page, kept=sessions[0], spare=sessions[1])
    context.close()


def test_a_conversation_gets_a_new_title_and_is_pinned_on_top(shelf: Shelf, stack: Stack) -> None:
    shelf.choose(shelf.kept, "rename")
    shelf.page.get_by_label("New title").fill("Narwhal: renewal")
    shelf.page.keyboard.press("Enter")
    expect(shelf.line(shelf.kept)).to_have_text("Narwhal: renewal")
    shelf.choose(shelf.kept, "pin")

    pinned = shelf.page.locator("section").filter(has=shelf.page.get_by_role("heading", name="Pinned"))
    expect(pinned.locator(f"[data-session={shelf.kept}]")).to_have_text("Narwhal: renewal")
    expect(pinned.locator(f"[data-session={shelf.spare}]")).to_have_count(0)
    log = audit(stack, shelf.kept)
    log.assert_sound()
    assert (log.head.title, log.head.pinned) == ("Narwhal: renewal", True)
    named = [event for event in log.events if isinstance(event, TitleUpdated) and event.source == "person"]
    assert [event.title for event in named] == ["Narwhal: renewal"]


def test_what_was_archived_is_found_again_and_taken_back(shelf: Shelf, stack: Stack) -> None:
    shelf.choose(shelf.kept, "archive")
    expect(shelf.line(shelf.kept)).to_have_count(0)
    expect(shelf.line(shelf.spare)).to_be_visible()
    # The line goes at once, whatever the server says later.
    until(lambda: audit(stack, shelf.kept).head.archived, "it is not archived")

    shelf.page.get_by_test_id("search").fill("narwhal")
    found = shelf.page.get_by_test_id("found-session").filter(has_text="Narwhal: renewal")
    expect(found.first).to_be_visible(timeout=WAIT_MS)
    shelf.page.get_by_test_id("search").fill("")
    shelf.page.get_by_test_id("archive-toggle").click()
    expect(shelf.line(shelf.kept)).to_be_visible()
    expect(shelf.line(shelf.spare)).to_have_count(0)
    shelf.choose(shelf.kept, "archive")
    expect(shelf.line(shelf.kept)).to_have_count(0)
    shelf.page.get_by_test_id("archive-toggle").click()

    expect(shelf.line(shelf.kept)).to_be_visible()
    until(lambda: not audit(stack, shelf.kept).head.archived, "it is still archived")
    audit(stack, shelf.kept).assert_sound()


def test_a_conversation_is_taken_away_as_markdown_and_as_json(shelf: Shelf, stack: Stack) -> None:
    files: dict[str, str] = {}
    for kind, name in (("markdown", "Narwhal renewal.md"), ("json", "Narwhal renewal.json")):
        with shelf.page.expect_download() as downloading:
            shelf.choose(shelf.kept, f"export-{kind}")
        assert downloading.value.suggested_filename == name
        files[kind] = downloading.value.path().read_text(encoding="utf-8")

    said = [text for event in audit(stack, shelf.kept).events for text in texts_of(event)]
    assert said[0] == QUESTION
    assert len(said) == 2
    assert files["markdown"].startswith("# Narwhal: renewal")
    assert all(line in files["markdown"] for text in said for line in text.splitlines())
    document = json.loads(files["json"])
    assert (document["session_id"], document["title"]) == (shelf.kept, "Narwhal: renewal")
    assert [message["text"] for message in document["messages"]] == said


def texts_of(event: object) -> list[str]:
    return [part.text for part in getattr(event, "parts", ()) if part.type == "text"]


def test_an_answer_is_judged_with_a_reason_that_stays(shelf: Shelf, stack: Stack) -> None:
    page = shelf.page
    shelf.line(shelf.kept).click()
    answer = page.get_by_test_id("message-coach")
    expect(answer).to_have_count(1, timeout=WAIT_MS)

    answer.get_by_test_id("vote-down").click()
    expect(answer.get_by_test_id("vote-down")).to_have_attribute("aria-pressed", "true")
    answer.get_by_test_id("vote-note").click()
    page.keyboard.type(REASON)
    page.keyboard.press("Enter")
    expect(answer.get_by_test_id("vote-note")).to_contain_text(REASON, timeout=WAIT_MS)
    page.reload()

    expect(answer.get_by_test_id("vote-note")).to_contain_text(REASON, timeout=WAIT_MS)
    expect(answer.get_by_test_id("vote-down")).to_have_attribute("aria-pressed", "true")
    log = audit(stack, shelf.kept)
    votes = [event for event in log.events if isinstance(event, FeedbackRecorded)]
    assert [(event.vote, event.note) for event in votes] == [("down", None), ("down", REASON)]
    assert {event.actor.kind for event in votes} == {"person"}


def test_a_conversation_is_deleted_only_after_a_second_word(shelf: Shelf, stack: Stack) -> None:
    page = shelf.page
    shelf.line(shelf.spare).click()
    expect(page.get_by_test_id("message-coach")).to_have_count(1, timeout=WAIT_MS)

    shelf.choose(shelf.spare, "delete")
    expect(page.get_by_test_id("session-delete").filter(visible=True)).to_have_text("Delete for good?")
    expect(shelf.line(shelf.spare)).to_be_visible()
    assert len(audit(stack, shelf.spare).of_type("chat_response")) == 1
    shelf.choose(shelf.spare, "delete")

    expect(shelf.line(shelf.spare)).to_have_count(0)
    expect(page.get_by_test_id("message-coach")).to_have_count(0)
    with pytest.raises(CommandRefused, match="no such conversation"):
        audit(stack, shelf.spare)
    assert len(audit(stack, shelf.kept).of_type("chat_response")) == 1
