"""A prompt template: Markdown with `{{name}}` placeholders, checked when it is read, filled in once."""

import hashlib
import re
from dataclasses import dataclass

from shared.errors import SalesCoachError
from shared.prompts.variables import DECLARED, REQUIRED, PromptVariables
from shared.protocol.codes import ErrorCode

MAX_BYTES = 256 * 1024
_VERSION_CHARACTERS = 12
_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


class PromptInvalid(SalesCoachError):  # noqa: N818 - reads as what happened
    """A template cannot be used as it is written; the message names what is wrong."""

    code = ErrorCode.PROMPT_UNAVAILABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A usable template; `version` is the first 12 hex digits of its text's SHA-256."""

    name: str
    version: str
    text: str


def read_template(name: str, data: bytes) -> PromptTemplate:
    """Return the template in `data`.

    Raises:
        PromptInvalid: naming what is wrong: a variable nobody declared, a required one that is missing, its form.

    """
    if len(data) > MAX_BYTES:
        raise PromptInvalid(f"The prompt {name} is larger than {MAX_BYTES // 1024} kB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PromptInvalid(f"The prompt {name} is not UTF-8 text.") from None
    _check(name, text)
    return PromptTemplate(name=name, version=version_of(text), text=text)


def version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION_CHARACTERS]


def render(template: PromptTemplate, variables: PromptVariables) -> str:
    """Return the text with every placeholder replaced; what is put in is never expanded again."""
    texts = variables.texts()
    return _PLACEHOLDER.sub(lambda match: texts[match.group(1)], template.text)


def _check(name: str, text: str) -> None:
    if not text.strip():
        raise PromptInvalid(f"The prompt {name} is empty.")
    rest = _PLACEHOLDER.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise PromptInvalid(f"The prompt {name} has a placeholder that is not written {{{{name}}}}.")
    used = frozenset(_PLACEHOLDER.findall(text))
    if unknown := sorted(used - DECLARED):
        raise PromptInvalid(
            f"The prompt {name} uses unknown variables: {', '.join(unknown)}. There are: {', '.join(sorted(DECLARED))}."
        )
    if missing := sorted(REQUIRED - used):
        raise PromptInvalid(f"The prompt {name} lacks required variables: {', '.join(missing)}.")
