import logging

import pytest

from shared.redaction import one_line, redact, redacting_record

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "canary"),
    [
        (f"Authorization: Bearer {JWT}", JWT),
        (f"token {JWT} was refused", JWT),
        ("AccountEndpoint=https://x/;AccountKey=c2VjcmV0Cg==;", "c2VjcmV0Cg"),
        ("https://x.blob.core.windows.net/a?sv=1&sig=abc%2Fdef&se=2", "abc%2Fdef"),
        ("grant_type=refresh_token&refresh_token=0.AAAA-bbbb", "0.AAAA-bbbb"),
        ('{"client_secret": "hush-hush", "a": 1}', "hush-hush"),
        ("Endpoint=https://x;AccessKey=zzzzzzzz;Version=1.0;", "zzzzzzzz"),
        ("ask ada.lovelace@example.com", "ada.lovelace@example.com"),
    ],
    ids=lambda value: value[:20],
)
def test_what_would_let_somebody_in_is_not_shown(text: str, canary: str) -> None:
    assert canary not in redact(text)


def test_ordinary_words_stay() -> None:
    text = "turn t_abc ended: completed in 12 ms; the signature=ok of code_review 7 (bearer of news)"
    assert redact(text) == text


def test_a_message_cannot_pass_for_two_lines() -> None:
    assert one_line("asked\n2026-11-22 ERROR admin logged in\u2028") == r"asked\n2026-11-22 ERROR admin logged in\u2028"


def _record(message: str, *args: object, exc: Exception | None = None) -> logging.LogRecord:
    info = None if exc is None else (type(exc), exc, exc.__traceback__)
    return redacting_record("any", logging.ERROR, __file__, 1, message, args, info)


def test_arguments_and_tracebacks_are_redacted_too() -> None:
    try:
        raise ValueError(f"bad token {JWT}")  # noqa: TRY301 - the traceback is the point
    except ValueError as error:
        record = _record("said %s", f"Bearer {JWT}", exc=error)
    shown = logging.Formatter().format(record)
    assert JWT not in shown
    assert shown.startswith("said Bearer [redacted]\nTraceback")
    assert "ValueError: bad token [token]" in shown


def test_a_message_that_does_not_fit_its_arguments_is_still_logged() -> None:
    assert _record("%d", "three").getMessage() == "%d ('three',)"
