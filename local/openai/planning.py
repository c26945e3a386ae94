"""From a question to an intent and the information it needs, in stages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from local.openai.entities import company_in, latest_company
from local.openai.toolbox import Capability, Need
from local.openai.topics import ADVICE, Topic, topic_in

Intent = Literal[
    "greeting", "thanks", "abilities", "roleplay", "remember", "log", "email", "prep", "inform", "fallback"
]
Stage = tuple[Need, ...]

PATTERNS: tuple[tuple[Intent, str], ...] = (
    ("thanks", r"^\W*(thanks|thank you|thx|great|perfect|ok(ay)?)\b.{0,30}$"),
    ("greeting", r"^\W*(hi|hello|hey|good (morning|afternoon|evening)|hallo|moin)\b.{0,25}$"),
    ("abilities", r"what can you do|what are you|who are you|how can you help|^\W*help\W*$|your (tools|abilities)"),
    ("roleplay", r"role-?\s?play|practi[cs]e|pretend|simulate|play the (buyer|customer|cfo)|be the (buyer|customer)"),
    ("remember", r"^\W*(please\s+)?(remember|keep in mind)\b(?! to\b)"),
    ("log", r"\b(log|record|note down|add)\b.{0,20}\b(call|meeting|note|activity|e-?mail|visit)\b"),
    ("email", r"\b(draft|write|compose|send|prepare)\b.{0,40}\be-?mails?\b|follow-?up e-?mail"),
    ("prep", r"\bprep(are)?\b|\bbrief(ing)?\b|before my (call|meeting)|(meeting|call) with .{0,40}(tomorrow|today)"),
)
PIPELINE = r"pipeline|\bdeals?\b|opportunit|\bstages?\b|how (is|are|does) .{0,40}(doing|look)|forecast|account status"
ACTIVITIES = r"activit|last (call|meeting|contact|touch|conversation)|history|when did (we|i)|last spoke|in touch"
WEB = r"\bnews\b|announce|latest|\bweb\b|online|market|happening at|press|competitors?\b"
ACCOUNTS = r"\b(which|list|show|what|all|find|any)\b.{0,25}\b(accounts|customers|companies)\b"
QUOTE = r"\bquotes?\b|\bquotation"
FORECAST = r"forecast|this quarter|whole team|my team's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a question is after; each stage's needs are met in parallel, stages one after the other."""

    intent: Intent
    question: str
    company: str
    topic: Topic | None = None
    stages: tuple[Stage, ...] = ()
    asks_company: bool = False


def plan(texts: Sequence[str]) -> Plan:
    """Return the plan for the last of a person's messages."""
    question = texts[-1] if texts else ""
    topic = topic_in(question)
    intent = _intent(texts, question)
    company = company_in(question)
    if not company and intent not in ("greeting", "thanks", "abilities"):
        company = latest_company(texts)
    match intent:
        case "log":
            stages: tuple[Stage, ...] = ((Need(capability=Capability.LOG, query=question, note=_note(question)),),)
        case "remember":
            stages = ((_keep(question),),)
        case "email":
            stages = (_email(company),)
        case "prep":
            stages = _prep(company)
        case "inform":
            stages = _inform(question, company, topic)
        case _:
            stages = ()
    asks_company = intent in ("log", "email", "prep") and not company
    asks_company = asks_company or (
        not company and bool(re.search(f"{PIPELINE}|{ACTIVITIES}", question, re.IGNORECASE))
    )
    if asks_company and intent != "inform":
        stages = ()
    return Plan(
        intent=intent if stages or intent != "inform" else "fallback",
        question=question,
        company=company,
        topic=topic,
        stages=stages,
        asks_company=asks_company,
    )


def _intent(texts: Sequence[str], question: str) -> Intent:
    for intent, pattern in PATTERNS:
        if re.search(pattern, question, re.IGNORECASE):
            return intent
    if rehearsing(texts) and not re.search(f"{PIPELINE}|{ACTIVITIES}|{WEB}", question, re.IGNORECASE):
        return "roleplay"
    return "inform"


def rehearsing(texts: Sequence[str]) -> int:
    """Return how many messages ago a role-play began that has not been stopped; 0 when there is none."""
    for ago, text in enumerate(reversed(texts)):
        if re.search(
            r"\b(stop|end|enough|quit)\b.{0,20}(role|play|practi|scene)|^\W*(stop|enough)\W*$", text, re.IGNORECASE
        ):
            return 0
        if re.search(dict(PATTERNS)["roleplay"], text, re.IGNORECASE):
            return ago
    return 0


