"""Supply through an occasion: whom to follow, what was told, the curves, who stands behind each."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction

from dianliang.core import audit, files
from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.queries.alerts import alert_to_see
from dianliang.domain.key_customers import access, curve, following, queries
from dianliang.domain.key_customers.curve import Point, Report
from dianliang.domain.key_customers.following import ReportRow, WatchRow
from dianliang.domain.key_customers.lifecycle import WATCH
from dianliang.domain.key_customers.models import KeyCustomer, SupplyReport, Watch, Watched
from dianliang.domain.key_customers.operations import watching as operations
from dianliang.domain.key_customers.queries import CustomerRow
from dianliang.domain.key_customers.told import Occasion, ToldReport
from dianliang.domain.protection.access import event_to_see
from dianliang.flows.key_customers import affected
from dianliang.flows.key_customers.affected import Affected
from dianliang.flows.network_page import outage_to_end
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

PAGE_ROWS = 50
MOST_AT_ONCE = 500
Kind = Watch.Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom a form wants to be followed: those of areas, else those whom the occasion concerns."""

    title: str
    occasion_kind: str
    occasion_number: str
    areas: Sequence[str]
    starts_at: datetime


@transaction.atomic
def open_asked(*, asked: Asked, by: Actor, at: datetime) -> Watch:
    """Begin to follow those whom a form names.

    Raises:
        NotVisibleError: the actor follows nobody, or the outage or alert is not his to see.
        InvalidInputError, UnableToFollowError: something is missing or names nobody.
    """
    title = clean_text(asked.title, field="title", label="名称", most=80, least=2)
    number = clean_text(asked.occasion_number, field="occasion_number", label="事由编号", most=24)
    concerned = _concerned(asked, number, by=by, at=at)
    occasion = Occasion(kind=asked.occasion_kind, number=number, title=title)
    return open_for(
        occasion=occasion, customers=concerned.keys, starts_at=asked.starts_at, by=by, at=at
    )


def open_for(
    *,
    occasion: Occasion,
    customers: Sequence[int],
    starts_at: datetime,
    by: Actor,
    at: datetime,
) -> Watch:
    """Begin to follow key customers (database keys) through an occasion of another room.

    Raises:
        NotVisibleError: the actor follows nobody.
        UnableToFollowError, InvalidInputError: see the operation.
    """
    unit = Unit.objects.filter(code=by.unit_code).first()
    if by.role not in access.WRITERS or unit is None:
        raise NotVisibleError("您的岗位不登记重要客户的供电情况。")
    return operations.open_watch(
        occasion=occasion, starts_at=starts_at, unit=unit, customers=customers, by=by, at=at
    )


def _concerned(asked: Asked, number: str, *, by: Actor, at: datetime) -> Affected:
    on = at.astimezone(SHANGHAI).date()
    event = event_to_see(number, by=by) if asked.occasion_kind == Kind.EVENT and number else None
    if asked.areas:
        return affected.in_areas(asked.areas, by=by, on=on)
    if asked.occasion_kind == Kind.OUTAGE and number:
        return affected.of_outage(outage_to_end(number, by=by), by=by, on=on)
    if asked.occasion_kind == Kind.ALERT and number:
        return affected.in_zones(alert_to_see(number, by=by).zones, by=by, on=on)
    if event is not None:
        halls = event.halls.exclude(customer=None)
        wanted = list(halls.values_list("customer__number", flat=True))
        return affected.of_numbers(wanted, by=by, on=on)
    message = "请选择区域；停电、预警、保电也可以只填编号，由系统找出有关的重要客户。"
    raise InvalidInputError(message, field="areas")


