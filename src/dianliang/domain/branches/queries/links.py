"""Pairings, alliances and secondments as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from dianliang.domain.branches import access
from dianliang.domain.branches.lifecycle import ALLIANCE, PAIRING, SECONDMENT
from dianliang.domain.branches.models import Alliance, Branch, Pairing, PairingMode, Secondment
from dianliang.domain.branches.rules import representatives
from dianliang.kernel.actor import Actor

PAIRING_VIEWS = {
    "open": "筹备与结对中",
    "running": "结对中",
    "late": "计划逾期",
    "over": "已结束",
    "all": "全部",
}
SECONDMENT_VIEWS = {"now": "在岗与待到岗", "running": "在岗", "over": "已结束", "all": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingRow:
    """A pairing as lists need it. `is_late`: something planned was due and has no result."""

    number: str
    branch_code: str
    branch_name: str
    mode_code: str
    mode: str
    other: str
    goal: str
    from_on: date
    until_on: date
    ended_on: date | None
    status: str
    status_label: str
    steps: int
    done: int
    results: int
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """Something planned: until when, and whether it came to a result."""

    key: int
    position: int
    words: str
    due_on: date
    is_done: bool
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What came of a pairing on a day."""

    number: str
    on: date
    words: str
    step: int | None
    record_kind: str
    record_number: str
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingFile:
    """One pairing with its plan, its results and what may be done with it."""

    row: PairingRow
    alliance: tuple[str, str] | None
    steps: tuple[StepRow, ...]
    results: tuple[ResultRow, ...]
    may_write: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairingRegister:
    """The pairings in scope, cut by view and mode, with the counts of all."""

    rows: tuple[PairingRow, ...]
    counts: Mapping[str, int]
    modes: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceRow:
    """An alliance: its representative, its branch, and who is outside by mode."""

    number: str
    title: str
    theme_words: str
    branch_code: str
    branch_name: str
    representative: str
    representative_from: str
    status: str
    status_label: str
    starts_on: date
    closed_on: date | None
    summary: str
    outside: tuple[tuple[str, int], ...]
    outside_count: int
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllianceFile:
    """One alliance with the pairings that belong to it."""

    row: AllianceRow
    pairings: tuple[PairingRow, ...]
    may_write: bool
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondmentRow:
    """Who was sent: from where, to which branch, until when."""

    number: str
    kind: str
    represents: bool
    person_number: str
    person: str
    from_unit: str
    branch_code: str
    branch: str
    post: str
    from_on: date
    until_on: date
    ended_on: date | None
    status: str
    status_label: str
    is_overdue: bool
    appraisal: str
    verbs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondmentRegister:
    """Who was sent, cut by one view, with the counts of all views and of all ways."""

    rows: tuple[SecondmentRow, ...]
    counts: Mapping[str, int]
    ways: tuple[tuple[str, int], ...]


def pairings(*, view: str, mode: str, branch: str, by: Actor, on: date) -> PairingRegister:
    """Return the pairings of the actor's branches, newest first."""
    rows = _pairing_rows(by=by, on=on)
    asked = tuple(
        row
        for row in rows
        if (not mode or row.mode_code == mode) and (not branch or row.branch_code == branch)
    )
    cuts = {
        "open": tuple(r for r in asked if r.status in {"DRAFT", "RUNNING"}),
        "running": tuple(r for r in asked if r.status == "RUNNING" and r.from_on <= on),
        "late": tuple(r for r in asked if r.is_late),
        "over": tuple(r for r in asked if r.status in {"ENDED", "STOPPED"}),
        "all": asked,
    }
    running = [row for row in rows if row.status == "RUNNING" and row.from_on <= on]
    return PairingRegister(
        rows=cuts.get(view, cuts["open"]),
        counts={name: len(cut) for name, cut in cuts.items()},
        modes=tuple(
            (kind.code, kind.name, sum(row.mode_code == kind.code for row in running))
            for kind in PairingMode.objects.all()
        ),
    )


