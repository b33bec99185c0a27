"""How triage does week by week, counted by the database: what is asked, what people make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Floor, Least

from dianliang.domain.intake import access
from dianliang.domain.intake.aspects import Aspect
from dianliang.domain.intake.models import Decision
from dianliang.domain.intake.suggesting import of_texts
from dianliang.engines.labelling import BINS, Bin
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

WEEKS = 12
WEEK = timedelta(days=7)
CONFIDENCE = "suggestion__body__categories__0__confidence"
FIRST = "suggestion__body__categories__0__service_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week from Monday to Monday in Shanghai; the last one may not be over."""

    starts_at: datetime
    ends_at: datetime
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a whole; without a whole there is no share."""

    n: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """Return the share, or None of nothing."""
        return self.n / self.of if self.of else None


def weeks_until(at: datetime) -> tuple[Week, ...]:
    """Return the last twelve weeks, oldest first; the one that `at` lies in is the last."""
    local = at.astimezone(SHANGHAI)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=local.weekday())
    starts = [monday - WEEK * back for back in range(WEEKS - 1, -1, -1)]
    return tuple(Week(starts_at=s, ends_at=s + WEEK, is_over=s + WEEK <= at) for s in starts)


def _week(field: str, weeks: Sequence[Week]) -> Case:
    """Number the week of an instant: comparisons alone, so that an index or a scan will do."""
    ends = [When(**{f"{field}__lt": week.ends_at}, then=Value(i)) for i, week in enumerate(weeks)]
    return Case(*ends, default=Value(len(weeks)), output_field=IntegerField())


def _within(field: str, weeks: Sequence[Week]) -> Q:
    return Q(**{f"{field}__gte": weeks[0].starts_at, f"{field}__lt": weeks[-1].ends_at})


def received(weeks: Sequence[Week], *, by: Actor) -> tuple[dict[str, int], ...]:
    """Return for each week how many needs of each service came in; "" is none known yet."""
    rows = (
        access.reviewable(by)
        .filter(_within("received_at", weeks))
        .order_by()
        .values_list(_week("received_at", weeks), "service__code")
        .annotate(n=Count("pk"))
    )
    found: tuple[dict[str, int], ...] = tuple({} for _ in weeks)
    for week, code, n in rows:
        found[week][code or ""] = n
    return found


def overridden(weeks: Sequence[Week], *, by: Actor) -> tuple[Part, ...]:
    """Return for each week the decisions about the service that are not what was proposed.

    Only what somebody looked at is counted: to accept a need says nothing about its service.
    """
    rows = (
        _looked_at(weeks, by=by)
        .values_list(_week("at", weeks))
        .annotate(n=Count("pk", filter=~Q(chosen=F("proposed"))), of=Count("pk"))
    )
    return _parts(rows, weeks)


def unlooked(weeks: Sequence[Week], *, by: Actor) -> tuple[int, ...]:
    """Return for each week how many services stand because the need was accepted, unlooked at."""
    looked = Decision.objects.filter(
        suggestion=OuterRef("suggestion"), aspect=Aspect.SERVICE, is_tacit=False
    )
    rows = (
        _decisions(weeks, by=by)
        .filter(~Exists(looked), is_tacit=True)
        .values_list(_week("at", weeks))
        .annotate(n=Count("pk"))
    )
    known = dict(rows)
    return tuple(known.get(number, 0) for number in range(len(weeks)))


def sampled(weeks: Sequence[Week], *, by: Actor) -> Part:
    """Return of the needs that a second person decided blind how many triage had right.

    They are drawn by their number alone, accepted needs and corrected ones alike, and whoever
    decided them saw neither the proposal nor the first choice: this share leans to no side.
    """
    rows = (
        Decision.objects.filter(
            _within("at", weeks),
            aspect=Aspect.SECOND,
            suggestion__need__in=access.reviewable(by).values("pk"),
        )
        .order_by()
        .values_list(FIRST, "chosen")
    )
    pairs = [(proposed or "", chosen) for proposed, chosen in rows]
    return Part(n=sum(one == other for one, other in pairs), of=len(pairs))


def doubted(weeks: Sequence[Week], *, by: Actor) -> tuple[Part, ...]:
    """Return for each week the suggestions that left the service to a person."""
    rows = (
        of_texts()
        .filter(_within("at", weeks), need__in=access.reviewable(by).values("pk"))
        .order_by()
        .values_list(_week("at", weeks))
        .annotate(n=Count("pk", filter=Q(body__none_of_these=True)), of=Count("pk"))
    )
    return _parts(rows, weeks)


def _decisions(weeks: Sequence[Week], *, by: Actor) -> QuerySet[Decision]:
    needs = access.reviewable(by).values("pk")
    decisions = Decision.objects.filter(aspect=Aspect.SERVICE, suggestion__need__in=needs)
    return decisions.filter(_within("at", weeks)).order_by()


def _looked_at(weeks: Sequence[Week], *, by: Actor) -> QuerySet[Decision]:
    return _decisions(weeks, by=by).filter(is_tacit=False)


def _parts(rows: Any, weeks: Sequence[Week]) -> tuple[Part, ...]:
    known = {week: Part(n=n, of=of) for week, n, of in rows}
    return tuple(known.get(number, Part()) for number in range(len(weeks)))


def confidences(weeks: Sequence[Week], *, by: Actor) -> tuple[Bin, ...]:
    """Return how sure triage was of its first service, in ten bins, and how often it was right.

    Right is what a person who looked decided just so; where nothing was proposed, nothing could be
    right.
    """
    said = Cast(F(CONFIDENCE), FloatField())
    bin_number = Cast(Least(Floor(said * BINS), Value(BINS - 1.0)), IntegerField())
    rows = (
        _looked_at(weeks, by=by)
        .exclude(proposed="")
        .values_list(bin_number)
        .annotate(
            n=Count("pk"),
            mean=Avg(said),
            right=Count("pk", filter=Q(chosen=F("proposed"))),
        )
    )
    return tuple(
        Bin(number=number, n=n, mean_confidence=mean, right=right)
        for number, n, mean, right in rows
        if number is not None
    )


def sampled_texts(
    weeks: Sequence[Week], *, each: int, received: int, by: Actor
) -> tuple[list[str], ...]:
    """Return texts from every week, spread evenly over it, about `each` of a full one.

    `received` is how many came in over all weeks: every so-and-so-many-th need is read.
    """
    step = max(1, -(-received // (each * len(weeks))))
    rows = (
        access.reviewable(by)
        .filter(_within("received_at", weeks))
        .annotate(rest=F("pk") % step)
        .filter(rest=0)
        .order_by()
        .values_list(_week("received_at", weeks), "text")
    )
    found: tuple[list[str], ...] = tuple([] for _ in weeks)
    for week, text in rows:
        found[week].append(text)
    return found
