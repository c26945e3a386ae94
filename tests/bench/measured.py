"""Turns as the benchmark measures them, made up; times in seconds."""

from bench.blob_reads import BlobReads
from bench.counted_cosmos import Kind, Note
from bench.turn_account import Account, ModelCall, Span
from bench.turn_client import Asked, Subject, Variant
from bench.turn_cpu import Cpu
from bench.turn_load import Measured, Plan

PROGRAMS = ("worker (the app)", "functions_host", "plain", "the asking client")


def note(kind: Kind, what: str = "", container: str = "sessions") -> Note:
    return Note(kind=kind, container=container, partition="s_1", what=what, status=200, charge=5.0, start=0.1, end=0.2)


STEP = (note("append", "message.created + head"), note("claim"), note("append", "message.completed + head"))


def account(late: float, variant: Variant = "bare", requests: tuple[Note, ...] = STEP) -> Account:
    """A turn of 1 s at the model, asked `late` after the question; first delta and end come 1 ms later."""
    asked = Asked(name="bench", variant=variant, session_id="s_1", sent=0.0, sent_bytes=100, turn_id="t_1")
    asked.first_delta, asked.done = late + 0.101, late + 1.001
    asked.deltas, asked.frames, asked.bytes, asked.ages = 20, 26, 9900, [0.02]
    call = ModelCall(span=Span(start=late, end=late + 1), first=late + 0.1, step=0)
    return Account(asked=asked, models=(call,), tools=(), requests=requests)


def measured(
    subject: Subject,
    late: tuple[float, ...],
    *,
    people: int = 1,
    variant: Variant = "bare",
    turns: float = 10.0,
    foreign: float = 0.0,
) -> Measured:
    """A repetition of 10 s with a turn for each of `late`."""
    return Measured(
        plan=Plan(subject=subject, variant=variant, people=people, seconds=10),
        accounts=[account(each, variant) for each in late],
        oddities=[],
        turns=turns,
        seconds=10.0,
        cpu=Cpu(programs=dict.fromkeys(PROGRAMS, 0.5), busy=2.0 + 20 * foreign, total=20.0),
        notes=list(STEP),
        blobs=BlobReads(whole=0, brought=0, unchanged=1),
    )
