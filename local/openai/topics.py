"""Coaching topics: how to recognise them, what to look up, and what to say when nothing can be looked up."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """`pattern` recognises the topic, `query` searches the playbook, `say` is wording a seller could use."""

    label: str
    pattern: str
    query: str
    say: str
    tips: tuple[str, str, str]


TOPICS = (
    Topic(
        label="price",
        pattern=r"\bpric|discount|expensive|budget|\bcosts?\b|cheap|too much",
        query="price too expensive objection",
        say="Before we talk about the number: what would it cost you to leave this as it is for another year?",
        tips=(
            "Find out what the price is compared with before you defend it.",
            "Tie the amount to an outcome the buyer has already put a figure on.",
            "Trade, never give: every concession gets something back, such as term, scope or a signing date.",
        ),
    ),
    Topic(
        label="competition",
        pattern=r"competit|versus|\bvs\b|rival|alternative vendor",
        query="competitor objection differentiation",
        say="What made them interesting to you, and which of those points will decide it in the end?",
        tips=(
            "Ask for the decision criteria first, then weigh yourself against those only.",
            "Never run a rival down; show where your strength meets a criterion that matters.",
            "Offer proof: a reference customer or a short trial on the buyer's own data.",
        ),
    ),
    Topic(
        label="timing",
        pattern=(
            r"not now|timing|next (quarter|year)|later|delay|postpone|stall|no decision|ghost"
            r"|(going|gone|went) (dark|quiet|silent)"
        ),
        query="timing objection delay urgency",
        say="If we wait until next quarter, what will have changed by then, and what will it have cost?",
        tips=(
            "Separate a real constraint from a polite no: ask what has to be true to start.",
            "Work back from the buyer's own deadline, not from your quarter.",
            "Agree a small next step with a date instead of an open promise to talk.",
        ),
    ),
    Topic(
        label="security",
        pattern=r"security|complian|gdpr|privacy|data protection|iso 27001",
        query="security objection compliance",
        say="Which of your security requirements is the one that stops projects most often?",
        tips=(
            "Bring the security team in early and by name.",
            "Hand over the standard answers before they are asked for.",
            "Turn open points into a short shared list with owners and dates.",
        ),
    ),
    Topic(
        label="the status quo",
        pattern=r"status quo|do nothing|happy with|current (solution|vendor|supplier|provider)",
        query="status quo no decision",
        say="What do you like about how it works today, and what would you change if it were free?",
        tips=(
            "Respect the present solution; somebody in the room chose it.",
            "Put numbers on the friction they already live with.",
            "Offer a change so small that it needs no project.",
        ),
    ),
    Topic(
        label="discovery",
        pattern=r"discover|qualif|questions?\b.*\b(ask|should|to)|what (should|can) i ask|\b(meddic|bant|spin)\b",
        query="discovery questions qualification",
        say="Walk me through the last time this went wrong. Who noticed, and what did it cost?",
        tips=(
            "Ask about the past before the future; stories beat opinions.",
            "Follow each answer with one deeper question before you change the subject.",
            "Leave with the problem, its price, who decides, and by when.",
        ),
    ),
    Topic(
        label="negotiation",
        pattern=r"negotiat|procurement|concession|terms|legal\b|redlin",
        query="negotiation concessions procurement",
        say="I can look at that. If I get you there, what can you commit to on your side, and by when?",
        tips=(
            "Know your walk-away point and your give-gets before the call.",
            "Negotiate the package, not one line after another.",
            "Write down what was agreed within the hour.",
        ),
    ),
    Topic(
        label="closing",
        pattern=r"\bclos(e|ing)\b|sign(ature|ing)?\b|get it over the line|commit",
        query="closing plan mutual action plan",
        say="Let us write down every step between today and your go-live date, with a name next to each.",
        tips=(
            "Replace pressure with a shared plan and dates.",
            "Ask who else has to say yes, and what could make them say no.",
            "Confirm the paper process while the business case is still warm.",
        ),
    ),
    Topic(
        label="renewal and growth",
        pattern=r"renew|churn|upsell|cross-?sell|expan(d|sion)",
        query="renewal expansion customer success",
        say="Looking back at this year: what did you get that you would not want to give up?",
        tips=(
            "Start 120 days before the date, with results instead of a quote.",
            "Bring usage numbers and one story from a user.",
            "Find out early who is new in the account and has not bought from you.",
        ),
    ),
    Topic(
        label="outreach",
        pattern=r"cold (call|e-?mail)|outreach|prospect(s|ing)?\b|first (e-?mail|contact|call)",
        query="cold outreach first contact",
        say="I noticed you are opening two sites this year; teams in that position often trip over one thing.",
        tips=(
            "One observation, one problem, one question; under 90 words.",
            "Make the first line about them, and impossible to send to anybody else.",
            "Ask for interest before you ask for time.",
        ),
    ),
    Topic(
        label="stakeholders",
        pattern=r"stakeholder|champion|multi-?thread|decision.?maker|executive|sponsor",
        query="multi-threading executive sponsor champion",
        say="Who else will feel this change in their day, and who would you want next to you when it is decided?",
        tips=(
            "Three contacts in two departments, or the deal is one holiday away from silence.",
            "Give your champion something that makes them look good inside.",
            "Bring an executive in for a question only they can answer.",
        ),
    ),
    Topic(
        label="coaching people",
        pattern=r"coach(ing)? (my|a|the)|my team|my rep|one-on-one|1:1|onboard|feedback to|underperform",
        query="coaching managers one-on-one feedback",
        say="What did you want to happen in that call, and at which moment did it turn?",
        tips=(
            "Ask for their own view before you give yours.",
            "One skill at a time, practised within the week.",
            "Praise what you want repeated, precisely and at once.",
        ),
    ),
    Topic(
        label="objections",
        pattern=r"objection|push(ing)? ?back|says? no|not interested",
        query="objection handling",
        say="That makes sense. May I ask what is behind it?",
        tips=(
            "Acknowledge, then ask; answer only what you have understood.",
            "Check whether this is the real reason: if it were solved, would they go ahead?",
            "Close the loop: does that answer it?",
        ),
    ),
)
ADVICE = re.compile(
    r"\b(should|how (do|can|to|would)|what (do|to|can|should) (i|we)|advice|tips?|help me|best way|handle|say)\b",
    re.IGNORECASE,
)


def topic_in(text: str) -> Topic | None:
    """Return the first topic a text touches."""
    return next((topic for topic in TOPICS if re.search(topic.pattern, text, re.IGNORECASE)), None)
