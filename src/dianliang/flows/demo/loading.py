"""The demo's tea season: a year before, what was done about it, and this year's. In the background.

Curves are drawn, not measured: every row that comes of them is marked as generated.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.core import jobs
from dianliang.domain.network.models import Transformer
from dianliang.domain.relief import load_queries, operations
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import Site
from dianliang.engines.loading import Phase
from dianliang.flows import charging_claims, charging_reach
from dianliang.flows.demo import studies
from dianliang.flows.demo.curves import Drawn, Village, month, network, readings
from dianliang.flows.energy.reach import Limits
from dianliang.flows.relief import curves, planning, screening, stating
from dianliang.flows.relief.planning import Wanted
from dianliang.integrations.curve_store import keep_register
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI

DRAW = "demo.curves"
VILLAGES, TEA, TWICE, CROWDED = 30, 12, 2, 4
"""Transformers with curves; those with tea makers, of these with two; those full in the evening."""
HOMES = 9
REACH_KM, REACH_KMH = 5.0, 40.0
"""Where the form of charging coverage begins."""
SEASON = 4
"""The month in which tea is made."""
CAPACITIES = (100, 125, 160, 200, 250, 315, 400, 500, 630, 800)
BUDGET_BEFORE_CNY, BUDGET_NOW_CNY = 270_000.0, 1_000_000.0
PHASES = (Phase.A, Phase.B, Phase.C)


def order_curves(*, by: Actor, at: datetime) -> None:
    """Ask for the tea season to be drawn once the demo runs."""
    told = {
        "name": by.name,
        "unit_path": by.unit_path,
        "area_path": by.area_path,
        "unit_code": by.unit_code,
    }
    jobs.enqueue(DRAW, told, by=by, at=at, key=DRAW, max_attempts=2)


@jobs.handler(DRAW)
def draw_in_background(context: jobs.JobContext) -> dict[str, Any]:
    """Draw the seasons, judge both, and decide in between."""
    by = Actor(id=context.created_by, role=Role.DISPATCHER, **context.payload)
    return {"transformers": draw(by=by, at=context.clock())}


def draw(*, by: Actor, at: datetime) -> int:
    """Draw two tea seasons and what happened between them; return how many transformers."""
    today = at.astimezone(SHANGHAI).date()
    year = today.year if today.month > SEASON else today.year - 1
    public = Transformer.objects.filter(
        use=Transformer.Use.PUBLIC, is_generated=True, retired_on=None, number__endswith="-01"
    )
    shown = list(public.select_related("area", "feeder").order_by("number")[:VILLAGES])
    if load_queries.screenings() or not shown:
        return 0
    _charging()
    before = [_village(row, place) for place, row in enumerate(shown)]
    _season(before, year - 1, by=by, at=at)
    proposal, built = _relieve(date(year - 1, SEASON, 1), shown, by=by, at=at)
    after = [_relieved(one, built) for one in before]
    _season([*after, *_dedicated(shown, before, built, year)], year, by=by, at=at)
    stating.state_what_is_known(proposal=proposal, by=by, at=at)
    now = Wanted(
        month=date(year, SEASON, 1),
        budget_cny=BUDGET_NOW_CNY,
        most_units=None,
    )
    if any(row.line == "over" for row in _rows(year, by=by)):
        planning.propose(now, by=by, at=at, is_generated=True)
    starts = tuple(date(one, SEASON, 1) for one in (year - 1, year))
    studies.draw_studies(starts=starts, by=by, at=at)
    limits = Limits(within_km=REACH_KM, within_min=None, speed_kmh=REACH_KMH, most_new=0)
    reached = charging_reach.page(limits, cost_cny=0.0, by=by)
    charging_claims.state(page=reached, limits=limits, by=by, at=at, is_generated=True)
    return len(shown)


def _charging() -> None:
    """Put a charging station into the first villages of most townships."""
    towns = Area.objects.filter(level=Area.Level.TOWNSHIP).order_by("code")[2:]
    villages = Area.objects.filter(level=Area.Level.VILLAGE, lat__isnull=False)
    for serial, town in enumerate(towns, start=1):
        village = villages.filter(parent=town).order_by("code").first()
        if village is None or village.lat is None or village.lon is None:
            continue
        Site.objects.create(
            code=f"CD-{serial:03d}",
            name=f"{town.name}充电站",
            kind=Site.Kind.CHARGING,
            area=village,
            lat=village.lat,
            lon=village.lon,
            is_generated=True,
        )


def _rows(year: int, *, by: Actor) -> Sequence[load_queries.LoadRow]:
    shown = load_queries.screening(date(year, SEASON, 1))
    if shown is None:
        return ()
    return load_queries.judgements(screening=shown.number, areas=curves.areas_of(by))


def _village(row: Transformer, place: int) -> Village:
    """Return a transformer with its meters: tea makers first, then crowded evenings, then calm."""
    full, crowded = float(row.capacity_kva), TEA <= place < TEA + CROWDED
    home_kw = full * (0.16 if crowded else 0.03)
    homes = tuple(
        Drawn(number=f"{row.number}-H{i:02d}", home_kw=home_kw, phase=PHASES[i % len(PHASES)])
        for i in range(HOMES)
    )
    makers = 0 if place >= TEA else 2 if place < TWICE else 1
    tea_kw = full * (0.85 if makers == TWICE else 1.05)
    tea = tuple(Drawn(number=f"{row.number}-T{i}", tea_kw=tea_kw, home_kw=0) for i in range(makers))
    return Village(number=row.number, capacity_kva=full, meters=(*homes, *tea))


def _season(villages: Sequence[Village], year: int, *, by: Actor, at: datetime) -> None:
    store, span = curves.store(), month(year, SEASON)
    keep_register(store.root, network(villages))
    store.add(readings(villages, span), source="演示：生成的曲线", at=at)
    screening.screen(span.from_on, by=by, at=at, is_generated=True)


def _relieve(
    first: date, shown: list[Transformer], *, by: Actor, at: datetime
) -> tuple[str, set[str]]:
    """Take what is proposed for the first season and build it.

    Return the proposal's number, and the meters that were moved.
    """
    wanted = Wanted(month=first, budget_cny=BUDGET_BEFORE_CNY, most_units=None)
    made = planning.propose(wanted, by=by, at=at, is_generated=True)
    moved: set[str] = set()
    for place, line in enumerate(made.lines.select_related("transformer").order_by("pk")):
        own = [one["id"].split("/")[-1] for one in line.measures if one["kind"] == "dedicated"]
        if not own or len(own) < len(line.measures):
            continue
        decision = operations.decide(line=line, verdict="taken", reason="茶季前完成", by=by, at=at)
        operations.complete(
            decision=decision,
            built_on=date(first.year, 11, 1) + timedelta(days=4 * place),
            spent_cny=line.cost_cny,
            note="白茶专变",
            by=by,
            at=at,
        )
        moved.update(own)
    return made.number, moved


def _relieved(one: Village, moved: set[str]) -> Village:
    return replace(one, meters=tuple(own for own in one.meters if own.number not in moved))


def _dedicated(
    shown: list[Transformer], before: list[Village], moved: set[str], year: int
) -> list[Village]:
    """Give each tea maker that moved a transformer of its own, in the register too."""
    found, rows = [], []
    for old, one in zip(shown, before, strict=True):
        own = [meter for meter in one.meters if meter.number in moved]
        for serial, meter in enumerate(own, start=1):
            capacity = next(
                (kva for kva in CAPACITIES if kva * 0.7 >= meter.tea_kw), CAPACITIES[-1]
            )
            number = f"{old.number[:-2]}Z{serial}"
            rows.append(
                Transformer(
                    number=number,
                    name=f"{old.name.split(' ')[0]} 白茶专变",
                    capacity_kva=capacity,
                    use=Transformer.Use.DEDICATED,
                    area=old.area,
                    feeder=old.feeder,
                    lat=old.lat,
                    lon=old.lon,
                    installed_on=date(year - 1, 12, 20),
                    households=1,
                    is_generated=True,
                )
            )
            found.append(Village(number=number, capacity_kva=capacity, meters=(meter,)))
    Transformer.objects.bulk_create(rows)
    return found
