"""Two teams of one station, and short ways to draft, compute and publish."""

import pytest

from tests.town import Town


@pytest.fixture
def two_teams(town: Town) -> Town:
    town.team("A", "S1", "repair", near="V1")
    town.team("B", "S1", "repair", "care", near="V2")
    return town
