"""Read rosters for pages: days and shifts with names, who has how much, what is missing and why."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from dianliang.core.models import BackgroundJob
from dianliang.core.rows import Rows
from dianliang.core.waiting import note_of
from dianliang.domain.rosters.models import Roster, Shift, Swap, Turn
from dianliang.domain.rosters.queries import OnDuty, on_duty, roster_of, visible
from dianliang.domain.workforce.models import Person
from dianliang.engines import rostering
from dianliang.flows.rosters.building import NEVER, Built, build, names_of
from dianliang.flows.rosters.own import SwapRow, swap_row
from dianliang.kernel.actor import Actor
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, phrase_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """A roster in the register."""

    number: str
    title: str
    unit_name: str
    purpose_label: str
    status: str
    status_label: str
    starts_at: datetime
    ends_at: datetime
    people: int
    turns: int
    missing: int
    opened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A turn that became open because who had it left or is away, and that nobody has taken."""

    shift: int
    starts_at: datetime
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All rosters of an actor, and who is on duty now."""

    rows: Sequence[RosterRow]
    now: tuple[OnDuty, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A person on a shift as the page shows him."""

    number: str
    name: str
    is_fixed: bool
    is_new: bool
    exempt_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A shift with who is on it and how many are lacking."""

    position: int
    starts_at: datetime
    ends_at: datetime
    is_night: bool
    has_begun: bool
    places: tuple[Place, ...]
    gone: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """The shifts that begin on a day."""

    on: date
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRow:
    """What a person has on this roster, and weighted with what he had lately."""

    number: str
    name: str
    turns: int
    hours: float
    nights: int
    weighted_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPage:
    """One roster."""

    row: RosterRow
    revision: int
    place: str
    changes: str
    size: int
    rules: tuple[str, ...]
    days: tuple[DayRow, ...]
    loads: tuple[LoadRow, ...]
    short: tuple[dict[str, Any], ...]
    breaches: tuple[str, ...]
    is_proven: bool
    error: str
    progress: str
    short_because: str
    swaps: tuple[SwapRow, ...]
    changed: int
    opened: tuple[Opened, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    """Somebody who could be put on a shift, with what stands against it."""

    number: str
    name: str
    weighted_h: float
    against: tuple[str, ...]
    can_be_exempt: bool


def register(*, by: Actor, at: datetime) -> Register:
    """Return the register of rosters, the newest first, and who is on duty at an instant."""
    rows = Rows(visible(by), lambda some: _rows(list(some), at=at))
    return Register(rows=rows, now=on_duty(at=at, by=by))


def page(*, number: str, by: Actor, at: datetime) -> RosterPage:
    """Return the page of a roster.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    roster = roster_of(number, by=by)
    built = build(roster, at=at)
    loads = rostering.loads_of(built.problem, built.planned)
    swaps = Swap.objects.filter(shift__roster=roster).select_related(
        "shift", "back", "giver", "taker"
    )
    outcome = roster.outcome or {}
    is_public = roster.published_at is not None
    breaches = rostering.check(built.problem, built.planned) if built.planned else ()
    return RosterPage(
        row=_rows([roster], at=at)[0],
        revision=roster.revision,
        place=roster.site.name if roster.site else "",
        changes="、".join(roster.changes),
        size=roster.size,
        rules=tuple(_rules(roster)),
        days=_days(roster, built, at=at),
        loads=tuple(
            LoadRow(
                number=load.person_id,
                name=built.people[load.person_id].name,
                turns=load.turns,
                hours=load.duty_s / 3600,
                nights=load.nights,
                weighted_h=load.weighted_s / 3600,
            )
            for load in sorted(loads, key=lambda load: (-load.weighted_s, load.person_id))
        ),
        short=tuple(_short(row) for row in outcome.get("short", ())),
        breaches=tuple(names_of(built, breaches)),
        is_proven=all(stage["is_proven"] for stage in outcome.get("stages", ())),
        error=outcome.get("error", ""),
        progress=_progress(roster),
        short_because=roster.short_because,
        swaps=tuple(map(swap_row, swaps)),
        changed=len(built.planned ^ built.live) if is_public else 0,
        opened=_opened([roster], at=at).get(roster.pk, ()),
    )


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """Return why a shift is short as it was stored, with its sentences."""
    fixes = [{**fix, "words": phrase_of(fix.get("parts", fix["words"]))} for fix in row["fixes"]]
    return {**row, "words": phrase_of(row.get("parts", row["words"])), "fixes": fixes}


def _opened(rosters: Collection[Roster], *, at: datetime) -> dict[int, tuple[Opened, ...]]:
    """Return by roster the turns that became open and are still to be filled."""
    told = {r.pk: (r.outcome or {}).get("opened", ()) for r in rosters if r.status != "CANCELLED"}
    told = {pk: rows for pk, rows in told.items() if rows}
    if not told:
        return {}
    numbers = {row["person"] for rows in told.values() for row in rows}
    names = dict(Person.objects.filter(number__in=numbers).values_list("number", "name"))
    there = Count("turns", filter=Q(turns__is_planned=True))
    short = Shift.objects.filter(roster__in=told, starts_at__gt=at).annotate(there=there)
    ahead = {
        (shift.roster_id, shift.position): shift.starts_at
        for shift in short.filter(there__lt=F("roster__size"))
    }
    return {
        pk: tuple(
            Opened(
                shift=row["shift"],
                starts_at=ahead[pk, row["shift"]],
                name=names.get(row["person"], row["person"]),
                why=phrase_of(row["why"]),
            )
            for row in rows
            if (pk, row["shift"]) in ahead
        )
        for pk, rows in told.items()
    }


