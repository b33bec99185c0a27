"""From records to a problem for the rostering engine, and its answer in people's words."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from dianliang.domain.catalog.models import Skill
from dianliang.domain.rosters.models import Roster, Shift, Turn
from dianliang.domain.rosters.queries import live_turns
from dianliang.domain.workforce import availability
from dianliang.domain.workforce.models import Absence, Certificate, Person
from dianliang.engines import rostering
from dianliang.kernel.calendar import SHANGHAI, WorkCalendar
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, kept

REST_DAY, NIGHT = 200, 150
"""What an hour counts when duty is shared out, in per cent. A day of rest: 劳动法 article 44 (2),
the least that work on it is paid; a night: custom, to be set with the first operator."""
AROUND = timedelta(days=8)
"""How far on either side of a roster other duties matter: a week and the rest around it."""
LOOK_BACK = timedelta(days=60)
"""Duty in so many days before counts for fairness."""


NEVER = rostering.HARD | {rostering.Rule.SIZE, rostering.Rule.PINNED, rostering.Rule.UNKNOWN}
"""What no reason lets a person be put on by hand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A problem with the records behind its ids: shifts by position, people by number.

    `skills` are the names of those that the shifts ask for, by code.
    """

    problem: rostering.Problem
    shifts: dict[str, Shift]
    people: dict[str, Person]
    skills: Mapping[str, str]
    planned: frozenset[rostering.Turn]
    live: frozenset[rostering.Turn]

    def readable(self, words: str) -> str:
        """Replace numbers of people and codes of skills by names in a sentence of the engine."""
        if isinstance(words, Phrase):
            skills = {code: Phrase(name) for code, name in self.skills.items()}
            people = {number: person.name for number, person in self.people.items()}
            return words.mapped(skill=skills, who=people)
        for code, name in self.skills.items():
            words = words.replace(f"“{code}”", f"“{name}”")
        for number in sorted(self.people, key=len, reverse=True):
            words = words.replace(number, self.people[number].name)
        return words


def weight_of(window: TimeWindow, calendar: WorkCalendar) -> int:
    """Return what an hour of a span counts, in per cent."""
    if not calendar.is_working_day(rostering.day_of(window)):
        return REST_DAY
    return NIGHT if rostering.is_night(window) else 100


def build(roster: Roster, *, at: datetime) -> Built:
    """Turn a roster's records into a problem for the engine, as things stand at an instant."""
    shifts = {str(shift.position): shift for shift in roster.shifts.all()}
    turns = list(Turn.objects.filter(shift__roster=roster).select_related("shift", "person"))
    pool = {person.number: person for person in roster.people.filter(is_active=True)}
    people = {**pool, **{turn.person.number: turn.person for turn in turns}}
    outside = {number for number in people if number not in pool}
    whole = TimeWindow(roster.starts_at, roster.ends_at)
    away = _away(people.values(), whole)
    for number in outside:
        away[people[number].pk].append(whole)
    skills = _skills(people.values(), roster, at=at)
    held, credit_s = _elsewhere(people.values(), roster)
    live = frozenset(_turn(turn) for turn in turns if turn.is_live)
    begun = {p for p, shift in shifts.items() if shift.starts_at < at}
    planned = frozenset(
        _turn(turn) for turn in turns if turn.is_planned and str(turn.shift.position) not in begun
    )
    frozen = frozenset(turn for turn in live if turn.duty_id in begun)
    problem = rostering.Problem(
        duties=tuple(
            rostering.Duty(
                id=position,
                window=TimeWindow(shift.starts_at, shift.ends_at),
                size=roster.size,
                skills=roster.skills,
                weight=shift.weight,
            )
            for position, shift in shifts.items()
        ),
        people=tuple(
            rostering.Person(
                id=number,
                skills=skills[person.pk],
                away=tuple(away[person.pk]),
                held=tuple(held[person.pk]),
                credit_s=credit_s[person.pk],
            )
            for number, person in sorted(people.items())
        ),
        rules=rules_of(roster),
        fixed=frozenset(_turn(t) for t in turns if t.is_fixed) & planned,
        exempt=frozenset(_turn(t) for t in turns if t.is_planned and t.exempt_because),
        previous=live or planned,
        frozen_until=at,
    )
    return Built(
        problem=problem,
        shifts=shifts,
        people=people,
        skills=dict(Skill.objects.filter(code__in=roster.skills).values_list("code", "name")),
        planned=planned | frozen,
        live=live,
    )


