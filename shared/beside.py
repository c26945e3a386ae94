"""How what is made beside an answer, by the utility model behind the turn's end, is named."""


def chart_id(turn: str) -> str:
    """Return the id of a turn's chart, and of the event that tells it."""
    return f"{turn}.chart"


def checked_id(message: str) -> str:
    """Return the id of the event that tells what was found when an answer's figures were checked."""
    return f"{message}.checked"


def suggestions_id(turn: str) -> str:
    """Return the id of the document that keeps what was offered to ask next."""
    return f"{turn}.suggestions"


def counted_as(turn: str) -> str:
    """Return under which turn's id the work is counted: one of its own."""
    return f"{turn}.beside"


def is_chart_id(name: str) -> bool:
    """Tell whether it may name a chart, and no other document of a conversation."""
    return name.endswith(".chart")
