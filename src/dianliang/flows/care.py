"""Regular visits to special customers: who is due, jobs for them, what a visit changes.

Seed row 001-10: level, consent, nominee, visit password, renewal date, next visit due; nobody
overdue; the same steward comes again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from dianliang.domain.care.queries import SOON_DAYS
from dianliang.domain.catalog.inspecting import checklist
from dianliang.domain.catalog.queries import active_service, work_calendar
from dianliang.domain.customers import access, operations
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import (
    due_before,
    expired,
    has_expired,
    next_due_on,
    renewal_is_near,
    renewal_near,
)
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations.jobs import open_job
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase

EARLY_DAYS = 14
"""Whom the forecast names may be visited so much earlier: that is how a crowded week is eased."""
PAGE_ROWS = 50
MOST_AT_ONCE = 500
"""Jobs opened by one press: more than a station plans in a fortnight."""
ENDS_AT = time(17, 30)
MINUTES = {1: 40, 2: 30, 3: 30}
Kind = Customer.SpecialKind
VISIT_SERVICE: Mapping[str, str] = {
    Kind.LIFE_SUPPORT: "CARE-LIFE",
    Kind.ELDERLY_ALONE: "CARE-ELDER",
    Kind.DISABLED: "CARE-ELDER",
    Kind.LEFT_BEHIND_CHILD: "CARE-CHILD",
    Kind.OUT_OF_POVERTY: "CARE-POOR",
    Kind.LARGE_BREEDER: "PWR-SAFETY",
}
"""Which service a regular visit is, by why care is due."""
FARM = "farm"
"""The checklist of a breeder's visit: pumps, fans and heaters are where his fires begin."""
VIEWS = {
    "due": "到期",
    "overdue": "逾期",
    "consent": "缺同意",
    "renewal": "待复核",
    "all": "全部",
}
WORK_OPEN = ("OPEN", "HANDED_OVER", "SCHEDULED")
_SHOWN = (
    "number",
    "special_kind",
    "special_level",
    "area__name",
    "unit__name",
    "consented_on",
    "visit_interval_days",
    "visit_due_on",
    "last_visited_on",
    "renewal_due_on",
    "preferred_team_code",
)
"""What a row needs: nothing that would have to be decrypted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRow:
    """A special customer as the list shows him: no name, no telephone, no address."""

    number: str
    kind_label: str
    level: int
    area_name: str
    unit_name: str
    team_name: str
    last_visited_on: date | None
    due_on: date | None
    days_left: int | None
    has_consent: bool
    is_renewal_near: bool
    has_expired: bool
    job_number: str

    @property
    def is_overdue(self) -> bool:
        """Tell whether the day has passed."""
        return self.days_left is not None and self.days_left < 0

    @property
    def is_due(self) -> bool:
        """Tell whether somebody should come within a week, or should have come."""
        return self.days_left is not None and self.days_left <= SOON_DAYS

    @property
    def may_be_opened(self) -> bool:
        """Tell whether a visit may be opened now: an expired level is looked at first."""
        return self.is_due and not self.job_number and not self.has_expired


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePage:
    """One page of the register, cut by one view, with the counts of all of them.

    `next_after` is where the next page begins; empty on the last one.
    """

    rows: tuple[CareRow, ...]
    counts: Mapping[str, int]
    to_open: int
    next_after: str


def page(*, view: str, by: Actor, on: date, after: str = "") -> CarePage:
    """Return special customers of the actor's units, most urgent first, from a key on."""
    calendar = work_calendar()
    cuts = _cuts(on, calendar=calendar)
    everybody = access.visible(by)
    counts = everybody.aggregate(**{name: Count("pk", filter=cut) for name, cut in cuts.items()})
    queue = _after(everybody.filter(cuts.get(view, cuts["due"])), after)
    found = list(queue[: PAGE_ROWS + 1])
    return CarePage(
        rows=_rows(found[:PAGE_ROWS], calendar=calendar, on=on),
        counts=counts,
        to_open=_placed(_openable(everybody, calendar=calendar, on=on)).count(),
        next_after=_key(found[PAGE_ROWS - 1]) if len(found) > PAGE_ROWS else "",
    )


def _cuts(on: date, *, calendar: WorkCalendar) -> dict[str, Q]:
    return {
        "due": due_before(on + timedelta(days=SOON_DAYS + 1), calendar=calendar),
        "overdue": due_before(on, calendar=calendar),
        "consent": Q(consented_on=None),
        "renewal": renewal_near(on),
        "all": Q(),
    }


def _after(queue: QuerySet[Customer], after: str) -> QuerySet[Customer]:
    """Order a queue and begin it behind a key: however far in, a page costs the same."""
    ordered = queue.select_related("area", "unit").only(*_SHOWN)
    ordered = ordered.order_by("visit_due_on", "special_level", "number")
    day, _, rest = after.partition("~")
    level, _, number = rest.partition("~")
    try:
        due = date.fromisoformat(day)
    except ValueError:
        return ordered
    if level not in {"1", "2", "3"}:
        return ordered
    same_level = Q(special_level__gt=level) | Q(special_level=level, number__gt=number)
    behind = Q(visit_due_on__gt=due) | (Q(visit_due_on=due) & same_level)
    return ordered.filter(behind, visit_due_on__gte=due)


def _key(customer: Customer) -> str:
    return f"{customer.visit_due_on}~{customer.special_level}~{customer.number}"


