"""All stories, in the order in which they are played."""

from tests.orchestration.golden import (
    stories_of_cards,
    stories_of_ends,
    stories_of_rooms,
    stories_of_the_model,
    stories_of_tools,
    stories_of_waits,
)
from tests.orchestration.golden.stories import Story, told_in

STORIES: dict[str, Story] = {
    story.name: story
    for module in (
        stories_of_tools,
        stories_of_the_model,
        stories_of_ends,
        stories_of_cards,
        stories_of_waits,
        stories_of_rooms,
    )
    for story in told_in(module)
}
