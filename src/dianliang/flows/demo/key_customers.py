"""The demo's key customers: generated, marked, followed through one night's storm."""

from datetime import datetime, timedelta
from random import Random

from dianliang.domain.catalog.models import Checklist
from dianliang.domain.key_customers.models import KeyCustomer, Watch
from dianliang.domain.key_customers.operations import register, watching
from dianliang.domain.key_customers.told import (
    Graded,
    Occasion,
    Source,
    Supply,
    ToldCustomer,
    ToldReport,
)
from dianliang.domain.network.models import Feeder
from dianliang.domain.territory.models import Area
from dianliang.flows.demo import words
from dianliang.flows.demo.county import County, serving
from dianliang.flows.key_customers.reading import CHECKLISTS, USUAL_CHECKLIST
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint

Kind = KeyCustomer.Kind
GRADES = (*("second",) * 6, *("first",) * 3, "special")
PLACES = (
    (Kind.PUMP_STATION, "排涝站"),
    (Kind.PUMP_STATION, "提水泵站"),
    (Kind.HOSPITAL, "卫生院"),
    (Kind.SHELTER, "避灾安置点"),
    (Kind.COMMUNICATION, "通信汇聚机房"),
    (Kind.WATER_WORKS, "水厂"),
)
CUSTOMERS, HIT = 30, 8
STORM_AGO, STORM_H = timedelta(days=3), 10
DECIDED = "演示：县重要电力用户名单"


def build_key_customers(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write some key customers with what feeds them, then let a storm pass over some of them."""
    villages = rng.sample([v for v in county.villages if v.lat is not None], CUSTOMERS)
    made = []
    for place, village in enumerate(villages):
        kind, ending = PLACES[place % len(PLACES)]
        name = village.name.removesuffix("村委会").removesuffix("社区居委会")
        grade = rng.choice(GRADES)
        one = take_in(
            f"{name}{ending}",
            kind,
            village,
            county,
            grade=grade,
            place=place,
            rng=rng,
            by=by,
            at=at,
        )
        made.append(one)
    _storm(made[:HIT], county, by=by, at=at)
    KeyCustomer.objects.update(is_generated=True)
    Watch.objects.update(is_generated=True)


def take_in(
    name: str,
    kind: Kind,
    village: Area,
    county: County,
    *,
    grade: str,
    place: int = 1,
    rng: Random,
    by: Actor,
    at: datetime,
) -> KeyCustomer:
    """Write a key customer of a village with the lines that pass it; every third has no supply."""
    lines = list(Feeder.objects.filter(areas=village).order_by("code")[:2])
    checklist = Checklist.objects.get(code=CHECKLISTS.get(kind, USUAL_CHECKLIST))
    supplies = [Supply(kind="diesel", power_kva=200.0, autonomy_h=8.0)] if place % 3 else []
    told = ToldCustomer(
        name=name,
        kind=kind,
        unit=serving(county, village),
        area=village,
        checklist=checklist,
        point=GeoPoint(
            (village.lat or 0) + rng.uniform(-0.004, 0.004),
            (village.lon or 0) + rng.uniform(-0.004, 0.004),
        ),
        tie_in=rng.choice(["ready", "ready", "missing", "unknown"]),
        cable_m=rng.choice([30, 50, 80]),
        plug="五芯快插 400 A",
        contact="演示值班员",
        phone=words.phone(7000 + rng.randrange(1000)),
        sources=[Source(feeder_id=line.pk, is_main=n == 0) for n, line in enumerate(lines)],
        supplies=supplies,
    )
    return register.take_in(told=told, graded=Graded(grade=grade, document=DECIDED), by=by, at=at)


def _storm(hit: list[KeyCustomer], county: County, *, by: Actor, at: datetime) -> None:
    """Follow some through a night without power, each back a little later than the one before."""
    begins = (at - STORM_AGO).astimezone(SHANGHAI).replace(hour=20, minute=0, second=0)
    begins = begins.replace(microsecond=0)
    ends = begins + timedelta(hours=STORM_H)
    occasion = Occasion(kind="incident", title="强对流天气停电（演示）")
    keys = [one.pk for one in hit]
    watch = watching.open_watch(
        occasion=occasion, starts_at=begins, unit=county.company, customers=keys, by=by, at=ends
    )
    for place, watched in enumerate(watch.watched.select_related("customer").order_by("pk")):
        story = [("lost", 40 + 5 * place, ""), ("normal", 160 + 50 * place, "")]
        if place % 2:
            story.insert(1, ("tied", 100 + 30 * place, f"{place} 号发电车"))
        for state, minute, generator in story:
            happened = begins + timedelta(minutes=minute)
            told = ToldReport(state=state, happened_at=happened, generator=generator)
            watching.report(watch=watch, watched=[watched], told=told, by=by, at=happened)
    watching.close(watch=watch, ends_at=ends, by=by, at=ends)
