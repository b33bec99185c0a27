"""Hazards on the desk's screen: the list and its cuts, one hazard's story, how much is seen."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from io import BytesIO

from django.db.models import Count, Q, QuerySet

from dianliang.core import audit, blanks
from dianliang.core.models import AuditEvent
from dianliang.core.rows import all_for_sheet
from dianliang.domain.catalog import inspecting as checklists
from dianliang.domain.catalog.models import HazardClass, Party
from dianliang.domain.directory.models import Unit
from dianliang.domain.safety import access, queries
from dianliang.domain.safety.lifecycle import HAZARD, HAZARD_LABELS, OPEN
from dianliang.domain.safety.models import Hazard
from dianliang.domain.safety.queries import HazardRow
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import area_of
from dianliang.flows import safety_desk
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

MOST_ROWS = 100
MOST_POINTS = 2000
VIEWS = {
    "open": "未销号",
    "overdue": "逾期",
    "recheck": "待复查",
    "escalated": "已升级",
    "closed": "已销号",
    "all": "全部",
}
COLUMNS = (
    "隐患编号",
    "隐患",
    "等级",
    "责任方",
    "村社区",
    "单位",
    "状态",
    "发现",
    "期限",
    "结束",
    "逾期",
    "原因",
)
GRADES = {value: str(label) for value, label in HazardClass.choices}
PARTIES = {value: str(label) for value, label in Party.choices}
TONES = {"grave": "danger", "major": "soon", "general": "open"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What of the hazards is asked for; empty means all. What is unknown cuts nothing off."""

    view: str = "open"
    grade: str = ""
    party: str = ""
    area: str = ""


