"""Writing the answer once the tools have been asked."""

import re
from collections.abc import Sequence

from local.openai import conversation
from local.openai.findings import Finding
from local.openai.planning import Plan
from local.openai.rendering import body, is_open, largest_open, money, name_of, pick, quotes, source, totals
from local.openai.toolbox import Capability

HEADINGS = {
    Capability.FIND: "Matching accounts",
    Capability.PIPELINE: "Where the pipeline stands",
    Capability.ACTIVITIES: "What happened lately",
    Capability.LOG: "Logged",
    Capability.FORECAST: "The forecast",
    Capability.PLAYBOOK: "What the playbook says",
    Capability.WEB: "From the web",
    Capability.QUOTE: "The quote",
    Capability.REMEMBER: "Your memory",
}


def write(plan: Plan, findings: Sequence[Finding], missing: Sequence[Capability]) -> str:
    """Return the answer as Markdown."""
    shown = [finding for finding in findings if not _only_a_step(finding, findings)]
    blocks = [block for finding in shown for block in _section(plan, finding)]
    own = conversation.closing(plan, findings)
    blocks = [*own, *blocks] if plan.intent == "email" else [*blocks, *own]
    blocks += [_missing(plan, missing)] if missing else []
    if findings and not all(finding.failure for finding in findings):
        blocks.append(_sources(findings))
    return "\n\n".join(block for block in blocks if block)


def _only_a_step(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Tell whether a result only served to find the account for the other calls."""
    found = finding.capability is Capability.FIND and not finding.failure and bool(finding.rows)
    return found and len(findings) > 1


def _section(plan: Plan, finding: Finding) -> list[str]:
    if finding.failure:
        return [_failed(finding)]
    match finding.capability:
        case Capability.PIPELINE:
            return _pipeline(plan, finding)
        case Capability.PLAYBOOK:
            return _playbook(plan, finding)
        case Capability.LOG:
            return _logged(plan, finding)
        case Capability.REMEMBER:
            return ["I will keep that in mind." if "Stored" in finding.text else finding.text]
        case None:
            return [f"## From `{finding.tool}`", body(finding)]
        case capability:
            suffix = f": {plan.company}" if plan.company else ""
            return [f"## {HEADINGS[capability]}{suffix}", body(finding)]


def _logged(plan: Plan, finding: Finding) -> list[str]:
    """Claim success only for a structured result that does not say otherwise."""
    if not finding.facts or finding.facts.get("found") is False:
        return [f"## Not sure about the log entry for {plan.company}", "The CRM answered:", body(finding)]
    return [f"## Logged for {plan.company}", "Done: the entry is in the CRM.", body(finding)]


def _failed(finding: Finding) -> str:
    what = finding.capability.value if finding.capability else f"`{finding.tool}`"
    reason = re.sub(r"\s+", " ", finding.failure).strip().rstrip(".")
    return (
        f"> **I could not use {what}.** It answered: {reason}. So this part is missing below; "
        "ask me again in a moment, or check it yourself before you rely on it."
    )


def _pipeline(plan: Plan, finding: Finding) -> list[str]:
    title = f"## {plan.company or 'Your pipeline'}: where you stand"
    if finding.shape != "records":
        return [title, body(finding)]
    opened = [row for row in finding.rows if is_open(row)]
    if not opened:
        return [title, "There is no open opportunity. For reference, the closed ones:", body(finding)]
    sums = [f"**{currency} {total:,.0f}**".replace("** ", "**") for currency, total in totals(opened).items()]
    count = "one open opportunity" if len(opened) == 1 else f"{len(opened)} open opportunities"
    worth = f" worth {' and '.join(sums)}" if sums else ""
    largest = largest_open(opened) or opened[0]
    stage = pick(largest, ("stage", "phase"))
    lead = f"You have {count}{worth}. "
    amount = f", {money(largest)}" if money(largest) else ""
    lead += f"The one to look at first is **{name_of(largest)}**{amount}{f' (stage: {stage})' if stage else ''}."
    steps = [
        f"- **{name_of(row)}**: {pick(row, ('next_step', 'next', 'next_action'))}"
        for row in opened[:4]
        if pick(row, ("next_step", "next", "next_action"))
    ]
    risks = [f"- **{name_of(row)}**: {row['risk']}" for row in opened[:4] if row.get("risk")]
    return [
        title,
        lead,
        body(finding),
        "**Next steps on record**\n\n" + "\n".join(steps) if steps else "",
        "**Risks on record**\n\n" + "\n".join(risks) if risks else "",
    ]


def _playbook(plan: Plan, finding: Finding) -> list[str]:
    label = plan.topic.label if plan.topic else ""
    title = f"## What to say about {label}" if label else f"## {HEADINGS[Capability.PLAYBOOK]}"
    if plan.intent == "email":
        title = "## What the playbook says about follow-ups"
    content = quotes(finding.rows[:2]) if finding.shape in ("passages", "links") else body(finding)
    if not plan.topic or plan.intent == "email":
        return [title, content]
    say = f"**Words you could use**\n\n> “{plan.topic.say}”"
    return [title, content, say, "\n".join(f"- {tip}" for tip in plan.topic.tips)]


def _missing(plan: Plan, missing: Sequence[Capability]) -> str:
    if Capability.REMEMBER in missing:
        return "> I cannot keep that: your memory is switched off, or has no place in this conversation."
    names = " and ".join(capability.value for capability in missing)
    about = f" for {plan.company}" if plan.company else ""
    return (
        f"> I have no access to {names} in this conversation, so I cannot look that up{about}. "
        "With that tool enabled for your role I would check it and quote the figures."
    )


def _sources(findings: Sequence[Finding]) -> str:
    names: list[str] = []
    for finding in findings:
        if finding.failure or finding.capability is Capability.REMEMBER:
            continue
        if finding.shape == "passages":
            names += [source(row) for row in finding.rows[:2]]
        elif finding.capability:
            names.append(finding.capability.value.removeprefix("the "))
        else:
            names.append(f"`{finding.tool}`")
    return "*Sources: " + "; ".join(dict.fromkeys(name.replace("*", "") for name in names)) + ".*" if names else ""
