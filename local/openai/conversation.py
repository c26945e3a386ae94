"""What the coach says on its own: greetings, role-play, drafts, next steps."""

from collections.abc import Sequence

from local.openai.findings import Finding, Row
from local.openai.planning import Plan, rehearsing
from local.openai.rendering import largest_open, name_of, pick
from local.openai.toolbox import Capability
from local.openai.topics import TOPICS, topic_in

ABILITIES = """I am your sales coach. A few things you can ask me:

- **Your accounts**: "How is my pipeline for Contoso?" or "What happened lately at Fabrikam?"
- **What to say**: "They say we are too expensive. What should I answer?"
- **Meeting preparation**: "Prepare me for my call with Litware tomorrow."
- **Writing**: "Draft a follow-up e-mail to Tailspin Toys."
- **Practice**: "Role-play a sceptical CFO with me."
- **News**: "Any news about Adventure Works?"

I look things up in the tools your role gives me and tell you where each figure comes from."""
GREETING = """Hello! Good to see you. What are you working on today?

You could start with an account ("How is my pipeline for Contoso?"), a difficult moment ("They want a discount, \
what do I say?"), or a rehearsal ("Role-play a sceptical CFO")."""
THANKS = "You are welcome. Tell me how it goes; if you like, we can rehearse the next conversation right now."
CLARIFY = (
    "Which account do you mean? Give me its name, for example *Contoso*, and I will look it up. "
    "If it is about the deal you have on your mind, tell me its stage and what the buyer said last."
)
LINES = (
    "We have looked at your proposal. Frankly, it is the most expensive of the three. Why should I carry on?",
    "Maybe. But my team already has a tool for this. Nobody is asking me for another project.",
    "Suppose I believe you. What happens to my people in the first four weeks?",
    "I would have to take this to the board. What would I tell them in two sentences?",
    "All right. And if it does not work out, how do we get out of the contract?",
)
FEEDBACK = """**Out of the role for a moment.** What worked, and what to try next:

- You answered the point. Now ask one question *before* you answer the next one.
- Put a number on the outcome; a buyer repeats numbers, not adjectives.
- End with a small, dated next step.

Say *again* to replay the scene, or *stop* to finish."""


def opening(plan: Plan, texts: Sequence[str]) -> str | None:
    """Return the answer to a message that needs no lookup, or None."""
    match plan.intent:
        case "greeting":
            return GREETING
        case "thanks":
            return THANKS
        case "abilities":
            return ABILITIES
        case "roleplay":
            return _roleplay(plan, texts)
        case _:
            return CLARIFY if plan.asks_company and not plan.stages else None


def _roleplay(plan: Plan, texts: Sequence[str]) -> str:
    ago = rehearsing(texts)
    company = plan.company or "a mid-sized manufacturer"
    if not ago:
        return (
            f"**Scene.** I am Dana Whitfield, CFO at {company}. You asked for twenty minutes; I have ten. "
            "I care about cash and about not being surprised. Answer as you would in the room; say *feedback* "
            f"when you want my view, *stop* to end.\n\n> “{LINES[0]}”"
        )
    if "feedback" in plan.question.lower():
        return FEEDBACK
    words = len(plan.question.split())
    asked = "?" in plan.question
    if not asked:
        note = "You explained; try to ask first. What would you need to know here?"
    elif words > 60:  # noqa: PLR2004 - about half a minute of talking
        note = "Good question, buried in a long speech. Cut it to two sentences."
    else:
        note = "Good: short, and it ended in a question."
    return f"> “{LINES[ago % len(LINES)]}”\n\n*Coach, aside: {note}*"


def closing(plan: Plan, findings: Sequence[Finding]) -> list[str]:
    """Return what an answer ends with beyond the tool results."""
    match plan.intent:
        case "email":
            return [_email(plan, findings)]
        case "prep":
            return [_agenda(plan, findings)]
        case "fallback":
            return [_fallback(plan)]
        case "log":
            return []
        case _:
            return _next_steps(plan, findings)


def _best_deal(findings: Sequence[Finding]) -> Row | None:
    """Return the largest open opportunity that was found."""
    for finding in findings:
        if finding.capability is Capability.PIPELINE and not finding.failure and finding.shape == "records":
            return largest_open(finding.rows)
    return None


def _email(plan: Plan, findings: Sequence[Finding]) -> str:
    best = _best_deal(findings)
    deal = name_of(best) if best else "what we discussed"
    step = str((pick(best, ("next_step", "next_action")) if best else None) or "agree the next step")
    company = plan.company or "your company"
    return f"""## Draft

**Subject:** {deal}: next step and two open points

Hello [first name],

thank you for your time. This is what I took away for {company}:

1. What you want to change, and why it matters this quarter: [their words].
2. What still stands in the way: [open point].
3. What we agreed as the next step: {step[:1].lower() + step[1:]}.

Did I get that right? If so, would Tuesday or Thursday suit you for twenty minutes with [decision maker]?

Best regards
[your name]

*Fill the brackets with the buyer's own words; that is what gets a reply.*"""


def _agenda(plan: Plan, findings: Sequence[Finding]) -> str:
    deal = _best_deal(findings)
    goal = f"a dated next step for **{name_of(deal)}**" if deal else "a dated next step"
    return f"""## Your plan for the conversation

1. **Goal**: {goal}, with a name on each side.
2. **Open** with what changed for {plan.company or "them"} since you last spoke.
3. **Ask**: What would make this a success in six months? Who else has to agree? What happens if nothing changes?
4. **Expect** a question about price; answer it with the outcome they named.
5. **Close** by writing down the steps together before the call ends."""


def _next_steps(plan: Plan, findings: Sequence[Finding]) -> list[str]:
    deal = _best_deal(findings)
    if deal:
        line = f"- Open your next call on **{name_of(deal)}** with a question, not with the offer."
        return ["## Suggested next move\n\n" + line + "\n- Agree one dated step, and log it, before you hang up."]
    if plan.topic and not any(finding.capability is Capability.PLAYBOOK for finding in findings):
        return [_advice(plan)]
    if plan.topic and all(finding.failure for finding in findings):
        return [_advice(plan)]
    return []


def _advice(plan: Plan) -> str:
    topic = plan.topic or topic_in(plan.question) or TOPICS[-1]
    tips = "\n".join(f"- {tip}" for tip in topic.tips)
    return f"## What to say about {topic.label}\n\n**Words you could use**\n\n> “{topic.say}”\n\n{tips}"


def _fallback(plan: Plan) -> str:
    if plan.topic:
        return _advice(plan)
    return (
        "Tell me a little more, and I can be concrete: which account is it, what did the buyer say last, and "
        "what do you want to happen next?\n\n"
        "In the meantime, three questions that move most deals:\n\n"
        "- What changes for them if they do nothing?\n"
        "- Who has to say yes besides your contact?\n"
        "- What is the next step, and on which date?"
    )
