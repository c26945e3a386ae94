"""The requests of turns at the log's store: what counts as a model step's, and all the others beside it."""

from collections.abc import Callable

from bench.counted_cosmos import READS, WRITES, Note
from bench.turn_account import CALLS
from bench.turn_figures import Row, spread
from bench.turn_repeated import Repeated
from shared.containers import CREDENTIALS, PEOPLE

REQUESTS_PER_STEP = 3
STEP_REQUESTS = (
    "log requests of a model step: its claim, the append of what the model wrote, and reads of the conversation for "
    "either; all others (question, tool calls, end, checkpoints, accounts, rights) stand in the rows below it"
)
type Kept = Callable[[Note], bool]

KINDS: tuple[tuple[str, Kept], ...] = (
    ("log writes per turn, no checkpoints", lambda note: note.kind in WRITES and note.kind != "checkpoint"),
    ("  writes: appends", lambda note: note.kind == "append"),
    ("  writes: claims", lambda note: note.kind == "claim"),
    ("  writes: accounts (costs held and settled)", lambda note: note.kind == "write" and note.container == PEOPLE),
    ("  writes: others", lambda note: note.kind == "write" and note.container != PEOPLE),
    ("log checkpoints per turn", lambda note: note.kind == "checkpoint"),
    ("log reads and queries per turn", lambda note: note.kind in READS),
    ("  reads: rights (credentials)", lambda note: note.kind in READS and note.container == CREDENTIALS),
    ("  reads: others", lambda note: note.kind in READS and note.container != CREDENTIALS),
)


def store_rows(product: Repeated) -> list[Row]:
    """Return what goes to the store: the goal's figure turn by turn, all else as averages over the time measured.

    Raises:
        RuntimeError: turns went by without a claim or an append; what was noted cannot be all.

    """
    pooled = product.pooled
    per_step = [each.step_requests for each in pooled.accounts]
    if not all(per_step):
        raise RuntimeError("turns without a claim and an append: bench/counted_cosmos.py no longer knows them")
    steps = pooled.turns * CALLS[product.plan.variant][0]

    def per_turn(name: str, kept: Kept) -> Row:
        return Row(name=name, product=(sum(map(kept, pooled.notes)) / pooled.turns,))

    charge = sum(note.charge for note in pooled.notes) / pooled.turns
    return [
        Row(name="log requests per model step", product=spread(per_step), most=(REQUESTS_PER_STEP,) * 2),
        Row(name="all requests at the store, by model step", product=(len(pooled.notes) / steps,)),
        *(per_turn(name, kept) for name, kept in KINDS),
        Row(name="request units per turn, as the emulator reckons", unit="RU", product=(charge,)),
        Row(name="blobs read by all these turns and sessions' opening", product=(pooled.blobs.whole,), most=(0,)),
        Row(name="blobs asked for by them and unchanged", product=(pooled.blobs.unchanged,)),
    ]