def cut_of(asked: Mapping[str, str]) -> Cut:
    """Read the cut from an address; what is unknown is left out."""
    given = {field.name: asked.get(field.name, "") for field in fields(Cut)}
    return Cut(
        view=given["view"] if given["view"] in VIEWS else "open",
        grade=given["grade"] if given["grade"] in HazardClass.values else "",
        party=given["party"] if given["party"] in Party.values else "",
        area=given["area"] if area_of(given["area"]) else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a township was looked at in the last year, and what came of it."""

    area_name: str
    villages: int
    villages_seen: int
    inspections: int
    found: int
    closed: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A cut of the hazards; `counts` are of all views within the other filters."""

    rows: tuple[HazardRow, ...]
    total: int
    counts: Mapping[str, int]
    points: tuple[dict[str, object], ...]
    coverage: tuple[Coverage, ...]
    kinds: tuple[tuple[str, str], ...]


def page(*, cut: Cut, by: Actor, at: datetime) -> Page:
    """Return the hazards of the actor's units in a cut, the first due first."""
    rows = _filtered(cut, by=by)
    views = _views(at)
    counted = rows.aggregate(**{name: Count("pk", filter=q) for name, q in views.items()})
    chosen = rows.filter(views[cut.view]).select_related("area", "unit").order_by("due_at", "pk")
    marks = chosen.values_list("number", "item", "lat", "lon", "hazard_class", "area__name")
    return Page(
        rows=tuple(queries.row(hazard, at=at) for hazard in chosen[:MOST_ROWS]),
        total=counted[cut.view],
        counts=counted,
        points=tuple(
            {
                "number": number,
                "title": item,
                "lat": lat,
                "lon": lon,
                "tone": TONES[grade],
                "area": area,
                "exact": True,
            }
            for number, item, lat, lon, grade, area in marks[:MOST_POINTS]
        ),
        coverage=_coverage(by=by, at=at),
        kinds=checklists.kinds(),
    )


def _filtered(cut: Cut, *, by: Actor) -> QuerySet[Hazard]:
    rows = access.visible(by)
    if cut.grade:
        rows = rows.filter(hazard_class=cut.grade)
    if cut.party:
        rows = rows.filter(party=cut.party)
    area = area_of(cut.area) if cut.area else None
    return queries.within(rows, area) if area else rows


def _views(at: datetime) -> dict[str, Q]:
    is_open = Q(status__in=OPEN)
    return {
        "open": is_open,
        "overdue": is_open & Q(due_at__lt=at),
        "recheck": Q(status="RECHECK"),
        "escalated": Q(status="ESCALATED"),
        "closed": Q(status="CLOSED"),
        "all": Q(),
    }


def _coverage(*, by: Actor, at: datetime) -> tuple[Coverage, ...]:
    """Count by township, over the last year; those that the actor's units serve."""
    since = at - timedelta(days=365)
    looked = access.inspections(by).filter(inspected_at__gte=since).order_by()
    seen = looked.values_list("area__path").annotate(n=Count("pk"))
    hazards = access.visible(by).filter(found_at__gte=since).order_by()
    standing = hazards.values_list("area__path").annotate(
        n=Count("pk"),
        closed=Count("pk", filter=Q(status="CLOSED")),
        late=Count("pk", filter=Q(status__in=OPEN, due_at__lt=at)),
    )
    seen_rows, hazard_rows = list(seen), list(standing)
    villages = list(Area.objects.filter(level=Area.Level.VILLAGE).values_list("path", flat=True))
    # An inspection may lie in a grid of a village: the village is what was seen.
    villages_seen = [v for v in villages if any(path.startswith(v) for path, _ in seen_rows)]
    return tuple(
        Coverage(
            area_name=town.name,
            villages=sum(path.startswith(town.path) for path in villages),
            villages_seen=sum(path.startswith(town.path) for path in villages_seen),
            inspections=sum(n for p, n in seen_rows if p.startswith(town.path)),
            found=sum(n for p, n, *_ in hazard_rows if p.startswith(town.path)),
            closed=sum(c for p, _, c, _ in hazard_rows if p.startswith(town.path)),
            overdue=sum(late for p, *_, late in hazard_rows if p.startswith(town.path)),
        )
        for town in _towns(by)
    )


def _towns(by: Actor) -> list[Area]:
    towns = list(Area.objects.filter(level=Area.Level.TOWNSHIP).order_by("code"))
    units = Unit.objects.filter(path__startswith=by.unit_path or "?")
    served = {path for path in units.values_list("areas__path", flat=True) if path}
    own = [
        town
        for town in towns
        if any(town.path.startswith(path) or path.startswith(town.path) for path in served)
    ]
    return own or towns


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One step of a hazard's story."""

    at: datetime
    label: str
    who: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardPage:
    """All of a hazard that the desk may see."""

    row: HazardRow
    words: str
    advice: str
    basis: str
    claim_words: str
    claimed_by: str
    inspection: str
    visit: str
    customer: str
    notice: str
    received_how: str
    address: str
    repair_job: str
    recheck_job: str
    recheck_due_at: datetime | None
    has_claim: bool
    has_after: bool
    verbs: tuple[tuple[str, str], ...]
    story: tuple[Moment, ...]


def hazard_page(*, number: str, by: Actor, at: datetime) -> HazardPage:
    """Return one hazard with its story, and what may be done with it.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    hazard = access.hazard_to_see(number, by=by)
    inspection = hazard.inspection
    sheet = checklists.sheet(inspection.checklist.checklist.code, inspection.checklist.number)
    item = sheet.item(hazard.item_code) if sheet else None
    job = inspection.visit.job
    return HazardPage(
        row=queries.row(hazard, at=at),
        words=hazard.words,
        advice=hazard.advice,
        basis=item.basis if item else "",
        claim_words=hazard.claim_words,
        claimed_by=hazard.claimed_by,
        inspection=inspection.number,
        visit=inspection.visit.number,
        customer=hazard.customer.number if hazard.customer else "",
        notice=hazard.notice.number,
        received_how=hazard.notice.received_how,
        address=job.address,
        repair_job=hazard.repair_job.number if hazard.repair_job else "",
        recheck_job=hazard.recheck_job.number if hazard.recheck_job else "",
        recheck_due_at=hazard.recheck_job.due_at if hazard.recheck_job else None,
        has_claim=hazard.claim is not None,
        has_after=hazard.after is not None,
        verbs=safety_desk.offered(hazard.status, role=by.role),
        story=_story(hazard),
    )


def _story(hazard: Hazard) -> tuple[Moment, ...]:
    labels = {f"safety.hazard.{row.verb}": row.label for row in HAZARD}
    labels["safety.hazard.find"] = "发现"
    labels["safety.hazard.replan_recheck"] = "改复查工单"
    trail = AuditEvent.objects.filter(
        target_type="safety.hazard", target_id=hazard.number, outcome=AuditEvent.Outcome.OK
    )
    return tuple(
        Moment(
            at=event.device_at or event.at,
            label=labels.get(event.verb, event.verb),
            who=event.actor_name,
            words=event.reason,
        )
        for event in trail.order_by("id")
    )


STAGES = ("before", "claim", "after")


def picture(*, number: str, stage: str, by: Actor) -> str:
    """Return the token of a hazard's photo; nothing where there is none at that stage.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    hazard = access.hazard_to_see(number, by=by)
    found = getattr(hazard, stage) if stage in STAGES else None
    return found.token if found else ""


def workbook(*, cut: Cut, by: Actor, at: datetime) -> bytes:
    """Return a cut of the hazards as Excel; the export is on record.

    Raises:
        InvalidInputError: there are more than a sheet takes.
    """
    found = _filtered(cut, by=by).filter(_views(at)[cut.view]).select_related("area", "unit")
    rows = all_for_sheet(found)
    out = BytesIO()
    book = blanks.workbook(out)
    sheet = book.add_worksheet("隐患")
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, COLUMNS, book.add_format(blanks.HEADING))
    for place, hazard in enumerate(rows.order_by("due_at", "pk").iterator(), start=1):
        sheet.write_row(place, 0, _cells(queries.row(hazard, at=at)))
    book.close()
    audit.record_about(
        "safety.hazard.export",
        target_type="safety.hazard",
        target_id=cut.view,
        by=by,
        at=at,
        reason="；".join(f"{field.name}={getattr(cut, field.name)}" for field in fields(cut)),
    )
    return out.getvalue()


def _cells(row: HazardRow) -> tuple[str, ...]:
    return (
        row.number,
        row.item,
        row.class_label,
        row.party_label,
        row.area_name,
        row.unit_name,
        HAZARD_LABELS[row.status],
        _local(row.found_at),
        _local(row.due_at),
        _local(row.ended_at),
        "是" if row.is_overdue else "",
        row.reason,
    )


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
