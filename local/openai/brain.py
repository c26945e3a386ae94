"""The scripted brain: decides what a sales coach would say or look up next."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from local.openai import charting, conversation, findings, told_lines, utility
from local.openai.ask import Ask, Called, Tool
from local.openai.planning import Plan, plan
from local.openai.rendering import name_of
from local.openai.reply import Call, Pace, Reply, pieces_of
from local.openai.schema_instance import instance
from local.openai.toolbox import Capability, any_call, call, capability_of, find
from local.openai.writing import write


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The tools of a request, as far as its tool choice lets the brain use them."""

    tools: Sequence[Tool]
    missing: Sequence[Capability]


def answer(ask: Ask, pace: Pace) -> Reply:
    """Return the brain's reply to a request."""
    reply = Reply(pace=pace, reasoning=_thoughts(ask))
    if ask.schema is not None:
        return replace(reply, pieces=pieces_of(_structured(ask, ask.schema)))
    if told_lines.is_asked(ask):
        return replace(reply, pieces=pieces_of(json.dumps(told_lines.told(ask), ensure_ascii=False)))
    job = utility.job_of(ask)
    if job:
        text = utility.perform(job, ask)
        return replace(reply, pieces=pieces_of(json.dumps({job: text}) if ask.json_mode else text))
    made = plan(ask.user_texts)
    calls = _calls(ask, made)
    if calls:
        return replace(reply, calls=calls if ask.parallel else calls[:1])
    text = _text(ask, made)
    return replace(reply, pieces=pieces_of(json.dumps({"answer": text}) if ask.json_mode else text))


def _structured(ask: Ask, schema: Mapping[str, Any]) -> str:
    if charting.is_asked(schema):
        return json.dumps(charting.proposal(ask), ensure_ascii=False)
    value = instance(schema, lambda name, part: utility.hint(ask, name, part))
    return json.dumps(value, ensure_ascii=False)


def _calls(ask: Ask, made: Plan) -> tuple[Call, ...]:
    """Return the calls of the first stage that still lacks some; none when all are made."""
    if ask.choice == "none" or not ask.tools:
        return ()
    called = [entry.name for entry in ask.turn if isinstance(entry, Called)]
    if ask.choice.startswith("="):
        forced = next(tool for tool in ask.tools if tool.name == ask.choice[1:])
        return () if forced.name in called else (any_call(forced, made.question, made.company),)
    company = _confirmed(ask, made)
    for stage in made.stages:
        tools = [(find(ask.tools, need.capability), need) for need in stage]
        due = {tool.name: call(tool, need, company) for tool, need in tools if tool and tool.name not in called}
        if due:
            return tuple(due.values())
        if _found_nobody(ask):
            break
    if ask.choice == "required" and not called:
        return (any_call(ask.tools[0], made.question, made.company),)
    return ()


def _found(ask: Ask) -> findings.Finding | None:
    for result in ask.results:
        if capability_of(result.name) is Capability.FIND:
            return findings.read(result)
    return None


def _found_nobody(ask: Ask) -> bool:
    found = _found(ask)
    return found is not None and not found.failure and found.shape == "nothing"


def _confirmed(ask: Ask, made: Plan) -> str:
    """Return the account's name as the CRM spells it, if it has been looked up."""
    found = _found(ask) if made.company else None
    for row in found.rows if found else ():
        name = name_of(row)
        if made.company.lower() in name.lower() or name.lower() in made.company.lower():
            return name
    return made.company


def _text(ask: Ask, made: Plan) -> str:
    found = [findings.read(result) for result in ask.results]
    opening = conversation.opening(made, ask.user_texts)
    if opening and not found:
        return opening
    return write(replace(made, company=_confirmed(ask, made)), found, _missing(ask, made))


def _missing(ask: Ask, made: Plan) -> list[Capability]:
    used = {capability_of(result.name) for result in ask.results}
    needed = [need.capability for stage in made.stages for need in stage]
    return [
        capability
        for capability in dict.fromkeys(needed)
        if capability not in used and find(ask.tools, capability) is None
    ]


def _thoughts(ask: Ask) -> str:
    made = plan(ask.user_texts)
    about = f" about {made.company}" if made.company else ""
    if ask.results:
        return f"**Weighing what came back**\n\nI have {len(ask.results)} tool results{about}; now the answer."
    return f"**Deciding what to look up**\n\nThe question{about} needs facts before advice."
