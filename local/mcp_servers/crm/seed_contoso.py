"""Contoso's records, written by hand: it is the account that examples and the first conversation use."""

from datetime import date, timedelta
from typing import NamedTuple


class Deal(NamedTuple):
    name: str
    stage: str
    amount: int
    closes_in_days: int
    next_step: str
    risk: str | None


class Happening(NamedTuple):
    days_ago: int
    kind: str
    note: str


OWNER = "Ada Winter"

CONTACTS = (
    ("Maria Sandoval", "Chief Information Officer", "Economic buyer"),
    ("Devin Park", "Head of Platform Engineering", "Champion"),
    ("Helen Brandt", "Director of Procurement", "Procurement"),
)

DEALS = (
    Deal(
        "Cloud Platform expansion",
        "Negotiation",
        420_000,
        24,
        "Trade a three-year term for the discount Helen Brandt asks",
        "Procurement asks for 20% off and cites a lower quote from Cirrus Systems",
    ),
    Deal(
        "Analytics Workspace new division",
        "Proposal",
        185_000,
        41,
        "Walk Maria Sandoval through the business case",
        "Economic buyer has not seen the business case",
    ),
    Deal(
        "Security Suite upgrade", "Evaluation", 96_000, 73, "Security questionnaire back from Devin Park's team", None
    ),
    Deal(
        "Integration Hub pilot",
        "Discovery",
        60_000,
        118,
        "Interview two plant managers about the current process",
        "Single-threaded: one contact only",
    ),
    Deal("Premium Support renewal", "Closed Won", 72_000, -35, "Hand over to customer success", None),
    Deal(
        "Disaster Recovery first purchase",
        "Closed Lost",
        110_000,
        -96,
        "Check back in two quarters",
        "Budget went to the ERP project",
    ),
)

HAPPENINGS = (
    Happening(
        2,
        "call",
        "Helen Brandt wants 20% off the Cloud Platform expansion; Cirrus Systems quotes 15% less.",
    ),
    Happening(
        5,
        "meeting",
        "Devin Park: unplanned downtime costs the plants about 40,000 USD a month; will tell Maria Sandoval.",
    ),
    Happening(
        9, "email", "Sent Maria Sandoval the business case for Analytics Workspace; asked for 30 minutes with finance."
    ),
    Happening(16, "demo", "Security Suite demo on Contoso's own sign-in logs; two of three success criteria met."),
    Happening(23, "note", "Org change: procurement now reports to the chief financial officer."),
    Happening(38, "meeting", "Premium Support renewed for a year without discount; satisfied with answer times."),
    Happening(64, "call", "First talk with a plant manager about the Integration Hub; curious, no budget yet."),
)


def on(as_of: date, days: int) -> str:
    """Return the ISO date `days` after `as_of`."""
    return (as_of + timedelta(days=days)).isoformat()
