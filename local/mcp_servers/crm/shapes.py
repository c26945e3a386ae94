"""What the CRM's tools answer. Amounts are whole units of the named currency; dates are ISO dates."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

Stage = Literal["Prospecting", "Discovery", "Evaluation", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]
ActivityKind = Literal["call", "email", "meeting", "demo", "note", "task"]

OPEN_STAGES: tuple[Stage, ...] = ("Prospecting", "Discovery", "Evaluation", "Proposal", "Negotiation")
PROBABILITY: dict[Stage, int] = {
    "Prospecting": 10,
    "Discovery": 20,
    "Evaluation": 40,
    "Proposal": 60,
    "Negotiation": 80,
    "Closed Won": 100,
    "Closed Lost": 0,
}


class Account(BaseModel):
    id: str
    name: str
    industry: str
    country: str
    segment: str
    employees: int
    owner: str
    customer_since: date | None = Field(description="Null for a prospect.")


class Contact(BaseModel):
    name: str
    title: str
    email: str
    role: str = Field(description="Part in the purchase, e.g. Champion or Economic buyer.")


class AccountHit(BaseModel):
    account: Account
    contacts: list[Contact]
    open_opportunities: int


class AccountsAnswer(BaseModel):
    query: str
    accounts: list[AccountHit]
    did_you_mean: list[str] = Field(description="Near account names, when none matched.")
    message: str


class Opportunity(BaseModel):
    id: str
    name: str
    stage: Stage
    amount: int
    currency: str
    probability: int = Field(description="Per cent, from the stage.")
    close_date: date
    overdue: bool = Field(description="Open although the close date has passed.")
    owner: str
    next_step: str
    risk: str | None


class CurrencyTotal(BaseModel):
    currency: str
    open_count: int
    open_amount: int
    weighted_amount: int = Field(description="Sum of amount x probability, rounded.")
    won_amount: int


class PipelineAnswer(BaseModel):
    found: bool
    account: Account | None
    opportunities: list[Opportunity] = Field(description="Open first, by close date; then closed, latest first.")
    totals: list[CurrencyTotal] = Field(description="One entry a currency; never add them up.")
    did_you_mean: list[str]
    message: str


class Activity(BaseModel):
    id: str
    date: date
    kind: ActivityKind
    note: str
    by: str


class ActivitiesAnswer(BaseModel):
    found: bool
    account: str | None
    activities: list[Activity] = Field(description="Latest first.")
    did_you_mean: list[str]
    message: str


class LoggedActivity(BaseModel):
    account: str
    activity: Activity
    duplicate: bool = Field(description="True when this action_id was logged before and nothing was added.")
    message: str


class ForecastLine(BaseModel):
    owner: str
    currency: str
    won: int
    commit: int = Field(description="Open in Negotiation.")
    best_case: int = Field(description="Open in Evaluation or Proposal.")
    pipeline: int = Field(description="Open in an earlier stage.")
    weighted: int = Field(description="Won + open amount x probability, rounded.")
    opportunities: int
    overdue: int = Field(description="How many of them are open although the close date has passed.")


class ForecastAnswer(BaseModel):
    quarter: str
    starts: date
    ends: date
    owner: str | None
    lines: list[ForecastLine] = Field(description="One an owner and currency; never add currencies up.")
    owners: list[str] = Field(description="All owners there are.")
    message: str
