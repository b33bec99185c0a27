"""What a proposal saved and relieved, stated as claims in the name of the unit that proposed it.

Who completes may be of that unit or of one above it: the number is the proposal's all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dianliang.domain.directory.queries import unit_code_of
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.relief import proposal_queries
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.domain.relief.proposal_queries import LineRow, ProposalRow
from dianliang.engines.measurement import FEWEST_UNTREATED, Status, TakenOff
from dianliang.flows.claims import ClaimDraft, EvidenceDraft, restate_claim
from dianliang.flows.relief.comparing import Comparison, compare
from dianliang.flows.relief.effects import measured_keys
from dianliang.flows.relief.planning import ENGINE
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

SUBJECT = "relief"
PERCENT = 100
REACHED = {
    Status.ESTIMATED: "ESTIMATED",
    Status.SCREENED: "SCREENED",
    Status.MEASURED: "MEASURED",
    Status.VERIFIED: "MEASURED",
}
"""How far a comparison carries a claim by itself: a second person verifies it."""


@transaction.atomic
def state_avoided(*, proposal: str, by: Actor, at: datetime) -> None:
    """State what a proposal's measures in service saved against larger transformers, as a claim.

    Stated again whenever more is built; the earlier number stays on record.

    Raises:
        NotVisibleError: the proposal is absent or another unit's.
        UnableToClaimError: see `restate_claim`.
    """
    row, lines = _proposal(proposal, by=by)
    own = [one for one in lines if one.built_on and one.usual_cny is not None and _avoids(one)]
    if not own:
        return
    spent = sum(Decimal(str(one.spent_cny)) for one in own)
    usual = sum(Decimal(str(one.usual_cny)) for one in own)
    draft = ClaimDraft(
        title=Phrase("%(proposal)s 台区治理少花的配网投资", proposal=proposal),
        kind="investment",
        value=float(usual - spent),
        measure="CNY",
        option="formula",
        method=Phrase(
            "%(n)d 个台区各换一台够大的变压器的造价（共 %(usual)s 元，按方案所列造价口径）"
            "减去实际费用 %(spent)s 元。",
            n=len(own),
            usual=f"{usual:.0f}",
            spent=f"{spent:.0f}",
        ),
        boundary=Phrase("只算公司承担的费用；客户自己出资的专变不算在内。"),
        no_interval=Phrase("造价口径是估算，没有给误差范围。"),
        engine="flows.relief",
        engine_version=ENGINE,
        subject_kind=SUBJECT,
        subject_number=proposal,
        subject_name=_named(proposal),
        findings=[Phrase("客户专变由客户出资的部分没有算作节省。")],
        evidence=[
            EvidenceDraft(
                kind=SUBJECT,
                number=proposal,
                words=Phrase(
                    "%(what)s，%(day)s 投运，实际 %(cny)s 元",
                    what=f"{one.number} {one.name}",
                    day=f"{one.built_on}",
                    cny=f"{one.spent_cny:.0f}",
                ),
            )
            for one in own
        ],
        unit_code=unit_code_of(row.unit_path),
        key=f"relief:{proposal}:avoided",
        is_generated=row.is_generated,
    )
    restate_claim(draft=draft, reason=Phrase("又有台区投运"), by=by, at=at)


@transaction.atomic
def state_relief(*, proposal: str, by: Actor, at: datetime) -> tuple[ClaimRow, ...]:
    """State the hours of overload and the peak that a proposal's measures took off, as measured.

    Raises:
        NotVisibleError: the proposal is absent or another unit's.
        UnableToRelieveError: nothing is in service, or the same month was not judged since.
        UnableToClaimError: see `restate_claim`.
    """
    row, lines = _proposal(proposal, by=by)
    found = compare(row, lines)
    if found.reason:
        raise UnableToRelieveError(found.reason)
    return _stated(row, found, by=by, at=at)


@transaction.atomic
def state_what_is_known(*, proposal: str, by: Actor, at: datetime) -> None:
    """State all that can be said of a proposal once something of it is in service.

    Raises:
        NotVisibleError, UnableToClaimError: see `state_avoided`.
    """
    state_avoided(proposal=proposal, by=by, at=at)
    row, lines = _proposal(proposal, by=by)
    found = compare(row, lines)
    if not found.reason:
        _stated(row, found, by=by, at=at)


def _proposal(number: str, *, by: Actor) -> tuple[ProposalRow, tuple[LineRow, ...]]:
    found = proposal_queries.proposal(number=number, unit_path=by.unit_path)
    if found is None:
        raise NotVisibleError("没有找到这份方案。")
    return found


def _avoids(line: LineRow) -> bool:
    """Tell whether no larger transformer was put in: that avoids none."""
    return all(one["kind"] != "enlarge" for one in line.measures)


def _named(proposal: str) -> Phrase:
    return Phrase("治理方案 %(proposal)s", proposal=proposal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One of both quantities, in the unit of its claim; a range is what single ones show.

    `untreated` is how many it was held against.
    """

    key: str
    title: Phrase
    measure: str
    method: Phrase
    found: TakenOff
    untreated: int
    scale: float
    digits: int
    range: tuple[float, float] | None


def _stated(
    row: ProposalRow, found: Comparison, *, by: Actor, at: datetime
) -> tuple[ClaimRow, ...]:
    unit, reason = unit_code_of(row.unit_path), Phrase("投运的台区或判定的月份有变化。")
    drafts = [_draft(row, found, told, unit=unit) for told in _all_told(row.number, found)]
    return tuple(restate_claim(draft=one, reason=reason, by=by, at=at) for one in drafts)


