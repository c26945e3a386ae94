"""A person decides in a real browser what the coach remembers of them."""

import json
import urllib.request
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from shared.protocol.durable import MessageCompleted
from tests.e2e.audit import audit
from tests.e2e.browser import WAIT_MS, ChatPage
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-memory-story"), pytest.mark.timeout(300)]

TASK = "Remember that I sell to hospitals"
PROPOSED = {"kind": "fact", "text": "The person sells to hospitals."}
ANSWER = "That is settled."


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stack]:
    folder = tmp_path_factory.mktemp("memory_story")
    running = Stack(state=folder / "stack", flags=("--first-token-ms", "20", "--token-ms", "5"))
    running.start()
    call = {"name": "remember", "arguments": PROPOSED}
    scenario: list[dict[str, Any]] = [
        {"match": {"text": "^Remember", "step": 0}, "respond": {"calls": [call]}},
        {"match": {}, "respond": {"text": ANSWER}},
    ]
    running.send("PUT", running.url("openai") + "/_scenario", scenario)
    yield running
    running.stop()
    (folder / "output.log").write_text(running.output, encoding="utf-8")


@pytest.fixture
def chat(browser: Browser, stack: Stack) -> Generator[ChatPage]:
    """Ada, who is signed in and whose memory is empty and off."""
    memory_api(stack, "PATCH", "", {"enabled": False})
    memory_api(stack, "DELETE", "")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield ChatPage.sign_in(context, stack)
    context.close()


def memory_api(stack: Stack, method: str, path: str, body: object = None) -> Any:
    """Do something to Ada's memory as another device does."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{stack.url('functions_host')}/api/memory{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"Bearer {stack.token('ada')}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:  # noqa: S310 - loopback
        return json.loads(reply.read() or b"null")


def kept(stack: Stack) -> list[tuple[str, str, str]]:
    entries = memory_api(stack, "GET", "")["entries"]
    return [(entry["kind"], entry["text"], entry["source"]["by"]) for entry in entries]


def opened(chat: ChatPage) -> Locator:
    chat.page.get_by_test_id("memory").click()
    dialog = chat.page.get_by_role("dialog", name="Memory")
    expect(dialog.get_by_role("switch")).to_be_visible()
    return dialog


def write_note(dialog: Locator, text: str, kind: str) -> None:
    form = dialog.get_by_role("form", name="Add a note")
    form.get_by_label("What to remember").fill(text)
    form.get_by_label("This is").select_option(kind)
    form.get_by_role("button", name="Add").click()
    expect(dialog.get_by_test_id("memory-entry").filter(has_text=text)).to_be_visible()
    expect(form.get_by_label("What to remember")).to_have_value("")


def switch_on(chat: ChatPage) -> None:
    dialog = opened(chat)
    expect(dialog.get_by_role("switch")).not_to_be_checked()
    dialog.get_by_role("switch").click()
    expect(dialog.get_by_role("switch")).to_be_checked()
    chat.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_person_keeps_notes_for_the_coach_and_loses_nothing_to_another_device(chat: ChatPage, stack: Stack) -> None:
    dialog = opened(chat)
    dialog.get_by_role("switch").click()
    write_note(dialog, "Be brief.", "instruction")
    write_note(dialog, "My quota is a million.", "fact")
    assert kept(stack) == [("instruction", "Be brief.", "person"), ("fact", "My quota is a million.", "person")]

    dialog.get_by_role("button", name="Edit the note: Be brief.").click()
    editor = dialog.get_by_role("form", name="Edit the note: Be brief.")
    expect(editor.get_by_label("What to remember")).to_be_focused()
    editor.get_by_label("What to remember").fill("Never mind.")
    chat.page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    expect(dialog).to_be_visible()

    dialog.get_by_role("button", name="Edit the note: Be brief.").click()
    editor.get_by_label("What to remember").fill("Be kind.")
    memory_api(stack, "POST", "/entries", {"kind": "fact", "text": "From the phone."})
    editor.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("changed elsewhere")
    expect(dialog.get_by_test_id("memory-entry").filter(has_text="From the phone.")).to_be_visible()
    expect(editor.get_by_label("What to remember")).to_have_value("Be kind.")
    editor.get_by_role("button", name="Save").click()
    expect(editor).to_have_count(0)
    expect(dialog.get_by_role("alert")).to_have_count(0)

    dialog.get_by_role("button", name="Delete the note: From the phone.").click()
    dialog.get_by_role("button", name="Delete for good: From the phone.").click()
    expect(dialog.get_by_test_id("memory-entry")).to_have_count(2)
    assert [text for _, text, _ in kept(stack)] == ["Be kind.", "My quota is a million."]


def test_the_dialog_keeps_the_focus_and_gives_it_back(chat: ChatPage) -> None:
    dialog = opened(chat)
    inside = "element => element.contains(document.activeElement) || document.activeElement === document.body"
    for _ in range(8):
        chat.page.keyboard.press("Tab")
        assert dialog.evaluate(inside)
    chat.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(chat.page.get_by_test_id("memory")).to_be_focused()


def test_what_the_coach_asks_to_remember_is_stored_as_the_person_says_it(chat: ChatPage, stack: Stack) -> None:
    switch_on(chat)
    card = asked(chat)
    expect(card).to_contain_text("Remember this?")
    expect(card.get_by_label("What to remember")).to_have_value(PROPOSED["text"])
    assert kept(stack) == []

    card.get_by_label("What to remember").fill("I sell to clinics.")
    card.get_by_role("button", name="Remember", exact=True).click()

    expect(card).to_have_attribute("data-state", "approved", timeout=WAIT_MS)
    expect(chat.answer).to_contain_text(ANSWER, timeout=WAIT_MS)
    assert kept(stack) == [("fact", "I sell to clinics.", "coach")]
    expect(opened(chat).get_by_test_id("memory-entry")).to_contain_text("words, allowed by you")
    log = audit(stack, chat.page.url.rsplit("/", 1)[1])
    log.assert_sound()
    asking, answering = [event for event in log.of_type("message.completed") if isinstance(event, MessageCompleted)]
    assert asking.memory_version is None
    assert answering.memory_version == memory_api(stack, "GET", "")["version"]


def test_what_the_person_does_not_want_remembered_is_not(chat: ChatPage, stack: Stack) -> None:
    switch_on(chat)
    card = asked(chat)

    card.get_by_test_id("deny").click()

    expect(card).to_have_attribute("data-state", "denied", timeout=WAIT_MS)
    expect(chat.answer).to_contain_text(ANSWER, timeout=WAIT_MS)
    expect(chat.page.get_by_test_id("tool-step")).to_have_attribute("data-status", "denied")
    assert kept(stack) == []


def asked(chat: ChatPage) -> Locator:
    """Ask the coach to remember something; return its card."""
    chat.page.get_by_test_id("composer").fill(TASK)
    chat.page.get_by_test_id("send").click()
    card = chat.page.get_by_test_id("card")
    expect(card).to_have_attribute("data-state", "open", timeout=WAIT_MS)
    return card
