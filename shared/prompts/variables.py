"""What a template may say about the moment, the person and the tools: declared here, typed, and nothing else.

What a person writes never comes in here: it would stand among the instructions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from zoneinfo import ZoneInfo

from shared.tools.names import FIND_TOOLS
from shared.tools.text import clean_line
from shared.tools.tool_search import SEARCH_ABOVE

REQUIRED = frozenset({"today", "tools"})
_NAME_CHARACTERS = 100
_DESCRIPTION_CHARACTERS = 300
_NO_TOOLS = "No tools are available in this session."


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVariables:
    """The variables by their names in templates.

    `today` is the date where the person is; `tools` are names as the model sees them, each with its description.
    """

    today: date
    time_zone: ZoneInfo
    person_name: str
    roles: frozenset[str]
    tools: tuple[tuple[str, str], ...]
    company: str

    def texts(self) -> Mapping[str, str]:
        """Return each variable as it stands in a prompt: one clean line, but for `tools`, which is a list."""
        return {
            "today": self.today.strftime("%A, %d %B %Y"),
            "time_zone": self.time_zone.key,
            "person_name": clean_line(self.person_name, _NAME_CHARACTERS),
            "roles": ", ".join(sorted(self.roles)) or "none",
            "tools": _listed(self.tools),
            "company": clean_line(self.company, _NAME_CHARACTERS),
        }


DECLARED = frozenset(field.name for field in fields(PromptVariables))


def _listed(tools: tuple[tuple[str, str], ...]) -> str:
    if len(tools) > SEARCH_ABOVE:
        return f"- {len(tools)} tools, most of which you first have to look for with {FIND_TOOLS}."
    return "\n".join(f"- {name}: {_first_line(told)}" for name, told in tools if told.strip()) or _NO_TOOLS


def _first_line(description: str) -> str:
    return clean_line(description.strip().splitlines()[0], _DESCRIPTION_CHARACTERS)
