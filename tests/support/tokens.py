"""A validator of tokens that knows them by heart."""

from shared.errors import NotAllowed
from shared.identity import Principal, TokenValidator
from shared.protocol.codes import ErrorCode
from tests.support.doubles import Clock


class Tokens(TokenValidator):
    """Accepts the tokens it was given, as the validator accepts what the issuer signed."""

    def __init__(self, clock: Clock) -> None:
        super().__init__("http://127.0.0.1:9", "api://salescoach", clock)
        self.known: dict[str, Principal] = {}

    async def validate(self, authorization: str | None) -> Principal:
        principal = self.known.get((authorization or "").removeprefix("Bearer "))
        if principal is None:
            raise NotAllowed("The token is not valid.", code=ErrorCode.TOKEN_INVALID)
        return principal
