"""What axe and a ruler say of a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.stack import ROOT
from tests.e2e.waiting import until

_AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, help, nodes }) => [id, help, nodes.map((node) => node.html + node.failureSummary)]);
}"""
_OVERFLOWING = """() => {
  const boxes = [...document.querySelectorAll("html, body, main, .scroller, .sidebar, dialog[open]")];
  return boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => {
    const edge = box.getBoundingClientRect().right;
    const wide = [...box.querySelectorAll("*")].filter(
      (part) => part.getBoundingClientRect().right > edge && !part.parentElement.closest(".table-scroll, pre"));
    return `${box.className || box.tagName}: ${wide.slice(0, 5).map((part) => part.outerHTML.slice(0, 80))}`;
  });
}"""
_FOCUS_SHOWN = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return "nothing";
  const shows = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  };
  const box = focused.closest(".composer");
  return shows(focused) || (box && shows(box)) ? "" : focused.outerHTML.slice(0, 200);
}"""


LOOKS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark", "contrast": "no-preference", "forced_colors": "none"},
    "more contrast": {"color_scheme": "light", "contrast": "more", "forced_colors": "none"},
    "forced colors": {"color_scheme": "dark", "contrast": "more", "forced_colors": "active"},
    "light": {"color_scheme": "light", "contrast": "no-preference", "forced_colors": "none"},
}
WIDTHS = (768, 360, 1280)


def clean_in_every_look_and_width(page: Page, where: str) -> None:
    """Hold the page, as it is, against axe in every look and against a ruler in every width; it ends light and wide."""
    for name, look in LOOKS.items():
        page.emulate_media(**look, reduced_motion="reduce")
        assert axe_finds(page) == [], f"{where}, {name}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert below_the_window(page) <= 0, f"{where}, {width} pixels wide"
        # A chart is drawn anew for the width it gets.
        until(lambda: overflowing(page) == [], f"{where} has to be scrolled sideways, {width} pixels wide")


def axe_finds(page: Page) -> list[Any]:
    """Return what breaks a rule, among them all of WCAG 2.2 AA that a machine can check."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Path(_AXE).read_text(encoding="utf-8"))
    return page.evaluate(_RUN)


def overflowing(page: Page) -> list[str]:
    """Return the boxes that would have to be scrolled sideways."""
    return page.evaluate(_OVERFLOWING)


def below_the_window(page: Page) -> int:
    """Return by how many pixels the document itself can be scrolled, which only parts of the page ever may be."""
    return page.evaluate("document.scrollingElement.scrollHeight - innerHeight")


def unseen_focus(page: Page) -> str:
    """Return the element that has the focus and does not show it; empty when it shows."""
    return str(page.evaluate(_FOCUS_SHOWN))


def reach(page: Page, selector: str) -> None:
    """Press Tab until this has the focus; wherever it is on the way, it shows."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
        assert unseen_focus(page) in {"", "nothing"}
    raise AssertionError(f"{selector} is not reached by Tab")


def holds_still(page: Page, question: str) -> None:
    """Scroll up in small steps: what is read moves exactly as far as was scrolled, whatever comes in above it."""
    moved = page.evaluate(
        """async (id) => {
          const message = document.getElementById(id);
          const box = message.closest(".scroller");
          const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          const off = [];
          for (let step = 0; step < 8; step += 1) {
            const before = message.getBoundingClientRect().top;
            box.scrollBy(0, -40);
            await frame();
            off.push(Math.abs(message.getBoundingClientRect().top - before - 40));
          }
          return Math.max(...off);
        }""",
        f"m-{question}",
    )
    assert moved <= 2
