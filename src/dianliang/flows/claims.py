"""State a number that the company stands by, lead it on, put a better one in its place.

Any flow that computes a number for people records it here and shows it with the tag `claim`
(`faces/ui/templatetags/claims.py`), so that every figure opens what bears it out.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.domain.energy import access, telling
from dianliang.domain.energy.contesting import contest_of, did_ask
from dianliang.domain.energy.lifecycle import CURRENT
from dianliang.domain.energy.models import Claim
from dianliang.domain.energy.operations import claims as operations
from dianliang.domain.energy.operations import factors
from dianliang.domain.energy.queries.claims import row_of
from dianliang.domain.energy.queries.factors import FactorRow, factor_row
from dianliang.domain.energy.shapes import ClaimDraft, ClaimRow, EvidenceDraft
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase, phrase_of

__all__ = ["ClaimDraft", "ClaimRow", "EvidenceDraft", "record_claim", "restate_claim"]


@transaction.atomic
def record_claim(*, draft: ClaimDraft, by: Actor, at: datetime) -> ClaimRow:
    """State a number with its method, boundary, data, factor and evidence (登记量化声明).

    Raises:
        UnableToClaimError: something is missing or contradicts itself; `field` names it.
        NotVisibleError: the actor states no numbers, or not those of this unit.
    """
    return row_of(operations.record(draft=draft, by=by, at=at))


@transaction.atomic
def restate_claim(*, draft: ClaimDraft, reason: str, by: Actor, at: datetime) -> ClaimRow:
    """State a number under its `key`, in the place of the one that stood under it.

    Where the same was stated before nothing happens: a computation may be run again and again.
    A verified number stands until a second person states the other one: the first only asks for it.

    Raises:
        UnableToClaimError, NotVisibleError: see `record_claim`; or the draft has no key.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not draft.key:
        raise operations.UnableToClaimError("没有来源键，不知道要更正哪一条。", field="key")
    before = access.claims(by).filter(key=draft.key, status__in=CURRENT).first()
    if before is None:
        return record_claim(draft=draft, by=by, at=at)
    if before.digest == operations.digest_of(draft):
        return row_of(before)
    if before.status == "VERIFIED":
        asked = contest_of(before)
        if asked is None:
            operations.lead_on(claim=before, verb="contest", reason=reason, by=by, at=at)
        if asked is None or did_ask(asked, before, by=by):
            return row_of(before)
    made = operations.supersede(claim=before, draft=draft, reason=reason, by=by, at=at)
    return row_of(made)


@transaction.atomic
def supersede_claim(
    *, number: str, draft: ClaimDraft, reason: str, by: Actor, at: datetime
) -> ClaimRow:
    """Put another number in the place of one that was wrong (更正).

    Raises:
        NotVisibleError: the claim is absent or another's.
        UnableToClaimError: there is no reason, or see `record_claim`.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    claim = access.claim_to_see(number, by=by)
    return row_of(operations.supersede(claim=claim, draft=draft, reason=reason, by=by, at=at))


@transaction.atomic
def correct_claim(
    *,
    number: str,
    value: float,
    low: float | None,
    high: float | None,
    reason: str,
    by: Actor,
    at: datetime,
    activity: float | None = None,
) -> ClaimRow:
    """Correct the figures of a claim; all else that it says is said again (更正数值).

    What a person types in is screened at most: that it is measured is confirmed by another.
    `activity` is another activity under the same factor, the claim's own when left out.

    Raises:
        NotVisibleError, UnableToClaimError, IllegalTransitionError, NotYourTurnError,
            StaleStateError: see `supersede_claim`.
    """
    claim = access.claim_to_see(number, by=by)
    draft = _said_again(claim, value=value, low=low, high=high)
    if activity is not None:
        draft = replace(draft, activity=activity)
    return supersede_claim(number=number, draft=draft, reason=reason, by=by, at=at)


@transaction.atomic
def lead_on(*, number: str, verb: str, reason: str, by: Actor, at: datetime) -> ClaimRow:
    """Screen, confirm, verify, contest or withdraw a claim.

    Raises:
        NotVisibleError: it is absent or another's.
        UnableToClaimError: there is no reason; or nobody may confirm or verify his own.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    claim = access.claim_to_see(number, by=by)
    return row_of(operations.lead_on(claim=claim, verb=verb, reason=reason, by=by, at=at))


@transaction.atomic
def keep_factor(*, asked: Mapping[str, Any], reason: str, by: Actor, at: datetime) -> FactorRow:
    """Add a factor, or the next version of one; see `operations.factors.keep`.

    Raises:
        UnableToKeepFactorError: a figure is wrong, or source or reason are missing.
        NotVisibleError: the actor keeps no factors.
    """
    return factor_row(factors.keep(asked=asked, reason=reason, by=by, at=at))


@transaction.atomic
def check_factor(*, code: str, document: str, words: str, by: Actor, at: datetime) -> str:
    """Confirm a factor's version against its document; return its series. See `factors.check`.

    Raises:
        UnableToKeepFactorError, InvalidInputError: it cannot be confirmed like this.
        NotVisibleError: there is none, or the actor confirms none.
    """
    made = factors.check(code=code, document=document, words=words, by=by, at=at)
    return made.factor.series


@transaction.atomic
def withdraw_factor_check(*, code: str, words: str, by: Actor, at: datetime) -> str:
    """Take a wrong check back; return the factor's series. See `factors.withdraw_check`.

    Raises:
        UnableToKeepFactorError, InvalidInputError: there is none to take back, or no reason.
        NotVisibleError: there is no such factor, or the actor checks none.
    """
    return factors.withdraw_check(code=code, words=words, by=by, at=at).series


def _said_again(claim: Claim, *, value: float, low: float | None, high: float | None) -> ClaimDraft:
    """Return what a claim says with other figures: an interval that goes leaves a reason."""
    has_interval = claim.confidence is not None and low is not None
    lost = telling.sentence(claim, "no_interval") or Phrase("更正后的数没有给出区间。")
    return ClaimDraft(
        title=telling.sentence(claim, "title"),
        kind=claim.kind,
        value=value,
        measure=claim.measure,
        option=claim.option,
        method=telling.sentence(claim, "method"),
        boundary=telling.sentence(claim, "boundary"),
        subject_name=telling.sentence(claim, "subject_name"),
        subject_kind=claim.subject_kind,
        subject_number=claim.subject_number,
        status="ESTIMATED" if claim.status == "ESTIMATED" else "SCREENED",
        low=low,
        high=high,
        confidence=claim.confidence if has_interval else None,
        no_interval="" if has_interval else lost,
        engine=claim.engine,
        engine_version=claim.engine_version,
        base_from_on=claim.base_from_on,
        base_until_on=claim.base_until_on,
        from_on=claim.from_on,
        until_on=claim.until_on,
        factor=claim.factor.code if claim.factor else "",
        activity=claim.activity,
        activity_unit=claim.activity_unit,
        findings=tuple(map(phrase_of, claim.findings)),
        held_back=telling.own_reason(claim),
        evidence=[
            EvidenceDraft(
                kind=one.kind, words=telling.words_of(one), number=one.number, digest=one.digest
            )
            for one in claim.evidence.all()
        ],
        unit_code=claim.unit.code,
        part_of=claim.part_of.number if claim.part_of else "",
        key=claim.key,
        is_generated=claim.is_generated,
    )
