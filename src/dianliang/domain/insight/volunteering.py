"""The four numbers of volunteer teams (seed row 000-07), each counted from records.

Teams and members are those of the last day of the period; actions and person-times those that
began in it. A member of two teams is one person in their common total.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.workforce.models import Membership, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

METHOD = (
    "队伍：期末仍在岗的志愿服务队，分队计入上级支队的合计。",
    "队员：期末在队的人，同时在两支队的人在合计中只算一人。",
    "行动：期内开始并已登记的志愿服务行动。",
    "人次：每次行动登记的参加人数之和；同一人参加两次算两人次。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """A team with the figures of itself and all below it."""

    code: str
    name: str
    depth: int
    unit_name: str
    teams: int
    members: int
    actions: int
    person_times: int
    served_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteering:
    """The whole, and each team in tree order."""

    whole: TeamFigures
    teams: tuple[TeamFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """One action behind a figure."""

    number: str
    title: str
    team_name: str
    area_name: str
    site_name: str
    started_at: datetime
    hours: float
    person_times: int
    served_people: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Records:
    members: dict[int, set[int]]
    actions: dict[int, set[int]]
    took_part: dict[int, int]
    served: dict[int, int]


def volunteering(*, by: Actor, start: datetime, end: datetime) -> Volunteering:
    """Return the four numbers of the actor's volunteer teams in [start, end)."""
    teams = _teams(by)
    records = _records(teams, start=start, end=end)
    children: dict[int | None, list[Team]] = {}
    known = {team.pk for team in teams}
    for team in teams:
        above = team.parent_id if team.parent_id in known else None
        children.setdefault(above, []).append(team)
    found: list[TeamFigures] = []

    def walk(team: Team, depth: int) -> list[Team]:
        place = len(found)
        below = [team]
        for child in children.get(team.pk, []):
            below += walk(child, depth + 1)
        unit = team.unit.name
        found.insert(place, _figures(team.code, team.name, unit, below, records, depth=depth))
        return below

    for team in children.get(None, []):
        walk(team, 0)
    whole = _figures("", "合计", "", teams, records, depth=0)
    return Volunteering(whole=whole, teams=tuple(found))


def activities(
    *, by: Actor, team_code: str, start: datetime, end: datetime
) -> tuple[ActivityRow, ...]:
    """Return the actions behind a team's figures, those of teams below it included.

    Raises:
        NotVisibleError: no such team in the actor's scope.
    """
    teams = _teams(by)
    chosen = {team.pk for team in teams if not team_code or team.code == team_code}
    if team_code and not chosen:
        raise NotVisibleError("没有找到这支队伍。")
    while True:
        below = {team.pk for team in teams if team.parent_id in chosen} - chosen
        if not below:
            break
        chosen |= below
    rows = Activity.objects.filter(team__in=chosen, started_at__gte=start, started_at__lt=end)
    names: dict[int, list[str]] = {}
    took_part = Participation.objects.filter(activity__in=rows).order_by("person__number")
    for activity_id, name in took_part.values_list("activity_id", "person__name"):
        names.setdefault(activity_id, []).append(name)
    return tuple(
        ActivityRow(
            number=row.number,
            title=row.title,
            team_name=row.team.name,
            area_name=row.area.name,
            site_name=row.site.name if row.site else "",
            started_at=row.started_at,
            hours=round((row.ended_at - row.started_at).total_seconds() / 3600, 1),
            person_times=len(names.get(row.pk, ())),
            served_people=row.served_people,
            names=tuple(names.get(row.pk, ())),
        )
        for row in rows.select_related("team", "area", "site").order_by("-started_at", "-pk")
    )


def _teams(by: Actor) -> list[Team]:
    if not by.unit_path:
        return []
    own = Team.objects.filter(
        is_volunteer=True, is_active=True, unit__path__startswith=by.unit_path
    )
    return list(own.select_related("unit"))


def _records(teams: Iterable[Team], *, start: datetime, end: datetime) -> _Records:
    ids = [team.pk for team in teams]
    last: date = (end - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    members: dict[int, set[int]] = {}
    present = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=last), valid_from__lte=last, team__in=ids
    )
    for team_id, person_id in present.values_list("team_id", "person_id"):
        members.setdefault(team_id, set()).add(person_id)
    held = Activity.objects.filter(team__in=ids, started_at__gte=start, started_at__lt=end)
    actions: dict[int, set[int]] = {}
    served: dict[int, int] = {}
    for activity_id, team_id, people in held.values_list("pk", "team_id", "served_people"):
        actions.setdefault(team_id, set()).add(activity_id)
        served[activity_id] = people
    took_part: dict[int, int] = {}
    for activity_id in Participation.objects.filter(activity__in=held).values_list(
        "activity_id", flat=True
    ):
        took_part[activity_id] = took_part.get(activity_id, 0) + 1
    return _Records(members, actions, took_part, served)


def _figures(
    code: str, name: str, unit_name: str, teams: list[Team], records: _Records, *, depth: int
) -> TeamFigures:
    people: set[int] = set().union(*(records.members.get(team.pk, set()) for team in teams))
    actions: set[int] = set().union(*(records.actions.get(team.pk, set()) for team in teams))
    return TeamFigures(
        code=code,
        name=name,
        depth=depth,
        unit_name=unit_name,
        teams=len(teams),
        members=len(people),
        actions=len(actions),
        person_times=sum(records.took_part.get(pk, 0) for pk in actions),
        served_people=sum(records.served.get(pk, 0) for pk in actions),
    )
