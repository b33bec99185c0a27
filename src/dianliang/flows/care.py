"""Regular visits to special customers: who is due, jobs for them, what a visit changes.

Seed row 001-10: level, consent, nominee, visit password, renewal date, next visit due; nobody
overdue; the same steward comes again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db import transaction

from dianliang.domain.catalog.queries import active_service, work_calendar
from dianliang.domain.customers import access, operations
from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import Care, next_due_on, renewal_is_near
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations.jobs import open_job
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.masking import mask_account, mask_name, mask_phone
from dianliang.kernel.text import clean_text

SOON_DAYS = 7
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
VIEWS = {
    "due": "到期",
    "overdue": "逾期",
    "consent": "缺同意",
    "renewal": "待复核",
    "all": "全部",
}
_WORK_OPEN = ("OPEN", "HANDED_OVER", "SCHEDULED")


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
    job_number: str

    @property
    def is_overdue(self) -> bool:
        """Tell whether the day has passed."""
        return self.days_left is not None and self.days_left < 0

    @property
    def is_due(self) -> bool:
        """Tell whether somebody should come within a week, or should have come."""
        return self.days_left is not None and self.days_left <= SOON_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePage:
    """The register, cut by one view, with the counts of all of them."""

    rows: tuple[CareRow, ...]
    counts: Mapping[str, int]
    to_open: int


def page(*, view: str, by: Actor, on: date) -> CarePage:
    """Return the special customers of the actor's units, most urgent first."""
    everybody = _rows(by=by, on=on)
    cut = {
        "due": tuple(row for row in everybody if row.is_due),
        "overdue": tuple(row for row in everybody if row.is_overdue),
        "consent": tuple(row for row in everybody if not row.has_consent),
        "renewal": tuple(row for row in everybody if row.is_renewal_near),
        "all": everybody,
    }
    return CarePage(
        rows=cut.get(view, cut["due"]),
        counts={name: len(rows) for name, rows in cut.items()},
        to_open=sum(1 for row in cut["due"] if not row.job_number),
    )


def _rows(*, by: Actor, on: date) -> tuple[CareRow, ...]:
    calendar = work_calendar()
    customers = list(access.visible(by).select_related("area", "unit"))
    jobs = dict(
        Job.objects.filter(customer__in=customers, status__in=_WORK_OPEN).values_list(
            "customer_id", "number"
        )
    )
    teams = dict(Team.objects.values_list("code", "name"))
    rows = [
        _row(customer, teams=teams, job=jobs.get(customer.pk, ""), calendar=calendar, on=on)
        for customer in customers
    ]
    far = 10**6
    rows.sort(key=lambda r: (far if r.days_left is None else r.days_left, r.level, r.number))
    return tuple(rows)


def _row(
    customer: Customer, *, teams: Mapping[str, str], job: str, calendar: WorkCalendar, on: date
) -> CareRow:
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
        job_number=job,
    )


@transaction.atomic
def open_visits(*, numbers: Collection[str] | None, by: Actor, at: datetime) -> int:
    """Open a job for each customer who is due and has none; return how many were opened.

    `numbers` limits it to some of them; a number that is not due or not visible is left out.
    """
    on = at.astimezone(SHANGHAI).date()
    due = {row.number: row for row in _rows(by=by, on=on) if row.is_due and not row.job_number}
    wanted = [number for number in due if numbers is None or number in numbers]
    customers = access.visible(by).select_related("area", "unit").filter(number__in=wanted)
    teams = {team.code: team for team in Team.objects.filter(is_active=True)}
    opened = 0
    for customer in customers.order_by("number").select_for_update(of=("self",)):
        if Job.objects.filter(customer=customer, status__in=_WORK_OPEN).exists():
            continue
        _open(customer, due_on=due[customer.number].due_on or on, teams=teams, by=by, at=at)
        opened += 1
    return opened


