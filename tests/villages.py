"""Villages with a small network: what tests of village files stand on."""

from datetime import timedelta

from dianliang.core import jobs
from dianliang.domain.insight.models import PlanItem, VillagePhoto
from dianliang.domain.network.models import Feeder, Outage, Transformer
from dianliang.domain.network.operations import Told, record_outage
from dianliang.domain.territory.models import Area
from dianliang.flows.village_file import editing, exporting, versions
from tests.core.test_files import photo
from tests.town import NOON, TODAY, Town


def feeder(town: Town, code: str = "F117", *, unit: str = "S1", villages=("V1", "V2")) -> Feeder:
    """A line past some villages."""
    made = Feeder.objects.create(
        code=code,
        name=f"{code} 线",
        voltage="10kV",
        kind="overhead",
        length_m=12_600,
        starts_at="天荒坪变电站",
        ends_at="42 号杆",
        unit=town.units[unit],
    )
    made.areas.set([town.areas[village] for village in villages])
    return made


def transformer(
    line: Feeder, number: str, area: Area, *, kva: int = 315, peak_kw: float | None = 120.0, **more
) -> Transformer:
    """A transformer on a line."""
    fields = {
        "name": f"{number} 公变",
        "capacity_kva": kva,
        "households": 100,
        "installed_on": TODAY - timedelta(days=900),
        "peak_kw": peak_kw,
        "peak_on": TODAY - timedelta(days=90) if peak_kw is not None else None,
    }
    return Transformer.objects.create(number=number, area=area, feeder=line, **{**fields, **more})


def network(town: Town) -> Feeder:
    """A line with an ordinary, a heavy and an overloaded transformer in V1, and one in V2."""
    line = feeder(town)
    transformer(line, "B1", town.areas["V1"], kva=315, peak_kw=120.0)
    transformer(line, "B2", town.areas["V1"], kva=200, peak_kw=200 * 0.95 * 0.85)
    transformer(line, "B3", town.areas["V1"], kva=100, peak_kw=100 * 0.95 * 1.1, use="dedicated")
    transformer(line, "B4", town.areas["V2"], kva=100, peak_kw=None)
    return line


def cell(town: Town, village: str = "V1") -> Area:
    """A grid cell of a village."""
    above = town.areas[village]
    return Area.objects.create(
        code=f"{village}G1",
        name="余村一网格",
        level="grid",
        parent=above,
        path=f"{above.path}{village}G1/",
    )


def outage(town: Town, *, hours: int | None = None) -> Outage:
    """A fault of the line; without hours it goes on."""
    line = Feeder.objects.filter(code="F117").first() or network(town)
    began = NOON - timedelta(hours=30)
    told = Told(
        kind="fault",
        feeder=line,
        transformer=None,
        started_at=began,
        ended_at=began + timedelta(hours=hours) if hours else None,
        reason="毛竹压线",
    )
    return record_outage(told=told, by=town.actor("S1"), at=NOON)


def filed(town: Town) -> dict[str, str]:
    """A village with a plan, a photo and a version; what an address of it is made of."""
    by = town.actor("S1")
    item = editing.plan(
        code="V1", title="更换表箱", owner="", due_on=TODAY + timedelta(days=20), by=by, at=NOON
    )
    shown = editing.add_photo(
        code="V1", raw=photo(), caption="配电房", taken_on=TODAY, by=by, at=NOON
    )
    versions.keep_one(code="V1", reason="建档", by=by, at=NOON)
    assert (PlanItem.objects.count(), VillagePhoto.objects.count()) == (1, 1)
    return {
        "code": "V1",
        "number": item.number,
        "verb": "start",
        "token": shown.file.token,
        "kind": "pdf",
        "fact": "needs.open",
    }


def export(town: Town, *, kind: str = "zip") -> int:
    """An export that somebody of the station asked for; its number."""
    return exporting.order(kind=kind, on=None, by=town.actor("S1"), at=NOON).pk


def run_jobs(at) -> int:
    """Do what waits in the background; return how many jobs that was."""
    done = 0
    while jobs.run_next(owner="w1", clock=lambda: at):
        done += 1
    return done
