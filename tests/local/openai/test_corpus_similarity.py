"""Embeddings must find the right page of the sales playbook that ships with the repository."""

from pathlib import Path

import pytest

from local.openai.embeddings import vector
from tests.local.openai.test_embeddings import nearness

PLAYBOOK = Path(__file__).parents[3] / "local" / "mcp_servers" / "playbook"
QUESTIONS = [
    ("The customer says we are too expensive, what do I answer?", "objection-price"),
    ("Who may approve a discount of 15 per cent?", "discount-policy"),
    ("How do I renew a contract that ends this quarter?", "renewal"),
    ("How do I build a champion inside the account?", "champion-building"),
    ("Is our data safe? They ask about security and encryption", "objection-security"),
    ("Which discovery questions should I ask?", "discovery-questions"),
    ("How do I forecast commit and best case deals?", "forecasting"),
    ("Procurement and legal want to change our contract terms", "legal-procurement"),
    ("How do I plan my territory and accounts?", "territory-planning"),
    ("How should I prepare a meeting with a customer?", "meeting-prep"),
    ("Give me a structure for a cold call and outreach e-mail", "cold-outreach"),
    ("How do I negotiate concessions at the end of a deal?", "negotiation"),
]


@pytest.fixture(scope="module")
def pages() -> dict[str, list[float]]:
    found = {path.stem: vector(path.read_text(encoding="utf-8"), 1536) for path in PLAYBOOK.glob("*.md")}
    assert len(found) > 30
    return found


def ranked(question: str, pages: dict[str, list[float]]) -> list[str]:
    asked = vector(question, 1536)
    return sorted(pages, key=lambda name: -nearness(asked, pages[name]))


@pytest.mark.parametrize(("question", "page"), QUESTIONS)
def test_a_question_is_near_the_page_that_answers_it(pages: dict[str, list[float]], question: str, page: str) -> None:
    assert page in ranked(question, pages)[:5]


def test_most_questions_find_their_page_first(pages: dict[str, list[float]]) -> None:
    first = [ranked(question, pages)[0] == page for question, page in QUESTIONS]
    assert sum(first) >= len(QUESTIONS) * 2 / 3
