"""How what only groups have is named: who belongs to them, and what the coach does there unasked."""

from shared.ids import derived, turn_id


def member(principal: str) -> str:
    return f"member.{principal}"


def membership_event(principal: str, epoch: int) -> str:
    """Return the id of the change that began this epoch."""
    return f"member.{derived(principal)}.{epoch}"


def invitation(name: str) -> str:
    return f"invitation.{name}"


def invitation_name(principal: str, key: str) -> str:
    """Return the name of a link, the same for every repetition of the request with this key that made it."""
    return f"iv_{derived(principal, key)}"


def copied_message(group: str, message: str) -> str:
    """Return the id a private message's copy has in a group."""
    return f"m_{derived(group, message)}"


def listening(group: str, seq: int) -> str:
    """Return the instance id of the wait for quiet after the message at `seq`."""
    return f"ambient.{group}.{seq}"


def unasked_turn(group: str, seq: int) -> str:
    """Return the id of the turn in which the coach speaks of its own accord after the message at `seq`."""
    return turn_id(group, "coach", f"ambient.{seq}")
