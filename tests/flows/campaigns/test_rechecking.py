"""A random sample of what is done is looked at again."""

from datetime import timedelta

import pytest

from dianliang.domain.programs import progress, sampling
from dianliang.domain.programs.models import Recheck, Target
from dianliang.domain.programs.operations.rechecks import UnableToSampleError
from dianliang.domain.programs.operations.targets import EvidenceMissingError
from dianliang.flows.campaigns import doing, listing
from dianliang.kernel.errors import InvalidInputError
from tests.core.test_files import photo
from tests.flows.campaigns.lists import frozen, stairwell, table, target
from tests.town import NOON

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def done(town):
    """A campaign of which ten of twelve are done."""
    campaign = frozen(town, table=table(*(stairwell(n) for n in range(1, 13))), proofs=["words"])
    for number in Target.objects.order_by("number").values_list("number", flat=True)[:10]:
        doing.complete(number=number, photos=[], words="灯亮", by=town.actor("S1"), at=NOON)
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


def test_what_a_recheck_rejected_is_no_evidence_any_more(town, done):
    (check,) = draw(town, done, size=1).checks.all()
    judge(town, check, passed=False, words="灯不亮")
    number, by = check.target.number, town.actor("S1")

    with pytest.raises(EvidenceMissingError, match="没有任何有效证据"):
        doing.complete(number=number, photos=[], words="", by=by, at=LATER)
    assert Target.objects.get(number=number).status == "FAILED"

    doing.complete(number=number, photos=[], words="换了镇流器，已亮", by=by, at=LATER)
    assert Target.objects.get(number=number).status == "DONE"


def test_a_demanded_proof_has_to_be_given_again_after_a_failure(town):
    campaign, by = frozen(town, proofs=["photo"]), town.actor("S1")
    number = target(campaign).number
    lamp = [("photo", photo((40, 30)))]
    doing.complete(number=number, photos=lamp, words="", by=by, at=NOON)
    (check,) = draw(town, campaign, size=1).checks.all()
    judge(town, check, passed=False, words="灯不亮")

    with pytest.raises(EvidenceMissingError, match="还缺照片"):
        doing.complete(number=number, photos=[], words="好了", by=by, at=LATER)


def test_a_closed_campaign_keeps_its_figures(town, done):
    (check,) = draw(town, done, size=1).checks.all()
    listing.move(number=done.number, verb="close", reason="到期", by=town.actor("S1"), at=NOON)

    with pytest.raises(InvalidInputError, match="不在进行中"):
        judge(town, check, passed=False, words="灯不亮")

    assert Target.objects.get(pk=check.target_id).status == "SAMPLED"


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


def test_nothing_is_drawn_that_nobody_could_write_a_result_for(town, done):
    listing.move(number=done.number, verb="close", reason="到期", by=town.actor("S1"), at=NOON)

    with pytest.raises(UnableToSampleError, match="结束前"):
        draw(town, done)

    assert not Target.objects.filter(status="SAMPLED").exists()
