"""Policy lists as pages show them: measures × units, and each duty with what shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from dianliang.domain.policies import access
from dianliang.domain.policies.lifecycle import DUTY, DUTY_LABELS, EDITION_LABELS
from dianliang.domain.policies.models import (
    Measure,
    PolicyDuty,
    PolicyEdition,
    PolicyEvidence,
    PolicyList,
)
from dianliang.kernel.actor import Actor

COUNTS: Mapping[str, str] = {
    "needs": "办结需求",
    "visits": "完成走访",
    "reached": "触达企业（客户）",
}
NARROWS: Mapping[str, str] = {
    "needs": "服务事项编码，可留空",
    "visits": "",
    "reached": "触达编号，可留空",
}
STATES = {"": "全部", "overdue": "已逾期", **DUTY_LABELS}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """A list as lists need it."""

    number: str
    title: str
    short_name: str
    source: str
    document_number: str
    issued_on: date
    unit_name: str
    edition: int
    has_draft: bool
    measures: int
    total: int
    done: int
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """A measure of an edition."""

    position: int
    key: str
    title: str
    words: str
    kind: str
    kind_label: str
    counts: str
    counts_label: str
    narrows: str
    unit_word: str
    least: int | None
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """What one unit does about one measure."""

    number: str
    position: int
    title: str
    unit_code: str
    unit_name: str
    kind: str
    unit_word: str
    due_on: date
    least: int | None
    quantity: int | None
    status: str
    status_label: str
    is_overdue: bool
    was_late: bool
    done_on: date | None
    done_under: int | None
    reported_name: str
    reported_at: datetime | None
    decided_by: str

    @property
    def tone(self) -> str:
        """Return how its chip looks."""
        if self.status == "DONE":
            return "good"
        if self.status == "CANCELLED":
            return "plain"
        return "danger" if self.is_overdue else "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the matrix: a measure, and a cell for each unit (None where it has no such duty)."""

    measure: MeasureRow
    cells: tuple[DutyRow | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """An edition with its measures."""

    serial: int
    words: str
    status: str
    status_label: str
    published_by: str
    published_at: datetime | None
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole list."""

    row: PolicyRow
    link: str
    file_token: str
    units: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    gone: tuple[DutyRow, ...]
    editions: tuple[EditionRow, ...]
    draft: EditionRow | None
    may_lead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """What shows that something was done."""

    id: int
    words: str
    quantity: int | None
    record_kind: str
    record_number: str
    token: str
    media_type: str
    added_by: str
    added_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPage:
    """A duty with all that belongs to it."""

    row: DutyRow
    policy_number: str
    policy_name: str
    measure: MeasureRow
    helpers: tuple[str, ...]
    evidence: tuple[EvidenceRow, ...]
    kept_records: tuple[tuple[str, ...], ...]
    verbs: frozenset[str] = field(default_factory=frozenset)
    may_do: bool = False


def policies(*, by: Actor, on: date) -> tuple[PolicyRow, ...]:
    """Return the lists that concern the actor's units, with the counts of what he sees of them."""
    found = list(access.policies(by).prefetch_related("editions__measures"))
    duties: dict[int, list[PolicyDuty]] = {policy.pk: [] for policy in found}
    for duty in access.duties(by).exclude(status="CANCELLED"):
        duties.setdefault(duty.policy_id, []).append(duty)
    return tuple(_policy(policy, duties[policy.pk], on=on) for policy in found)


def _policy(policy: PolicyList, duties: Sequence[PolicyDuty], *, on: date) -> PolicyRow:
    editions = list(policy.editions.all())
    current = next((one for one in editions if one.status == "PUBLISHED"), None)
    return PolicyRow(
        number=policy.number,
        title=policy.title,
        short_name=policy.short_name,
        source=policy.source,
        document_number=policy.document_number,
        issued_on=policy.issued_on,
        unit_name=policy.unit.name,
        edition=current.serial if current else 0,
        has_draft=any(one.status == "DRAFT" for one in editions),
        measures=len(current.measures.all()) if current else 0,
        total=len(duties),
        done=sum(duty.status == "DONE" for duty in duties),
        waiting=sum(duty.status == "REPORTED" for duty in duties),
        overdue=sum(_is_overdue(duty, on=on) for duty in duties),
    )


def _is_overdue(duty: PolicyDuty, *, on: date) -> bool:
    return duty.status in {"OPEN", "REPORTED"} and duty.due_on < on


def page(number: str, *, by: Actor, on: date) -> Page:
    """Return one list as measures × units.

    Raises:
        NotVisibleError: it is absent or no concern of the actor's units.
    """
    policy = access.to_see(number, by=by)
    may_lead = by.role in access.WRITERS and by.reaches_unit(policy.unit.path)
    duties = list(
        access.duties(by)
        .filter(policy=policy)
        .exclude(status="CANCELLED")
        .order_by("measure__position", "unit__path")
    )
    editions = list(policy.editions.prefetch_related("measures"))
    current = next((one for one in editions if one.status == "PUBLISHED"), None)
    units = dict(sorted({(d.unit.path, (d.unit.code, d.unit.name)) for d in duties}))
    in_force = {measure.key for measure in current.measures.all()} if current else set()
    rows = {(duty.key, duty.unit.code): duty_row(duty, on=on) for duty in duties}
    lines = tuple(
        Line(
            measure=measure_row(measure),
            cells=tuple(rows.get((measure.key, code)) for code, _name in units.values()),
        )
        for measure in (current.measures.all() if current else ())
    )
    shown = tuple(_edition(one) for one in editions)
    return Page(
        row=_policy(policy, duties, on=on),
        link=policy.link,
        file_token=policy.file.token if policy.file else "",
        units=tuple(units.values()),
        lines=lines,
        gone=tuple(duty_row(duty, on=on) for duty in duties if duty.key not in in_force),
        editions=tuple(one for one in shown if one.status != "DRAFT"),
        draft=next((one for one in shown if one.status == "DRAFT"), None) if may_lead else None,
        may_lead=may_lead,
    )


def _edition(one: PolicyEdition) -> EditionRow:
    return EditionRow(
        serial=one.serial,
        words=one.words,
        status=one.status,
        status_label=EDITION_LABELS[one.status],
        published_by=one.published_by,
        published_at=one.published_at,
        measures=tuple(measure_row(measure) for measure in one.measures.all()),
    )


def measure_row(measure: Measure) -> MeasureRow:
    """Return a measure as pages need it."""
    return MeasureRow(
        position=measure.position,
        key=measure.key,
        title=measure.title,
        words=measure.words,
        kind=measure.kind,
        kind_label=measure.get_kind_display(),
        counts=measure.counts,
        counts_label=COUNTS.get(measure.counts, ""),
        narrows=measure.narrows,
        unit_word=measure.unit_word,
        least=measure.least,
        due_on=measure.due_on,
    )


def duty_row(duty: PolicyDuty, *, on: date) -> DutyRow:
    """Return a duty as pages need it."""
    return DutyRow(
        number=duty.number,
        position=duty.measure.position,
        title=duty.measure.title,
        unit_code=duty.unit.code,
        unit_name=duty.unit.name,
        kind=duty.measure.kind,
        unit_word=duty.measure.unit_word,
        due_on=duty.due_on,
        least=duty.least,
        quantity=duty.quantity,
        status=duty.status,
        status_label=DUTY_LABELS[duty.status],
        is_overdue=_is_overdue(duty, on=on),
        was_late=duty.done_on is not None and duty.done_on > duty.due_on,
        done_on=duty.done_on,
        done_under=duty.done_under,
        reported_name=duty.reported_name,
        reported_at=duty.reported_at,
        decided_by=duty.decided_by,
    )


def duties(
    *, by: Actor, on: date, policy: str = "", unit: str = "", state: str = ""
) -> tuple[DutyRow, ...]:
    """Return duties that the actor sees, of a list, a unit, in a state."""
    rows = access.duties(by).order_by("due_on", "policy", "measure__position", "unit__path")
    if policy:
        rows = rows.filter(policy__number=policy)
    if unit:
        rows = rows.filter(unit__code=unit)
    if state in DUTY_LABELS:
        rows = rows.filter(status=state)
    elif state == "overdue":
        rows = rows.filter(status__in=["OPEN", "REPORTED"], due_on__lt=on)
    return tuple(duty_row(duty, on=on) for duty in rows)


def duty(number: str, *, by: Actor, on: date) -> DutyPage:
    """Return one duty with what shows it.

    Raises:
        NotVisibleError: it is absent or no concern of the actor's units.
    """
    found = access.duty_to_see(number, by=by)
    return DutyPage(
        row=duty_row(found, on=on),
        policy_number=found.policy.number,
        policy_name=found.policy.short_name,
        measure=measure_row(found.measure),
        helpers=tuple(unit.name for unit in found.helpers.all()),
        evidence=_evidence(found.evidence.select_related("file")),
        kept_records=tuple(tuple(str(cell) for cell in row) for row in found.records),
        verbs=frozenset(_verbs(found, by=by)),
        may_do=access.may_do(found, by=by),
    )


def _verbs(found: PolicyDuty, *, by: Actor) -> Iterable[str]:
    for row in DUTY.verbs(found.status, role=by.role):
        if (
            (row.verb == "report" and by.reaches_unit(found.unit.path))
            or (row.verb == "cancel" and by.reaches_unit(found.policy.unit.path))
            or (row.verb not in {"report", "cancel"} and access.may_decide(found, by=by))
        ):
            yield row.verb


def _evidence(rows: Iterable[PolicyEvidence]) -> tuple[EvidenceRow, ...]:
    return tuple(
        EvidenceRow(
            id=row.pk,
            words=row.words,
            quantity=row.quantity,
            record_kind=row.record_kind,
            record_number=row.record_number,
            token=row.file.token if row.file else "",
            media_type=row.file.media_type if row.file else "",
            added_by=row.added_by,
            added_at=row.added_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    )
