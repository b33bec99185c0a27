"""Gear, stores, loans and requests of the small town, for tests that look at them."""

from dataclasses import replace
from datetime import timedelta

from dianliang.core.files import keep_image
from dianliang.domain.resources.models import Item, Loan, Resource, ResourceKind, Stock, Store
from dianliang.domain.resources.operations import counting, lending, stocking, things
from dianliang.domain.resources.operations.things import Spot
from dianliang.flows.mobilising import requesting
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.geo import GeoPoint
from tests.core.test_files import photo
from tests.town import NOON, TODAY

GENERATOR = {"power_kw": "100", "voltage_v": "380", "fuel": "柴油"}
BRIDGE = Spot(place="余村桥头", at=GeoPoint(30.51, 119.61))
HOUR = timedelta(hours=1)


def desk(town, unit="S1", role=Role.DISPATCHER) -> Actor:
    """Return who keeps the gear of a unit."""
    return town.actor(unit, role)


def captain(town, unit="S1", name="队长甲") -> Actor:
    """Return somebody who takes things by himself."""
    return replace(town.actor(unit, Role.CAPTAIN), id=f"user:{name}", name=name)


def store(town, unit="S1", *, lat=30.5, lon=119.6) -> Store:
    """Return the store of a unit, opened when it is first asked for."""
    found = Store.objects.filter(unit=town.units[unit]).first()
    return found or things.open_store(
        code=f"CK-{unit}",
        name=f"{unit}物资库",
        unit=town.units[unit],
        address="",
        spot=GeoPoint(lat, lon),
        by=desk(town, unit),
        at=NOON,
    )


def piece(town, unit="S1", *, kind="GEN", name="柴油发电机", at=NOON, **values) -> Resource:
    """Register a piece of gear."""
    told = {**(GENERATOR if kind == "GEN" else {}), **{k: f"{v}" for k, v in values.items()}}
    return things.register(
        kind=ResourceKind.objects.get(code=kind),
        name=name,
        values=told,
        store=store(town, unit),
        by=desk(town, unit),
        at=at,
    )


def stock(town, unit="S1", *, code="LAMP", pieces=10, least=3) -> Stock:
    """Keep an item in the unit's store, with some pieces."""
    item = Item.objects.filter(code=code).first() or stocking.define_item(
        code=code,
        name="圩堤照明灯",
        spec="50 W",
        counted_in="套",
        unit=town.units[unit],
        by=desk(town, unit),
        at=NOON,
    )
    kept = stocking.keep_on_stock(
        store=store(town, unit), item=item, least=least, shelf="A-1", by=desk(town, unit), at=NOON
    )
    if pieces:
        stocking.receive(stock=kept, pieces=pieces, words="采购", by=desk(town, unit), at=NOON)
    return kept


def asked(unit="S1", **changes) -> requesting.Asked:
    """Return what somebody fills in to ask for a generator at the bridge."""
    values = {
        "what": "gear",
        "kind": "GEN",
        "quantity": 1,
        "least": "",
        "unit": unit,
        "incident": "",
        "purpose": "泵站临时供电",
        "place": BRIDGE.place,
        "lat": "30.51",
        "lon": "119.61",
        "needed_by_at": NOON + HOUR,
        "until_at": NOON + 25 * HOUR,
    }
    return requesting.Asked(**{**values, **changes})


def request(town, unit="S1", *, at=NOON, **changes):
    """Ask for something."""
    return requesting.ask(asked=asked(unit, **changes), by=desk(town, unit), at=at)


def loan(town, thing: Resource, borrower="WTR"):
    """Let another unit ask for a piece."""
    return lending.ask(
        resource=thing,
        borrower=town.units[borrower],
        purpose="抢修",
        spot=BRIDGE,
        until_on=TODAY + timedelta(days=3),
        by=desk(town, borrower),
        at=NOON,
    )


def objects(town) -> dict[str, dict[str, str]]:
    """Return what the address of each object of station S1 needs."""
    lamp = stock(town)
    count = counting.open_count(store=lamp.store, by=desk(town), at=NOON)
    thing, picture = piece(town), keep_image(photo(), at=NOON)
    things.attach(resource=thing, title="铭牌", file=picture, by=desk(town), at=NOON)
    lent = loan(town, piece(town))
    Loan.objects.filter(pk=lent.pk).update(photo_out=picture)
    return {
        "gear": {"number": thing.number, "verb": "repair", "token": picture.token},
        "gear loan": {"number": lent.number, "verb": "grant", "token": picture.token},
        "store": {"code": lamp.store.code, "verb": "count"},
        "stock count": {"number": count.number, "verb": "drop"},
        "shelf": {"code": lamp.store.code, "item": lamp.item.code},
        "gear request": {"number": request(town).number, "verb": "refuse"},
    }
