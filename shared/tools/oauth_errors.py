"""What can go wrong between us and an authorization server. Texts are for people; they never hold a secret."""

from typing import Self

from shared.errors import CommandRefused, Transient
from shared.protocol.codes import ErrorCode


class AuthorizationServerFailed(Exception):  # noqa: N818 - reads as what happened
    """It cannot be used as it is: wrong metadata, a forbidden address, an answer that is none."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unreachable(Transient):
    """It could not be reached, or did not answer. `sent`: the request may have been acted on."""

    code = ErrorCode.SIGN_IN_UNAVAILABLE

    def __init__(self, message: str, *, sent: bool = False, after_ms: int | None = None) -> None:
        super().__init__(message, after_ms=after_ms)
        self.sent = sent

    @classmethod
    def host(cls, host: str, *, sent: bool, after_ms: int | None = None) -> Self:
        return cls(f"{host} does not answer just now. Try again.", sent=sent, after_ms=after_ms)


class GrantRefused(Exception):  # noqa: N818 - reads as what happened
    """It answered a token request with a refusal. `error` is OAuth's word for it, such as `invalid_grant`."""

    def __init__(self, error: str) -> None:
        super().__init__(f"the authorization server refused: {error}")
        self.error = error


class SignInRefused(CommandRefused):
    """A sign-in to a tool server cannot go on; the message tells the person why and what to do."""
