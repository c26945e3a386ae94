"""Small jobs the app gives the model beside the conversation: titles, summaries, follow-up questions."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from local.openai.ask import Ask, Said
from local.openai.entities import company_in
from local.openai.rendering import clean, shorten
from local.openai.topics import topic_in

Job = Literal["title", "summary", "suggestions"]
ORDER = r"\b(write|generate|give|create|make|produce|suggest|propose|find|name|return|invent|choose|need)\b"
JOBS: tuple[tuple[Job, str], ...] = (
    ("title", rf"{ORDER}[^.]{{0,80}}\btitle\b|\btitle for (this|the|a)\b"),
    ("suggestions", rf"{ORDER}[^.]{{0,80}}\b(follow-?ups?|suggest(ed|ions?)|next questions)\b"),
    ("summary", r"\b(summari[sz]e|write a summary|condense)\b"),
)
FILLER = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "can",
        "could",
        "do",
        "does",
        "for",
        "from",
        "hello",
        "help",
        "hey",
        "hi",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "please",
        "say",
        "should",
        "so",
        "tell",
        "that",
        "the",
        "their",
        "they",
        "this",
        "to",
        "we",
        "what",
        "when",
        "who",
        "why",
        "with",
        "would",
        "you",
        "your",
        "about",
    ]
)
TITLE_WORDS = 6


def job_of(ask: Ask) -> Job | None:
    """Return the job a request without tools is, judged by its instructions or a lone short prompt."""
    if ask.tools:
        return None
    text = ask.instructions or (ask.question if len(ask.user_texts) == 1 else "")
    return next((job for job, pattern in JOBS if re.search(pattern, text, re.IGNORECASE)), None)


def perform(job: Job, ask: Ask) -> str:
    """Return the short text a job asks for."""
    match job:
        case "title":
            return title(_subject(ask))
        case "suggestions":
            return "\n".join(suggestions(_subject(ask)))
        case "summary":
            return summary(ask)


def title(text: str) -> str:
    """Return a title of at most six words for a question."""
    company, topic = company_in(text), topic_in(text)
    pipeline = " pipeline" if re.search(r"pipeline|deal|opportunit", text, re.IGNORECASE) else ""
    if company:
        about = (
            f"{pipeline} and {topic.label}" if topic and pipeline else pipeline or (f" {topic.label}" if topic else "")
        )
        return f"{company}{about}"
    words = [word for word in re.findall(r"[\w'-]+", text) if word.lower() not in FILLER]
    named = " ".join(words[:TITLE_WORDS])
    return named[:1].upper() + named[1:] if named else "New conversation"


def suggestions(text: str) -> list[str]:
    """Return three follow-up questions."""
    company = company_in(text)
    topic = topic_in(text)
    about = f" with {company}" if company else ""
    return [
        f"Can we role-play the {topic.label if topic else 'next'} conversation{about}?",
        f"Draft a follow-up e-mail{f' to {company}' if company else ''}.",
        f"Which discovery questions should I ask next{about}?",
    ]


def summary(ask: Ask) -> str:
    """Return a summary in a few sentences, made of what was said."""
    said = [entry for entry in ask.entries if isinstance(entry, Said) and entry.role in ("user", "assistant")]
    parts = [shorten(clean(entry.text), 160) for entry in said if entry.text.strip()]
    if not parts:
        return "Nothing has been said yet."
    last = f" Last: {parts[-1]}" if len(parts) > 1 else ""
    return f"The conversation was about {title(_subject(ask))}. First: {parts[0]}{last}"


def hint(ask: Ask, name: str, schema: Mapping[str, Any]) -> object | None:
    """Return a value for a property of a structured output whose name says what it holds."""
    key = name.lower()
    kind = schema.get("type")
    if kind == "array":
        items = schema.get("items")
        wants_text = isinstance(items, dict) and "string" in str(items.get("type"))
        wants_suggestions = re.search(r"suggest|question|follow", key) is not None
        return suggestions(_subject(ask)) if wants_text and wants_suggestions else None
    if kind != "string":
        return None
    if "title" in key or key in ("name", "label", "topic"):
        return title(_subject(ask))
    if re.search(r"summary|text|answer|response|message|description|reason", key):
        return summary(ask)
    return None


def _subject(ask: Ask) -> str:
    """Return the first thing the person said, without a transcript's speaker marks."""
    text = next((text for text in ask.user_texts if text.strip()), "")
    found = re.search(r"(?:^|\n)\s*(?:user|person|question|human)\s*:\s*(.+)", text, re.IGNORECASE)
    return (found[1] if found else text).strip()[:500]
