"""A suggestion is not a decision: what people make of what triage proposed, part by part."""

from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.intake import access
from dianliang.domain.intake.aspects import AGREED, Aspect
from dianliang.domain.intake.models import Decision, Need
from dianliang.domain.intake.operations import handling
from dianliang.domain.intake.suggesting import latest_suggestion
from dianliang.flows import triage
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint


@transaction.atomic
def agree(*, number: str, aspect: str, by: Actor, at: datetime) -> Need:
    """Agree to one part of the suggestion, as the need stands now.

    Raises:
        InvalidInputError: there is no such part.
    """
    if aspect not in AGREED:
        raise InvalidInputError("只能采纳事项、单位或缓急。", field="aspect")
    need = access.need_to_handle(number, by=by)
    agree_unless_decided(need, aspect, by=by, at=at)
    audit.record("intake.need.agree", target=need, by=by, at=at, after=aspect)
    return need


def agree_unless_decided(
    need: Need, aspect: str, *, by: Actor, at: datetime, is_tacit: bool = False
) -> None:
    """Record that a need as it stands is agreed to, if nobody has decided this part before.

    Who accepts a need agrees to it tacitly; who says so afterwards has looked, and is recorded.
    """
    suggestion = latest_suggestion(need)
    if suggestion is None:
        return
    before = suggestion.decisions.filter(aspect=aspect)
    if (before if is_tacit else before.filter(is_tacit=False)).exists():
        return
    service = need.service.code if need.service else ""
    stands = {
        Aspect.SERVICE: service,
        Aspect.UNIT: need.unit.code,
        Aspect.URGENCY: need.urgency,
    }
    if stands[Aspect(aspect)]:
        handling.decide(
            need=need,
            aspect=aspect,
            chosen=stands[Aspect(aspect)],
            by=by,
            at=at,
            is_tacit=is_tacit,
        )


@transaction.atomic
def keep_apart(*, number: str, other: str, by: Actor, at: datetime) -> Need:
    """Say that a likely duplicate is none; it is not proposed for this need again.

    Raises:
        InvalidInputError: it is not proposed at all.
    """
    need = access.need_to_handle(number, by=by)
    likely = next((d for d in likely_of(need, by=by, at=at) if d.number == other.strip()), None)
    if likely is None:
        raise InvalidInputError("这一条没有被列为可能重复。", field="other")
    handling.judge_duplicate(need=need, evidence=evidence(likely), is_same=False, by=by, at=at)
    audit.record("intake.need.keep_apart", target=need, by=by, at=at, after=likely.number)
    return need


def evidence(likely: triage.LikelyDuplicate) -> dict[str, Any]:
    """Return what is stored of a likely duplicate that somebody judged."""
    return {
        "number": likely.number,
        "score": likely.score,
        "reasons": list(likely.reasons),
        "version": triage.DUPLICATES_VERSION,
    }


def duplicates(*, number: str, by: Actor, at: datetime) -> tuple[triage.LikelyDuplicate, ...]:
    """Return open needs that this one may repeat, without those that a person told apart."""
    need = access.need_to_see(number, by=by)
    apart = set(
        Decision.objects.filter(
            suggestion__need=need, aspect=Aspect.DUPLICATE, chosen=""
        ).values_list("proposed", flat=True)
    )
    return tuple(likely for likely in likely_of(need, by=by, at=at) if likely.number not in apart)


def likely_of(need: Need, *, by: Actor, at: datetime) -> tuple[triage.LikelyDuplicate, ...]:
    """Return open needs that one may repeat, whatever was said of them before."""
    point = GeoPoint(need.lat, need.lon) if need.lat is not None and need.lon is not None else None
    return triage.likely_duplicates(
        text=need.text,
        area=need.area,
        point=point,
        at=at,
        service_code=need.service.code if need.service else "",
        besides=need.number,
        by=by,
    )
