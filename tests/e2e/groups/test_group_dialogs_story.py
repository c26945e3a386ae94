"""A group from its first word to its last, in two people's real browsers: all of its dialogs on the way."""

import json
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.e2e.accessibility import clean_in_every_look_and_width
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.client import PlainClient
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(180)]

QUESTION = "Hello coach, talk to me"
DECISION = "We decided on 12 percent for Contoso."
DANA = "5a1e5c0a-0000-4000-8000-000000000001.a0a00000-0000-4000-8000-000000000004"


@pytest.fixture
def contexts(browser: Browser) -> Generator[tuple[BrowserContext, BrowserContext]]:
    """What two people have of the browser; each their own storage."""
    opened = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    yield opened[0], opened[1]
    for context in opened:
        context.close()


def test_two_people_share_a_group_until_one_is_removed(
    contexts: tuple[BrowserContext, BrowserContext], stack: Stack
) -> None:
    ada = ChatPage.sign_in(contexts[0], stack).page
    group_id = _group_with_a_copy(ada)
    dialog = _opened(ada, group_id)
    link = _link_of(dialog)

    ben = contexts[1].new_page()
    _joined(ben, link)
    _already_in(ben, link)

    # The list of people follows without being asked for again.
    dialog.get_by_test_id("tab-people").click()
    line = dialog.get_by_test_id("member").filter(has_text="Ben Okafor")
    expect(line).to_have_attribute("data-role", "member", timeout=WAIT_MS)
    _make_facilitator(dialog, line)
    _let_the_coach_speak_up(dialog)
    ada.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(ada.get_by_test_id("group-menu")).to_be_focused()

    _facilitator_sees_what_is_theirs(ben, group_id)
    _catch_up(ben, group_id, stack)
    _remove(ada, group_id)
    expect(_line(ben, group_id)).to_have_count(0, timeout=WAIT_MS)
    ben.goto(link)
    ben.get_by_test_id("join").click()
    expect(ben.get_by_test_id("invitation-refused")).to_contain_text("does not hold")


def _group_with_a_copy(page: Page) -> str:
    """Begin a group with a copy of an answer; return its id."""
    page.get_by_test_id("composer").fill(QUESTION)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("answer-again")).to_be_visible(timeout=WAIT_MS)
    page.get_by_test_id("new-group").click()
    dialog = page.get_by_role("dialog", name="New group")
    dialog.get_by_label("Name of the group").fill("Northwind renewal")
    dialog.get_by_label("What it is for (optional)").fill("Price and terms.")
    dialog.get_by_test_id("ids").fill(DANA)
    session = page.get_by_test_id("session-item").first.get_attribute("data-session") or ""
    dialog.get_by_test_id("copy-from").select_option(session)
    expect(dialog.get_by_test_id("copy-count")).to_contain_text("2 messages are copied")
    clean_in_every_look_and_width(page, "a new group")
    dialog.get_by_test_id("copy-first").select_option("1")
    expect(dialog.get_by_test_id("copy-count")).to_contain_text("1 message is copied")
    dialog.get_by_test_id("create-group").click()
    line = page.get_by_test_id("room-item").filter(has_text="Northwind renewal")
    expect(line).to_be_visible(timeout=WAIT_MS)
    expect(dialog).to_be_hidden()
    return line.get_attribute("data-room") or ""


def _line(page: Page, group_id: str) -> Locator:
    return page.locator(f'[data-testid="room-item"][data-room="{group_id}"]')


def _opened(page: Page, group_id: str) -> Locator:
    _line(page, group_id).click()
    page.get_by_test_id("group-menu").click()
    dialog = page.get_by_role("dialog", name="This group")
    expect(dialog.get_by_test_id("group-title")).to_have_text("Northwind renewal")
    return dialog


def _link_of(dialog: Locator) -> str:
    """Make a link for members, see who was invited by name; return the link."""
    dialog.get_by_test_id("tab-invite").click()
    expect(dialog.get_by_test_id("pending")).to_contain_text("Member")
    dialog.get_by_label("The link holds").select_option("24")
    dialog.get_by_test_id("make-link").click()
    expect(dialog.get_by_test_id("invitation-link")).to_contain_text("used by 0 of 25")
    clean_in_every_look_and_width(dialog.page, "invitations")
    return dialog.get_by_test_id("new-link").input_value()