def _open(
    customer: Customer, *, due_on: date, teams: Mapping[str, Team], by: Actor, at: datetime
) -> Job:
    point = _point(customer)
    if customer.unit is None or point is None:
        message = f"{customer.number} 没有责任单位或坐标，请先在客户表中补全后再开走访工单。"
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
        by=by,
        at=at,
    )


def _point(customer: Customer) -> GeoPoint | None:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVisit:
    """A visit that was made or planned."""

    number: str
    on: date
    team_name: str
    status: str
    status_label: str
    findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareFile:
    """The file of one special customer; personal details are masked unless they were revealed."""

    row: CareRow
    name: str
    phone: str
    account_number: str
    address: str
    nominee: str
    visit_password: str
    is_revealed: bool
    consented_on: date | None
    renewal_due_on: date | None
    interval_days: int | None
    team_code: str
    teams: tuple[tuple[str, str], ...]
    visits: tuple[PastVisit, ...]


def open_file(*, number: str, by: Actor, at: datetime) -> CareFile:
    """Return a file with personal details masked; that it was opened is kept.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    customer = access.file_to_see(number, by=by)
    operations.note_reading(customer=customer, by=by, at=at)
    return _file(customer, on=at.astimezone(SHANGHAI).date())


def reveal(*, number: str, reason: str, by: Actor, at: datetime) -> CareFile:
    """Return a file with personal details, for a reason that is kept.

    Raises:
        NotVisibleError, InvalidInputError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    operations.reveal(customer=customer, reason=reason, by=by, at=at)
    masked = _file(customer, on=at.astimezone(SHANGHAI).date())
    return replace(
        masked,
        name=customer.name,
        phone=customer.phone,
        account_number=customer.account_number,
        address=customer.address,
        nominee=customer.nominee,
        visit_password=customer.visit_password,
        is_revealed=True,
    )


def agree(*, number: str, care: Care, by: Actor, at: datetime) -> Customer:
    """Write down what is agreed with a special customer.

    Raises:
        NotVisibleError, InvalidInputError, UnableToKeepFileError: see the operation.
    """
    customer = access.file_to_see(number, by=by)
    known = Team.objects.filter(code=care.team_code).exists()
    if care.team_code and not known:
        raise InvalidInputError("没有这支队伍，请重新选择。", field="team_code")
    clean = replace(
        care,
        nominee=clean_text(care.nominee, field="nominee", label="联系人", most=60)
        or customer.nominee,
        visit_password=clean_text(
            care.visit_password, field="visit_password", label="上门口令", most=20
        ),
    )
    on = at.astimezone(SHANGHAI).date()
    return operations.agree(customer=customer, care=clean, on=on, by=by, at=at)


def _file(customer: Customer, *, on: date) -> CareFile:
    teams = tuple(
        Team.objects.filter(is_active=True, unit=customer.unit).values_list("code", "name")
    )
    job = Job.objects.filter(customer=customer, status__in=_WORK_OPEN).first()
    visits = Visit.objects.filter(job__customer=customer).select_related("team")
    return CareFile(
        row=_row(
            customer,
            teams=dict(Team.objects.values_list("code", "name")),
            job=job.number if job else "",
            calendar=work_calendar(),
            on=on,
        ),
        name=mask_name(customer.name),
        phone=mask_phone(customer.phone),
        account_number=mask_account(customer.account_number),
        address="",
        nominee=mask_name(customer.nominee),
        visit_password="",
        is_revealed=False,
        consented_on=customer.consented_on,
        renewal_due_on=customer.renewal_due_on,
        interval_days=customer.visit_interval_days,
        team_code=customer.preferred_team_code,
        teams=teams,
        visits=tuple(
            PastVisit(
                number=visit.number,
                on=visit.on,
                team_name=visit.team.name,
                status=visit.status,
                status_label=visit.get_status_display(),
                findings=visit.findings,
            )
            for visit in visits.order_by("-on", "-pk")[:12]
        ),
    )
