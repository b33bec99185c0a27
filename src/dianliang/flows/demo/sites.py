"""The demo's bases and service stations."""

from random import Random

from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Matrix, Node, Site

STATIONS = 54
"""电力服务站, seed row 001-07."""
MATRIX = "ZD"


def build_sites(rng: Random, company: Unit, stations: list[Unit], villages: list[Area]) -> None:
    """Write the base matrix 1+4+1 (seed row 000-01) and 54 service stations (001-07)."""

    def site(code: str, name: str, kind: str, unit: Unit, venue: str) -> Site:
        area = rng.choice(villages)
        return Site.objects.create(
            code=code,
            name=name,
            kind=kind,
            unit=unit,
            venue_type=venue,
            area=area,
            lat=area.lat or 30.6,
            lon=area.lon or 119.6,
            address=f"{area.name}便民服务中心",
            opening_hours="工作日 8:30–17:30",
            is_generated=True,
        )

    matrix = Matrix.objects.create(
        code=MATRIX,
        name="文明实践 1+4+1",
        unit=company,
        words="一个综合基地、四个分基地、一个文明实践点，带五十四个电力服务站",
        position=1,
        is_generated=True,
    )
    name = "安吉电力文明实践综合基地"
    base = site("ZD-01", name, Site.Kind.MAIN_BASE, company, "community")
    main = hang(matrix, base, "综合基地", None)
    branches = []
    for i in range(4):
        name = f"{stations[i].name[:2]}分基地"
        branch = site(f"ZD-1{i}", name, Site.Kind.BRANCH_BASE, stations[i], "community")
        branches.append(hang(matrix, branch, "分基地", main))
    point = site("ZD-20", "白茶之乡文明实践点", Site.Kind.PRACTICE_POINT, stations[4], "village")
    hang(matrix, point, "文明实践点", main)
    for i, village in enumerate(rng.sample(villages, STATIONS)):
        hang(matrix, _station(i, village, stations[i % len(stations)]), "", branches[i % 4])


def _station(number: int, village: Area, unit: Unit) -> Site:
    return Site.objects.create(
        code=f"FW-{number + 1:03d}",
        name=f"{village.name.removesuffix('村委会')}电力服务站",
        kind=Site.Kind.STATION,
        unit=unit,
        venue_type="village",
        area=village,
        lat=village.lat or 30.6,
        lon=village.lon or 119.6,
        address=f"{village.name}旁",
        opening_hours="周一至周五 9:00–16:00",
        is_generated=True,
    )


def hang(matrix: Matrix, site: Site, label: str, above: Node | None) -> Node:
    """Hang a base into a matrix of the demo."""
    node = node_of(matrix, site, label, above)
    node.save()
    return node


def node_of(matrix: Matrix, site: Site, label: str, above: Node | None) -> Node:
    """Return a base as a node that is not stored yet."""
    return Node(
        matrix=matrix,
        code=site.code,
        name=site.name,
        label=label,
        site=site,
        parent=above,
        path=f"{above.path if above else '/'}{site.code}/",
    )
