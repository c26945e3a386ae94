"""COUNT, SUM, AVG, MIN and MAX over the values of one group."""

from typing import cast

from local.cosmos.sql.tree import AggregateName
from local.cosmos.values import STRING_RANK, UNDEFINED, Json, Value, is_number, order_key, rank


def aggregate(name: AggregateName, values: list[Value]) -> Value:
    """Aggregate what is defined; SUM and AVG of anything but numbers are undefined."""
    defined: list[Json] = [value for value in values if value is not UNDEFINED]
    match name:
        case "COUNT":
            return len(defined)
        case "MIN" | "MAX":
            scalars = [value for value in defined if rank(value) <= STRING_RANK]
            if not scalars:
                return UNDEFINED
            return min(scalars, key=order_key) if name == "MIN" else max(scalars, key=order_key)  # pyright: ignore[reportCallIssue, reportArgumentType] - scalar keys are comparable
        case "SUM" | "AVG":
            if not all(is_number(value) for value in defined):
                return UNDEFINED
            total = sum(cast("list[float]", defined))
            if name == "SUM":
                return total
            return total / len(defined) if defined else UNDEFINED