def rules_of(roster: Roster) -> rostering.Rules:
    """Return the limits that a roster was made under."""
    return rostering.Rules(
        rest=timedelta(hours=roster.rest_h),
        week_s=None if roster.week_h is None else roster.week_h * 3600,
        days=roster.days_in_row,
        nights=roster.nights_in_row,
    )


def _turn(turn: Turn) -> rostering.Turn:
    return rostering.Turn(duty_id=str(turn.shift.position), person_id=turn.person.number)


def _away(people: Collection[Person], whole: TimeWindow) -> dict[int, list[TimeWindow]]:
    """Return when people are absent by whole days in Shanghai, or outside their weekly hours."""
    found: dict[int, list[TimeWindow]] = defaultdict(list)
    first, last = (each.astimezone(SHANGHAI).date() for each in (whole.start, whole.end))
    for pk, slots in availability.slots_of([person.pk for person in people]).items():
        found[pk] += availability.closed(slots, whole)
    absences = Absence.objects.filter(person__in=people, first_on__lte=last, last_on__gte=first)
    for absence in absences:
        begins = datetime.combine(absence.first_on, time.min, SHANGHAI)
        ends = datetime.combine(absence.last_on + timedelta(days=1), time.min, SHANGHAI)
        found[absence.person_id].append(TimeWindow(begins, ends))
    return found


def _skills(
    people: Collection[Person], roster: Roster, *, at: datetime
) -> dict[int, frozenset[str]]:
    """Return the skills whose certificates hold from now, or its first day, to its last day."""
    first = max(roster.starts_at, at).astimezone(SHANGHAI).date()
    last = (roster.ends_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    valid = Certificate.objects.valid_on(last).filter(person__in=people, issued_on__lte=first)
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for person_id, code in valid.values_list("person_id", "skill__code"):
        found[person_id] |= {code}
    return found


def _elsewhere(
    people: Collection[Person], roster: Roster
) -> tuple[dict[int, list[TimeWindow]], dict[int, int]]:
    """Return people's duties on other rosters that count for the limits, and what they had."""
    held: dict[int, list[TimeWindow]] = defaultdict(list)
    credit_s: dict[int, int] = defaultdict(int)
    turns = live_turns(
        since=roster.starts_at - LOOK_BACK,
        until=roster.ends_at + AROUND,
        people=[person.pk for person in people],
        but=roster.pk,
    )
    for turn in turns:
        shift, person_id = turn.shift, turn.person_id
        if shift.ends_at > roster.starts_at - AROUND:
            held[person_id].append(TimeWindow(shift.starts_at, shift.ends_at))
        if shift.starts_at < roster.starts_at:
            lasts_s = int((shift.ends_at - shift.starts_at).total_seconds())
            credit_s[person_id] += lasts_s * shift.weight // 100
    return held, credit_s


def outcome_of(built: Built, result: rostering.Roster) -> dict[str, Any]:
    """Return what a roster's page tells of a result, as data."""
    return {
        "short": [_short_json(built, short) for short in result.short],
        "stages": [
            {"name": stage.name, "value": stage.value, "is_proven": stage.is_proven}
            for stage in result.stages
        ],
    }


def _short_json(built: Built, short: rostering.Short) -> dict[str, Any]:
    return {
        "shift": int(short.duty_id),
        "skill": short.skill,
        "missing": short.missing,
        **_words_json(built.readable(short.words)),
        "fixes": [
            {
                "kind": fix.kind.value,
                **_words_json(built.readable(fix.words)),
                "person": fix.person_id,
            }
            for fix in short.fixes
        ],
    }


def _words_json(words: str) -> dict[str, Any]:
    """Return a sentence as text, and as what another language is made of."""
    return {"words": words, "parts": kept(words)}


def keys_of(built: Built, turns: Collection[rostering.Turn]) -> set[tuple[int, int]]:
    """Return the database keys of turns."""
    return {(built.shifts[t.duty_id].pk, built.people[t.person_id].pk) for t in turns}


def names_of(built: Built, breaches: Sequence[rostering.Breach]) -> Iterator[str]:
    """Yield what breaks a rule, with people's names."""
    for breach in breaches:
        shift = built.shifts.get(breach.turn.duty_id)
        person = built.people.get(breach.turn.person_id)
        yield Phrase(
            "%(who)s %(when)s 的班：%(why)s",
            who=person.name if person else breach.turn.person_id,
            when=f"{shift.starts_at.astimezone(SHANGHAI):%m-%d %H:%M}" if shift else "",
            why=built.readable(breach.words),
        )
