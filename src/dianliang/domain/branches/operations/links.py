"""Every write about pairings, alliances and secondments."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.branches.lifecycle import ALLIANCE, PAIRING
from dianliang.domain.branches.models import (
    Alliance,
    Branch,
    Pairing,
    PairingResult,
    PairingStep,
)
from dianliang.domain.branches.operations.terms import (
    LONGEST_DAYS,
    MOST_STEPS,
    Terms,
    UnableToPairError,
    require_sense,
)
from dianliang.domain.branches.rules import representative_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase, joined


@transaction.atomic
def prepare(*, terms: Terms, by: Actor, at: datetime) -> Pairing:
    """Write down a pairing that is being prepared (筹备结对), with its plan.

    Raises:
        UnableToPairError: the days make no sense, a step lies outside, the branch is paired with
            the same side already or would be with itself, or the alliance is another branch's or
            over.
    """
    rows = Branch.objects.select_for_update(of=("self",)).select_related("unit")
    terms = replace(terms, branch=rows.get(pk=terms.branch.pk))
    require_sense(terms)
    twin = Pairing.objects.filter(
        branch=terms.branch,
        other_name=terms.other.name,
        mode=terms.mode,
        status__in=["DRAFT", "RUNNING"],
    ).first()
    if twin is not None:
        message = Phrase(
            "%(branch)s与%(name)s已有“%(mode)s”（%(number)s）。",
            branch=terms.branch,
            name=terms.other.name,
            mode=terms.mode,
            number=twin.number,
        )
        raise UnableToPairError(message, field="other")
    pairing = Pairing.objects.create(
        number=next_number("JD", at=at),
        branch=terms.branch,
        mode=terms.mode,
        other_unit=terms.other.unit,
        other_area=terms.other.area,
        other_name=terms.other.name,
        alliance=terms.alliance,
        goal=terms.goal,
        from_on=terms.from_on,
        until_on=terms.until_on,
        created_by=by.name,
        created_at=at,
    )
    PairingStep.objects.bulk_create(
        PairingStep(pairing=pairing, position=position, words=words, due_on=due_on)
        for position, (words, due_on) in enumerate(terms.steps, start=1)
    )
    audit.record(
        "branches.pairing.prepare",
        target=pairing,
        by=by,
        at=at,
        after=pairing.status,
        reason=f"{terms.branch} – {terms.other.name}",
    )
    return pairing


@transaction.atomic
def sign(*, pairing: Pairing, by: Actor, at: datetime) -> Pairing:
    """Let a pairing begin (签约结对): it needs a plan.

    Raises:
        UnableToPairError: it has no plan, or is over by its own days.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not pairing.steps.exists():
        raise UnableToPairError("还没有共建计划，请先列出至少一项。", field="steps")
    today = at.astimezone(SHANGHAI).date()
    if pairing.until_on < today:
        raise UnableToPairError(
            Phrase("结对期已在 %(until_on)s 结束。", until_on=pairing.until_on), field="until_on"
        )
    changes = {"signed_on": today}
    return transitions.apply(pairing, "sign", lifecycle=PAIRING, by=by, at=at, changes=changes)


@transaction.atomic
def plan_step(
    *, pairing: Pairing, words: str, due_on: date, by: Actor, at: datetime
) -> PairingStep:
    """Add something to the plan of a pairing (加计划).

    Raises:
        UnableToPairError: it is over, the day lies outside, or the plan is full.
    """
    if pairing.status not in {"DRAFT", "RUNNING"}:
        raise UnableToPairError("结对已结束，不能再加计划。")
    if not pairing.from_on <= due_on <= pairing.until_on:
        message = Phrase(
            "期限应在结对期 %(from_on)s 至 %(until_on)s 之内。",
            from_on=pairing.from_on,
            until_on=pairing.until_on,
        )
        raise UnableToPairError(message, field="due_on")
    Pairing.objects.select_for_update().get(pk=pairing.pk)
    position = pairing.steps.count() + 1
    if position > MOST_STEPS:
        raise UnableToPairError(Phrase("计划最多 %(most)s 项。", most=MOST_STEPS), field="words")
    step = PairingStep.objects.create(
        pairing=pairing, position=position, words=words, due_on=due_on
    )
    audit.record(
        "branches.pairing.plan_step",
        target=pairing,
        by=by,
        at=at,
        after=f"{due_on}",
        reason=words,
    )
    return step