def _rows(customers: list[Customer], *, calendar: WorkCalendar, on: date) -> tuple[CareRow, ...]:
    jobs = dict(regular_jobs().filter(customer__in=customers).values_list("customer_id", "number"))
    teams = team_names(customer.preferred_team_code for customer in customers)
    return tuple(
        row_of(customer, teams=teams, job=jobs.get(customer.pk, ""), calendar=calendar, on=on)
        for customer in customers
    )


def regular_jobs() -> QuerySet[Job]:
    """Return the open jobs that are regular visits."""
    return Job.objects.filter(status__in=WORK_OPEN, service__code__in=set(VISIT_SERVICE.values()))


def team_names(codes: Iterable[str]) -> dict[str, str]:
    """Return what teams are called."""
    return dict(Team.objects.filter(code__in={*codes}).values_list("code", "name"))


def row_of(
    customer: Customer, *, teams: Mapping[str, str], job: str, calendar: WorkCalendar, on: date
) -> CareRow:
    """Return a customer as a list shows him."""
    due = next_due_on(customer, calendar=calendar)
    return CareRow(
        number=customer.number,
        kind_label=customer.get_special_kind_display(),
        level=customer.special_level or 3,
        area_name=customer.area.name,
        unit_name=customer.unit.name if customer.unit else "",
        team_name=teams.get(customer.preferred_team_code, ""),
        last_visited_on=customer.last_visited_on,
        due_on=due,
        days_left=(due - on).days if due else None,
        has_consent=customer.consented_on is not None,
        is_renewal_near=renewal_is_near(customer, on=on),
        has_expired=has_expired(customer, on=on),
        job_number=job,
    )


def _openable(
    customers: QuerySet[Customer], *, calendar: WorkCalendar, on: date, within_days: int = SOON_DAYS
) -> QuerySet[Customer]:
    """Return who is due, has no job for it, and whose level holds."""
    before = on + timedelta(days=within_days + 1)
    due = customers.filter(due_before(before, calendar=calendar)).exclude(expired(on))
    return due.exclude(pk__in=regular_jobs().exclude(customer=None).values("customer_id"))


def _placed(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Leave out whoever has no unit: one gap in a table must not keep all others waiting.

    The forecast names him with what to do.
    """
    return customers.filter(unit__isnull=False)


@transaction.atomic
def open_visits(*, numbers: Collection[str] | None, by: Actor, at: datetime) -> int:
    """Open a job for each customer who is due and has none; return how many were opened.

    `numbers` limits it to some of them, who may be due a week later; a number that is not due,
    whose level has expired, or that is not visible is left out. At most 500 at once, the soonest
    due first.

    Raises:
        InvalidInputError: somebody has no unit or place; he is named and nothing is opened.
    """
    on = at.astimezone(SHANGHAI).date()
    calendar = work_calendar()
    within = SOON_DAYS if numbers is None else EARLY_DAYS
    wanted = _openable(access.visible(by), calendar=calendar, on=on, within_days=within)
    wanted = _placed(wanted) if numbers is None else wanted.filter(number__in=numbers)
    soonest = wanted.order_by("visit_due_on", "special_level", "number")
    chosen = list(soonest.values_list("pk", flat=True)[:MOST_AT_ONCE])
    teams = {team.code: team for team in Team.objects.filter(is_active=True)}
    locked = wanted.filter(pk__in=chosen).select_for_update(of=("self",))
    customers = list(locked.select_related("area", "unit").order_by("number"))
    # Asked again behind the lock: somebody may have opened one while we waited for it.
    served = set(
        regular_jobs().filter(customer__in=customers).values_list("customer_id", flat=True)
    )
    opened = 0
    for customer in customers:
        if customer.pk in served:
            continue
        due_on = next_due_on(customer, calendar=calendar) or on
        _open(customer, due_on=due_on, teams=teams, by=by, at=at)
        opened += 1
    return opened


def _open(
    customer: Customer, *, due_on: date, teams: Mapping[str, Team], by: Actor, at: datetime
) -> Job:
    point = place_of(customer)
    if customer.unit is None or point is None:
        message = Phrase(
            "%(number)s 没有责任单位或坐标，请先在客户表中补全后再开走访工单。",
            number=customer.number,
        )
        raise InvalidInputError(message, field="numbers")
    level = customer.special_level or 3
    return open_job(
        title=f"定期走访：{customer.get_special_kind_display()}",
        service=active_service(VISIT_SERVICE[customer.special_kind]),
        area=customer.area,
        point=point,
        unit=customer.unit,
        customer=customer,
        duration_min=MINUTES[level],
        priority=Job.Priority.MUST if level == 1 else Job.Priority.SHOULD,
        due_at=datetime.combine(due_on, ENDS_AT, SHANGHAI),
        preferred_team=teams.get(customer.preferred_team_code),
        inspects=checklist(FARM) if customer.special_kind == Kind.LARGE_BREEDER else None,
        by=by,
        at=at,
    )


def place_of(customer: Customer) -> GeoPoint | None:
    """Return where a customer lives, or else where his village is."""
    for lat, lon in ((customer.lat, customer.lon), (customer.area.lat, customer.area.lon)):
        if lat is not None and lon is not None:
            return GeoPoint(lat, lon)
    return None


def after_visit(*, visit: Visit, by: Actor, at: datetime) -> None:
    """Move the next visit forward when a regular visit was made."""
    customer, service = visit.job.customer, visit.job.service
    if customer is None or service is None:
        return
    if service.code == VISIT_SERVICE.get(customer.special_kind):
        on = (visit.ended_at or at).astimezone(SHANGHAI).date()
        operations.note_visit(customer=customer, on=on, team_code=visit.team.code, by=by, at=at)
