"""A transformer is relieved once, after the days that its proposal read."""

from datetime import date, datetime, timedelta

import pytest

from dianliang.domain.relief.models import Completion, Decision
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.flows.relief import deciding
from tests import loaded
from tests.loaded import AT

LATER = AT + timedelta(days=30)
BUILT_ON = date(2026, 5, 20)


@pytest.fixture
def two(town):
    """Two proposals for the same transformer and month."""
    return loaded.hand_made(town), loaded.hand_made(town)


def take(town, proposal):
    return deciding.decide(
        proposal=proposal.number,
        transformer="B3",
        verdict="taken",
        reason="",
        by=town.actor("S1"),
        at=LATER,
    )


def build(town, proposal, *, on: date = BUILT_ON, at: datetime = LATER):
    return deciding.complete(
        proposal=proposal.number,
        transformer="B3",
        built_on=on,
        spent_cny=28_000,
        note="",
        by=town.actor("S1"),
        at=at,
    )


def test_a_transformer_that_was_relieved_is_not_relieved_again_by_another_proposal(two, town):
    first, second = two
    take(town, first)
    build(town, first)

    with pytest.raises(UnableToRelieveError, match=f"已按方案 {first.number} 于 2026-05-20 投运"):
        take(town, second)
    assert Decision.objects.count() == 1


def test_of_two_proposals_that_were_taken_only_the_last_is_built(two, town):
    first, second = two
    take(town, first)
    take(town, second)

    with pytest.raises(UnableToRelieveError, match=f"后来按方案 {second.number} 采纳"):
        build(town, first)
    build(town, second)
    with pytest.raises(UnableToRelieveError, match=f"已按方案 {second.number}"):
        build(town, first)
    assert Completion.objects.count() == 1


def test_what_is_still_overloaded_afterwards_may_be_relieved_again(two, town):
    first, second = two
    screening = second.screening
    screening.month = screening.from_on = date(2026, 6, 1)
    screening.until_on = date(2026, 7, 1)
    screening.save()
    take(town, first)
    build(town, first)
    take(town, second)

    build(town, second, on=date(2026, 7, 3), at=LATER + timedelta(days=60))

    assert Completion.objects.count() == 2


def test_nothing_is_in_service_within_the_days_that_its_proposal_read(two, town):
    take(town, two[0])
    with pytest.raises(UnableToRelieveError, match="不能早于 2026-05-01") as refusal:
        build(town, two[0], on=date(2026, 4, 30))
    assert refusal.value.field == "built_on"
    build(town, two[0], on=date(2026, 5, 1))