@transaction.atomic
def record_result(
    *,
    pairing: Pairing,
    step: PairingStep | None,
    on: date,
    words: str,
    record: tuple[str, str],
    by: Actor,
    at: datetime,
) -> PairingResult:
    """Write down what came of a pairing on a day (登记成果), with the record that shows it.

    Raises:
        UnableToPairError: it has not begun, the day lies ahead or outside, or the step is not its.
    """
    if pairing.status == "DRAFT":
        raise UnableToPairError("还没有签约结对，不能登记成果。")
    if not pairing.from_on <= on <= at.astimezone(SHANGHAI).date():
        message = Phrase("成果日期应在 %(from_on)s 之后，且不晚于今天。", from_on=pairing.from_on)
        raise UnableToPairError(message, field="on")
    if pairing.ended_on is not None and on > pairing.ended_on:
        message = Phrase(
            "结对已于 %(ended_on)s 结束，成果日期不能更晚。", ended_on=pairing.ended_on
        )
        raise UnableToPairError(message, field="on")
    if step is not None and step.pairing_id != pairing.pk:
        raise UnableToPairError("这项计划不属于这条结对。", field="step")
    result = PairingResult.objects.create(
        number=next_number("GJ", at=at),
        pairing=pairing,
        step=step,
        on=on,
        words=words,
        record_kind=record[0],
        record_number=record[1],
        recorded_by=by.name,
        recorded_at=at,
    )
    audit.record(
        "branches.pairing.record_result",
        target=pairing,
        by=by,
        at=at,
        after=result.number,
        reason=words,
    )
    return result


@transaction.atomic
def renew(*, pairing: Pairing, until_on: date, reason: str, by: Actor, at: datetime) -> Pairing:
    """Let a pairing go on until a later day (续期).

    Raises:
        UnableToPairError: the branch is dissolved, or the day is not later than the old one and
            today, or too far.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    branch = Branch.objects.select_for_update().get(pk=pairing.branch_id)
    if branch.status != "ACTIVE":
        raise UnableToPairError(Phrase("%(branch)s已撤销，不能再续期。", branch=branch))
    today, old = at.astimezone(SHANGHAI).date(), pairing.until_on
    if until_on <= max(old, today) or (until_on - pairing.from_on).days > 2 * LONGEST_DAYS:
        message = Phrase("新的结束日期应晚于 %(after)s，且不超过十年。", after=max(old, today))
        raise UnableToPairError(message, field="until_on")
    return transitions.apply(
        pairing,
        "renew",
        lifecycle=PAIRING,
        by=by,
        at=at,
        note=f"{old} → {until_on}：{reason}",
        changes={"until_on": until_on, "ended_on": None},
    )


@transaction.atomic
def end(*, pairing: Pairing, by: Actor, at: datetime) -> Pairing:
    """Note that the last day of a pairing has passed (期满).

    Raises:
        UnableToPairError: it has not.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if pairing.until_on >= at.astimezone(SHANGHAI).date():
        message = Phrase(
            "结对到 %(until_on)s 才期满；提前结束请用“终止”并写明原因。", until_on=pairing.until_on
        )
        raise UnableToPairError(message)
    changes = {"ended_on": pairing.until_on}
    return transitions.apply(pairing, "end", lifecycle=PAIRING, by=by, at=at, changes=changes)


