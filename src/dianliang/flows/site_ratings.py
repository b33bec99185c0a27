"""Stars of service points and model cells (003-10): counted from records that each figure opens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.programs.lifecycle import COUNTS_AS_DONE
from dianliang.domain.programs.models import Activity, PresenceDay, Target
from dianliang.domain.safety.models import Hazard
from dianliang.domain.territory.models import Area
from dianliang.domain.venues import rating
from dianliang.domain.venues.models import Site
from dianliang.domain.venues.rating import SUBJECTS, Criterion, Measured, Points, Rules, rate
from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.grid import cells_of
from dianliang.flows.presence import POINTS
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, NotYourTurnError

SATISFIED_FROM = 4
MOST_RECORDS = 500
UNCOUNTED = ("MERGED", "CANCELLED")
METHOD = (
    "范围：服务站点取所在村社区的记录，驻点取本站点的；网格取网格内的全部记录。",
    "得分：每项在起分线以下不得分，到满分线得满权重，中间按比例。",
    "总分：得分之和 ÷ 计入项权重之和 × 100。",
    "记录太少的项不计入，其权重也不计入；计入的权重不到一半时不评星。",
    "没有填写分数的地方：每个数字都能打开背后的记录，规则的每一版都公布。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The half-open span that is rated, and until when it has come."""

    start: datetime
    end: datetime
    at: datetime

    @property
    def until(self) -> datetime:
        """Return the end, or now where that is earlier: what is to come is not counted."""
        return min(self.end, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record behind a figure."""

    number: str
    what: str
    at: datetime
    is_good: bool
    need: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is counted: the records of a period, which of them are good, and where they lie."""

    label: str
    good_label: str
    is_share: bool
    rows: Callable[[Period], QuerySet[Any]]
    good: Callable[[Period], Q]
    area: str
    record: Callable[[Any, bool], Record]
    order: str
    joined: tuple[str, ...] = ()
    site: str = ""


def _due_needs(period: Period) -> QuerySet[Need]:
    """Return the needs of a period that are resolved, or should be by now."""
    received = Need.objects.filter(received_at__gte=period.start, received_at__lt=period.end)
    overdue = Q(resolved_at=None, clock_stopped_at=None, due_at__lt=period.at)
    return received.exclude(status__in=UNCOUNTED).filter(Q(resolved_at__isnull=False) | overdue)


def _due_hazards(period: Period) -> QuerySet[Hazard]:
    """Return the hazards found in a period that are closed, or should be by now."""
    found = Hazard.objects.filter(found_at__gte=period.start, found_at__lt=period.end)
    return found.exclude(status="WITHDRAWN").filter(Q(status="CLOSED") | Q(due_at__lt=period.at))


MEASURES: Mapping[str, Measure] = {
    "needs_on_time": Measure(
        label="需求按时办结",
        good_label="按时",
        is_share=True,
        rows=_due_needs,
        good=lambda period: Q(resolved_at__lte=F("due_at")),
        area="area",
        record=lambda need, good: Record(
            number=need.number,
            what=need.service.name if need.service else "",
            at=need.received_at,
            is_good=good,
            need=need.number,
        ),
        order="-received_at",
        joined=("service",),
    ),
    "satisfied": Measure(
        label="满意评价",
        good_label="四星以上",
        is_share=True,
        rows=lambda period: Rating.objects.filter(
            rated_at__gte=period.start, rated_at__lt=period.end
        ),
        good=lambda period: Q(stars__gte=SATISFIED_FROM),
        area="participant__need__area",
        record=lambda row, good: Record(
            number=row.participant.need.number,
            what=f"{row.stars} ★",
            at=row.rated_at,
            is_good=good,
            need=row.participant.need.number,
        ),
        order="-rated_at",
        joined=("participant__need",),
    ),
    "hazards": Measure(
        label="隐患按期销号",
        good_label="按期",
        is_share=True,
        rows=_due_hazards,
        good=lambda period: Q(status="CLOSED", ended_at__lte=F("due_at")),
        area="area",
        record=lambda hazard, good: Record(
            number=hazard.number, what=hazard.item, at=hazard.found_at, is_good=good
        ),
        order="-found_at",
    ),
    "visits": Measure(
        label="完成上门",
        good_label="完成",
        is_share=False,
        rows=lambda period: Visit.objects.filter(
            status="DONE", ended_at__gte=period.start, ended_at__lt=period.end
        ),
        good=lambda period: Q(),
        area="job__area",
        record=lambda visit, good: Record(
            number=visit.number, what=visit.team.name, at=visit.ended_at, is_good=good
        ),
        order="-ended_at",
        joined=("team",),
    ),
    "presence": Measure(
        label="驻点兑现",
        good_label="已签到",
        is_share=True,
        rows=lambda period: PresenceDay.objects.filter(
            is_planned=True,
            on__gte=period.start.astimezone(SHANGHAI).date(),
            on__lt=period.until.astimezone(SHANGHAI).date(),
        ),
        good=lambda period: Q(checked_in_at__isnull=False),
        area="duty__site__area",
        record=lambda day, good: Record(
            number=day.duty.person.number,
            what=day.duty.person.name,
            at=datetime.combine(day.on, datetime.min.time(), SHANGHAI),
            is_good=good,
        ),
        order="-on",
        joined=("duty__person",),
        site="duty__site",
    ),
    "campaigns": Measure(
        label="专项行动完成",
        good_label="已完成",
        is_share=True,
        rows=lambda period: Target.objects.filter(
            campaign__status__in=["FROZEN", "CLOSED"],
            due_on__gte=period.start.astimezone(SHANGHAI).date(),
            due_on__lt=period.until.astimezone(SHANGHAI).date(),
        ).exclude(status="EXCLUDED"),
        good=lambda period: Q(status__in=COUNTS_AS_DONE),
        area="area",
        record=lambda target, good: Record(
            number=target.number,
            what=target.title,
            at=datetime.combine(target.due_on, datetime.min.time(), SHANGHAI),
            is_good=good,
        ),
        order="number",
    ),
    "activities": Measure(
        label="志愿行动",
        good_label="举办",
        is_share=False,
        rows=lambda period: Activity.objects.filter(
            started_at__gte=period.start, started_at__lt=period.end
        ),
        good=lambda period: Q(),
        area="area",
        record=lambda held, good: Record(
            number=held.number, what=held.title, at=held.started_at, is_good=good
        ),
        order="-started_at",
    ),
}
"""What can be measured today; a criterion of the rules names one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedRow:
    """A service point or a cell with its stars; equal scores share a rank."""

    rank: int | None
    code: str
    name: str
    area_name: str
    score: float | None
    stars: int | None
    measured_share: float
    parts: tuple[tuple[Measure, Points], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Everybody of one kind, best first; who has too few records comes last, without stars."""

    subject: str
    rules: Rules
    criteria: tuple[tuple[str, Measure, int], ...]
    rows: tuple[RatedRow, ...]


@dataclass(frozen=True, slots=True)
class _Subject:
    code: str
    name: str
    area: Area
    site_id: int | None = None


def _subjects(subject: str, *, by: Actor) -> list[_Subject]:
    if subject not in SUBJECTS:
        raise InvalidInputError("请选择服务站点或网格。", field="subject")
    if not by.unit_path:
        return []
    if subject == "cell":
        return [_Subject(area.code, area.name, area) for area in cells_of(by)]
    sites = Site.objects.filter(kind__in=POINTS, unit__path__startswith=by.unit_path)
    return [
        _Subject(site.code, site.name, site.area, site.pk) for site in sites.select_related("area")
    ]


def ranking(*, subject: str, period: Period, by: Actor) -> Ranking:
    """Rate the service points or the cells of the actor's units by the rules in force.

    Takes as many queries as there are measures, and a few more, however many are rated.

    Raises:
        InvalidInputError: there is no such kind of subject.
    """
    rules = rating.in_force()
    subjects = _subjects(subject, by=by)
    counted = {
        criterion.measure: _figures(MEASURES[criterion.measure], period, subject=subject)
        for criterion in rules.of(subject)
        if criterion.measure in MEASURES
    }
    paths = dict(Area.objects.values_list("pk", "path"))
    rows = []
    for one in subjects:
        measured = {
            name: _measured(MEASURES[name], figures, one, paths)
            for name, figures in counted.items()
        }
        rated = rate(rules, subject=subject, measured=measured)
        rows.append((one, rated))
    rows.sort(key=lambda row: (row[1].score is None, -(row[1].score or 0.0), row[0].code))
    scores = [rated.score for _, rated in rows]
    return Ranking(
        subject=subject,
        rules=rules,
        criteria=tuple(
            (c.measure, MEASURES[c.measure], c.weight)
            for c in rules.of(subject)
            if c.measure in MEASURES
        ),
        rows=tuple(
            RatedRow(
                rank=None if rated.score is None else scores.index(rated.score) + 1,
                code=one.code,
                name=one.name,
                area_name=one.area.name,
                score=rated.score,
                stars=rated.stars,
                measured_share=rated.measured_share,
                parts=tuple(
                    (MEASURES[part.criterion.measure], part)
                    for part in rated.parts
                    if part.criterion.measure in MEASURES
                ),
            )
            for one, rated in rows
        ),
    )


def _figures(measure: Measure, period: Period, *, subject: str) -> Mapping[int, tuple[int, int]]:
    """Return good ones and all, by area; of a measure that is a site's own, by site."""
    place = measure.site if measure.site and subject == "site" else measure.area
    rows = measure.rows(period).order_by().values_list(place)
    counted = rows.annotate(
        of=Count("pk", distinct=True), good=Count("pk", filter=measure.good(period), distinct=True)
    )
    return {key: (good, of) for key, of, good in counted if key is not None}


def _measured(
    measure: Measure,
    figures: Mapping[int, tuple[int, int]],
    one: _Subject,
    paths: Mapping[int, str],
) -> Measured:
    if measure.site and one.site_id is not None:
        good, of = figures.get(one.site_id, (0, 0))
    else:
        inside = [
            pair for key, pair in figures.items() if paths.get(key, "").startswith(one.area.path)
        ]
        good, of = sum(pair[0] for pair in inside), sum(pair[1] for pair in inside)
    return Measured(good=good, of=of if measure.is_share else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The records behind one figure of one subject."""

    name: str
    measure: Measure
    records: tuple[Record, ...]
    good: int
    total: int


def behind(*, subject: str, code: str, measure_code: str, period: Period, by: Actor) -> Behind:
    """Return the records that a figure counts, newest first.

    Raises:
        NotVisibleError: no such subject in the actor's scope, or no such measure.
    """
    one = next((s for s in _subjects(subject, by=by) if s.code == code), None)
    measure = MEASURES.get(measure_code)
    if one is None or measure is None:
        raise NotVisibleError("没有找到这些记录。")
    is_own = bool(measure.site) and one.site_id is not None
    where = (
        {measure.site: one.site_id}
        if is_own
        else {f"{measure.area}__path__startswith": one.area.path}
    )
    rows = measure.rows(period).filter(**where)
    good = set(rows.filter(measure.good(period)).values_list("pk", flat=True))
    found = rows.select_related(*measure.joined).order_by(measure.order, "pk")
    return Behind(
        name=one.name,
        measure=measure,
        records=tuple(measure.record(row, row.pk in good) for row in found[:MOST_RECORDS]),
        good=len(good),
        total=rows.count(),
    )


def publish(
    *,
    criteria: Sequence[Criterion],
    steps: Sequence[tuple[int, float]],
    seen: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> None:
    """Put another version of the rules in force.

    Raises:
        NotYourTurnError: only an administrator publishes rules.
        InvalidInputError: see the operation.
    """
    if by.role != Role.ADMINISTRATOR:
        raise NotYourTurnError("只有管理员可以发布星级规则。")
    rating.publish(criteria=criteria, steps=steps, seen=seen, reason=reason, by=by, at=at)