def _keep(question: str) -> Need:
    """Return what to keep of "Remember that …": a wish for answers if it sounds like one, else a fact."""
    words = re.sub(r"^\W*(please\s+)?(remember|keep in mind)\b[\s:,]*(that\b)?\s*", "", question, flags=re.IGNORECASE)
    is_wish = re.search(r"\b(always|never|answer|reply|be brief|address me|call me)\b", words, re.IGNORECASE)
    return Need(
        capability=Capability.REMEMBER,
        query="instruction" if is_wish else "fact",
        note=words[:1].upper() + words[1:] if words else question,
    )


def _email(company: str) -> Stage:
    about = (Need(capability=Capability.PIPELINE), Need(capability=Capability.ACTIVITIES)) if company else ()
    return (*about, Need(capability=Capability.PLAYBOOK, query="follow-up e-mail after meeting"))


def _prep(company: str) -> tuple[Stage, ...]:
    return (
        (Need(capability=Capability.FIND, query=company),),
        (
            Need(capability=Capability.PIPELINE),
            Need(capability=Capability.ACTIVITIES),
            Need(capability=Capability.WEB, query=f"{company} news"),
        ),
    )


def _inform(question: str, company: str, topic: Topic | None) -> tuple[Stage, ...]:
    def asked(pattern: str) -> bool:
        return bool(re.search(pattern, question, re.IGNORECASE))

    needs = _figures(asked, company)
    activities = asked(ACTIVITIES) and bool(company)
    if asked(WEB):
        needs.append(Need(capability=Capability.WEB, query=_search_text(question, company)))
    if asked(ACCOUNTS) and not company_in(question):
        needs.append(Need(capability=Capability.FIND, query=_account_search(question)))
    if topic:
        needs += _advice(question, topic, alone=not needs)
    if activities:
        later = (*needs, Need(capability=Capability.ACTIVITIES))
        return ((Need(capability=Capability.FIND, query=company),), later)
    if not needs and company_in(question):
        return ((Need(capability=Capability.PIPELINE), Need(capability=Capability.WEB, query=f"{company} news")),)
    if not needs and len(question.split()) > 3:  # noqa: PLR2004 - shorter texts are small talk, not questions
        needs.append(Need(capability=Capability.PLAYBOOK, query=question))
    return (tuple(needs),) if needs else ()


def _figures(asked: Callable[[str], bool], company: str) -> list[Need]:
    """Return what is needed of the systems that know numbers."""
    needs: list[Need] = []
    if asked(PIPELINE) and company:
        needs.append(Need(capability=Capability.PIPELINE))
    elif asked(FORECAST) or (asked(PIPELINE) and not company):
        needs.append(Need(capability=Capability.FORECAST))
    if asked(QUOTE) and company:
        needs.append(Need(capability=Capability.QUOTE))
    return needs


def _advice(question: str, topic: Topic, *, alone: bool) -> Stage:
    """Ask the playbook when advice is wanted, and the pipeline too when a topic comes with an account."""
    playbook = Need(capability=Capability.PLAYBOOK, query=topic.query)
    if alone:
        return (Need(capability=Capability.PIPELINE), playbook) if company_in(question) else (playbook,)
    return (playbook,) if ADVICE.search(question) else ()


def _search_text(question: str, company: str) -> str:
    words = re.sub(r"[^\w\s'-]", " ", question)
    filler = r"\b(what|is|are|the|latest|any|please|can|you|tell|me|about|find|search|web|for|on|there|do|we|know)\b"
    rest = " ".join(re.sub(filler, " ", words, flags=re.IGNORECASE).split())
    return rest if company.lower() in rest.lower() else f"{company} {rest}".strip()


def _account_search(question: str) -> str:
    """Return what is left of a question about accounts: an industry, a country, a segment."""
    filler = (
        r"\b(which|list|show|what|all|find|any|of|my|our|me|the|are|is|in|do|we|i|have|accounts|customers|companies)\b"
    )
    return " ".join(re.sub(filler, " ", re.sub(r"[^\w\s-]", " ", question), flags=re.IGNORECASE).split())


def _note(question: str) -> str:
    _, colon, rest = question.partition(":")
    return rest.strip() if colon and rest.strip() else question.strip()
