"""Make a report of the situation by one press; read it, compare it, open what it counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from dianliang.core import audit, idempotency
from dianliang.domain.incidents import access
from dianliang.domain.incidents.lifecycle import OPEN
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.operations import incidents as log
from dianliang.domain.incidents.queries.incidents import IncidentRow, row_of
from dianliang.domain.mobilisation import reports
from dianliang.domain.mobilisation.models import SituationReport
from dianliang.domain.workforce.models import Person
from dianliang.flows.command.figures import Asked, Part, columns_of, parts_of, stored
from dianliang.flows.command.sections import SECTIONS
from dianliang.flows.incidents.figures import LISTED_TO, Record
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report as lists show it."""

    number: str
    position: int
    since_at: datetime
    made_at: datetime
    made_by: str
    period: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The reports of an incident."""

    incident: IncidentRow
    rows: tuple[ReportRow, ...]
    may_make: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A report as it was made, beside an earlier one."""

    row: ReportRow
    incident: IncidentRow
    parts: tuple[Part, ...]
    compared: ReportRow | None
    earlier: tuple[ReportRow, ...]
    digest: str
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a figure of a report was counted from, as it was."""

    row: ReportRow
    incident: IncidentRow
    label: str
    counted_in: str
    method: str
    columns: tuple[str, ...]
    rows: tuple[Record, ...]


def make_once(*, key: str, number: str, by: Actor, at: datetime) -> str:
    """Make the next report of an incident; return its number. The same key makes one.

    Raises:
        NotVisibleError: the actor does not lead the incident.
        UnableToLeadError: it is over.
    """

    def act() -> dict[str, Any]:
        return {"number": make(number=number, by=by, at=at).number}

    body = {"incident": number, "by": by.id}
    kept = idempotency.once(scope=f"command.report:{by.id}", key=key, body=body, at=at, act=act)
    return str(kept["number"])


@transaction.atomic
def make(*, number: str, by: Actor, at: datetime) -> SituationReport:
    """Count everything as it is now and keep it; the log of the incident says so.

    Raises:
        NotVisibleError, UnableToLeadError: see `make_once`.
    """
    incident = access.incident_to_lead(number, by=by)
    asked = Asked(incident=incident, by=by, at=at, since=reports.since_of(incident))
    body, records = stored([section(asked) for section in SECTIONS])
    made = reports.keep(incident=incident, body=body, records=records, by=by, at=at)
    words = f"编制第 {made.position} 期情况报告 {made.number}"
    log.note(incident=incident, kind="note", words=words, by=by, at=at)
    return made


def shelf(*, number: str, by: Actor) -> Shelf:
    """Return the reports of an incident, the newest first.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    incident = access.incident_to_see(number, by=by)
    return Shelf(
        incident=row_of(incident),
        rows=tuple(_row(one) for one in reports.of(incident)),
        may_make=access.may_lead(incident, by=by) and incident.status in OPEN,
    )


def _row(report: SituationReport) -> ReportRow:
    return ReportRow(
        number=report.number,
        position=report.position,
        since_at=report.since_at,
        made_at=report.made_at,
        made_by=report.made_by,
        period=report.period.position if report.period else None,
    )


def page(*, number: str, compared: str, by: Actor) -> ReportPage:
    """Return a report beside an earlier one: the one before, unless another is named.

    Raises:
        NotVisibleError: one of them is absent, another unit's or of another incident.
    """
    report = reports.report_to_see(number, by=by)
    other = reports.report_to_see(compared, by=by) if compared else reports.before(report)
    if other and (other.incident_id, other.position < report.position) != (
        report.incident_id,
        True,
    ):
        raise NotVisibleError("没有找到可以对照的前期报告。")
    listed = frozenset(code for code in reports.records_of(report) if _is_listed(code, by=by))
    found = [_row(one) for one in reports.of(report.incident)]
    return ReportPage(
        row=_row(report),
        incident=row_of(report.incident),
        parts=_readable(
            parts_of(report.body, listed=listed, earlier=other.body if other else None), by=by
        ),
        compared=_row(other) if other else None,
        earlier=tuple(one for one in found if one.position < report.position),
        digest=report.digest,
        is_whole=reports.is_whole(report),
    )


def _is_listed(code: str, *, by: Actor) -> bool:
    """Tell whether somebody may read who stands behind a figure."""
    kind = LISTED_TO.get(_kind_of(code))
    return kind is None or by.role in kind.listed_to


def _kind_of(code: str) -> str:
    return "key" if code.startswith("supply.") else code


def _readable(parts: tuple[Part, ...], *, by: Actor) -> tuple[Part, ...]:
    """Return the sections whose figures are told to the actor."""
    key = LISTED_TO["key"]
    if by.role in key.counted_to:
        return parts
    return tuple(
        Part(
            code=part.code,
            title=part.title,
            facts=part.facts,
            lines=tuple(line for line in part.lines if line.code != "key"),
            grids=part.grids,
            note=part.note,
        )
        for part in parts
        if part.code != "supply"
    )


def behind(*, number: str, code: str, by: Actor, at: datetime) -> Behind:
    """Return the records of a figure as they were when the report was made; that is on record.

    Raises:
        NotVisibleError: there is no such figure, or who is behind it is not for the actor.
    """
    report = reports.report_to_see(number, by=by)
    told = columns_of(report.body, code)
    rows = reports.records_of(report).get(code)
    if told is None or rows is None or not _is_listed(code, by=by):
        raise NotVisibleError("没有找到这个数的明细。")
    audit.record("mobilisation.situationreport.read", target=report, by=by, at=at, reason=code)
    label, counted_in, method, columns = told
    return Behind(
        row=_row(report),
        incident=row_of(report.incident),
        label=label,
        counted_in=counted_in,
        method=method,
        columns=columns,
        rows=_named(rows),
    )


def _named(rows: reports.Rows) -> tuple[Record, ...]:
    """Return the records of a figure with the names that people have now."""
    people = Person.objects.filter(number__in={person for _, _, person, *_ in rows if person})
    names = dict(people.values_list("number", "name"))
    return tuple(
        Record(
            kind=kind,
            key=key,
            cells=(
                *((names.get(person, "—"),) if person else ()),
                *(phrase_of(cell) for cell in (cells[1:] if person else cells)),
            ),
            person=person,
        )
        for kind, key, person, *cells in rows
    )


def last_of(incident: Incident) -> ReportRow | None:
    """Return the latest report of an incident."""
    found = reports.of(incident).first()
    return _row(found) if found else None
