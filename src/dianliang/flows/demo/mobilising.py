"""Gear, stores, loans and requests of the demo county, with the sizes of seed row 002-10.

47 temporary transformers are owned and 120 sets of dike lights were bought; where they are and who
asked for them is generated. Requests, loans and movements go through the same operations as by
people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from dianliang.core.numbers import next_numbers
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import operations as ladder
from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.domain.mobilisation.operations import Back
from dianliang.domain.resources.models import (
    Item,
    Loan,
    Movement,
    Resource,
    ResourceKind,
    Stock,
    StockCount,
    Store,
    Upkeep,
)
from dianliang.domain.resources.operations import counting, lending, stocking
from dianliang.domain.resources.operations.lending import Condition
from dianliang.domain.resources.operations.stocking import Purpose
from dianliang.domain.resources.operations.things import USUAL_TEST, Spot
from dianliang.domain.territory.models import Area
from dianliang.flows.demo.county import County
from dianliang.flows.mobilising import requesting
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Values = Mapping[str, float | str]
GEAR: Sequence[tuple[str, int, str, Sequence[Values]]] = (
    (
        "TRF",
        47,
        "箱式临时变压器",
        [{"capacity_kva": kva, "high_kv": "10"} for kva in (200.0, 400.0, 630.0)],
    ),
    ("LTW", 24, "移动照明灯塔", [{"flux_lm": lm, "height_m": 9.0} for lm in (48000.0, 96000.0)]),
    (
        "GEN",
        12,
        "柴油发电机",
        [
            {"power_kw": kw, "voltage_v": "380", "fuel": "柴油", "run_h": 8.0}
            for kw in (30.0, 100.0, 400.0)
        ],
    ),
    ("PMP", 6, "移动排水泵", [{"flow_m3_h": 200.0, "head_m": 15.0}, {"flow_m3_h": 500.0}]),
    ("BOT", 4, "冲锋舟", [{"seats": 8.0, "load_kg": 800.0}]),
    ("VEH", 8, "四驱抢修车", [{"seats": 5.0, "load_kg": 900.0, "drive": "四驱"}]),
    ("DRN", 3, "巡线无人机", [{"flight_min": 40.0}]),
    ("SAT", 2, "卫星电话", [{"network": "天通"}]),
)
"""Kind, how many, what they are called, and what they are told by in turn."""
ITEMS = (
    ("LAMP-DIKE", "圩堤照明灯", "50 W 防水", "套", 120, 30),
    ("CABLE-4X16", "电缆", "YC 4×16", "米", 3000, 500),
    ("BAG-SAND", "沙袋", "", "只", 800, 200),
    ("LIGHT-HEAD", "应急头灯", "", "只", 60, 20),
    ("COAT-RAIN", "雨衣雨裤", "", "套", 90, 30),
    ("GLOVE-12", "绝缘手套", "12 kV", "双", 18, 20),
)
"""Code, name, specification, counted in, bought, least."""
TAKEN = (("LAMP-DIKE", 24), ("CABLE-4X16", 600), ("LAMP-DIKE", 20), ("LIGHT-HEAD", 12))
PUMPS = ("安城泵站", "梅溪泵站", "昆铜泵站", "溪龙泵站", "鄣吴泵站", "报福泵站")


@dataclass(frozen=True, slots=True)
class Place:
    """A store with the unit that keeps it."""

    store: Store
    unit: Unit


def build_resources(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write all of it."""
    desk = replace(by, unit_path=county.company.path, unit_code=county.company.code)
    places = _stores(county)
    _gear(places, rng=rng, at=at)
    _stock(places[0].store, desk=desk, at=at)
    _loans(county, desk=desk, at=at)
    _requests(county, rng=rng, desk=desk, at=at)
    for model in (Item, Loan, ResourceRequest, StockCount):
        model.objects.update(is_generated=True)


def _stores(county: County) -> list[Place]:
    units = [county.company, *county.stations[:3]]
    found: list[Place] = []
    for place, unit in enumerate(units):
        village = _village_of(county, unit, taken=found) or county.villages[place]
        spot = _spot(village)
        store = Store.objects.create(
            code=f"CK-{unit.code}",
            name=f"{unit.name.removesuffix('（演示）')}应急物资库",
            unit=unit,
            address=f"{village.name}旁（演示）",
            lat=spot.lat,
            lon=spot.lon,
            is_generated=True,
        )
        found.append(Place(store, unit))
    return found


