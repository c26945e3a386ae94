"""What axe and a ruler say of a page."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.stack import ROOT

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


def axe_finds(page: Page) -> list[Any]:
    """Return what breaks a rule, among them all of WCAG 2.2 AA that a machine can check."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Path(_AXE).read_text(encoding="utf-8"))
    return page.evaluate(_RUN)


def overflowing(page: Page) -> list[str]:
    """Return the boxes that would have to be scrolled sideways."""
    return page.evaluate(_OVERFLOWING)


def unseen_focus(page: Page) -> str:
    """Return the element that has the focus and does not show it; empty when it shows."""
    return str(page.evaluate(_FOCUS_SHOWN))