def _all_told(proposal: str, found: Comparison) -> list[_Told]:
    told, n = [], len(found.treated)
    hours, peak = measured_keys(proposal)
    if found.hours is not None:
        told.append(
            _Told(
                key=hours,
                title=Phrase("%(proposal)s 台区治理每 30 天减少的过载小时", proposal=proposal),
                measure="h",
                method=Phrase(
                    "变压器负荷由电表曲线逐点相加，达到额定容量的小时按 30 天完整数据折算，"
                    "%(n)d 个台区相加，治理前减治理后%(beside)s。",
                    n=n,
                    beside=_beside(found.hours),
                ),
                found=found.hours,
                untreated=sum(one.before.over_hours > 0 for one in found.untreated),
                scale=1.0,
                digits=1,
                range=None,
            )
        )
    if found.peak is not None:
        fell = [
            (one.before.peak_share or 0.0) - (one.after.peak_share or 0.0) for one in found.treated
        ]
        told.append(
            _Told(
                key=peak,
                title=Phrase("%(proposal)s 台区治理最大负载率平均降低的百分点", proposal=proposal),
                measure="%",
                method=Phrase(
                    "变压器负荷由电表曲线逐点相加，一个月里最大的除以额定容量，"
                    "%(n)d 个台区平均，治理前减治理后%(beside)s。",
                    n=n,
                    beside=_beside(found.peak),
                ),
                found=found.peak,
                untreated=len(found.untreated),
                scale=PERCENT / n,
                digits=2,
                range=(min(fell) * PERCENT, max(fell) * PERCENT) if n > 1 else None,
            )
        )
    return told


def _beside(found: TakenOff) -> str:
    if found.ratio is None:
        return ""
    words = "；治理前先乘未治理的过载台区同期的变化（%(ratio)s 倍，各台区比值的平均）"
    return Phrase(words, ratio=f"{found.ratio:.2f}")


def _draft(row: ProposalRow, found: Comparison, told: _Told, *, unit: str) -> ClaimDraft:
    taken, (before, after) = told.found, (found.before, found.after)
    value = round(taken.total * told.scale, told.digits)
    low, high = told.range or (None, None)
    if taken.low is not None and taken.high is not None:
        low, high = (round(end * told.scale, told.digits) for end in (taken.low, taken.high))
    elif low is not None and high is not None:
        low, high = round(low, told.digits), round(high, told.digits)
    is_sure = taken.low is not None
    is_shown = taken.status is Status.VERIFIED
    return ClaimDraft(
        title=told.title,
        kind="relief",
        value=value,
        measure=told.measure,
        low=low,
        high=high,
        confidence=taken.level if is_sure else None,
        no_interval="" if is_sure else _why_none(told),
        option="C",
        method=told.method,
        engine="engines.measurement",
        engine_version=ENGINE,
        boundary=Phrase(
            "只看这 %(n)d 个台区的变压器；移走的负荷由专变或别的台区承担，没有消失。"
            "对照是同一份方案里过载而还没有治理的 %(m)d 个台区。",
            n=len(found.treated),
            m=len(found.untreated),
        ),
        base_from_on=before.from_on if before else None,
        base_until_on=before.until_on if before else None,
        from_on=after.from_on if after else None,
        until_on=after.until_on if after else None,
        findings=_findings(found, told),
        held_back="" if is_shown or not is_sure else Phrase("区间里有 0，还没有显示出缓解。"),
        subject_kind=SUBJECT,
        subject_number=row.number,
        subject_name=_named(row.number),
        status=REACHED[taken.status],
        evidence=_evidence(row, found),
        unit_code=unit,
        key=told.key,
        is_generated=row.is_generated,
    )


def _why_none(told: _Told) -> Phrase:
    return Phrase(
        "方案里过载而没有治理、两个月都有读数的台区只有 %(m)d 个，少于 %(least)d 个，"
        "分不出天气和年景的影响。",
        m=told.untreated,
        least=FEWEST_UNTREATED,
    )


def _findings(found: Comparison, told: _Told) -> list[str]:
    plain = told.found.plain * told.scale
    said: list[str] = [
        Phrase(
            "治理前减治理后，不看对照：%(plain)s %(unit)s。",
            plain=f"{plain:,.{told.digits}f}",
            unit=told.measure,
        )
    ]
    if found.left_out:
        words = "另有 %(n)d 个投运的台区两个月的读数不能比较，没有算进去。"
        said.append(Phrase(words, n=found.left_out))
    return said


def _evidence(row: ProposalRow, found: Comparison) -> list[EvidenceDraft]:
    """Return both months as judged, and each transformer with what it carried."""
    months = [
        EvidenceDraft(
            kind="screening",
            number=one.number,
            words=Phrase("%(month)s 负载判定", month=f"{one.month:%Y-%m}"),
        )
        for one in (found.before, found.after)
        if one is not None
    ]
    words = "%(what)s：过载 %(b)s → %(a)s 小时/30 天，最大负载率 %(p)s → %(q)s"
    done = [
        EvidenceDraft(
            kind="transformer",
            number=one.number,
            words=Phrase(
                words,
                what=one.name,
                b=f"{one.before.over_hours:.1f}",
                a=f"{one.after.over_hours:.1f}",
                p=f"{one.before.peak_share or 0:.0%}",
                q=f"{one.after.peak_share or 0:.0%}",
            ),
        )
        for one in found.treated
    ]
    whole = EvidenceDraft(kind=SUBJECT, number=row.number, words=_named(row.number))
    return [whole, *months, *done]
