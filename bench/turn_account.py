"""One turn's account: whose each millisecond was.

Added time is the turn's time without the time the model and the tool were themselves at work, as their own logs have
it; all clocks are CLOCK_MONOTONIC of one machine. The parts of an added time sum to it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.counted_cosmos import Kind, Note
from bench.turn_client import Asked
from shared.containers import CREDENTIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One request at the model; `first` is when its first token went out."""

    span: Span
    first: float
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One turn; seconds. The tool's parts are None in a turn without a tool."""

    asked: Asked
    models: tuple[ModelCall, ...]
    tools: tuple[Span, ...]
    requests: tuple[Note, ...]

    @property
    def ingress(self) -> float:
        return self.models[0].span.start - self.asked.sent

    @property
    def to_tool(self) -> float | None:
        return self.tools[0].start - self.models[0].span.end if self.tools else None

    @property
    def from_tool(self) -> float | None:
        return self.models[1].span.start - self.tools[0].end if self.tools else None

    @property
    def delta_out(self) -> float:
        return self.asked.first_delta - self.models[-1].first

    @property
    def done_out(self) -> float:
        return self.asked.done - self.models[-1].span.end

    @property
    def added_first(self) -> float:
        return self.ingress + (self.to_tool or 0.0) + (self.from_tool or 0.0) + self.delta_out

    @property
    def added_total(self) -> float:
        return self.ingress + (self.to_tool or 0.0) + (self.from_tool or 0.0) + self.done_out

    @property
    def kinds(self) -> Counter[Kind]:
        return Counter(note.kind for note in self.requests)

    @property
    def step_requests(self) -> float:
        """Log requests per model step, checkpoints aside.

        They are the query that precedes a claim, the claim, and the append of what the model wrote.
        """
        return sum(1 for note in self.requests if _of_a_step(note, self)) / len(self.models)


def _of_a_step(note: Note, account: Account) -> bool:
    if note.kind == "claim":
        return True
    if note.kind == "append":
        return note.what.startswith("message.completed")
    return note.kind == "query" and _precedes_claim(note, account)


def _precedes_claim(note: Note, account: Account) -> bool:
    later = [each for each in account.requests if each.start > note.start]
    return bool(later) and later[0].kind == "claim"


def accounts(
    asked: Iterable[Asked],
    model_log: Iterable[Mapping[str, Any]],
    tool_log: Iterable[Mapping[str, Any]],
    notes: Iterable[Note],
) -> list[Account]:
    """Join what the client saw with the logs of the model, the tools and the event log's store."""
    models: dict[str, list[ModelCall]] = {}
    for entry in model_log:
        call = ModelCall(span=Span(start=entry["recv"], end=entry["end"]), first=entry["first"], step=entry["step"])
        models.setdefault(str(entry["text"]).partition(" ")[0], []).append(call)
    tools: dict[str, list[Span]] = {}
    for entry in tool_log:
        span = Span(start=entry["start"], end=entry["end"])
        tools.setdefault(str(entry["arguments"].get("query")), []).append(span)
    kept = sorted((note for note in notes if note.kind != "metadata"), key=lambda note: note.start)
    return [_checked(_account(each, models, tools, kept)) for each in asked]


def _account(
    asked: Asked, models: Mapping[str, list[ModelCall]], tools: Mapping[str, list[Span]], notes: list[Note]
) -> Account:
    """Make one account; requests for the person's rights are told apart by time only, so one person must ask alone."""
    mine = (
        note
        for note in notes
        if asked.sent <= note.start <= asked.done
        and (note.partition == asked.session_id or note.container == CREDENTIALS)
    )
    calls = sorted(models.get(asked.name, []), key=lambda call: call.span.start)
    return Account(asked=asked, models=tuple(calls), tools=tuple(tools.get(asked.name, [])), requests=tuple(mine))


def _checked(account: Account) -> Account:
    """Refuse a turn that did not go by the script: its figures would mean something else."""
    wanted = (2, 1) if account.asked.variant == "tool" else (1, 0)
    got = (len(account.models), len(account.tools))
    asked = account.asked
    if asked.status != "completed" or not asked.deltas or got != wanted:
        raise RuntimeError(
            f"turn {asked.name}: {asked.status}, {asked.deltas} deltas, model and tool calls {got} instead of {wanted}"
        )
    return account
