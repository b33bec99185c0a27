"""Who answers for the village: station, teams, grid worker. Staff only, without telephones."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.workforce.models import GridWorker, Membership, Team
from dianliang.flows.village_file.model import Fact, Scope, Section, Table


def accountable(scope: Scope) -> Mapping[int, Section]:
    """Return the station, its teams and the worker on the grid cell. Six queries."""
    stations = _stations(scope)
    workers = scope.by_village(
        (worker.area_id or 0, worker)
        for worker in GridWorker.objects.filter(
            area_id__in=list(scope.homes), status="PLACED"
        ).select_related("person")
    )
    teams = _teams(scope)
    return {
        village.pk: _section(
            stations.get(village.pk),
            teams.of(village, stations.get(village.pk)),
            workers[village.pk],
        )
        for village in scope.villages
    }


def _stations(scope: Scope) -> dict[int, Unit]:
    """Return the power station whose own area is the smallest that holds the village."""
    served: list[tuple[str, Unit]] = []
    for unit in Unit.objects.filter(kind=Unit.Kind.STATION).prefetch_related("areas"):
        served += [(area.path, unit) for area in unit.areas.all()]
    served.sort(key=lambda row: (-len(row[0]), row[1].code))
    found = {}
    for village in scope.villages:
        own = next((unit for path, unit in served if village.path.startswith(path)), None)
        if own is not None:
            found[village.pk] = own
    return found


@dataclass(frozen=True, slots=True)
class _Teams:
    """All teams, each with the paths of the areas that it names."""

    named: tuple[tuple[Team, tuple[str, ...]], ...]

    def of(self, village: Area, station: Unit | None) -> list[Team]:
        """Return the teams that name the village or what it lies in; else the station's."""
        own = [team for team, paths in self.named if village.path.startswith(paths)]
        if own or station is None:
            return own
        return [team for team, _ in self.named if team.unit_id == station.pk]


def _teams(scope: Scope) -> _Teams:
    on_the_day = Q(valid_until=None) | Q(valid_until__gte=scope.on)
    members = Membership.objects.filter(
        on_the_day, valid_from__lte=scope.on, person__is_active=True
    ).select_related("person")
    teams = Team.objects.filter(is_active=True, is_volunteer=False).prefetch_related(
        "areas", Prefetch("members", queryset=members)
    )
    return _Teams(tuple((team, tuple(area.path for area in team.areas.all())) for team in teams))


def _section(station: Unit | None, teams: list[Team], workers: list[GridWorker]) -> Section:
    return Section(
        key="people",
        title="责任人",
        facts=(
            Fact(key="station", label="供电所", value=station.name if station else None),
            Fact(key="phone", label="公开电话", value=station.public_phone if station else None),
            Fact(key="teams", label="服务队伍", value=len(teams), unit="支"),
            Fact(
                key="workers",
                label="网协员",
                value="、".join(worker.person.name for worker in workers) or None,
            ),
        ),
        tables=(
            Table(
                key="teams",
                title="电管家",
                noun="队伍",
                columns=("队伍编码", "名称", "队长", "队员"),
                rows=tuple(
                    (team.code, team.name, _names(team, captains=True), _names(team))
                    for team in teams
                ),
            ),
        ),
    )


def _names(team: Team, *, captains: bool = False) -> str:
    return "、".join(
        member.person.name for member in team.members.all() if member.is_captain == captains
    )
