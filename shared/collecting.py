"""How often Python's collector looks for garbage in cycles, and at what it need not look.

Reference counting frees nearly everything at once; the collector is for cycles. By default it looks after every 2,000
objects, and now and then at all there are: a quarter of a million of them are modules, classes and schemas that stay as
long as the process, and looking at those takes longer than answering a turn.
"""

import gc

YOUNG = 10_000
"""So many more objects made than freed before it looks at the young ones; more would make a look a pause one sees."""
_THEN = (10, 10)
"""After so many looks at the young the middle-aged, after so many at those all."""


def look_seldom() -> None:
    """Look at the young objects less often than by default."""
    gc.set_threshold(YOUNG, *_THEN)


def spare_what_is_there() -> None:
    """Never look again at what has been loaded until now; called once that is what stays."""
    gc.collect()
    gc.freeze()
