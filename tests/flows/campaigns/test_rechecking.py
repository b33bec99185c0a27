"""A random sample of what is done is looked at again."""

import pytest

from dianliang.domain.programs import progress, sampling
from dianliang.domain.programs.models import Recheck, Target
from dianliang.domain.programs.operations.rechecks import UnableToSampleError
from dianliang.flows.campaigns import doing
from dianliang.kernel.errors import InvalidInputError
from tests.flows.campaigns.lists import frozen, stairwell, table
from tests.town import NOON


@pytest.fixture
def done(town):
    """A campaign of which ten of twelve are done."""
    campaign = frozen(town, table=table(*(stairwell(n) for n in range(1, 13))), proofs=[])
    for number in Target.objects.order_by("number").values_list("number", flat=True)[:10]:
        doing.complete(number=number, photos=[], words="", by=town.actor("S1"), at=NOON)
    return campaign


def draw(town, campaign, size=4, seed=42):
    return doing.draw(number=campaign.number, size=size, seed=seed, by=town.actor("S1"), at=NOON)


def judge(town, check, passed=True, words=""):
    return doing.judge(
        number=check.target.number, passed=passed, words=words, by=town.actor("S1"), at=NOON
    )


def test_the_sample_is_stated_and_repeatable(town, done):
    made = draw(town, done)

    chosen = sorted(check.target.key for check in made.checks.all())
    assert (made.population, made.size, made.seed) == (10, 4, 42)
    keys = Target.objects.filter(status__in=["DONE", "SAMPLED"]).values_list("key", flat=True)
    assert chosen == list(sampling.draw(list(keys), size=4, seed=42))


def test_what_is_being_looked_at_again_still_counts_as_done(town, done):
    draw(town, done)

    (row,) = progress.campaigns(by=town.actor("S1"))
    assert (row.tally.done, row.tally.total) == (10, 12)


def test_a_failure_takes_the_target_back_and_the_share_has_its_interval(town, done):
    made = draw(town, done)
    first, *others = made.checks.order_by("pk")
    with pytest.raises(InvalidInputError):
        judge(town, first, passed=False)
    judge(town, first, passed=False, words="灯不亮")
    assert progress.rounds(done)[0].share is None
    for check in others:
        judge(town, check)

    (row,) = progress.rounds(done)
    assert (row.checked, row.failed) == (4, 1)
    assert row.share.value == 0.75
    assert row.share.low < 0.75 < row.share.high <= 0.9
    failed = Target.objects.get(pk=first.target_id)
    assert (failed.status, failed.note, failed.done_at) == ("FAILED", "灯不亮", None)
    doing.complete(number=failed.number, photos=[], words="", by=town.actor("S1"), at=NOON)


def test_the_next_round_waits_for_the_one_before(town, done):
    made = draw(town, done, size=1)
    with pytest.raises(UnableToSampleError):
        draw(town, done)
    check = made.checks.get()
    judge(town, check)
    with pytest.raises(UnableToSampleError):
        judge(town, check)

    assert draw(town, done, size=2).position == 2
    assert Recheck.objects.count() == 3


@pytest.mark.parametrize(("size", "seed"), [(0, 1), (11, 1), (1, 0), (1, 2**40)])
def test_a_sample_that_cannot_be_is_refused(town, done, size, seed):
    with pytest.raises(InvalidInputError):
        draw(town, done, size=size, seed=seed)
