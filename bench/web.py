"""`python -m bench.web`: what the page costs the browser, on the whole local stack.

Streams an answer into a conversation of two thousand messages and reads from a trace what the main thread did, and
loads the page anew: when the largest thing is painted (LCP), what moves (CLS) and how long the page is deaf (TBT).
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.web_trace import CATEGORIES, MARK_BEGIN, MARK_END, Event, MainThread, main_thread
from tests.e2e.browser import WAIT_MS, ChatPage, chromium
from tests.e2e.long_conversation import ANSWER, begin, write_turns
from tests.e2e.stack import Stack

_PACE = {"first_token_ms": 100, "token_ms": 12.5}
_LONG = 50
_SHIFTS = """
window.benchShift = 0;
window.benchPaint = 0;
window.benchBlocked = 0;
const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
  .observe({ type, buffered: true });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) window.benchShift += entry.value; });
watch("largest-contentful-paint", (entry) => { window.benchPaint = entry.startTime; });
watch("longtask", (entry) => { window.benchBlocked += Math.max(0, entry.duration - 50); });
"""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all is at or below; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def streaming(browser: Browser, stack: Stack, turns: int, trace: Path) -> None:
    """Stream one long answer at the end of a conversation of `turns` turns; print what it took."""
    session = begin(stack)
    write_turns(stack, session, [ANSWER.format(number=number) for number in range(1, turns + 1)])
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        chat = ChatPage.sign_in(context, stack)
        chat.page.goto(f"{stack.url('web')}/s/{session}")
        chat.expect_connected()
        expect(chat.answer).to_contain_text(f"number {turns} is", timeout=WAIT_MS)
        mounted = chat.page.locator(".exchange").count()
        chat.page.evaluate(_SHIFTS)
        chat.page.wait_for_timeout(1000)
        before = chat.page.evaluate("window.benchShift")
        seen = _traced(browser, chat, trace)
        print(f"{2 * turns} messages, {mounted} exchanges on the page, {len(seen.frames)} frames with work")
        _say("scripting and layout per frame, ms", seen.frames)
        _say("the same in processor time, ms", seen.frames_cpu)
        _say("main-thread tasks, ms", seen.tasks)
        _say("the same in processor time, ms", seen.tasks_cpu)
        print(f"tasks over 50 ms: {sum(task > _LONG for task in seen.tasks)}")
        print(f"of them in processor time: {sum(task > _LONG for task in seen.tasks_cpu)}")
        moved = chat.page.evaluate("window.benchShift")
        print(f"layout shift: {moved - before:.4f} while streaming, {before:.4f} while opening")


def _traced(browser: Browser, chat: ChatPage, trace: Path) -> MainThread:
    browser.start_tracing(page=chat.page, path=trace, categories=list(CATEGORIES))
    chat.page.evaluate(f"performance.mark('{MARK_BEGIN}')")
    chat.ask("Tell me all about it")
    chat.expect_finished()
    chat.page.evaluate(f"performance.mark('{MARK_END}')")
    browser.stop_tracing()
    events: list[Event] = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
    return main_thread(events)


def _say(what: str, values: Sequence[float]) -> None:
    shown = ", ".join(f"p{int(share * 100)} {percentile(values, share):.1f}" for share in (0.5, 0.95, 0.99))
    print(f"{what}: {shown}, longest {max(values, default=0):.1f}")


def loading(browser: Browser, stack: Stack, times: int) -> None:
    """Load the sign-in page and a conversation with nothing in the cache, several times."""
    session = begin(stack)
    write_turns(stack, session, [ANSWER.format(number=number) for number in range(1, 11)])
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        chat = ChatPage.sign_in(context, stack)
        _loads("a conversation", chat.page, context, f"{stack.url('web')}/s/{session}", times)
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        _loads("the sign-in page", context.new_page(), context, stack.url("web"), times)


def _loads(what: str, page: Page, context: BrowserContext, url: str, times: int) -> None:
    control = context.new_cdp_session(page)
    control.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.add_init_script(_SHIFTS)
    figures: list[tuple[float, float, float]] = []
    for _ in range(times):
        page.goto("about:blank")
        page.goto(url, wait_until="networkidle")
        values = page.evaluate("[window.benchPaint, window.benchShift, window.benchBlocked]")
        figures.append((float(values[0]), float(values[1]), float(values[2])))
    paint, shift, blocked = (median(column) for column in zip(*figures, strict=True))
    print(f"{what}, median of {times}: LCP {paint:.0f} ms, CLS {shift:.4f}, TBT {blocked:.0f} ms")


def main() -> None:
    flags = argparse.ArgumentParser(prog="bench.web", description="Measure the page in a real browser.")
    flags.add_argument("--turns", type=int, default=1000, help="turns of the long conversation, two messages each")
    flags.add_argument("--loads", type=int, default=5, help="how often each page is loaded")
    flags.add_argument("--trace", type=Path, help="where to leave the trace")
    args = flags.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        stack = Stack(state=Path(folder) / "stack")
        stack.start()
        try:
            answer = "\n\n".join(ANSWER.format(number=number) for number in range(1, 9))
            stack.send("PUT", stack.url("openai") + "/_scenario", [{"match": {}, "respond": {"text": answer, **_PACE}}])
            streaming(browser, stack, args.turns, args.trace or Path(folder) / "trace.json")
            loading(browser, stack, args.loads)
        finally:
            stack.stop()


if __name__ == "__main__":
    sys.exit(main())
