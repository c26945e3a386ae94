"""One turn's account: whose each millisecond was.

Added time is the turn's time without the time the model and the tools were themselves at work, as their own logs have
it; all clocks are CLOCK_MONOTONIC of one machine. The parts of an added time sum to it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.counted_cosmos import READS, Kind, Note
from bench.turn_client import Asked, Variant
from bench.turn_stack import Logs
from shared.containers import CREDENTIALS

CALLS: Mapping[Variant, tuple[int, int]] = {"bare": (1, 0), "tool": (2, 1), "five": (2, 5), "eight": (2, 8)}
"""Model and tool calls of a turn that went by the script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One request at the model; `first` is when its first token went out."""

    span: Span
    first: float
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One turn; seconds. The tool's parts are None in a turn without a tool.

    `requests` are those at the log's store. Those for a person's rights are told apart by time only: they are this
    turn's as long as one person asks.
    """

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
        return self.models[1].span.start - max(tool.end for tool in self.tools) if self.tools else None

    @property
    def per_call(self) -> float | None:
        """What a round of tools adds: model done until the first is called, the last done until the model is asked."""
        before, after = self.to_tool, self.from_tool
        return None if before is None or after is None else before + after

    @property
    def tools_at_work(self) -> float:
        """From the first tool's start to the last one's end."""
        return max(tool.end for tool in self.tools) - self.tools[0].start

    @property
    def tool_round(self) -> float:
        """From the model's wish for tools until it is asked with their results, the tools' own time included."""
        return self.models[1].span.start - self.models[0].span.end

    @property
    def delta_out(self) -> float:
        return self.asked.first_delta - self.models[-1].first

    @property
    def done_out(self) -> float:
        return self.asked.done - self.models[-1].span.end

    @property
    def added_first(self) -> float:
        return self.ingress + (self.per_call or 0.0) + self.delta_out

    @property
    def added_total(self) -> float:
        return self.ingress + (self.per_call or 0.0) + self.done_out

    @property
    def kinds(self) -> Counter[Kind]:
        return Counter(note.kind for note in self.requests)

    @property
    def step_requests(self) -> float:
        """Log requests per model step, checkpoints aside.

        They are the claim, the append of what the model wrote, and what is read of the conversation for either.
        """
        reads = counted = 0
        for note in self.requests:
            if note.kind in READS and note.container != CREDENTIALS:
                reads += 1
            elif note.kind == "claim":
                counted, reads = counted + reads + 1, 0
            elif note.kind == "append":
                wrote = note.what.startswith("message.completed")
                counted, reads = counted + (reads + 1 if wrote else 0), 0
        return counted / len(self.models)


def accounts(asked: Iterable[Asked], logs: Logs) -> tuple[list[Account], list[str]]:
    """Join what the client saw with the logs of the model, the tools and the event log's store.

    Returns the accounts, and a line for each turn that did not go by the script: its figures would mean something else.
    """
    models: dict[str, list[ModelCall]] = {}
    for entry in logs.model_calls:
        if entry["end"] is None:
            # Still being written when the log was fetched, or given up: its turn shows as one off the script.
            continue
        call = ModelCall(span=Span(start=entry["recv"], end=entry["end"]), first=entry["first"], step=entry["step"])
        models.setdefault(str(entry["text"]).partition(" ")[0], []).append(call)
    tools: dict[str, list[Span]] = {}
    for entry in logs.tool_calls:
        span = Span(start=entry["start"], end=entry["end"])
        tools.setdefault(str(entry["arguments"].get("query")).split(" ")[0], []).append(span)
    notes = _by_partition(logs.log_requests)
    joined = [_account(each, models, tools, notes) for each in asked]
    return [each for each in joined if not _oddity(each)], [odd for each in joined if (odd := _oddity(each))]


def _by_partition(notes: Iterable[Note]) -> dict[str, list[Note]]:
    """Sort the notes by session; those on credentials stand under their container's name."""
    found: dict[str, list[Note]] = {}
    for note in sorted(notes, key=lambda note: note.start):
        if note.kind != "metadata":
            found.setdefault(CREDENTIALS if note.container == CREDENTIALS else note.partition, []).append(note)
    return found


def _account(
    asked: Asked,
    models: Mapping[str, list[ModelCall]],
    tools: Mapping[str, list[Span]],
    notes: Mapping[str, list[Note]],
) -> Account:
    near = [*notes.get(asked.session_id, ()), *notes.get(CREDENTIALS, ())]
    mine = sorted((note for note in near if asked.sent <= note.start <= asked.done), key=lambda note: note.start)
    return Account(
        asked=asked,
        models=tuple(sorted(models.get(asked.name, []), key=lambda call: call.span.start)),
        tools=tuple(sorted(tools.get(asked.name, []), key=lambda span: span.start)),
        requests=tuple(mine),
    )


def _oddity(account: Account) -> str:
    """Tell what was not as scripted; empty when all was."""
    got = (len(account.models), len(account.tools))
    asked = account.asked
    wanted = CALLS[asked.variant]
    if asked.status == "completed" and asked.deltas and got == wanted:
        return ""
    return f"{asked.name}: {asked.status}, {asked.deltas} deltas, model and tool calls {got} instead of {wanted}"