def _pairing_rows(
    *, by: Actor, on: date, alliance: Alliance | None = None
) -> tuple[PairingRow, ...]:
    found = access.pairings(by).order_by("-number")
    if alliance is not None:
        found = found.filter(alliance=alliance)
    done = Count("steps", filter=Q(steps__results__isnull=False), distinct=True)
    late = Count(
        "steps", filter=Q(steps__results__isnull=True, steps__due_on__lt=on), distinct=True
    )
    counted = found.annotate(
        n_steps=Count("steps", distinct=True),
        n_done=done,
        n_late=late,
        n_results=Count("results", distinct=True),
    )
    return tuple(_pairing_row(row, counts=_counts(row)) for row in counted)


def _counts(row: Pairing) -> tuple[int, int, int, int]:
    held = vars(row)
    return held["n_steps"], held["n_done"], held["n_late"], held["n_results"]


def _pairing_row(row: Pairing, *, counts: tuple[int, int, int, int]) -> PairingRow:
    steps, done, late, results = counts
    return PairingRow(
        number=row.number,
        branch_code=row.branch.unit.code,
        branch_name=row.branch.unit.name,
        mode_code=row.mode.code,
        mode=row.mode.name,
        other=row.other_name,
        goal=row.goal,
        from_on=row.from_on,
        until_on=row.until_on,
        ended_on=row.ended_on,
        status=row.status,
        status_label=row.get_status_display(),
        steps=steps,
        done=done,
        results=results,
        is_late=late > 0 and row.status == "RUNNING",
    )


def pairing(number: str, *, by: Actor, on: date) -> PairingFile:
    """Return one pairing.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.pairing_to_see(number, by=by)
    results = list(found.results.select_related("step"))
    done = {result.step_id for result in results}
    steps = tuple(
        StepRow(
            key=step.pk,
            position=step.position,
            words=step.words,
            due_on=step.due_on,
            is_done=step.pk in done,
            is_late=step.pk not in done and step.due_on < on and found.status == "RUNNING",
        )
        for step in found.steps.all()
    )
    n_done, n_late = sum(s.is_done for s in steps), sum(s.is_late for s in steps)
    may_write = access.may_write(found.branch.unit.path, by=by)
    verbs = PAIRING.verbs(found.status, role=by.role) if may_write else ()
    return PairingFile(
        row=_pairing_row(found, counts=(len(steps), n_done, n_late, len(results))),
        alliance=(found.alliance.number, found.alliance.title) if found.alliance else None,
        steps=steps,
        results=tuple(
            ResultRow(
                number=result.number,
                on=result.on,
                words=result.words,
                step=result.step.position if result.step else None,
                record_kind=result.record_kind,
                record_number=result.record_number,
                recorded_by=result.recorded_by,
            )
            for result in results
        ),
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs if r.verb != "end" or found.until_on < on),
    )


def alliances(*, by: Actor, on: date) -> tuple[AllianceRow, ...]:
    """Return the alliances of the actor's branches, those at work first."""
    sent = representatives(on=on)
    found = access.alliances(by).prefetch_related("pairings__mode").order_by("number")
    rows = [_alliance_row(row, sent) for row in found]
    return tuple(sorted(rows, key=lambda row: row.status in {"CLOSED", "STOPPED"}))


def without_representative(*, by: Actor, on: date) -> tuple[tuple[str, str], ...]:
    """Return code and name of the branches that should have a representative and have none."""
    sent = representatives(on=on)
    rows = access.branches(by).filter(needs_representative=True, status="ACTIVE")
    return tuple((row.unit.code, row.unit.name) for row in rows if row.pk not in sent)


def alliance(number: str, *, by: Actor, on: date) -> AllianceFile:
    """Return one alliance.

    Raises:
        NotVisibleError: it is absent or another's.
    """
    found = access.alliance_to_see(number, by=by)
    row = _alliance_row(found, representatives(on=on))
    may_write = access.may_write(found.branch.unit.path, by=by)
    verbs = ALLIANCE.verbs(found.status, role=by.role) if may_write else ()
    return AllianceFile(
        row=row,
        pairings=_pairing_rows(by=by, on=on, alliance=found),
        may_write=may_write,
        verbs=tuple((r.verb, r.label) for r in verbs),
    )


