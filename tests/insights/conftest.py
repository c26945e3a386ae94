"""A world of its own for each test of the analyzer, for it reads across conversations."""

import pytest

from tests.insights.asking import Analysis
from tests.support.world import World


@pytest.fixture
def analysis(lonely_world: World) -> Analysis:
    return Analysis(lonely_world)
