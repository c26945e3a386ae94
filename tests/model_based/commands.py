"""What people do in a random conversation, and how hypothesis makes it up.

`by` picks one of the person's clients; `of` picks a turn, 0 the newest. Both wrap around, so that every list of
commands means something, and a shorter list means the same with less.
"""

from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

CLIENTS = 3
LONGEST = 5
"""Of each half of a conversation."""

type Kind = Literal["quick", "slow", "tool", "limited", "cut", "refused"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask something new. `hang_up` closes the connection without waiting for the answer."""

    by: int
    kind: Kind
    steer: bool = False
    hang_up: bool = False


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Send a question once more under its id, with its own content or another."""

    by: int
    of: int
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    by: int
    of: int


@dataclass(frozen=True, slots=True)
class StopNothing:
    """Stop a turn that never was."""

    by: int


@dataclass(frozen=True, slots=True)
class Edit:
    by: int
    of: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Regenerate:
    """Have a turn answered again; `twice` sends the same command a second time."""

    by: int
    of: int
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Sync:
    by: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Close a connection; the client's next command, or the end, opens another one."""

    by: int


@dataclass(frozen=True, slots=True)
class WhileBusy:
    what: Literal["queue", "reject"]


@dataclass(frozen=True, slots=True)
class Spoil:
    """Let Web PubSub deliver the next command twice, or lose the first delivery."""

    how: Literal["duplicate_webhooks", "fail_webhooks"]


@dataclass(frozen=True, slots=True)
class Rest:
    """Wait until nothing runs."""


@dataclass(frozen=True, slots=True)
class KillWorker:
    """Kill the process that runs the app's code."""


type Sent = Ask | AskAgain | Stop | StopNothing | Edit | Regenerate


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Commands that are sent before any of them is answered."""

    commands: tuple[Sent, ...]


type Command = Sent | AtOnce | Sync | Leave | WhileBusy | Spoil | Rest | KillWorker

_BY = st.integers(0, CLIENTS - 1)
_OF = st.integers(0, 3)
_KINDS: SearchStrategy[Kind] = st.sampled_from(("quick", "slow", "tool", "limited", "cut", "refused"))
_ASKS = st.builds(Ask, by=_BY, kind=_KINDS, steer=st.booleans())
_STOPS = st.builds(Stop, by=_BY, of=_OF)
_AGAIN = st.one_of(
    st.builds(Edit, by=_BY, of=_OF, kind=_KINDS),
    st.builds(Regenerate, by=_BY, of=st.integers(0, 1), twice=st.booleans()),
)
_SENT: SearchStrategy[Sent] = st.one_of(
    _ASKS, _ASKS, _ASKS, _STOPS, _STOPS, st.builds(AskAgain, by=_BY, of=_OF, changed=st.booleans()), _AGAIN
)
_ALONE: SearchStrategy[Command] = st.one_of(
    _SENT,
    st.builds(AtOnce, st.lists(_SENT, min_size=2, max_size=4).map(tuple)),
    st.builds(Ask, by=_BY, kind=_KINDS, hang_up=st.just(True)),
    st.builds(StopNothing, by=_BY),
    st.builds(Sync, by=_BY),
    st.builds(Leave, by=_BY),
    st.builds(WhileBusy, st.sampled_from(("queue", "reject"))),
    st.builds(Spoil, st.sampled_from(("duplicate_webhooks", "fail_webhooks"))),
)
_CALM_THEN = st.tuples(st.just(Rest()), _AGAIN)
_QUICK = st.builds(Ask, by=_BY, kind=st.just("quick"))
_FLOOD = st.tuples(st.just(Ask(0, "slow")), st.lists(_QUICK, min_size=6, max_size=7).map(tuple).map(AtOnce))
_PASSAGES: SearchStrategy[tuple[Command, ...]] = st.one_of(
    *[st.tuples(_ALONE)] * 6, st.tuples(_ASKS, _STOPS), _CALM_THEN, _FLOOD
)


def conversations(*, kills: bool = False) -> SearchStrategy[list[Command]]:
    """Return lists of commands; with `kills`, the worker may die among them."""
    passages = st.one_of(_PASSAGES, st.tuples(st.builds(KillWorker))) if kills else _PASSAGES
    half = st.lists(passages, max_size=LONGEST)
    return st.builds(_joined, half, half)


def _joined(*halves: list[tuple[Command, ...]]) -> list[Command]:
    return [command for half in halves for passage in half for command in passage]