def add_areas(*, number: str, areas: Sequence[str], by: Actor, at: datetime) -> int:
    """Follow the key customers of more areas; return how many were new.

    Raises:
        NotVisibleError: the watch is absent or another unit's.
        UnableToFollowError: it is over.
    """
    watch = access.watch_to_keep(number, by=by)
    found = affected.in_areas(areas, by=by, on=at.astimezone(SHANGHAI).date())
    return operations.add_customers(watch=watch, customers=found.keys, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRow:
    """A followed customer with what holds at the moment that is looked at."""

    customer: CustomerRow
    state: str
    state_label: str
    since: datetime | None
    report: ReportRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """A watch: its curves, how all stand at a moment, and the customers of one state."""

    row: WatchRow
    points: tuple[Point, ...]
    here: Point
    at: datetime
    is_now: bool
    state: str
    rows: tuple[FollowedRow, ...]
    total: int
    page: int
    pages: int
    hours_lost: float
    grades: tuple[tuple[str, int, int], ...]
    reports: tuple[ReportRow, ...]
    verbs: tuple[tuple[str, str], ...]
    may_report: bool


def page(
    *, number: str, moment: datetime | None, state: str, page: int, by: Actor, at: datetime
) -> WatchPage:
    """Return a watch as it stood at a moment of its period; without one at its end, or now.

    As many queries for ten customers as for thousands.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    watch = access.watch_to_see(number, by=by)
    end = watch.ends_at or max(at, watch.starts_at)
    when = min(max(moment or end, watch.starts_at), end)
    reports, keys = following.holding(watch), following.followed(watch)
    standing = curve.standing(reports, customers=keys, at=when)
    states = {pk: report.state if report else curve.NORMAL for pk, report in standing.items()}
    step = curve.step_for(watch.starts_at, end)
    drawn = partial(curve.curve, reports, customers=keys, step=step)
    wanted = {pk for pk, now in states.items() if not state or now == state}
    listed, total, shown, pages = _listed(watch, wanted, page=page)
    rows = _rows(listed, standing, watch, on=at.astimezone(SHANGHAI).date())
    return WatchPage(
        row=following.watch_row(watch, customers=len(keys)),
        points=drawn(start=watch.starts_at, end=end),
        here=drawn(start=when, end=when)[0],
        at=when,
        is_now=when == end,
        state=state,
        rows=rows,
        total=total,
        page=shown,
        pages=pages,
        hours_lost=curve.hours_lost(reports, customers=keys, start=watch.starts_at, end=when),
        grades=_grades(watch, states),
        reports=tuple(following.latest_reports(watch, most=PAGE_ROWS)),
        verbs=tuple((row.verb, row.label) for row in WATCH.verbs(watch.status, role=by.role)),
        may_report=watch.status == "OPEN" and by.role in access.WRITERS,
    )


def _listed(
    watch: Watch, wanted: Collection[int], *, page: int
) -> tuple[list[KeyCustomer], int, int, int]:
    """Return a page of the customers wanted, how many they are, which page it is, and of how many.

    Chosen by key here: thousands of keys in one statement are more than a database takes.
    """
    followed = KeyCustomer.objects.filter(watched__watch=watch)
    order = followed.order_by(*queries.IN_ORDER).values_list("pk", flat=True)
    keys = [pk for pk in order if pk in wanted]
    pages = max(1, -(-len(keys) // PAGE_ROWS))
    shown = min(max(1, page), pages)
    here = keys[(shown - 1) * PAGE_ROWS : shown * PAGE_ROWS]
    return list(queries.listed(followed.filter(pk__in=here))), len(keys), shown, pages


def _rows(
    listed: Sequence[KeyCustomer],
    standing: Mapping[int, Report | None],
    watch: Watch,
    *,
    on: date,
) -> tuple[FollowedRow, ...]:
    keys = [customer.pk for customer in listed]
    told = {row.serial: row for row in following.report_rows(watch, customers=keys)}
    rows = []
    for customer in listed:
        report = standing[customer.pk]
        state = report.state if report else curve.NORMAL
        rows.append(
            FollowedRow(
                customer=queries.row_of(customer, on=on),
                state=state,
                state_label=following.STATE_LABELS[state],
                since=report.at if report else None,
                report=told[report.serial] if report else None,
            )
        )
    return tuple(rows)


def _grades(watch: Watch, states: Mapping[int, str]) -> tuple[tuple[str, int, int], ...]:
    """Return by grade how many are followed and how many of them have no power."""
    total: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    labels = dict(queries.GRADES)
    grades = KeyCustomer.objects.filter(watched__watch=watch).values_list("pk", "grade")
    for pk, grade in grades:
        total[grade] += 1
        lost[grade] += states.get(pk) == curve.LOST
    return tuple((labels[grade], total[grade], lost[grade]) for grade in labels if total[grade])


@transaction.atomic
def report(
    *,
    number: str,
    customers: Sequence[str],
    told: ToldReport,
    photo: bytes | None,
    by: Actor,
    at: datetime,
) -> list[SupplyReport]:
    """Write down how some of the followed customers are supplied.

    Raises:
        NotVisibleError: the watch is absent or another unit's, or a customer is not followed.
        InvalidInputError, UnableToFollowError: see the operation.
    """
    watch = access.watch_to_keep(number, by=by)
    if len(set(customers)) > MOST_AT_ONCE:
        raise InvalidInputError(
            Phrase("一次最多登记 %(most_at_once)s 户。", most_at_once=MOST_AT_ONCE),
            field="customers",
        )
    wanted = Watched.objects.filter(watch=watch, customer__number__in=customers)
    found = list(wanted.select_related("customer").order_by("customer__number"))
    if len(found) < len(set(customers)):
        raise NotVisibleError("有客户不在这次跟踪中，请刷新。")
    clean = _clean(told, photo=photo, at=at)
    return operations.report(watch=watch, watched=found, told=clean, by=by, at=at)


def _clean(told: ToldReport, *, photo: bytes | None, at: datetime) -> ToldReport:
    evidence = files.keep_image(photo, at=at, field="photo") if photo else None
    return ToldReport(
        state=told.state,
        happened_at=told.happened_at,
        generator=clean_text(told.generator, field="generator", label="应急电源", most=40),
        reporter=clean_text(told.reporter, field="reporter", label="报告人", most=40),
        words=clean_text(told.words, field="words", label="说明", most=200),
        evidence=evidence,
    )


@transaction.atomic
def correct(
    *, number: str, told: ToldReport | None, reason: str, by: Actor, at: datetime
) -> SupplyReport:
    """Correct a report by a second row; without anything told the report is taken out.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError, UnableToFollowError, StaleStateError: see the operation.
    """
    wrong = following.report_to_correct(number, by=by)
    words = clean_text(reason, field="reason", label="更正原因", most=200, least=2)
    clean = _clean(told, photo=None, at=at) if told else None
    return operations.correct(wrong=wrong, told=clean, reason=words, by=by, at=at)


def close(*, number: str, ends_at: datetime, by: Actor, at: datetime) -> Watch:
    """End the following.

    Raises:
        NotVisibleError: it is absent or another unit's.
        UnableToFollowError, IllegalTransitionError, StaleStateError: see the operation.
    """
    watch = access.watch_to_keep(number, by=by)
    return operations.close(watch=watch, ends_at=ends_at, by=by, at=at)


def reopen(*, number: str, reason: str, by: Actor, at: datetime) -> Watch:
    """Go on following.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError, IllegalTransitionError, StaleStateError: see the operation.
    """
    watch = access.watch_to_keep(number, by=by)
    words = clean_text(reason, field="reason", label="原因", most=200, least=2)
    return operations.reopen(watch=watch, reason=words, by=by, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """One report with who told it, and what it corrects or is corrected by."""

    row: ReportRow
    watch: str
    reporter: str
    may_correct: bool


def report_page(*, number: str, by: Actor, at: datetime) -> ReportPage:
    """Return one report with the name of who told it; that it was read is on record.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    rows = SupplyReport.objects.select_related(
        "watched__watch", "watched__customer", "evidence", "corrects", "corrected_by"
    )
    found = rows.filter(number=number, watched__watch__in=access.watches(by)).first()
    if found is None:
        raise NotVisibleError("没有找到这条供电情况。")
    row = following.report_row(found)
    if row.has_reporter:
        audit.record("key_customers.supplyreport.read", target=found, by=by, at=at)
    return ReportPage(
        row=row,
        watch=found.watched.watch.number,
        reporter=found.reporter,
        may_correct=row.holds
        and found.watched.watch.status == "OPEN"
        and by.role in access.WRITERS,
    )


def photo_of(*, number: str, by: Actor) -> bytes:
    """Return the photo of a report.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    rows = SupplyReport.objects.filter(number=number, watched__watch__in=access.watches(by))
    found = rows.select_related("evidence").first()
    kept: StoredFile | None = found.evidence if found else None
    if kept is None:
        raise NotVisibleError("没有找到这张照片。")
    return files.read(kept)
