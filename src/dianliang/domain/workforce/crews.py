"""Who goes out with a team on a day, who is away, and who could stand in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import availability
from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    Membership,
    Person,
    Team,
)
from dianliang.kernel.geo import GeoPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewMember:
    """Somebody who goes out with a team on a day; `skills` are codes valid on that day.

    `away_m` is how far from the team's base he checked in, where his phone told.
    """

    number: str
    name: str
    title: str
    is_captain: bool
    skills: frozenset[str]
    skill_names: tuple[str, ...]
    checked_in_at: datetime | None
    away_m: int | None
    replaces: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Somebody of the same unit who is free to stand in on a day."""

    number: str
    name: str
    skill_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A member who is away on a day, and why."""

    number: str
    name: str
    reason: str


def is_absent(person: Person, *, on: date) -> bool:
    """Tell whether a person has reported to be away on a day."""
    return _absences(on).filter(person=person).exists()


def is_member(person: Person, *, team: Team, on: date) -> bool:
    """Tell whether a person belongs to a team on a day."""
    return _memberships(on).filter(person=person, team=team).exists()


def teams_of(person_number: str, *, on: date) -> frozenset[str]:
    """Return the codes of the teams a person belongs to or stands in for on a day."""
    if not person_number:
        return frozenset()
    own = _memberships(on).filter(person__number=person_number, person__is_active=True)
    stands_in = Attendance.objects.filter(
        person__number=person_number, person__is_active=True, on=on
    )
    codes = own.values_list("team__code", flat=True).union(
        stands_in.values_list("team__code", flat=True)
    )
    return frozenset(codes)


def led_by(person_number: str, *, on: date) -> frozenset[str]:
    """Return the codes of the teams a person leads on a day, or whose captain he stands in for.

    Whoever leads one team and is a member of another has nothing to say there.
    """
    if not person_number:
        return frozenset()
    leads = _memberships(on).filter(is_captain=True, person__is_active=True)
    own = leads.filter(person__number=person_number)
    stands_in = Attendance.objects.filter(
        person__number=person_number,
        person__is_active=True,
        on=on,
        replaces__in=leads.values("person"),
    )
    codes = set(own.values_list("team__code", flat=True))
    return frozenset(codes.union(stands_in.values_list("team__code", flat=True)))


def crew(team: Team, *, on: date) -> tuple[CrewMember, ...]:
    """Return who goes out with a team on a day: members and stand-ins who are there.

    A member who is away, or whose weekly hours do not cover the shift, is not, unless he has
    checked in after all.
    """
    people, here, captains = _there(team, on=on)
    skills = _valid_skills(people, on=on)
    return tuple(
        CrewMember(
            number=person.number,
            name=person.name,
            title=person.title,
            is_captain=captains.get(person.pk, False),
            skills=frozenset(skills.get(person.pk, {})),
            skill_names=tuple(skills.get(person.pk, {}).values()),
            checked_in_at=here[person.pk].checked_in_at if person.pk in here else None,
            away_m=_away_m(here.get(person.pk), team),
            replaces=_replaced_name(here.get(person.pk)),
        )
        for person in people
    )


def people_of(team: Team, *, on: date) -> tuple[Person, ...]:
    """Return the people whom `crew` tells about."""
    return tuple(_there(team, on=on)[0])


def _there(team: Team, *, on: date) -> tuple[list[Person], dict[int, Attendance], dict[int, bool]]:
    members = _memberships(on).filter(team=team)
    rows = Attendance.objects.filter(
        Q(team=team) | Q(person_id__in=members.values("person_id")), on=on
    ).select_related("replaces")
    attendance = {row.person_id: row for row in rows}
    here = {key: row for key, row in attendance.items() if row.team_id == team.pk}
    gone = {key for key, row in attendance.items() if row.team_id != team.pk}
    gone |= {row.replaces_id for row in here.values() if row.replaces_id}
    captains = dict(members.values_list("person_id", "is_captain"))
    away = set(_absences(on).values_list("person_id", flat=True))
    wanted = {*captains, *here} - gone - away
    busy = _busy(wanted - here.keys(), team, on=on).keys()
    people = Person.objects.filter(pk__in=wanted - busy, is_active=True)
    return list(people), here, captains


def _busy(people: Collection[int], team: Team, *, on: date) -> dict[int, str]:
    """Return who cannot come for a team's shift on a day: bound elsewhere, or by weekly hours."""
    outside = {
        pk: availability.told(slots, on)
        for pk, slots in availability.slots_of(people).items()
        if not availability.covers(slots, on, team.shift_starts, team.shift_ends)
    }
    shift = availability.shift_of(on, team.shift_starts, team.shift_ends)
    return outside | availability.engagements(people, shift)


