"""The handler's queue: filtered, searched, sorted by what is most urgent; no query per row."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from dianliang.domain.intake import access, search
from dianliang.domain.intake.lifecycle import CLOCK_STOPPED, LABELS, NEED, OPEN
from dianliang.domain.intake.models import Need, NeedJob
from dianliang.domain.intake.queries.words import Voices, voices
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Visit
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.lifecycle import Transition

PAGE_ROWS = 30
LAST_PAGE = 200
TABS: dict[str, tuple[str, frozenset[str]]] = {
    "todo": ("待受理", frozenset({"RECEIVED", "HANDED_OVER"})),
    "doing": ("办理中", frozenset({"ACCEPTED", "IN_PROGRESS"})),
    "stopped": ("停钟", CLOCK_STOPPED),
    "done": ("已办结", frozenset({"RESOLVED", "CLOSED"})),
    "parts": ("协办", OPEN),
    "all": ("全部", frozenset(LABELS)),
}
JOB_OPEN = ("OPEN", "HANDED_OVER", "SCHEDULED")
LEAST_LEAD = timedelta(minutes=60)
"""Planning, driving and working take at least this long."""
LEAST_ROAD = timedelta(minutes=30)
"""Sending somebody and his way there take at least this long."""
SOON_SHARE = 0.25
"""A clock with less than a quarter of its time left is shown amber."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a handler wants to see. Unknown values are ignored; `numbers` are joined by commas."""

    tab: str = "todo"
    q: str = ""
    service: str = ""
    unit: str = ""
    urgency: str = ""
    channel: str = ""
    overdue: bool = False
    numbers: str = ""
    page: int = 1

    def query(self, **changes: object) -> str:
        """Return the filters as a query string, with some changed."""
        values = {name: getattr(self, name) for name in Filters.__slots__} | changes
        kept = {k: v for k, v in values.items() if v and not (k == "page" and v == 1)}
        return urlencode({k: 1 if v is True else v for k, v in kept.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """One line of the queue."""

    number: str
    text: str
    pieces: tuple[tuple[str, bool], ...]
    status: str
    status_label: str
    service_name: str
    area_name: str
    unit_name: str
    channel_label: str
    urgency: str
    is_danger: bool
    received_at: datetime
    clock_label: str
    clock_at: datetime | None
    tone: str
    participants: int
    reopened_count: int
    lat: float | None
    lon: float | None
    is_exact_place: bool
    forecast: str
    verbs: tuple[str, ...]
    latest_words: tuple[str, ...] = ()
    mood: str = ""
    mood_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One page of the queue."""

    rows: tuple[NeedRow, ...]
    total: int
    page: int
    pages: int
    counts: dict[str, int] = field(default_factory=dict[str, int])
    stamp: str = ""


def board(*, by: Actor, filters: Filters, at: datetime) -> Board:
    """Return a page of the queue that an actor may see."""
    needs = access.visible(by)
    counts = _counts(needs, by=by)
    rows = _filtered(needs, filters, by=by, at=at)
    total = rows.count()
    pages = max(1, min(LAST_PAGE, -(-total // PAGE_ROWS)))
    page = max(1, min(filters.page, pages))
    first = (page - 1) * PAGE_ROWS
    shown = _sorted(rows, filters)[first : first + PAGE_ROWS]
    found = list(shown.select_related("service", "area", "unit", "handed_over_from"))
    fieldwork = fieldwork_of(found)
    behind = voices(need.pk for need in found)
    made = tuple(
        row_of(
            need,
            by=by,
            at=at,
            fieldwork=fieldwork.get(need.pk, Fieldwork()),
            behind=behind.get(need.pk, Voices()),
            words=filters.q,
        )
        for need in found
    )
    return Board(
        rows=made, total=total, page=page, pages=pages, counts=counts, stamp=_stamp(made, counts)
    )


def _stamp(rows: tuple[NeedRow, ...], counts: dict[str, int]) -> str:
    """Return a short name of all that a page of the queue shows: the same as long as it is."""
    shown = [
        (
            row.number,
            row.status,
            row.unit_name,
            row.service_name,
            row.urgency,
            row.participants,
            row.tone,
            row.forecast,
            row.clock_at,
        )
        for row in rows
    ]
    return hashlib.sha256(repr((shown, sorted(counts.items()))).encode()).hexdigest()[:16]


def _counts(needs: QuerySet[Need], *, by: Actor) -> dict[str, int]:
    """Count what waits, per tab."""
    of_status = dict(
        needs.filter(status__in=OPEN).order_by().values_list("status").annotate(n=Count("pk"))
    )
    counts = {
        tab: sum(of_status.get(status, 0) for status in states)
        for tab, (_, states) in TABS.items()
        if tab in {"todo", "doing", "stopped"}
    }
    return {**counts, "parts": _with_a_part(needs, by=by).count()}


def _with_a_part(needs: QuerySet[Need], *, by: Actor) -> QuerySet[Need]:
    """Keep the needs of other units that have an unfinished job for the actor's own."""
    if by.unit_path in {"", "/"}:
        return needs.none()
    jobs = NeedJob.objects.filter(
        job__unit__path__startswith=by.unit_path, job__status__in=JOB_OPEN
    )
    foreign = needs.filter(status__in=OPEN).exclude(unit__path__startswith=by.unit_path)
    return foreign.filter(pk__in=jobs.values("need"))


def _filtered(
    needs: QuerySet[Need], filters: Filters, *, by: Actor, at: datetime
) -> QuerySet[Need]:
    _, states = TABS.get(filters.tab, TABS["todo"])
    if filters.tab == "parts":
        needs = _with_a_part(needs, by=by)
    elif filters.tab != "all":
        needs = needs.filter(status__in=states)
    if filters.q:
        needs = needs.filter(pk__in=search.matching(filters.q))
    if filters.service == "-":
        needs = needs.filter(service=None)
    elif filters.service:
        needs = needs.filter(service__code=filters.service)
    if filters.unit:
        needs = needs.filter(unit__code=filters.unit)
    if filters.urgency:
        needs = needs.filter(urgency=filters.urgency)
    if filters.channel:
        needs = needs.filter(channel=filters.channel)
    if filters.numbers:
        needs = needs.filter(number__in=filters.numbers.split(","))
    if filters.overdue:
        late = Q(due_at__lt=at) | Q(first_response_at=None, response_due_at__lt=at)
        needs = needs.filter(late, status__in=OPEN - CLOCK_STOPPED)
    return needs


def _sorted(needs: QuerySet[Need], filters: Filters) -> QuerySet[Need]:
    if filters.tab in {"done", "all"}:
        return needs.order_by("-received_at", "-pk")
    rank = Case(
        When(is_danger=True, then=Value(0)),
        When(urgency=Need.Urgency.URGENT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return needs.annotate(rank=rank).order_by("rank", F("due_at").asc(), "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """When somebody is due at a need, and when somebody got there first."""

    visit_at: datetime | None = None
    arrived_at: datetime | None = None


def fieldwork_of(needs: list[Need]) -> dict[int, Fieldwork]:
    """Return what is known of the visits of each need that has any.

    A need that is done again waits for somebody again: who came before does not count.
    """
    again = {need.pk for need in needs if need.reopened_count}
    rows = Visit.objects.filter(job__need_part__need__in=needs).order_by("-arrive_at")
    fields = ("job__need_part__need_id", "status", "arrive_at", "arrived_at", "job__status")
    made: dict[int, Fieldwork] = {}
    for need_id, status, arrive_at, arrived_at, job_status in rows.values_list(*fields):
        known = made.get(need_id, Fieldwork())
        counts = arrived_at is not None and not (need_id in again and job_status == "DONE")
        came = [at for at in (known.arrived_at, arrived_at if counts else None) if at]
        made[need_id] = Fieldwork(
            visit_at=arrive_at if status in VISIT_OPEN else known.visit_at,
            arrived_at=min(came, default=None),
        )
    return made


def forecast(need: Need, *, at: datetime, fieldwork: Fieldwork) -> str:
    """Say whether a promise that still holds is going to be broken, and why; else nothing.

    A visit that is planned after the promise breaks it. Without any visit the time on the road,
    and the work where it is promised to be done, must still fit.
    """
    awaits_arrival = need.on_site_due_at is not None and fieldwork.arrived_at is None
    promise = (need.on_site_due_at if awaits_arrival else None) or need.due_at
    if need.status not in OPEN - CLOCK_STOPPED or promise <= at:
        return ""
    if fieldwork.arrived_at is not None:
        return ""
    if fieldwork.visit_at is not None:
        return "上门排在承诺之后" if fieldwork.visit_at > promise else ""
    least = LEAST_ROAD if awaits_arrival else LEAST_LEAD
    needs_visit = need.service is not None and need.service.needs_visit
    if not needs_visit or promise - at >= least:
        return ""
    if need.status == "HANDED_OVER":
        return "移交后还没接收，来不及了"
    return "还没受理，来不及了" if need.status == "RECEIVED" else "还没排上门，来不及了"


def row_of(
    need: Need,
    *,
    by: Actor,
    at: datetime,
    fieldwork: Fieldwork | None = None,
    behind: Voices | None = None,
    words: str = "",
) -> NeedRow:
    """Return one need as a line of the queue."""
    fieldwork, behind = fieldwork or Fieldwork(), behind or Voices(people=1)
    label, clock_at = next_clock(need, fieldwork)
    is_exact_place = need.lat is not None
    return NeedRow(
        number=need.number,
        text=need.text[:90],
        pieces=search.pieces(need.text, words),
        status=need.status,
        status_label=LABELS[need.status],
        service_name=need.service.name if need.service else "",
        area_name=need.area.name,
        unit_name=need.unit.name,
        channel_label=need.get_channel_display(),
        urgency=need.urgency,
        is_danger=need.is_danger,
        received_at=need.received_at,
        clock_label=label,
        clock_at=clock_at,
        tone=tone(need, clock_at, at=at),
        participants=behind.people,
        latest_words=behind.words,
        reopened_count=need.reopened_count,
        lat=need.lat if is_exact_place else need.area.lat,
        lon=need.lon if is_exact_place else need.area.lon,
        is_exact_place=is_exact_place,
        forecast=forecast(need, at=at, fieldwork=fieldwork),
        verbs=tuple(t.verb for t in verbs(need, by=by)),
    )


def next_clock(need: Need, fieldwork: Fieldwork) -> tuple[str, datetime | None]:
    """Return the promise that runs out next, with its name; none while the clock stands still."""
    if need.status not in OPEN or need.status in CLOCK_STOPPED:
        return "", None
    if need.first_response_at is None:
        return "响应", need.response_due_at
    working = need.status in {"ACCEPTED", "IN_PROGRESS"}
    if need.on_site_due_at is not None and working and fieldwork.arrived_at is None:
        return "到场", need.on_site_due_at
    return "办结", need.due_at


def tone(need: Need, clock_at: datetime | None, *, at: datetime) -> str:
    """Return the colour of a need on list and map."""
    if need.is_danger and need.status in OPEN:
        return "danger"
    if clock_at is None:
        return "open" if need.status in OPEN else "done"
    whole = (clock_at - need.received_at).total_seconds()
    left = (clock_at - at).total_seconds()
    if left < 0:
        return "late"
    return "soon" if whole > 0 and left / whole < SOON_SHARE else "open"


def verbs(need: Need, *, by: Actor) -> tuple[Transition, ...]:
    """Return what the actor may do with a need now."""
    offered = NEED.verbs(need.status, role=Role(by.role))
    giver = need.handed_over_from
    gave = giver is not None and by.reaches_unit(giver.path)
    has = by.reaches_unit(need.unit.path)
    return tuple(row for row in offered if (gave if row.verb == "recall" else has))


def neighbours(number: str, *, by: Actor, filters: Filters, at: datetime) -> tuple[str, str]:
    """Return the needs before and after one on its page of the queue; empty where there is none."""
    rows = _filtered(access.visible(by), filters, by=by, at=at)
    first = (max(1, min(filters.page, LAST_PAGE)) - 1) * PAGE_ROWS
    numbers = list(
        _sorted(rows, filters).values_list("number", flat=True)[first : first + PAGE_ROWS]
    )
    if number not in numbers:
        return "", numbers[0] if numbers else ""
    here = numbers.index(number)
    return numbers[here - 1] if here else "", "".join(numbers[here + 1 : here + 2])