def _alliance_row(row: Alliance, sent: Mapping[int, Secondment]) -> AllianceRow:
    outside: dict[str, int] = {}
    for paired in row.pairings.all():
        if paired.status in {"RUNNING", "ENDED"}:
            outside[paired.mode.name] = outside.get(paired.mode.name, 0) + 1
    found = sent.get(row.branch_id)
    is_open = row.status in {"DRAFT", "RUNNING"}
    lacks = [
        *(["党建代表"] if found is None and is_open else []),
        *(["外部联建支部"] if not outside and is_open else []),
    ]
    return AllianceRow(
        number=row.number,
        title=row.title,
        theme_words=row.theme_words,
        branch_code=row.branch.unit.code,
        branch_name=row.branch.unit.name,
        representative=found.person.name if found else "",
        representative_from=found.from_unit.name if found else "",
        status=row.status,
        status_label=row.get_status_display(),
        starts_on=row.starts_on,
        closed_on=row.closed_on,
        summary=row.summary,
        outside=tuple(outside.items()),
        outside_count=sum(outside.values()),
        lacks=tuple(lacks),
    )


def secondments(
    *, view: str, branch: str, by: Actor, on: date, way: str = ""
) -> SecondmentRegister:
    """Return who was sent by, or to, the actor's units, newest first; `way` is a kind's name."""
    found = access.secondments(by).order_by("-from_on", "-number")
    rows = tuple(_secondment_row(row, by=by, on=on) for row in found)
    asked = tuple(r for r in rows if branch in {"", r.branch_code} and way in {"", r.kind})
    cuts = {
        "now": tuple(r for r in asked if r.status in {"PLANNED", "RUNNING"}),
        "running": tuple(r for r in asked if r.status == "RUNNING"),
        "over": tuple(r for r in asked if r.status in {"ENDED", "CANCELLED"}),
        "all": asked,
    }
    ways: dict[str, int] = {}
    for row in rows:
        if row.status == "RUNNING":
            ways[row.kind] = ways.get(row.kind, 0) + 1
    return SecondmentRegister(
        rows=cuts.get(view, cuts["now"]),
        counts={name: len(cut) for name, cut in cuts.items()},
        ways=tuple(ways.items()),
    )


def _secondment_row(row: Secondment, *, by: Actor, on: date) -> SecondmentRow:
    may_write = access.may_write(row.branch.unit.path, by=by)
    verbs = SECONDMENT.verbs(row.status, role=by.role) if may_write else ()
    return SecondmentRow(
        number=row.number,
        kind=row.kind.name,
        represents=row.kind.represents,
        person_number=row.person.number,
        person=row.person.name,
        from_unit=row.from_unit.name,
        branch_code=row.branch.unit.code,
        branch=row.branch.unit.name,
        post=row.post,
        from_on=row.from_on,
        until_on=row.until_on,
        ended_on=row.ended_on,
        status=row.status,
        status_label=row.get_status_display(),
        is_overdue=row.status == "RUNNING" and row.until_on < on,
        appraisal=row.appraisal,
        verbs=tuple((r.verb, r.label) for r in verbs if r.verb != "start" or row.from_on <= on),
    )


def may_move(number: str, *, by: Actor) -> bool:
    """Tell whether a secondment is there and its branch is the actor's to write for."""
    row = access.secondments(by).filter(number=number.replace("\0", "")).first()
    return row is not None and access.may_write(row.branch.unit.path, by=by)


def branches_at_work(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return code and name of the actor's branches that are at work, in tree order."""
    rows = access.branches(by).filter(status="ACTIVE").order_by("unit__path")
    return tuple((row.unit.code, row.unit.name) for row in rows)


def ordinary_branches(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return code and name of those that are no temporary ones."""
    rows = access.branches(by).filter(status="ACTIVE", kind=Branch.Kind.ORDINARY)
    return tuple((row.unit.code, row.unit.name) for row in rows.order_by("unit__path"))