def away(team: Team, *, on: date) -> tuple[Away, ...]:
    """Return the members of a team who are away on a day, or cannot come for its shift."""
    members = _memberships(on).filter(team=team).values("person_id")
    rows = list(_absences(on).filter(person_id__in=members).select_related("person"))
    told = [Away(number=r.person.number, name=r.person.name, reason=r.reason) for r in rows]
    staying = Person.objects.filter(pk__in=members, is_active=True).exclude(
        pk__in=[row.person_id for row in rows]
    )
    others = list(staying.exclude(attendance__on=on).distinct())
    busy = _busy([person.pk for person in others], team, on=on)
    told += [
        Away(number=person.number, name=person.name, reason=busy[person.pk])
        for person in others
        if person.pk in busy
    ]
    return tuple(told)


def stand_ins(team: Team, *, on: date) -> tuple[StandIn, ...]:
    """Return who of the team's unit, and the units below, may stand in on a day."""
    people = list(
        Person.objects.filter(is_active=True, unit__path__startswith=team.unit.path)
        .exclude(pk__in=_memberships(on).filter(team=team).values("person_id"))
        .exclude(pk__in=_absences(on).values("person_id"))
        .exclude(pk__in=Attendance.objects.filter(on=on).values("person_id"))
    )
    busy = _busy([person.pk for person in people], team, on=on)
    free = [person for person in people if person.pk not in busy]
    skills = _valid_skills(free, on=on)
    return tuple(
        StandIn(
            number=person.number,
            name=person.name,
            skill_names=tuple(skills.get(person.pk, {}).values()),
        )
        for person in free
    )


def skills_of(person: Person, *, on: date) -> frozenset[str]:
    """Return the codes of the skills a person holds a valid certificate for on a day."""
    return frozenset(_valid_skills([person], on=on).get(person.pk, {}))


def skill_names(codes: Collection[str]) -> tuple[str, ...]:
    """Return what skills are called."""
    return tuple(Skill.objects.filter(code__in=codes).values_list("name", flat=True))


def _away_m(row: Attendance | None, team: Team) -> int | None:
    if row is None or row.lat is None or row.lon is None:
        return None
    base = GeoPoint(team.base_lat, team.base_lon)
    return round(base.distance_m(GeoPoint(row.lat, row.lon)))


def _replaced_name(row: Attendance | None) -> str:
    return row.replaces.name if row is not None and row.replaces else ""


def _memberships(on: date) -> QuerySet[Membership]:
    return Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on
    )


def _absences(on: date) -> QuerySet[Absence]:
    return Absence.objects.filter(first_on__lte=on, last_on__gte=on)


def _valid_skills(people: Iterable[Person], *, on: date) -> dict[int, dict[str, str]]:
    """Return code → name of the skills each person may use on a day."""
    valid = Certificate.objects.valid_on(on).filter(person__in=list(people))
    found: dict[int, dict[str, str]] = {}
    for row in valid.select_related("skill").order_by("skill__code"):
        found.setdefault(row.person_id, {})[row.skill.code] = row.skill.name
    return found
