"""Every built-in function by its upper-case name."""

from typing import Final

from local.cosmos.sql.functions.arrays import ARRAYS
from local.cosmos.sql.functions.dates import DATES
from local.cosmos.sql.functions.numbers import NUMBERS
from local.cosmos.sql.functions.search import SEARCH
from local.cosmos.sql.functions.signature import Function
from local.cosmos.sql.functions.strings import STRINGS
from local.cosmos.sql.functions.types import TYPES

FUNCTIONS: Final[dict[str, Function]] = ARRAYS | DATES | NUMBERS | SEARCH | STRINGS | TYPES
