"""What people say of a need's category that does not move the need: it teaches and is counted.

A need that has ended, or stands where its service cannot change, keeps unit and promises.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.catalog.models import Service
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake import search
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Decision, Need
from dianliang.domain.intake.operations.handling import UnableToHandleError, decide
from dianliang.domain.intake.suggesting import latest_suggestion
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase

NONE_OF_THESE = ""
"""What is chosen where no service fits: nothing is taught by it, and nothing is moved."""

TOO_LATE = "之后已有人处理过，不能撤销；请打开这条需求再改。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a need stands in all that its service decides, so that a slip can be taken back."""

    status: str
    service_code: str
    unit_code: str
    urgency: str
    is_public: bool
    response_due_at: datetime
    on_site_due_at: datetime | None
    due_at: datetime


def standing(need: Need) -> Standing:
    """Return how a need stands now."""
    return Standing(
        status=need.status,
        service_code=need.service.code if need.service else "",
        unit_code=need.unit.code,
        urgency=need.urgency,
        is_public=need.is_public,
        response_due_at=need.response_due_at,
        on_site_due_at=need.on_site_due_at,
        due_at=need.due_at,
    )


def hold(need: Need) -> None:
    """Let nobody else decide this need until the transaction ends, and see it as it is now."""
    need.refresh_from_db(from_queryset=Need.objects.select_for_update())


@transaction.atomic
def label(
    *, need: Need, service_code: str, by: Actor, at: datetime, reason: str = ""
) -> Decision | None:
    """Decide the category without moving the need; `NONE_OF_THESE` says that no service fits."""
    was = need.service.code if need.service else ""
    decision = decide(need=need, aspect=Aspect.SERVICE, chosen=service_code, by=by, at=at)
    verb = "intake.need.label"
    audit.record(verb, target=need, by=by, at=at, before=was, after=service_code, reason=reason)
    return decision


@transaction.atomic
def add_also(*, need: Need, service_code: str, by: Actor, at: datetime) -> Decision | None:
    """Say that a text is about a second service too."""
    decision = decide(need=need, aspect=Aspect.ALSO, chosen=service_code, by=by, at=at)
    audit.record("intake.need.also", target=need, by=by, at=at, after=service_code)
    return decision


@transaction.atomic
def second(*, need: Need, service_code: str, by: Actor, at: datetime) -> Decision:
    """Store what a second person chose who had not seen the first choice.

    Raises:
        UnableToHandleError: nobody has decided it yet, or it was he who did.
        StaleStateError: somebody else was the second person meanwhile.
    """
    decisions = Decision.objects.filter(suggestion__need=need)
    firsts = list(decisions.filter(aspect=Aspect.SERVICE).order_by("pk"))
    if not firsts:
        raise UnableToHandleError("这条还没有人定过类别，请先在“待定”里定。")
    if any(first.by_id == by.id for first in firsts):
        raise UnableToHandleError("这条的类别是您自己定的，盲评须由另一个人来做。")
    if decisions.filter(aspect=Aspect.SECOND).exists():
        raise StaleStateError("这条刚有人盲评过了，请看下一条。")
    made = Decision.objects.create(
        suggestion=firsts[-1].suggestion,
        at=at,
        by_id=by.id,
        by_name=by.name,
        aspect=Aspect.SECOND,
        proposed=firsts[-1].chosen,
        chosen=service_code,
    )
    audit.record("intake.need.second", target=need, by=by, at=at, after=service_code)
    return made


@transaction.atomic
def settle(*, need: Need, service: Service, reason: str, by: Actor, at: datetime) -> Decision:
    """Correct a category that contradicts that of a near-duplicate; the need is not moved.

    Raises:
        UnableToHandleError: triage never proposed anything for it.
    """
    suggestion = latest_suggestion(need)
    if suggestion is None:
        raise UnableToHandleError(Phrase("%(number)s 没有建议可更正。", number=need.number))
    last = (
        Decision.objects.filter(suggestion__need=need, aspect=Aspect.SERVICE)
        .order_by("-pk")
        .first()
    )
    made = Decision.objects.create(
        suggestion=suggestion,
        at=at,
        by_id=by.id,
        by_name=by.name,
        aspect=Aspect.SERVICE,
        proposed=last.proposed if last else "",
        chosen=service.code,
    )
    audit.record(
        "intake.need.settle",
        target=need,
        by=by,
        at=at,
        before=last.chosen if last else "",
        after=service.code,
        reason=reason,
    )
    return made


@transaction.atomic
def take_back(
    *,
    need: Need,
    decisions: Collection[int],
    before: Standing,
    after: Standing,
    by: Actor,
    at: datetime,
) -> Need:
    """Take back one's own choice just made; what it moved stands again as before.

    The decisions go, so that nothing is learnt from a slip; the trail keeps that they were made.

    `before` and `after` are how it stood then, on both sides of the choice.

    Raises:
        StaleStateError: somebody has done something with the need since.
    """
    own = Decision.objects.filter(pk__in=decisions, suggestion__need=need, by_id=by.id)
    made = list(own.order_by("pk"))
    is_newest = bool(made) and made[-1].pk == _newest(need)
    if not is_newest or len(made) != len(set(decisions)) or standing(need) != after:
        raise StaleStateError(TOO_LATE)
    if after != before:
        _put_back(need, before)
    chosen = "、".join(decision.chosen or "—" for decision in made)
    own.delete()
    audit.record("intake.need.take_back", target=need, by=by, at=at, before=chosen)
    return need


def _newest(need: Need) -> int | None:
    """Return the newest decision about a need's text."""
    rows = Decision.objects.filter(suggestion__need=need).exclude(aspect=Aspect.DUPLICATE)
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def _put_back(need: Need, before: Standing) -> None:
    values = asdict(before)
    service_code, unit_code = values.pop("service_code"), values.pop("unit_code")
    status = values.pop("status")
    values["service"] = Service.objects.filter(code=service_code).first()
    values["unit"] = Unit.objects.get(code=unit_code)
    as_seen = Need.objects.filter(pk=need.pk, status=status, service=need.service, unit=need.unit)
    if not as_seen.update(**values):
        raise StaleStateError(TOO_LATE)
    for name, value in values.items():
        setattr(need, name, value)
    search.index([need])
