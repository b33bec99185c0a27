"""Which teams could be mobilised between two instants: head, people, shifts left to them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from dianliang.domain.mobilisation.lifecycle import READERS
from dianliang.domain.mobilisation.models import Assignment
from dianliang.domain.mobilisation.strength import SHIFT, Force, Hand, force
from dianliang.domain.rosters.queries import live_turns
from dianliang.domain.workforce.availability import closed, slots_of
from dianliang.domain.workforce.models import Absence, Membership, Team
from dianliang.engines.rostering import Rules
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

LOOK_AROUND = timedelta(days=7)
"""Duties this far before and after count for rest and for the hours of a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamForce:
    """A team with what it could do; `members` are its adults, `force.people` those who could."""

    code: str
    name: str
    unit_name: str
    head: str
    at: GeoPoint
    members: int
    force: Force
    request: str


@dataclass(slots=True)
class _Body:
    head: str = ""
    people: list[int] = field(default_factory=list[int])


def teams_of(by: Actor, *, window: TimeWindow) -> QuerySet[Team]:
    """Return the actor's teams that there are in the whole of a window."""
    if by.role not in READERS or not by.unit_path:
        return Team.objects.none()
    last = window.end.astimezone(SHANGHAI).date()
    rows = Team.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=last), is_active=True, unit__path__startswith=by.unit_path
    )
    return rows.select_related("unit").order_by("code")


def forces(
    teams: Iterable[Team], *, window: TimeWindow, rules: Rules, shift: timedelta = SHIFT
) -> tuple[TeamForce, ...]:
    """Return what teams could do in a window. Six queries for however many teams."""
    asked = list(teams)
    bodies = _bodies([team.pk for team in asked], window)
    people = {pk for body in bodies.values() for pk in body.people}
    hands = hands_of(people, window)
    bound = _bound([team.pk for team in asked])
    return tuple(
        TeamForce(
            code=team.code,
            name=team.name,
            unit_name=team.unit.name,
            head=bodies[team.pk].head,
            at=GeoPoint(team.base_lat, team.base_lon),
            members=len(bodies[team.pk].people),
            force=force(
                (hands[pk] for pk in bodies[team.pk].people), window, rules=rules, shift=shift
            ),
            request=bound.get(team.pk, ""),
        )
        for team in asked
    )


def whole(
    teams: Iterable[Team], *, window: TimeWindow, rules: Rules, shift: timedelta = SHIFT
) -> Force:
    """Return what the people of teams could do: who is in two teams counts once."""
    bodies = _bodies([team.pk for team in teams], window)
    people = {pk for body in bodies.values() for pk in body.people}
    return force(hands_of(people, window).values(), window, rules=rules, shift=shift)


def members(teams: Collection[int], window: TimeWindow) -> Mapping[int, Sequence[int]]:
    """Return who belongs to teams for the whole of a window: keys of people by keys of teams."""
    return {pk: body.people for pk, body in _bodies(teams, window).items()}


def _bodies(teams: Collection[int], window: TimeWindow) -> Mapping[int, _Body]:
    """Return the heads and members of teams, by key: those in office for the whole window.

    Minors stand in no emergency: they count as nobody.
    """
    found = {pk: _Body() for pk in teams}
    first, last = (at.astimezone(SHANGHAI).date() for at in (window.start, window.end))
    rows = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=last),
        team__in=teams,
        valid_from__lte=first,
        person__is_active=True,
    )
    rows = rows.exclude(person__minor_until__gt=first).select_related("person")
    for row in rows.order_by("person__number"):
        body = found[row.team_id]
        if row.person_id not in body.people:
            body.people.append(row.person_id)
        if row.is_captain:
            body.head = row.person.name
    return found


def hands_of(people: Collection[int], window: TimeWindow) -> Mapping[int, Hand]:
    """Return what binds people around a window, by key: duties, absences, weekly hours."""
    held: dict[int, list[TimeWindow]] = {pk: [] for pk in people}
    away: dict[int, list[TimeWindow]] = {pk: [] for pk in people}
    turns = live_turns(
        since=window.start - LOOK_AROUND, until=window.end + LOOK_AROUND, people=people
    )
    for turn in turns.exclude(shift__roster__status="CANCELLED"):
        held[turn.person_id].append(TimeWindow(turn.shift.starts_at, turn.shift.ends_at))
    first, last = (at.astimezone(SHANGHAI).date() for at in (window.start, window.end))
    rows = Absence.objects.filter(person__in=people, first_on__lte=last, last_on__gte=first)
    for person, begins, ends in rows.values_list("person_id", "first_on", "last_on"):
        start = datetime(begins.year, begins.month, begins.day, tzinfo=SHANGHAI)
        over = datetime(ends.year, ends.month, ends.day, tzinfo=SHANGHAI) + timedelta(days=1)
        away[person].append(TimeWindow(start, over))
    for person, slots in slots_of(people).items():
        away[person] += closed(slots, window)
    return {pk: Hand(held=tuple(held[pk]), away=tuple(away[pk])) for pk in people}


def _bound(teams: Collection[int]) -> Mapping[int, str]:
    """Return the requests that teams are promised to, by the teams' keys."""
    rows = Assignment.objects.filter(team__in=teams, ended_at=None)
    return {pk: number for pk, number in rows.values_list("team_id", "request__number") if pk}
