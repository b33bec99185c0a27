"""Read a guarded event: its plan, what it still lacks, log, and the figures of its review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from dianliang.domain.key_customers import curve, following
from dianliang.domain.key_customers.models import Watch
from dianliang.domain.protection import access
from dianliang.domain.protection.lifecycle import EVENT, LOGGABLE, PLANNABLE
from dianliang.domain.protection.models import Duty, Event, Hall, LogEntry
from dianliang.domain.rosters.models import Turn
from dianliang.flows.protection.lacking import halls_of, lacking
from dianliang.kernel.actor import Actor

PAGE_ROWS = 50
VIEWS: Mapping[str, str] = {"going": "未归档", "reviewed": "已总结", "all": "全部"}
_VIEWS: Mapping[str, Q] = {
    "going": ~Q(status__in=["REVIEWED", "CANCELLED"]),
    "reviewed": Q(status="REVIEWED"),
    "all": Q(),
}
MOST_LOG = 300
LEVELS = tuple((str(value), str(label)) for value, label in Event.Level.choices)
LOG_KINDS = tuple((str(value), str(label)) for value, label in LogEntry.Kind.choices)
FIGURES: Mapping[str, str] = {
    "halls": "保电场所",
    "equipment": "线路和变压器",
    "patrols": "特巡",
    "patrols_done": "已完成特巡",
    "team_hours": "驻守（队·小时）",
    "people": "值守人数",
    "turns": "值守人次",
    "log": "日志",
    "troubles": "异常和缺陷",
    "hours_lost": "失电（户·小时）",
}
"""The figures of a review; people and person-times are two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event as lists show it."""

    number: str
    title: str
    level_label: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    status: str
    status_label: str
    halls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventList:
    """A page of events, and how many there are in each view."""

    rows: tuple[EventRow, ...]
    counts: Mapping[str, int]
    page: int
    pages: int


def events(*, view: str, words: str, page: int, by: Actor) -> EventList:
    """Return a page of the events of the actor's units, the latest first. Two queries."""
    found = access.visible(by).filter(Q(title__icontains=words) | Q(number__icontains=words))
    counts = found.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in _VIEWS.items()}
    )
    pages = max(1, -(-counts[view] // PAGE_ROWS))
    shown = min(max(1, page), pages)
    rows = found.filter(_VIEWS[view]).annotate(places=Count("halls"))
    rows = rows.order_by("-starts_at", "-pk")  # with sums it has no order of its own
    here = rows[(shown - 1) * PAGE_ROWS : shown * PAGE_ROWS]
    return EventList(
        rows=tuple(_row(row, halls=row.places) for row in here),
        counts=counts,
        page=shown,
        pages=pages,
    )


def _row(row: Event, *, halls: int) -> EventRow:
    return EventRow(
        number=row.number,
        title=row.title,
        level_label=row.get_level_display(),
        unit_name=row.unit.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,
        status_label=row.get_status_display(),
        halls=halls,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentRow:
    """A line or transformer that feeds a hall."""

    pk: int
    name: str
    is_main: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandbyRow:
    """A team that stands by at a hall."""

    pk: int
    team_name: str
    starts_at: datetime
    ends_at: datetime
    gear: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HallRow:
    """A hall with what feeds it and who stands by; `customer` is empty for a site of ours."""

    pk: int
    name: str
    area_name: str
    customer: str
    equipment: tuple[EquipmentRow, ...]
    standbys: tuple[StandbyRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """A roster that mans a post."""

    pk: int
    post: str
    roster: str
    title: str
    status: str
    status_label: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolRow:
    """A special patrol with where its job stands."""

    job: str
    title: str
    status: str
    status_label: str
    due_at: datetime | None
    visit: str
    team_name: str
    preferred_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """A line of the log; one that was corrected is shown struck."""

    pk: int
    number: str
    kind_label: str
    hall: str
    happened_at: datetime
    words: str
    corrects: str
    is_corrected: bool
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event: plan, what it lacks, log, figures."""

    row: EventRow
    demand: str
    halls: tuple[HallRow, ...]
    patrols: tuple[PatrolRow, ...]
    duties: tuple[DutyRow, ...]
    lacking: tuple[str, ...]
    log: tuple[LogRow, ...]
    figures: tuple[tuple[str, object], ...]
    lessons: str
    reviewed_by: str
    reviewed_at: datetime | None
    verbs: tuple[tuple[str, str], ...]
    may_plan: bool
    may_log: bool
    watches: tuple[tuple[str, str], ...]


def page(*, number: str, by: Actor, most_log: int | None = MOST_LOG) -> EventPage:
    """Return the page of an event, with the latest of its log.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    event = access.event_to_see(number, by=by)
    halls = halls_of(event)
    is_writer = by.role in access.WRITERS
    counted = event.figures if event.status == "REVIEWED" else figures(event)
    return EventPage(
        row=_row(event, halls=len(halls)),
        demand=event.demand,
        halls=tuple(_hall_row(hall) for hall in halls),
        patrols=_patrols(event),
        duties=tuple(_duty_row(duty) for duty in event.duties.select_related("roster")),
        lacking=lacking(event) if event.status in PLANNABLE else (),
        log=_log(event, most_log),
        figures=tuple((label, counted.get(key, 0)) for key, label in FIGURES.items()),
        lessons=event.lessons,
        reviewed_by=event.reviewed_by,
        reviewed_at=event.reviewed_at,
        verbs=tuple((row.verb, row.label) for row in EVENT.verbs(event.status, role=by.role)),
        may_plan=is_writer and event.status in PLANNABLE,
        may_log=is_writer and event.status in LOGGABLE,
        watches=tuple(_watches(event).values_list("number", "title")),
    )


def _hall_row(hall: Hall) -> HallRow:
    place = hall.customer or hall.site
    return HallRow(
        pk=hall.pk,
        name=str(hall),
        area_name=place.area.name if place else "",
        customer=hall.customer.number if hall.customer else "",
        equipment=tuple(
            EquipmentRow(pk=row.pk, name=str(row), is_main=row.is_main)
            for row in hall.equipment.all()
        ),
        standbys=tuple(
            StandbyRow(
                pk=row.pk,
                team_name=row.team.name,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                gear=row.gear,
            )
            for row in hall.standbys.all()
        ),
    )


def _duty_row(duty: Duty) -> DutyRow:
    roster = duty.roster
    return DutyRow(
        pk=duty.pk,
        post=duty.post,
        roster=roster.number,
        title=roster.title,
        status=roster.status,
        status_label=roster.get_status_display(),
        starts_at=roster.starts_at,
        ends_at=roster.ends_at,
    )


def _patrols(event: Event) -> tuple[PatrolRow, ...]:
    rows = event.patrols.select_related("job__preferred_team").prefetch_related("job__visits__team")
    found = []
    for row in rows:
        visits = sorted(row.job.visits.all(), key=lambda visit: -visit.pk)
        latest = visits[0] if visits else None
        found.append(
            PatrolRow(
                job=row.job.number,
                title=row.job.title,
                status=row.job.status,
                status_label=row.job.get_status_display(),
                due_at=row.job.due_at,
                visit=latest.number if latest else "",
                team_name=latest.team.name if latest else "",
                preferred_name=row.job.preferred_team.name if row.job.preferred_team else "",
            )
        )
    return tuple(found)


def _log(event: Event, most: int | None) -> tuple[LogRow, ...]:
    rows = event.log.select_related("hall__customer", "hall__site", "corrects", "corrected_by")
    return tuple(
        LogRow(
            pk=row.pk,
            number=row.number,
            kind_label=row.get_kind_display(),
            hall=str(row.hall) if row.hall else "",
            happened_at=row.happened_at,
            words=row.words,
            corrects=row.corrects.number if row.corrects else "",
            is_corrected=getattr(row, "corrected_by", None) is not None,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
        )
        for row in rows[:most]
    )


def _watches(event: Event) -> QuerySet[Watch]:
    kind = Watch.Occasion.EVENT
    return Watch.objects.filter(occasion_kind=kind, occasion_number=event.number).order_by("pk")


def figures(event: Event) -> dict[str, float]:
    """Return the figures of an event, each counted from its records."""
    things = event.equipment.values_list("feeder_id", "transformer_id")
    patrols = event.patrols.exclude(job__status="CANCELLED")
    turns = Turn.objects.filter(
        is_live=True,
        shift__roster__in=event.duties.values("roster"),
        shift__starts_at__lt=event.ends_at,
        shift__ends_at__gt=event.starts_at,
    )
    standing = sum(
        ((row.ends_at - row.starts_at) for row in event.standbys.all()), start=timedelta(0)
    )
    holds = event.log.filter(corrected_by__isnull=True)
    return {
        "halls": event.halls.count(),
        "equipment": len(set(things)),
        "patrols": patrols.count(),
        "patrols_done": patrols.filter(job__status="DONE").count(),
        "team_hours": round(standing / timedelta(hours=1), 1),
        "people": turns.values("person").distinct().count(),
        "turns": turns.count(),
        "log": holds.count(),
        "troubles": holds.filter(kind__in=["defect", "trouble"]).count(),
        "hours_lost": round(sum(map(_hours_lost, _watches(event))), 1),
    }


def _hours_lost(watch: Watch) -> float:
    """Return the customer-hours lost until a watch ended, or until the last that was told."""
    reports = following.holding(watch)
    end = watch.ends_at or max((report.at for report in reports), default=watch.starts_at)
    keys = following.followed(watch)
    return curve.hours_lost(reports, customers=keys, start=watch.starts_at, end=end)
