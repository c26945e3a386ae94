"""What is wrong with a query."""


class SqlError(Exception):
    """The text is no query of the supported language, or names something that does not exist."""