def candidates(*, number: str, shift: int, by: Actor, at: datetime) -> tuple[CandidateRow, ...]:
    """Return who could be put on a shift, those who may first and the least loaded of them.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    built = build(roster_of(number, by=by), at=at)
    if str(shift) not in built.shifts:
        return ()
    load = {each.person_id: each for each in rostering.loads_of(built.problem, built.planned)}
    found = []
    for person_id, person in built.people.items():
        turn = rostering.Turn(duty_id=str(shift), person_id=person_id)
        if turn in built.planned:
            continue
        breaches = rostering.objections(built.problem, built.planned, joins={turn})
        hard = any(breach.rule in NEVER for breach in breaches)
        found.append(
            CandidateRow(
                number=person_id,
                name=person.name,
                weighted_h=load[person_id].weighted_s / 3600,
                against=tuple(built.readable(breach.words) for breach in breaches),
                can_be_exempt=not hard,
            )
        )
    found.sort(
        key=lambda row: (not row.can_be_exempt, len(row.against), row.weighted_h, row.number)
    )
    return tuple(found)


def _rows(rosters: Collection[Roster], *, at: datetime) -> tuple[RosterRow, ...]:
    """Return rosters as the register shows them: a fixed number of queries for all."""
    people = _counted(Roster.people.through._default_manager.filter(roster__in=rosters), "roster")
    shifts = _counted(Shift.objects.filter(roster__in=rosters), "roster")
    planned = Turn.objects.filter(shift__roster__in=rosters, is_planned=True)
    turns = _counted(planned, "shift__roster")
    opened = _opened(rosters, at=at)
    return tuple(
        RosterRow(
            number=roster.number,
            title=roster.title,
            unit_name=roster.unit.name,
            purpose_label=roster.get_purpose_display(),
            status=roster.status,
            status_label=roster.get_status_display(),
            starts_at=roster.starts_at,
            ends_at=roster.ends_at,
            people=people.get(roster.pk, 0),
            turns=turns.get(roster.pk, 0),
            missing=max(0, roster.size * shifts.get(roster.pk, 0) - turns.get(roster.pk, 0)),
            opened=len(opened.get(roster.pk, ())),
        )
        for roster in rosters
    )


def _counted(rows: QuerySet[Any], key: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(key).annotate(Count("pk")))


def _days(roster: Roster, built: Built, *, at: datetime) -> tuple[DayRow, ...]:
    kept = {
        (str(turn.shift.position), turn.person.number): turn
        for turn in Turn.objects.filter(shift__roster=roster).select_related("shift", "person")
    }
    is_public = roster.published_at is not None
    there, gone = _by_shift(built.planned), _by_shift(built.live - built.planned)
    lacking: dict[str, list[str]] = defaultdict(list)
    for duty, skill, missing in rostering.missing_in(built.problem, built.planned):
        name = Phrase(built.skills.get(skill, skill))
        lacks = Phrase("缺 %(n)d 名会“%(skill)s”的人", n=missing, skill=name)
        lacking[duty.id].append(lacks if skill else Phrase("缺 %(n)d 人", n=missing))
    days: dict[date, list[Cell]] = defaultdict(list)
    for position, shift in built.shifts.items():
        window = TimeWindow(shift.starts_at, shift.ends_at)
        cell = Cell(
            position=shift.position,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            is_night=rostering.is_night(window),
            has_begun=shift.starts_at < at,
            places=tuple(
                _place(built, number, kept.get((position, number)), is_public=is_public)
                for number in there[position]
            ),
            gone=tuple(built.people[number].name for number in gone[position]),
            lacking=tuple(lacking[position]),
        )
        days[rostering.day_of(window)].append(cell)
    return tuple(DayRow(on=on, cells=tuple(cells)) for on, cells in sorted(days.items()))


def _by_shift(turns: Collection[rostering.Turn]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for turn in sorted(turns):
        found[turn.duty_id].append(turn.person_id)
    return found


def _place(built: Built, number: str, row: Turn | None, *, is_public: bool) -> Place:
    return Place(
        number=number,
        name=built.people[number].name,
        is_fixed=bool(row and row.is_fixed),
        is_new=is_public and not (row and row.is_live),
        exempt_because=row.exempt_because if row else "",
    )


def _rules(roster: Roster) -> Sequence[str]:
    found = [Phrase("班间休息至少 %(n)d 小时", n=roster.rest_h)]
    if roster.week_h is not None:
        found.append(Phrase("每周最多 %(n)d 小时", n=roster.week_h))
    if roster.days_in_row is not None:
        found.append(Phrase("最多连续 %(n)d 天", n=roster.days_in_row))
    if roster.nights_in_row is not None:
        found.append(Phrase("最多连续 %(n)d 个夜班", n=roster.nights_in_row))
    return found


def _progress(roster: Roster) -> str:
    if roster.status != "SOLVING" or roster.background_job_id is None:
        return ""
    job = BackgroundJob.objects.filter(pk=roster.background_job_id).first()
    return note_of(job)
