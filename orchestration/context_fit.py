"""Leaving out of a story what does not fit, least needed first.

The reductions are a fixed list, made in order until the rest fits. None depends on the budget and each leaves part of
what was there before it, so a larger budget never tells less, and fitting twice is fitting once:

1. tool results of earlier turns become one line each, oldest first;
2. whole earlier turns go, oldest first;
3. tool results of the running turn keep their beginning, oldest first;
4. the summary of the oldest turns goes;
5. tool results of the running turn become one line each, then long texts and arguments of the coach are cut;
6. steps of the running turn go, each with its calls and results, oldest first;
7. what the person said in the running turn is cut in the middle, all messages alike; then all but the question go.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from orchestration.context_items import Group, Story
from shared.model import AssistantText, InputItem, ToolRequest, ToolResult, UserText
from shared.model_tokens import (
    ITEM_TOKENS,
    SHORTEST,
    item_tokens,
    items_tokens,
    longest_cap,
    shortened,
)
from shared.tools.text import clean_line

FLOOR_TOKENS = SHORTEST + ITEM_TOKENS
"""A budget from here on is always kept to; the question alone may take this much."""
BEGINNING_CHARACTERS = 2_000
LINE_CHARACTERS = 200
LONG_TOKENS = 200
ARGUMENTS_LEFT_OUT = '{"left_out":"too long"}'


def fit(story: Story, budget: int) -> tuple[InputItem, ...]:
    """Return the story in at most `budget` tokens, if that is `FLOOR_TOKENS` or more."""
    draft = _Draft(story)
    reductions = draft.reductions()
    while draft.tokens > budget:
        if next(reductions, "done") == "done":
            return _words(draft.now, budget)
    return draft.items()


class _Draft:
    """What is still told, and the tokens it takes."""

    def __init__(self, story: Story) -> None:
        self.summary = story.summary
        self.past = [list(turn.all_groups) for turn in story.past]
        self.now = list(story.now.all_groups)
        self._references = story.references
        self._frames = story.frames
        self._result_tokens: dict[str, int] = {}
        self.tokens = sum(self._tokens(item) for item in self.items())

    def items(self) -> tuple[InputItem, ...]:
        summary = (self.summary,) if self.summary else ()
        past = (item for turn in self.past for group in turn for item in group)
        return (*summary, *past, *(item for group in self.now for item in group))

    def reductions(self) -> Iterator[str]:
        """Make one reduction after the other; yield after each what was made."""
        whole = {item.call_id: item.output for group in self.now for item in group if isinstance(item, ToolResult)}
        for turn in self.past:
            yield from self._each(turn, "line", lambda item: self._line(item, whole))
        while self.past:
            gone = self.past.pop(0)
            self.tokens -= sum(items_tokens(group) for group in gone)
            yield "turn"
        yield from self._each(self.now, "beginning", self._beginning)
        if self.summary is not None:
            self.tokens -= item_tokens(self.summary)
            self.summary = None
            yield "summary"
        yield from self._each(self.now, "line", lambda item: self._line(item, whole))
        yield from self._each(self.now, "cut", _cut)
        yield from self._without_steps()

    def _each(self, groups: list[Group], made: str, change: Callable[[InputItem], InputItem]) -> Iterator[str]:
        """Change items one by one, where that makes them smaller."""
        for number, group in enumerate(groups):
            for place, item in enumerate(group):
                smaller = change(item)
                saved = 0 if smaller is item else self._tokens(item) - item_tokens(smaller)
                if saved > 0:
                    groups[number] = (*groups[number][:place], smaller, *groups[number][place + 1 :])
                    self._forget(smaller)
                    self.tokens -= saved
                    yield made

    def _without_steps(self) -> Iterator[str]:
        place = 0
        while place < len(self.now):
            if isinstance(self.now[place][0], UserText):
                place += 1
                continue
            self.tokens -= items_tokens(self.now.pop(place))
            yield "step"

    def _tokens(self, item: InputItem) -> int:
        """Return an item's tokens; those of results, which are long, are counted once."""
        if not isinstance(item, ToolResult):
            return item_tokens(item)
        known = self._result_tokens.get(item.call_id)
        if known is None:
            known = self._result_tokens[item.call_id] = item_tokens(item)
        return known

    def _forget(self, item: InputItem) -> None:
        if isinstance(item, ToolResult):
            del self._result_tokens[item.call_id]

    def _beginning(self, item: InputItem) -> InputItem:
        if not isinstance(item, ToolResult):
            return item
        frame = self._frames.get(item.call_id)
        text = frame.inside(item.output) if frame else item.output
        if len(text) <= BEGINNING_CHARACTERS:
            return item
        begins = text[:BEGINNING_CHARACTERS]
        note = f"\n[shortened from {len(text)} characters{self._kept(item.call_id)}]"
        return ToolResult(call_id=item.call_id, output=(frame.around(begins) if frame else begins) + note)

    def _line(self, item: InputItem, whole: dict[str, str]) -> InputItem:
        if not isinstance(item, ToolResult):
            return item
        frame = self._frames.get(item.call_id)
        output = whole.get(item.call_id, item.output)
        text = frame.inside(output) if frame else output
        begins = clean_line(text[: 2 * LINE_CHARACTERS], LINE_CHARACTERS)
        told = frame.line(begins) if frame else begins
        line = f"[left out: {len(text)} characters{self._kept(item.call_id)}] It began: {told}"
        return ToolResult(call_id=item.call_id, output=line)

    def _kept(self, call_id: str) -> str:
        reference = self._references.get(call_id)
        return f"; the whole result is kept as {reference}" if reference else ""


def _cut(item: InputItem) -> InputItem:
    match item:
        case AssistantText(text=text):
            return AssistantText(text=shortened(text, LONG_TOKENS))
        case ToolRequest(arguments=arguments) if len(arguments) > LONG_TOKENS:
            return replace(item, arguments=ARGUMENTS_LEFT_OUT)
        case _:
            return item


def _words(said: list[Group], budget: int) -> tuple[InputItem, ...]:
    """Return the person's messages, the question first, each as long as `budget` allows."""
    texts = [item.text for group in said for item in group if isinstance(item, UserText)]
    cap = longest_cap(texts, budget)
    items = [UserText(text=shortened(text, cap)) for text in texts]
    while len(items) > 1 and items_tokens(items) > budget:
        del items[1]
    return tuple(items)
