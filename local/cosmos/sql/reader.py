"""A cursor over tokens with the questions a recursive descent parser asks."""

from collections.abc import Callable
from typing import NoReturn

from local.cosmos.sql.errors import SqlError
from local.cosmos.sql.tokens import Kind, Token, tokenize


class Reader:
    """Keywords are compared without regard to case."""

    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._place = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._place]

    def advance(self) -> Token:
        token = self.token
        if token.kind is not Kind.END:
            self._place += 1
        return token

    def at_word(self, *words: str, ahead: int = 0) -> bool:
        place = min(self._place + ahead, len(self._tokens) - 1)
        token = self._tokens[place]
        return token.kind is Kind.WORD and token.text.upper() in words

    def at_symbol(self, *symbols: str) -> bool:
        return self.token.kind is Kind.SYMBOL and self.token.text in symbols

    def take_word(self, word: str) -> bool:
        taken = self.at_word(word)
        if taken:
            self.advance()
        return taken

    def take_symbol(self, symbol: str) -> bool:
        taken = self.at_symbol(symbol)
        if taken:
            self.advance()
        return taken

    def take_operator(self, *symbols: str) -> str | None:
        return self.advance().text if self.at_symbol(*symbols) else None

    def expect_word(self, word: str) -> None:
        if not self.take_word(word):
            self.fail()

    def expect_symbol(self, symbol: str) -> None:
        if not self.take_symbol(symbol):
            self.fail()

    def expect_name(self) -> str:
        if self.token.kind is not Kind.WORD:
            self.fail()
        return self.advance().text

    def listed[T](self, parse: Callable[[], T]) -> tuple[T, ...]:
        """Parse one or more, separated by commas."""
        found = [parse()]
        while self.take_symbol(","):
            found.append(parse())
        return tuple(found)

    def listed_until[T](self, close: str, parse: Callable[[], T]) -> tuple[T, ...]:
        """Parse zero or more, separated by commas, and the closing symbol."""
        if self.take_symbol(close):
            return ()
        found = self.listed(parse)
        self.expect_symbol(close)
        return found

    def fail(self) -> NoReturn:
        raise SqlError(f"Syntax error, incorrect syntax near '{self.token.text}' at {self.token.position}.")
