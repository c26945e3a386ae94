"""Type tests and choices."""

# A function's pattern checks what reaches its lambda, so the parameters need no types of their own.
# pyright: reportUnknownLambdaType=false

from typing import Final

from local.cosmos.sql.functions.signature import Function, is_integer
from local.cosmos.values import STRING_RANK, UNDEFINED, Document, Value, is_number, rank


def _choose(test: Value, then: Value, otherwise: Value) -> Value:
    return then if test is True else otherwise


def _pairs(value: Document) -> Value:
    return [{"k": name, "v": content} for name, content in value.items()]


TYPES: Final = {
    "IS_DEFINED": Function("u", lambda value: value is not UNDEFINED),
    "IS_NULL": Function("u", lambda value: value is None),
    "IS_BOOL": Function("u", lambda value: isinstance(value, bool)),
    "IS_NUMBER": Function("u", is_number),
    "IS_FINITE_NUMBER": Function("u", is_number),
    "IS_INTEGER": Function("u", is_integer),
    "IS_STRING": Function("u", lambda value: isinstance(value, str)),
    "IS_ARRAY": Function("u", lambda value: isinstance(value, list)),
    "IS_OBJECT": Function("u", lambda value: isinstance(value, dict)),
    "IS_PRIMITIVE": Function("u", lambda value: value is not UNDEFINED and rank(value) <= STRING_RANK),
    "IIF": Function("uuu", _choose),
    "OBJECTTOARRAY": Function("o", _pairs),
    "DOCUMENTID": Function("o", lambda value: value.get("_rid", UNDEFINED)),
}
