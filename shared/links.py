"""Web addresses in text: the links of an answer, the addresses a tool's result holds. Pure; nothing is fetched.

An answer's links are found as a Markdown reader finds them: inline and by reference, in angle brackets, in footnotes,
and written out. What stands in code is taken for a link too, so that nothing can be hidden from the look by dressing it
up. A result is read more generously, for the same address ends differently in prose, in Markdown and in HTML.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import cast

from yarl import URL

_WEB = re.compile(r"https?://(?=[^\s/\\?#])", re.IGNORECASE)
_TARGET = r"(?:<(?P<{0}_marked>[^<>\n]*)>|(?P<{0}>(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\([^\s()]*\))*\))+))"
_LINKS = re.compile(
    r"(?:\[[^\[\]]*)?\]\(\s*"
    + _TARGET.format("inline")
    + r"|^[ >\t]{0,12}\[[^\[\]]+\]:\s*(?:<(?P<defined_marked>[^<>\n]*)>|(?P<defined>[^\s<]\S*))"
    + r"|<(?P<auto>https?://[^\s<>]*)>"
    + r"|(?<![a-z])(?P<bare>https?://[^\s<]+)"
    + r"|(?<![\w/.@-])(?P<www>www\.[^\s<]+)",
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|(&(?:#\w{1,8}|\w{2,32});)")
_ENTITY_AT_END = re.compile(r"&\w+;$")
_AFTER_A_LINK = "!\"'*,.:;?_~`"
_HELD = re.compile(
    r"(?:\[(?P<title>[^\[\]\n]{1,200})\]\(\s*)?(?P<address>(?:https?://|\bwww\.)[^\s<>\"`\\^{}|]+)",
    re.IGNORECASE,
)
_TITLES = ("title", "name", "headline", "subject", "label")
_DEEPEST = 40


def canonical(address: str) -> str | None:
    """Return one spelling for all of the same address, its host in ASCII; None where it is no web address."""
    if not _WEB.match(address) or re.search(r"[\\\s\x00-\x1f]", address):
        return None
    try:
        url = URL(address)
    except ValueError:
        return None
    if url.is_default_port():
        url = url.with_port(None)
    return f"{url.scheme}://{url.raw_authority}{url.raw_path_qs}#{url.raw_fragment}" if url.raw_host else None


def links_in(answer: str) -> tuple[str, ...]:
    """Return the web addresses an answer links to, as its Markdown gives them, each once, in their order."""
    found = (_target(match) for match in _LINKS.finditer(answer))
    return tuple(dict.fromkeys(link for link in found if _WEB.match(link)))


def _target(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    text = match[kind]
    match kind:
        case "auto":
            return text
        case "bare":
            return _without_rest(text)
        case "www":
            return f"http://{_without_rest(text)}"
        case _:
            return _ESCAPED.sub(lambda escaped: escaped[1] or html.unescape(escaped[2]), text)


def addresses_in(result: str) -> Iterator[tuple[str, str]]:
    """Return the addresses a tool's result holds, each with its title, or an empty one."""
    whole = _parsed(result)
    if whole is not None:
        yield from _in_document(whole, 0)
        return
    for line in result.splitlines():
        document = _parsed(line) if line.lstrip()[:1] in {"{", "["} else None
        yield from _in_text(line) if document is None else _in_document(document, 0)


def _parsed(text: str) -> object | None:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _in_document(value: object, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        title = next((text for key in _TITLES if isinstance(text := fields.get(key), str)), "")
        for inner in fields.values():
            if isinstance(inner, str) and canonical(inner.strip()):
                yield inner.strip(), title
            else:
                yield from _in_document(inner, depth + 1)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _in_document(inner, depth + 1)
    elif isinstance(value, str):
        if canonical(value.strip()):
            yield value.strip(), ""
        yield from _in_text(value)


def _in_text(text: str) -> Iterator[tuple[str, str]]:
    for match in _HELD.finditer(text):
        title, run = match["title"] or "", match["address"]
        schemes = ("http://", "https://") if run[:4].lower() == "www." else ("",)
        for address in dict.fromkeys((run, _without_rest(run), _without_rest(_closed(run)))):
            yield from ((scheme + address, title) for scheme in schemes)


def _without_rest(run: str) -> str:
    """Return a written address without what belongs to the sentence around it."""
    while run:
        last = run[-1]
        entity = _ENTITY_AT_END.search(run)
        if entity:
            run = run[: entity.start()]
        elif last in _AFTER_A_LINK or (last == ")" and run.count(")") > run.count("(")) or last == "]":
            run = run[:-1]
        else:
            break
    return run


def _closed(run: str) -> str:
    """Return the run up to the bracket that closes what the address stands in."""
    open_brackets = 0
    for place, character in enumerate(run):
        if character in "([":
            open_brackets += 1
        elif character in ")]":
            open_brackets -= 1
            if open_brackets < 0:
                return run[:place]
    return run
