"""The tree of teams: who is below whom, and how many people that is without counting twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from dianliang.domain.workforce.models import Membership, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team in the tree.

    `people` are those of itself and all below it, each once (人); `places` are the memberships
    among them, of which one person may hold several.
    """

    code: str
    name: str
    depth: int
    unit_name: str
    captain: str
    own_people: int
    people: int
    places: int
    is_volunteer: bool
    is_active: bool
    ends_on: date | None
    days_left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTree:
    """All teams of an actor in tree order, and how many people they are together."""

    lines: tuple[TeamLine, ...]
    teams: int
    people: int
    places: int
    captains: int


def tree(*, by: Actor, on: date, with_ended: bool = False, volunteers: bool = False) -> TeamTree:
    """Return the teams of the actor's units as they are on a day: two queries at any depth."""
    rows = Team.objects.filter(unit__path__startswith=by.unit_path or "?").select_related("unit")
    teams = [
        team
        for team in rows.order_by("code")
        if (with_ended or team.is_active) and (team.is_volunteer or not volunteers)
    ]
    members: dict[int, set[int]] = {}
    captains: dict[int, str] = {}
    current = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        valid_from__lte=on,
        team__in=[team.pk for team in teams],
        person__is_active=True,
    )
    told = current.values_list("team_id", "person_id", "is_captain", "person__name")
    for team_id, person_id, leads, name in told:
        members.setdefault(team_id, set()).add(person_id)
        if leads:
            captains[team_id] = name
    lines = tuple(_lines(teams, members, captains, on=on))
    return TeamTree(
        lines=lines,
        teams=sum(team.is_active for team in teams),
        people=len(set[int]().union(*members.values())),
        places=sum(len(own) for own in members.values()),
        captains=len(captains),
    )


def below(code: str) -> frozenset[int]:
    """Return the keys of a team and of all teams below it; nothing for an unknown one."""
    parents = dict(Team.objects.values_list("pk", "parent_id"))
    first = Team.objects.filter(code=code).values_list("pk", flat=True).first()
    found = {first} if first is not None else set[int]()
    added = found
    while added:
        added = {pk for pk, parent in parents.items() if parent in added} - found
        found = found | added
    return frozenset(found)


def chain_of(team: Team) -> tuple[Team, ...]:
    """Return a team and all above it, the outermost last."""
    chain = [team]
    while chain[-1].parent is not None:
        chain.append(chain[-1].parent)
    return tuple(chain)


def team_to_see(code: str, *, by: Actor) -> Team:
    """Return a team of the actor's units.

    Raises:
        NotVisibleError: absent, or another's.
    """
    team = Team.objects.select_related("unit", "parent").filter(code=code).first()
    if team is None or not by.reaches_unit(team.unit.path):
        raise NotVisibleError("没有找到这支队伍。")
    return team


def _lines(
    teams: Iterable[Team],
    members: Mapping[int, set[int]],
    captains: Mapping[int, str],
    *,
    on: date,
) -> list[TeamLine]:
    children: dict[int | None, list[Team]] = {}
    known = {team.pk for team in teams}
    for team in teams:
        above = team.parent_id if team.parent_id in known else None
        children.setdefault(above, []).append(team)
    lines: list[TeamLine] = []

    def walk(team: Team, depth: int) -> tuple[set[int], int]:
        place, own = len(lines), members.get(team.pk, set())
        people, places = set(own), len(own)
        for child in children.get(team.pk, []):
            theirs, count = walk(child, depth + 1)
            people |= theirs
            places += count
        line = TeamLine(
            code=team.code,
            name=team.name,
            depth=depth,
            unit_name=team.unit.name,
            captain=captains.get(team.pk, ""),
            own_people=len(own),
            people=len(people),
            places=places,
            is_volunteer=team.is_volunteer,
            is_active=team.is_active,
            ends_on=team.ends_on,
            days_left=(team.ends_on - on).days if team.ends_on and team.is_active else None,
        )
        lines.insert(place, line)
        return people, places

    for team in children.get(None, []):
        walk(team, 0)
    return lines