def _village_of(county: County, unit: Unit, *, taken: Sequence[Place]) -> Area | None:
    """Return a village that a unit itself serves and where no store is yet."""
    served = tuple(area.path for area in unit.areas.all())
    full = {GeoPoint(place.store.lat, place.store.lon) for place in taken}
    own = (area for area in county.villages if area.path.startswith(served))
    return next((area for area in own if _spot(area) not in full), None)


def _spot(village: Area) -> GeoPoint:
    return GeoPoint(village.lat or 30.6, village.lon or 119.6)


def _gear(places: Sequence[Place], *, rng: Random, at: datetime) -> None:
    kinds = {kind.code: kind for kind in ResourceKind.objects.all()}
    total = sum(count for _, count, _, _ in GEAR)
    numbers = iter(next_numbers("WZ", count=total, at=at))
    pieces = [
        _piece(next(numbers), kinds[code], name, values[n % len(values)], places, n, at=at)
        for code, count, name, values in GEAR
        for n in range(count)
    ]
    made = Resource.objects.bulk_create(pieces)
    today = at.astimezone(SHANGHAI).date()
    Upkeep.objects.bulk_create(_test(piece, rng, today=today) for piece in made)


def _piece(
    number: str,
    kind: ResourceKind,
    name: str,
    values: Values,
    places: Sequence[Place],
    n: int,
    *,
    at: datetime,
) -> Resource:
    home = places[0] if n % 3 else places[n // 3 % len(places)]
    capacity = values.get(kind.measure)
    return Resource(
        number=number,
        kind=kind,
        name=name,
        attributes=dict(values),
        capacity=capacity if isinstance(capacity, float) else None,
        unit=home.unit,
        holder=home.unit,
        store=home.store,
        place=home.store.name,
        lat=home.store.lat,
        lon=home.store.lon,
        located_at=at,
        since_at=at,
        created_by="演示",
        created_at=at,
        is_generated=True,
    )


def _test(piece: Resource, rng: Random, *, today: date) -> Upkeep:
    """Let one in thirty be overdue, so that the page shows what that means."""
    late = rng.random() < 1 / 30
    days = -rng.randint(1, 20) if late else rng.randint(10, 170)
    every = piece.kind.test_every_days
    due_on = today + timedelta(days=days)
    return Upkeep(resource=piece, name=USUAL_TEST, every_days=every, due_on=due_on)


def _stock(store: Store, *, desk: Actor, at: datetime) -> None:
    """Buy, let captains take by themselves in the last hours, bring some back, count once."""
    stocks: dict[str, Stock] = {}
    bought_at = at - 40 * DAY
    for place, (code, name, spec, counted_in, pieces, least) in enumerate(ITEMS, start=1):
        item = stocking.define_item(
            code=code,
            name=name,
            spec=spec,
            counted_in=counted_in,
            unit=store.unit,
            by=desk,
            at=bought_at,
        )
        stocks[code] = stocking.keep_on_stock(
            store=store, item=item, least=least, shelf=f"A-{place:02d}", by=desk, at=bought_at
        )
        words = "年度应急物资采购（演示）"
        stocking.receive(stock=stocks[code], pieces=pieces, words=words, by=desk, at=bought_at)
    count = counting.open_count(store=store, by=desk, at=at - 10 * DAY)
    lights = stocks["LIGHT-HEAD"]
    why = "两只损坏，当时未登记（演示）"
    counting.enter(count=count, stock=lights, counted=58, why=why, by=desk, at=at - 10 * DAY)
    counting.post(count=count, by=desk, at=at - 10 * DAY)
    taker = replace(desk, id="user:captain", name="抢修队长", role=Role.CAPTAIN)
    issued: list[Movement] = []
    for place, (code, pieces) in enumerate(TAKEN):
        purpose = Purpose(kind=Movement.Purpose.INCIDENT, number=_drill(), words="圩堤照明")
        when = at - (9 - 2 * place) * HOUR
        stock = stocks[code]
        issued.append(
            stocking.issue(stock=stock, pieces=pieces, purpose=purpose, by=taker, at=when)
        )
    stocking.give_back(issued=issued[1], pieces=80, words="余缆退回", by=taker, at=at - HOUR)


def _loans(county: County, *, desk: Actor, at: datetime) -> None:
    """Lend two pieces to stations, one of them back late; a third is being asked for."""
    today = at.astimezone(SHANGHAI).date()
    pieces = Resource.objects.filter(unit=county.company, status="FREE", kind__code="GEN")
    for place, piece in enumerate(pieces.select_related("unit")[:3]):
        borrower = county.stations[place]
        spot = Spot(place=f"{borrower.name}抢修点", at=_spot(county.villages[20 * place]))
        asked_at = at - (20 - 6 * place) * DAY
        due = today - 2 * DAY if place == 0 else today + 5 * DAY
        late = Upkeep.objects.filter(resource=piece, due_on__lt=today)
        if late.exists():
            continue
        loan = lending.ask(
            resource=piece,
            borrower=borrower,
            purpose="台区改造临时供电（演示）",
            spot=spot,
            until_on=due,
            by=desk,
            at=asked_at,
        )
        if place == 2:
            continue
        loan = lending.answer(loan=loan, verb="grant", words="", by=desk, at=asked_at + HOUR)
        how = Condition(words="外观完好，油量八成")
        lending.hand_over(loan=loan, condition=how, by=desk, at=asked_at + 3 * HOUR)


def _requests(county: County, *, rng: Random, desk: Actor, at: datetime) -> None:
    """Ask for transformers, lights, boats and a team, each at another step of the ladder."""
    incident = _drill()
    plan = (
        ("TRF", 3, 400.0, "IN_ACTION", 9),
        ("LTW", 6, None, "MOBILISED", 5),
        ("TRF", 2, 200.0, "STANDBY", 3),
        ("PMP", 2, None, "ASSIGNED", 2),
        ("BOT", 2, None, "REQUESTED", 1),
        ("TRF", 4, None, "STOOD_DOWN", 18),
        ("", 1, 2.0, "ASSIGNED", 2),
    )
    for place, (kind, quantity, least, reached, hours) in enumerate(plan):
        village = rng.choice(county.villages)
        spot, asked_at = _spot(village), at - hours * HOUR
        asked = requesting.Asked(
            what="gear" if kind else "team",
            kind=kind,
            quantity=quantity,
            least=f"{least or ''}",
            unit=county.stations[place % 3].code,
            incident=incident,
            purpose="泵站临时供电和圩堤照明（演示）",
            place=PUMPS[place % len(PUMPS)],
            lat=f"{spot.lat}",
            lon=f"{spot.lon}",
            needed_by_at=asked_at + 4 * HOUR,
            until_at=asked_at + 3 * DAY,
        )
        request = requesting.ask(asked=asked, by=desk, at=asked_at)
        _lead(request, reached, desk=desk, at=asked_at)


def _drill() -> str:
    """Return the number of the drill that the gear is for; empty without one."""
    return Incident.objects.values_list("number", flat=True).order_by("pk").first() or ""


def _lead(request: ResourceRequest, reached: str, *, desk: Actor, at: datetime) -> None:
    """Lead a request down the ladder, a quarter of an hour for each step."""
    steps = ("ASSIGNED", "STANDBY", "MOBILISED", "IN_ACTION", "DEMOBILISED", "STOOD_DOWN")
    if reached not in steps:
        return
    view = requesting.view(number=request.number, by=desk, at=at)
    picked = [offer.row.number for offer in view.gear if offer.proposal.is_chosen]
    picked += [offer.team.code for offer in view.teams if offer.proposal.is_chosen]
    request = requesting.assign(number=request.number, picked=picked, by=desk, at=at + HOUR / 4)
    for place, step in enumerate(steps[1 : steps.index(reached) + 1], start=2):
        when = at + place * HOUR / 4
        if step == "STANDBY":
            request = ladder.stand_by(request=request, by=desk, at=when)
        elif step == "MOBILISED":
            request = ladder.mobilise(request=request, by=desk, at=when)
        elif step == "IN_ACTION":
            request = ladder.begin(request=request, by=desk, at=when)
        elif step == "DEMOBILISED":
            request = ladder.demobilise(request=request, words="水位回落", by=desk, at=when)
        else:
            back = {row: Back(words="完好") for row in picked}
            ladder.stand_down(request=request, back=back, by=desk, at=when)
