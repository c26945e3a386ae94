"""One turn, moment by moment."""

from bench.turn_account import Account


def timeline(found: list[Account]) -> str:
    """Return the turn whose added time is the median, moment by moment (ms since the question was sent)."""
    account = sorted(found, key=lambda each: each.added_total)[len(found) // 2]
    moments: list[tuple[float, str]] = [(account.asked.first_delta, "first delta arrives"), (account.asked.done, "end")]
    for call in account.models:
        moments += [(call.span.start, f"model asked, step {call.step}"), (call.first, "  first token")]
        moments.append((call.span.end, f"model done, step {call.step}"))
    for span in account.tools:
        moments += [(span.start, "tool called"), (span.end, "tool done")]
    for note in account.requests:
        moments.append((note.start, f"store: {note.kind} {note.what} ({(note.end - note.start) * 1000:.1f} ms)"))
    lines = [f"  {(at - account.asked.sent) * 1000:9.1f}  {what}" for at, what in sorted(moments)]
    return "\n".join([f"\n  {account.asked.name}, moment by moment", *lines])