@transaction.atomic
def stop(*, pairing: Pairing, reason: str, by: Actor, at: datetime) -> Pairing:
    """End a pairing before its day, for a reason (终止).

    Raises:
        UnableToPairError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToPairError("请写明终止原因。", field="reason")
    changes = {"ended_on": at.astimezone(SHANGHAI).date()}
    return transitions.apply(
        pairing, "stop", lifecycle=PAIRING, by=by, at=at, note=reason, changes=changes
    )


@transaction.atomic
def set_up(
    *, branch: Branch, title: str, theme_words: str, starts_on: date, by: Actor, at: datetime
) -> Alliance:
    """Set an alliance around a branch up (组建联盟); it starts when all its parts are there.

    Raises:
        UnableToPairError: the branch has one already, or is no ordinary one at work.
    """
    if branch.status != "ACTIVE" or branch.kind != Branch.Kind.ORDINARY:
        raise UnableToPairError("联盟以运行中的党支部为中心。", field="branch")
    Branch.objects.select_for_update().get(pk=branch.pk)
    other = branch.alliances.filter(status__in=["DRAFT", "RUNNING"]).first()
    if other is not None:
        message = Phrase(
            "%(branch)s已有联盟“%(title)s”（%(number)s），总结后再建。",
            branch=branch,
            title=other.title,
            number=other.number,
        )
        raise UnableToPairError(message, field="branch")
    alliance = Alliance.objects.create(
        number=next_number("LJ", at=at),
        title=title,
        branch=branch,
        theme_words=theme_words,
        starts_on=starts_on,
        created_by=by.name,
        created_at=at,
    )
    audit.record(
        "branches.alliance.set_up", target=alliance, by=by, at=at, after="DRAFT", reason=title
    )
    return alliance


@transaction.atomic
def start(*, alliance: Alliance, by: Actor, at: datetime) -> Alliance:
    """Let an alliance begin (成立): 1 representative, 1 branch and at least one outside.

    Raises:
        UnableToPairError: the representative or the outside is lacking.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    _require_complete(alliance, on=at.astimezone(SHANGHAI).date(), what="成立")
    return transitions.apply(alliance, "start", lifecycle=ALLIANCE, by=by, at=at)


@transaction.atomic
def close(*, alliance: Alliance, summary: str, by: Actor, at: datetime) -> Alliance:
    """Sum an alliance up (总结). It cannot be closed while its branch lacks a representative.

    Raises:
        UnableToPairError: the representative, the outside or any result is lacking.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    today = at.astimezone(SHANGHAI).date()
    if not summary:
        raise UnableToPairError("请写总结。", field="summary")
    _require_complete(alliance, on=today, what="总结")
    without = [
        pairing.other_name
        for pairing in alliance.pairings.filter(status__in=["RUNNING", "ENDED"])
        if not pairing.results.exists()
    ]
    if without:
        message = Phrase(
            "与%(without)s的联建还没有登记成果，不能总结。", without=joined("、", without)
        )
        raise UnableToPairError(message, field="summary")
    changes = {"summary": summary, "closed_on": today}
    return transitions.apply(alliance, "close", lifecycle=ALLIANCE, by=by, at=at, changes=changes)


@transaction.atomic
def give_up(*, alliance: Alliance, reason: str, by: Actor, at: datetime) -> Alliance:
    """Give up an alliance that never began (终止).

    Raises:
        UnableToPairError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToPairError("请写明终止原因。", field="reason")
    return transitions.apply(alliance, "stop", lifecycle=ALLIANCE, by=by, at=at, note=reason)


def _require_complete(alliance: Alliance, *, on: date, what: str) -> None:
    if representative_of(alliance.branch, on=on) is None:
        message = Phrase(
            "%(branch)s现在没有党建代表，不能%(what)s；请先下派一名代表。",
            branch=alliance.branch,
            what=Phrase(what),
        )
        raise UnableToPairError(message, field="representative")
    if not alliance.pairings.filter(status__in=["RUNNING", "ENDED"]).exists():
        message = Phrase(
            "联盟还没有外部联建支部，不能%(what)s；请先签约至少一家。", what=Phrase(what)
        )
        raise UnableToPairError(message, field="pairings")
