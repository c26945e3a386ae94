"""The list of deviations and the page that explains them must not drift from the checks."""

import re
from pathlib import Path

from tests.local.openai.contract.deviations import LOCAL

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "local" / "openai.md"


def test_every_deviation_is_a_check() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in HERE.glob("test_*.py"))
    assert set(LOCAL) <= set(re.findall(r"def (test_\w+)", text))


def test_every_deviation_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [said for said in LOCAL.values() if said not in page] == []
