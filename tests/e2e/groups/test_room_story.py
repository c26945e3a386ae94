"""A group in two real browsers: talking, naming, answering, reacting, the coach, and a whisper."""

import json
import re
import urllib.request
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from shared.audience import Reader, for_reader
from shared.protocol.durable import MessageCreated
from shared.protocol.group import MessageDeleted, MessageEdited
from shared.protocol.shapes import TextPart
from tests.e2e.accessibility import clean_in_every_look_and_width
from tests.e2e.audit import Audit, audit
from tests.e2e.browser import WAIT_MS, ChatPage, chromium
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(300)]
ANSWERED = re.compile("completed")
SLOW_TOOL_MS = 4_000


class RoomPage:
    """What somebody does and sees in a group."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def box(self) -> Locator:
        return self.page.get_by_test_id("room-composer")

    def message(self, text: str) -> Locator:
        return self.page.get_by_test_id("room-message").filter(has_text=text)

    def say(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.box).to_have_value("")

    def whisper(self, name: str, text: str) -> None:
        choice = self.page.get_by_test_id("whisper-to")
        choice.select_option(label=f"Only {name}")
        self.say(text)
        choice.select_option(label="Everyone")

    def act(self, text: str, deed: str) -> None:
        """Use what a message offers to who points at it."""
        self.message(text).hover()
        self.message(text).get_by_test_id(deed).click()

    def texts(self) -> list[str]:
        """Return what each person's message says, without the mark of an edit."""
        expect(self.page.get_by_test_id("room-outgoing")).to_have_count(0)
        shown = self.page.locator('[data-testid="room-message"] :is(.room-text, .room-gone)').all_inner_texts()
        return [text.removesuffix(" (edited)") for text in shown]


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def contexts(browser: Browser) -> Generator[tuple[BrowserContext, BrowserContext]]:
    opened = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    yield opened[0], opened[1]
    for context in opened:
        context.close()


