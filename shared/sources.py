"""The links of an answer held against what the turn's tools returned: which have a source, which have none. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.links import addresses_in, canonical, links_in
from shared.protocol.beside import AnswerSource
from shared.protocol.durable import ToolCallCompleted
from shared.tools.text import clean_line

MAX_LINKS = 200
MAX_ADDRESSES = 20_000
"""Of one result."""
TITLE_CHARACTERS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLinks:
    """The sources in the order in which the answer links to them, and the links that lead to none."""

    sources: tuple[AnswerSource, ...] = ()
    unsourced: tuple[str, ...] = ()


def check_links(answer: str, results: Sequence[tuple[ToolCallCompleted, str]]) -> CheckedLinks:
    """Hold the answer's links against the results, each a call's end with all that it returned.

    The first call that returned an address is its source, and its title the first that any of them gave it.
    """
    links = links_in(answer)[:MAX_LINKS]
    if not links:
        return CheckedLinks()
    same: dict[str, list[str]] = {}
    for link in links:
        same.setdefault(canonical(link) or "", []).append(link)
    unsourced = set(same.pop("", ()))
    sources: list[AnswerSource] = []
    held = _held(results, frozenset(same))
    for address, spellings in same.items():
        if address in held:
            call, title = held[address]
            sources.append(_source(call, title, spellings))
        else:
            unsourced.update(spellings)
    return CheckedLinks(sources=tuple(sources), unsourced=tuple(link for link in links if link in unsourced))


def _held(
    results: Sequence[tuple[ToolCallCompleted, str]], wanted: frozenset[str]
) -> dict[str, tuple[ToolCallCompleted, str]]:
    """Return which of the wanted addresses stand in a result: in whose, and under which title."""
    found: dict[str, tuple[ToolCallCompleted, str]] = {}
    for call, text in results:
        for (written, title), _ in zip(addresses_in(text), range(MAX_ADDRESSES), strict=False):
            address = canonical(written)
            if address in wanted:
                first, known = found.get(address, (call, ""))
                found[address] = (first, known or clean_line(title, TITLE_CHARACTERS))
    return found


def _source(call: ToolCallCompleted, title: str, links: Sequence[str]) -> AnswerSource:
    return AnswerSource(
        links=tuple(links), title=title, call_id=call.call_id, server=call.server, tool=call.tool, trust=call.trust
    )
