"""The demo's bases and service stations."""

from random import Random

from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site

STATIONS = 54
"""电力服务站, seed row 001-07."""


def build_sites(rng: Random, company: Unit, stations: list[Unit], villages: list[Area]) -> None:
    """Write the base matrix 1+4+1 (seed row 000-01) and 54 service stations (001-07)."""

    def site(code: str, name: str, kind: str, unit: Unit, parent: Site | None, venue: str) -> Site:
        area = rng.choice(villages)
        return Site.objects.create(
            code=code,
            name=name,
            kind=kind,
            unit=unit,
            parent=parent,
            venue_type=venue,
            area=area,
            lat=area.lat or 30.6,
            lon=area.lon or 119.6,
            address=f"{area.name}便民服务中心",
            opening_hours="工作日 8:30–17:30",
            is_generated=True,
        )

    main = site(
        "ZD-01", "安吉电力文明实践综合基地", Site.Kind.MAIN_BASE, company, None, "community"
    )
    branches = [
        site(
            f"ZD-1{i}",
            f"{stations[i].name[:2]}分基地",
            Site.Kind.BRANCH_BASE,
            stations[i],
            main,
            "community",
        )
        for i in range(4)
    ]
    site("ZD-20", "白茶之乡文明实践点", Site.Kind.PRACTICE_POINT, stations[4], main, "village")
    for i, village in enumerate(rng.sample(villages, STATIONS)):
        unit = stations[i % len(stations)]
        Site.objects.create(
            code=f"FW-{i + 1:03d}",
            name=f"{village.name.removesuffix('村委会')}电力服务站",
            kind=Site.Kind.STATION,
            unit=unit,
            parent=branches[i % 4],
            venue_type="village",
            area=village,
            lat=village.lat or 30.6,
            lon=village.lon or 119.6,
            address=f"{village.name}旁",
            opening_hours="周一至周五 9:00–16:00",
            is_generated=True,
        )
