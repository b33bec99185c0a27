"""What others may know of the supply of key customers through an occasion."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from dianliang.domain.key_customers import access
from dianliang.domain.key_customers.curve import Report
from dianliang.domain.key_customers.models import SupplyReport, Watch, Watched
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError

STATE_LABELS: Mapping[str, str] = {
    str(value): str(label) for value, label in SupplyReport.State.choices
}
STATES = tuple(STATE_LABELS.items())
PAGE_ROWS = 50
VIEWS: Mapping[str, str] = {"open": "跟踪中", "closed": "已结束", "all": "全部"}
_VIEWS: Mapping[str, Q] = {"open": Q(status="OPEN"), "closed": Q(status="CLOSED"), "all": Q()}
OCCASIONS = tuple((str(value), str(label)) for value, label in Watch.Occasion.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRow:
    """A watch as lists show it; it is half-open, and goes on while `ends_at` is None."""

    number: str
    title: str
    occasion_kind: str
    occasion_label: str
    occasion_number: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime | None
    status: str
    status_label: str
    opened_by: str
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """A page of what is followed, and how many there are in each view."""

    rows: tuple[WatchRow, ...]
    counts: Mapping[str, int]
    page: int
    pages: int


def watch_list(*, view: str, words: str, page: int, by: Actor) -> WatchList:
    """Return a page of what the actor's units follow, the latest first. Two queries."""
    found = access.watches(by).filter(Q(title__icontains=words) | Q(number__icontains=words))
    counts = found.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in _VIEWS.items()}
    )
    pages = max(1, -(-counts[view] // PAGE_ROWS))
    shown = min(max(1, page), pages)
    rows = found.filter(_VIEWS[view]).annotate(customers=Count("watched"))
    rows = rows.order_by("-starts_at", "-pk")  # with sums it has no order of its own
    here = rows[(shown - 1) * PAGE_ROWS : shown * PAGE_ROWS]
    return WatchList(
        rows=tuple(watch_row(row, customers=row.customers) for row in here),
        counts=counts,
        page=shown,
        pages=pages,
    )


def watch_row(row: Watch, *, customers: int) -> WatchRow:
    """Return a watch, read with its unit."""
    return WatchRow(
        number=row.number,
        title=row.title,
        occasion_kind=row.occasion_kind,
        occasion_label=row.get_occasion_kind_display(),
        occasion_number=row.occasion_number,
        unit_name=row.unit.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,
        status_label=row.get_status_display(),
        opened_by=row.opened_by,
        customers=customers,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report as pages show it; one that was corrected holds no more."""

    serial: int
    number: str
    customer: str
    state: str
    state_label: str
    happened_at: datetime
    generator: str
    has_reporter: bool
    words: str
    evidence: str
    corrects: str
    corrected_by: str
    is_withdrawn: bool
    reported_at: datetime
    recorded_by: str

    @property
    def holds(self) -> bool:
        """Tell whether it counts."""
        return not self.corrected_by and not self.is_withdrawn


def holding(watch: Watch) -> tuple[Report, ...]:
    """Return the reports of a watch that count, in order: not corrected, not withdrawn."""
    rows = SupplyReport.objects.filter(
        watched__watch=watch, corrected_by__isnull=True, is_withdrawn=False
    ).order_by("happened_at", "pk")
    columns = ("watched__customer_id", "state", "happened_at", "pk")
    return tuple(
        Report(customer=customer, state=state, at=at, serial=pk)
        for customer, state, at, pk in rows.values_list(*columns)
    )


def latest_reports(watch: Watch, *, most: int) -> list[ReportRow]:
    """Return the reports of a watch that came in last, the newest first. One query."""
    rows = SupplyReport.objects.filter(watched__watch=watch).order_by("-pk")
    return [report_row(row) for row in _whole(rows)[:most]]


def report_rows(watch: Watch, *, customers: Collection[int] | None = None) -> list[ReportRow]:
    """Return the reports of a watch in the order in which they came in. One query."""
    rows = SupplyReport.objects.filter(watched__watch=watch)
    if customers is not None:
        rows = rows.filter(watched__customer__in=customers)
    return [report_row(row) for row in _whole(rows)]


def _whole(rows: QuerySet[SupplyReport]) -> QuerySet[SupplyReport]:
    found = rows.select_related("watched__customer", "evidence", "corrects", "corrected_by")
    return found.defer("watched__customer__contact", "watched__customer__phone")


def report_row(row: SupplyReport) -> ReportRow:
    """Return a report, read with its customer and what corrects it."""
    later = getattr(row, "corrected_by", None)
    return ReportRow(
        serial=row.pk,
        number=row.number,
        customer=row.watched.customer.number,
        state=row.state,
        state_label=row.get_state_display(),
        happened_at=row.happened_at,
        generator=row.generator,
        has_reporter=bool(row.reporter),
        words=row.words,
        evidence=row.evidence.token if row.evidence else "",
        corrects=row.corrects.number if row.corrects else "",
        corrected_by=later.number if later else "",
        is_withdrawn=row.is_withdrawn,
        reported_at=row.reported_at,
        recorded_by=row.recorded_by,
    )


def followed(watch: Watch) -> dict[int, int]:
    """Return the key of each followed customer with the key of its place in the watch."""
    return dict(Watched.objects.filter(watch=watch).values_list("customer_id", "pk"))


def report_to_correct(number: str, *, by: Actor) -> SupplyReport:
    """Return a report of a watch that the actor keeps.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    rows = SupplyReport.objects.select_related("watched__watch__unit", "watched__customer")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这条供电情况。")
    access.watch_to_keep(found.watched.watch.number, by=by)
    return found
