"""Every write to a sampling re-check."""

from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.programs import sampling
from dianliang.domain.programs.lifecycle import TARGET
from dianliang.domain.programs.models import Campaign, Recheck, RecheckRound, Target
from dianliang.domain.programs.operations.campaigns import reason_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase

MOST_SEED = 2**31 - 1


class UnableToSampleError(DomainError):
    """There is nothing to draw from, or a sample is still being looked at."""

    code = "programs.unable-to-sample"


@transaction.atomic
def draw(*, campaign: Campaign, size: int, seed: int, by: Actor, at: datetime) -> RecheckRound:
    """Draw `size` of the targets that are done, at random with a seed that is kept.

    Raises:
        UnableToSampleError: the campaign is not running, so that nobody could write down what is
            found, or the round before has unchecked ones.
        InvalidInputError: the seed or the size makes no sense.
    """
    if not 0 < seed <= MOST_SEED:
        raise InvalidInputError(
            Phrase("随机种子应在 1 到 %(most)s 之间。", most=MOST_SEED), field="seed"
        )
    locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if locked.status != "FROZEN":
        raise UnableToSampleError("名单冻结后、行动结束前才能抽样复核。")
    if Target.objects.filter(campaign=locked, status="SAMPLED").exists():
        raise UnableToSampleError("上一轮抽中的还没有复核完，请先填完结果。")
    done = {target.key: target for target in Target.objects.filter(campaign=locked, status="DONE")}
    if not 0 < size <= len(done):
        message = Phrase("样本量应在 1 到 %(n)d（已完成数）之间。", n=len(done))
        raise InvalidInputError(message, field="size")
    made = RecheckRound.objects.create(
        campaign=locked,
        position=RecheckRound.objects.filter(campaign=locked).count() + 1,
        seed=seed,
        population=len(done),
        size=size,
        drawn_at=at,
        drawn_by=by.name,
    )
    chosen = [done[key] for key in sampling.draw(done, size=size, seed=seed)]
    Recheck.objects.bulk_create(Recheck(round=made, target=target) for target in chosen)
    for target in chosen:
        transitions.apply(target, "sample", lifecycle=TARGET, by=by, at=at)
    words = f"第 {made.position} 轮：从 {len(done)} 个中抽 {size} 个，种子 {seed}"
    audit.record("programs.campaign.draw", target=locked, by=by, at=at, reason=words)
    return made


@transaction.atomic
def judge(*, target: Target, passed: bool, words: str, by: Actor, at: datetime) -> Recheck:
    """Write down what was found when looking again.

    Raises:
        InvalidInputError: it failed and nobody says how.
        UnableToSampleError: the target was not drawn.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    found = reason_of(words) if not passed else words.strip()[:200]
    check = Recheck.objects.select_for_update().filter(target=target, passed=None).first()
    if check is None:
        raise UnableToSampleError(Phrase("%(number)s 没有被抽中，或已复核。", number=target.number))
    verb = "pass_check" if passed else "fail_check"
    changes = {} if passed else {"note": found, "done_at": None, "job": None}
    transitions.apply(target, verb, lifecycle=TARGET, by=by, at=at, note=found, changes=changes)
    check.passed, check.words = passed, found
    check.checked_at, check.checked_by = at, by.name
    check.save(update_fields=["passed", "words", "checked_at", "checked_by"])
    return check