def _http(stack: Stack, user: str, method: str, path: str, body: object = None) -> Any:
    headers = {"Authorization": f"Bearer {stack.token(user)}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    url = f"{stack.url('functions_host')}/api/{path}"
    with urllib.request.urlopen(  # noqa: S310 - loopback
        urllib.request.Request(url, data, headers, method=method),  # noqa: S310 - loopback
        timeout=30,
    ) as reply:
        text = reply.read()
        return json.loads(text) if text else None


def _principal(stack: Stack, user: str) -> str:
    """Return who somebody is, as the app knows them from their token."""
    with PlainClient.open(stack, user, hub="group_chat") as client:
        return client.principal


def _told(log: Audit, principal: str) -> list[str]:
    """Return what each person's message says to this reader, as the log has it."""
    seen = [for_reader(event, Reader(principal=principal)) for event in log.events]
    said: dict[str, str] = {}
    for event in seen:
        match event:
            case MessageCreated() | MessageEdited():
                text = "".join(part.text for part in event.parts if isinstance(part, TextPart))
                if text or isinstance(event, MessageCreated):
                    said[event.message_id] = text or "This message was taken back."
            case MessageDeleted():
                said[event.message_id] = "This message was taken back."
            case _:
                pass
    return list(said.values())


def _enter(stack: Stack, contexts: tuple[BrowserContext, BrowserContext], title: str) -> tuple[str, RoomPage, RoomPage]:
    """Let Ada begin a group, and Ben accept her invitation and Ada enter on their pages."""
    people = [{"principal": _principal(stack, name), "role": "member"} for name in ("ben", "dana")]
    group_id = str(_http(stack, "ada", "POST", "groups", {"title": title, "members": people})["group_id"])
    _http(stack, "dana", "POST", f"groups/{group_id}/accept")
    ada, ben = (
        ChatPage.sign_in(context, stack, name).page for context, name in zip(contexts, ("ada", "ben"), strict=True)
    )
    ada.locator(f'[data-testid="room-item"][data-room="{group_id}"]').click()
    invitation = ben.locator(f'[data-testid="room-invitation"][data-room="{group_id}"]')
    invitation.get_by_role("button", name="Join").click()
    for page in (ada, ben):
        expect(page.get_by_test_id("room-composer")).to_be_visible(timeout=WAIT_MS)
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    return group_id, RoomPage(ada), RoomPage(ben)


def test_two_people_talk_and_each_is_shown_what_is_theirs(
    contexts: tuple[BrowserContext, BrowserContext], stack: Stack
) -> None:
    group_id, ada, ben = _enter(stack, contexts, "Contoso renewal")
    expect(ada.page.get_by_text("Ben Okafor joined")).to_be_visible()
    expect(ada.page.get_by_test_id("present")).to_have_attribute("aria-label", re.compile("Ben Okafor"))

    _name_and_answer(ada, ben)
    _miss_and_read(ada, ben, group_id)
    _ask_the_coach(ada, ben)
    ben.whisper("Ada Winter", "Between us: they would sign for twelve.")
    expect(ada.message("Between us").get_by_test_id("whisper-mark")).to_contain_text("only you and Ben Okafor")
    ada.act("I send it tonight", "edit-message")
    ada.page.get_by_test_id("message-editor").fill("I send it tomorrow.")
    ada.page.get_by_test_id("message-editor").press("Enter")
    expect(ben.message("I send it tomorrow.")).to_contain_text("(edited)")
    _add_to_a_question(stack, ada, ben)
    _ask_why(ada)
    clean_in_every_look_and_width(ada.page, "a room")

    log = audit(stack, group_id)
    assert [event.seq for event in log.events] == list(range(1, log.head.seq + 1))
    dana = _principal(stack, "dana")
    assert "Between us: they would sign for twelve." not in _told(log, dana)
    for room, name in ((ada, "ada"), (ben, "ben")):
        told = _told(log, _principal(stack, name))
        assert "Between us: they would sign for twelve." in told
        assert room.texts() == told
        answer = room.page.get_by_test_id("message-coach").locator(".markdown").all_inner_texts()
        room.page.reload()
        expect(room.message("I send it tomorrow.")).to_be_visible(timeout=WAIT_MS)
        assert room.texts() == told
        assert room.page.get_by_test_id("message-coach").locator(".markdown").all_inner_texts() == answer


def _name_and_answer(ada: RoomPage, ben: RoomPage) -> None:
    ada.box.press_sequentially("@be")
    expect(ada.page.get_by_test_id("name-option")).to_have_text(["BO" + "Ben Okafor"])
    ada.box.press("Enter")
    expect(ada.box).to_have_value("@Ben Okafor ")
    expect(ben.page.get_by_test_id("typing")).to_contain_text("Ada is typing")
    ada.box.press_sequentially("what do they pay today?")
    ada.box.press("Enter")
    expect(ben.page.locator(".mention[data-me=true]")).to_have_text("@Ben Okafor")
    expect(ben.page.get_by_test_id("typing")).to_have_text("")

    ben.act("what do they pay today?", "reply")
    expect(ben.page.get_by_test_id("replying")).to_contain_text("Replying to Ada Winter")
    ben.say("Eleven per seat.")
    expect(ada.message("Eleven per seat.").get_by_test_id("reply-quote")).to_contain_text("what do they pay today?")
    ada.act("Eleven per seat.", "react")
    ada.page.get_by_role("button", name="Thumbs up").click()
    reaction = ben.message("Eleven per seat.").get_by_test_id("reaction")
    expect(reaction).to_have_text("👍 1")
    reaction.click()
    expect(ada.message("Eleven per seat.").get_by_test_id("reaction")).to_have_text("👍 2")


def _miss_and_read(ada: RoomPage, ben: RoomPage, group_id: str) -> None:
    expect(ben.page.locator('.room-list li[data-current="true"]')).to_have_attribute("data-unread", "false")
    ben.page.get_by_test_id("new-chat").click()
    expect(ben.page.get_by_test_id("composer")).to_be_visible()
    line = ben.page.locator(f'[data-testid="room-item"][data-room="{group_id}"]')
    ada.say("I send it tonight")
    expect(line.get_by_test_id("unread-badge")).to_contain_text("1")
    expect(line.get_by_test_id("mention-badge")).to_have_count(0)
    ada.say("@Ben Okafor is that fine?")
    expect(line.get_by_test_id("unread-badge")).to_contain_text("2")
    expect(line.get_by_test_id("mention-badge")).to_be_visible()
    line.click()
    expect(ben.page.get_by_test_id("new-divider")).to_be_visible()
    expect(ben.message("is that fine?")).to_be_visible()
    expect(ben.page.locator('.room-list li[data-current="true"]')).to_have_attribute("data-unread", "false")


def _ask_the_coach(ada: RoomPage, ben: RoomPage) -> None:
    ada.box.press_sequentially("@co")
    ada.page.get_by_test_id("name-option").filter(has_text="Coach").click()
    ada.box.press_sequentially("which discount is usual?")
    ada.box.press("Enter")
    for room in (ada, ben):
        answer = room.page.get_by_test_id("message-coach").last
        expect(answer).to_have_attribute("data-status", ANSWERED, timeout=WAIT_MS)
        expect(answer.locator(".markdown").last).not_to_be_empty()
    answers = [
        room.page.get_by_test_id("message-coach").last.locator(".markdown").all_inner_texts() for room in (ada, ben)
    ]
    assert answers[0] == answers[1]


def _add_to_a_question(stack: Stack, ada: RoomPage, ben: RoomPage) -> None:
    """Let Ben add to what Ada asks while the coach looks it up, and Ada take that into her answer."""
    faults = stack.url("mcp_servers") + "/_faults"
    stack.send("PUT", faults, {"server": "crm", "delay_ms": SLOW_TOOL_MS, "count": 1})
    ada.say("@coach How is my pipeline for Contoso? Draw me a chart by stage.")
    running = ada.page.locator("[data-testid=tool-step][data-status=running]")
    expect(running.first).to_be_visible(timeout=WAIT_MS)
    ben.say("@coach also look at Fabrikam")
    expect(ben.message("also look at Fabrikam").get_by_test_id("room-queued")).to_be_visible()
    offer = ada.page.get_by_test_id("steer-offer")
    expect(offer).to_contain_text("Ben Okafor adds to your question @coach also look at Fabrikam")
    offer.get_by_test_id("take-steer").click()
    expect(offer).to_have_count(0)
    for room in (ada, ben):
        expect(room.message("also look at Fabrikam").get_by_test_id("room-steered")).to_be_visible()
        expect(room.page.get_by_test_id("room-queued")).to_have_count(0)
    expect(ben.page.get_by_test_id("steer-offer")).to_have_count(0)
    answer = ada.page.get_by_test_id("message-coach").last
    expect(answer).to_have_attribute("data-status", ANSWERED, timeout=WAIT_MS)
    expect(answer.get_by_test_id("chart").locator("svg").first).to_be_visible(timeout=WAIT_MS)


def _ask_why(ada: RoomPage) -> None:
    ada.page.get_by_test_id("message-coach").last.get_by_test_id("why").click()
    told = ada.page.get_by_role("dialog", name="Why this answer")
    expect(told.get_by_test_id("why-call").first).to_contain_text("Done", timeout=WAIT_MS)
    expect(told.get_by_test_id("why-total")).to_contain_text("tokens")
    clean_in_every_look_and_width(ada.page, "why this answer")
    ada.page.keyboard.press("Escape")