def _joined(page: Page, link: str) -> None:
    """Follow the link as somebody who is not signed in."""
    page.goto(link)
    expect(page.get_by_text("You were invited to a group.")).to_be_visible()
    page.get_by_test_id("sign-in").click()
    page.locator("button[name=user][value=ben]").click()
    expect(page.get_by_text("You are signed in as Ben Okafor.")).to_be_visible(timeout=WAIT_MS)
    page.get_by_test_id("join").click()
    expect(page.get_by_test_id("room-item").filter(has_text="Northwind renewal")).to_be_visible(timeout=WAIT_MS)
    assert "#" not in page.url


def _already_in(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_text("You belong to “Northwind renewal” already.")).to_be_visible(timeout=WAIT_MS)
    page.get_by_test_id("open-group").click()
    expect(page.get_by_test_id("room-item")).to_be_visible(timeout=WAIT_MS)


def _make_facilitator(dialog: Locator, line: Locator) -> None:
    line.get_by_role("button", name="Change or remove Ben Okafor").click()
    clean_in_every_look_and_width(dialog.page, "people")
    line.get_by_label("Role of Ben Okafor").select_option("facilitator")
    line.get_by_test_id("save-role").click()
    expect(line).to_have_attribute("data-role", "facilitator")
    expect(dialog.get_by_test_id("group-said")).to_have_text("Ben Okafor is a facilitator now.")


def _let_the_coach_speak_up(dialog: Locator) -> None:
    dialog.get_by_test_id("tab-settings").click()
    dialog.get_by_test_id("setting-ambient").click()
    expect(dialog.get_by_test_id("setting-ambient")).to_be_checked()
    expect(dialog.get_by_test_id("group-said")).to_have_text("The setting was saved.")
    clean_in_every_look_and_width(dialog.page, "settings")


def _facilitator_sees_what_is_theirs(page: Page, group_id: str) -> None:
    dialog = _opened(page, group_id)
    expect(dialog.get_by_text("You are a facilitator of this group.")).to_be_visible()
    dialog.get_by_test_id("tab-settings").click()
    expect(dialog.get_by_test_id("setting-ambient")).to_be_checked()
    dialog.get_by_test_id("tab-more").click()
    clean_in_every_look_and_width(page, "more of a group")
    expect(dialog.get_by_test_id("leave-group")).to_be_visible()
    expect(dialog.get_by_test_id("delete-group")).to_have_count(0)
    page.keyboard.press("Escape")


def _catch_up(page: Page, group_id: str, stack: Stack) -> None:
    """Let Ada say something while Ben looks elsewhere, and Ben ask what he missed when it is before his eyes."""
    page.get_by_test_id("new-chat").click()
    with PlainClient.open(stack, "ada", hub="group_chat") as client:
        client.send({"type": "group.open", "group_id": group_id})
        client.wait_for("snapshot")
        said = {"group_id": group_id, "content": DECISION, "client_message_id": "story"}
        client.send({"type": "group.message", **said})
        accepted = client.wait_for(lambda event: event["type"] in {"command.accepted", "error"})
    told = {"decisions": [{"text": "Contoso gets 12 percent.", "messages": [f"m{accepted['seq']}"]}]}
    scenario = stack.url("openai") + "/_scenario"
    rule = {"match": {"text": "^The person who was away"}, "respond": {"text": json.dumps(told)}}
    stack.send("PUT", scenario, [rule])
    _line(page, group_id).click()
    expect(page.get_by_text(DECISION)).to_be_visible(timeout=WAIT_MS)
    expect(_line(page, group_id).get_by_test_id("unread-badge")).to_have_count(0)
    page.get_by_test_id("catch-up").click()
    dialog = page.get_by_role("dialog", name="What did I miss?")
    expect(dialog.get_by_test_id("topic-decisions")).to_contain_text("Contoso gets 12 percent.", timeout=WAIT_MS)
    stack.send("DELETE", scenario, None)
    clean_in_every_look_and_width(page, "what was missed")
    expect(dialog.get_by_test_id("source")).to_have_attribute("href", f"/g/{group_id}#{accepted['message_id']}")
    page.keyboard.press("Escape")


def _remove(page: Page, group_id: str) -> None:
    dialog = _opened(page, group_id)
    dialog.get_by_test_id("tab-people").click()
    line = dialog.get_by_test_id("member").filter(has_text="Ben Okafor")
    if not line.get_by_test_id("remove-member").is_visible():
        line.get_by_role("button", name="Change or remove Ben Okafor").click()
    line.get_by_test_id("remove-member").click()
    # Escape answers no, and closes nothing else.
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    line.get_by_test_id("remove-member").click()
    line.get_by_test_id("remove-member-yes").click()
    expect(line).to_have_count(0)
    expect(dialog.get_by_test_id("group-said")).to_have_text("Ben Okafor was removed.")
