"""The demo's lines, transformers and outages: generated, marked, and changed once in between."""

from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from dianliang.domain.directory.models import Unit
from dianliang.domain.insight.models import PlanItem, VillageProfile
from dianliang.domain.insight.operations import Planned, move, plan
from dianliang.domain.network.models import Feeder, Outage, Transformer
from dianliang.domain.network.operations import Told, record_outage
from dianliang.domain.territory.models import Area
from dianliang.flows.demo.county import County
from dianliang.flows.village_file import editing, versions
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

CAPACITIES = (100, 160, 200, 315, 400, 630)
LOADS, WEIGHTS = (0.25, 0.4, 0.5, 0.6, 0.7, 0.84, 0.92, 1.06), (15, 25, 25, 20, 8, 4, 2, 1)
SHOWN = "330523108204"
"""余村, the village that every tour of the demo opens."""
BEFORE = timedelta(days=35)
"""When the first versions were kept, so that there is a last month to look back at."""
REASONS = {
    Outage.Kind.PLANNED: ("更换老旧导线", "配变增容改造", "迁移杆线配合道路施工"),
    Outage.Kind.FAULT: ("雷击跳闸", "毛竹压线", "外力破坏电缆", "跌落式熔断器烧毁"),
}
PLANS = (
    ("完成老旧表箱更换", "供电所"),
    ("清理线路通道毛竹", "供电所"),
    ("漏电保护器普查", "电管家"),
    ("文化礼堂安全用电宣讲", "党员服务队"),
    ("低电压台区治理", "供电所"),
)
DRAWINGS = {
    "演示图：柱上变压器": (
        ((300, 150, 330, 760), "#6b5b4a"),
        ((870, 150, 900, 760), "#6b5b4a"),
        ((300, 430, 900, 455), "#6b5b4a"),
        ((480, 260, 720, 430), "#5c6f78"),
    ),
    "演示图：低压综合配电箱": (
        ((430, 250, 770, 720), "#7d8f98"),
        ((450, 270, 750, 700), "#a9b8bf"),
        ((700, 470, 720, 510), "#39454b"),
    ),
}
SUMMARIES = (
    "以白茶和竹业为主，采茶季和加工季负荷集中。",
    "民宿较多，节假日和夏季晚间负荷高。",
    "以竹木加工为主，白天负荷平稳。",
    "山区村，线路通道毛竹多，大风天易跳闸。",
)


def build_network(county: County, *, rng: Random, by: Actor, at: datetime) -> None:
    """Write the network as it was a month ago, keep its files, then let the month happen."""
    then = at - BEFORE
    for station in county.stations:
        own = [area.path for area in station.areas.all()]
        villages = [v for v in county.villages if any(v.path.startswith(path) for path in own)]
        _lines(station, villages, rng=rng, today=then.astimezone(SHANGHAI).date())
    _profiles(county.villages, rng=rng)
    _plans(county.villages, rng=rng, by=by, at=then)
    _outages(rng=rng, by=by, at=then)
    versions.keep(county.villages, reason="演示数据：建档", by=by, at=then)
    _a_month_later(rng=rng, by=by, at=at)
    _pictures(by=by, at=at)


def _lines(station: Unit, villages: list[Area], *, rng: Random, today: date) -> None:
    for place in range(0, len(villages), 6):
        group = villages[place : place + 6]
        serial = place // 6 + 1
        feeder = Feeder.objects.create(
            code=f"{station.code}-F{serial:02d}",
            name=f"{_short(group[0])} {110 + serial} 线",
            voltage=Feeder.Voltage.KV10,
            kind=rng.choice([*Feeder.Kind]),
            length_m=rng.randint(40, 260) * 100,
            starts_at=f"{station.name[:2]}变电站 {110 + serial} 开关",
            ends_at=f"{_short(group[-1])}支线 {rng.randint(20, 90)} 号杆",
            unit=station,
            is_generated=True,
        )
        feeder.areas.set(group)
        Transformer.objects.bulk_create(
            transformer
            for village in group
            for transformer in _transformers(feeder, village, rng=rng, today=today)
        )


def _short(village: Area) -> str:
    return village.name.removesuffix("村委会").removesuffix("社区居委会")


def _transformers(feeder: Feeder, village: Area, *, rng: Random, today: date) -> list[Transformer]:
    found = []
    for serial in range(1, rng.randint(3, 6)):
        is_public = serial <= 2 or rng.random() < 0.7
        capacity = rng.choice(CAPACITIES)
        (share,) = rng.choices(LOADS, WEIGHTS)
        name = f"{_short(village)} {serial} 号{'公变' if is_public else '专变'}"
        found.append(
            Transformer(
                number=f"B{village.code[-6:]}-{serial:02d}",
                name=name,
                capacity_kva=capacity,
                use=Transformer.Use.PUBLIC if is_public else Transformer.Use.DEDICATED,
                area=village,
                feeder=feeder,
                lat=(village.lat or 30.6) + rng.gauss(0, 0.003),
                lon=(village.lon or 119.6) + rng.gauss(0, 0.003),
                installed_on=today - timedelta(days=rng.randint(300, 9000)),
                households=rng.randint(40, 160) if is_public else 1,
                peak_kw=round(capacity * 0.95 * share, 1),
                peak_on=today - timedelta(days=rng.randint(60, 110)),
                is_generated=True,
            )
        )
    return found


def _profiles(villages: list[Area], *, rng: Random) -> None:
    VillageProfile.objects.bulk_create(
        VillageProfile(
            area=village,
            households=(homes := rng.randint(220, 780)),
            population=homes * 3 + rng.randint(0, 200),
            summary=rng.choice(SUMMARIES),
        )
        for village in villages
    )


def _plans(villages: list[Area], *, rng: Random, by: Actor, at: datetime) -> None:
    today = at.astimezone(SHANGHAI).date()
    for village in [*villages[:60], *(v for v in villages[60:] if v.code == SHOWN)]:
        for title, owner in rng.sample(PLANS, 2):
            due_on = today + timedelta(days=rng.randint(10, 60))
            plan(area=village, told=Planned(title=title, owner=owner, due_on=due_on), by=by, at=at)
    PlanItem.objects.update(is_generated=True)


def _outages(*, rng: Random, by: Actor, at: datetime) -> None:
    for feeder in Feeder.objects.order_by("code"):
        for _ in range(rng.randint(0, 2)):
            began = at - timedelta(hours=rng.randint(24, 2400))
            _outage(feeder, began, hours=rng.randint(1, 9), rng=rng, by=by)
    Outage.objects.update(is_generated=True)


def _outage(feeder: Feeder, began: datetime, *, hours: int, rng: Random, by: Actor) -> None:
    kind = rng.choice([*Outage.Kind])
    told = Told(
        kind=kind,
        feeder=feeder,
        transformer=None,
        started_at=began,
        ended_at=began + timedelta(hours=hours, minutes=rng.randint(0, 59)),
        reason=rng.choice(REASONS[kind]),
    )
    record_outage(told=told, by=by, at=began + timedelta(hours=hours + 1))


def _a_month_later(*, rng: Random, by: Actor, at: datetime) -> None:
    """Let transformers be added and enlarged, plans go on, and the power fail a few times."""
    today = at.astimezone(SHANGHAI).date()
    first = Transformer.objects.filter(number__endswith="-01").select_related("area")
    fresh = [
        Transformer(
            number=f"{old.number[:-2]}90",
            name=f"{_short(old.area)} 新增公变",
            capacity_kva=400,
            area=old.area,
            feeder_id=old.feeder_id,
            lat=old.lat,
            lon=old.lon,
            installed_on=today - timedelta(days=12),
            households=60,
            is_generated=True,
        )
        for old in first
        if rng.random() < 0.15 or old.area.code == SHOWN
    ]
    Transformer.objects.bulk_create(fresh)
    hard = Transformer.objects.filter(capacity_kva=200)
    Transformer.objects.filter(pk__in=[t.pk for t in hard if rng.random() < 0.3]).update(
        capacity_kva=315
    )
    items = list(PlanItem.objects.order_by("number"))
    for item in items:
        if rng.random() < 0.5:
            move(item=item, verb=rng.choice(["start", "finish"]), by=by, at=at)
    for feeder in Feeder.objects.order_by("code")[:4]:
        _outage(feeder, at - timedelta(hours=rng.randint(30, 400)), hours=3, rng=rng, by=by)
    Outage.objects.update(is_generated=True)


def _pictures(*, by: Actor, at: datetime) -> None:
    """Put drawings where photos belong: nobody's property is shown in a generated county."""
    for caption, boxes in DRAWINGS.items():
        drawing = Image.new("RGB", (1200, 900), "#cfe3ea")
        pen = ImageDraw.Draw(drawing)
        pen.rectangle((0, 700, 1200, 900), fill="#8aa17a")
        for box, colour in boxes:
            pen.rectangle(box, fill=colour)
        out = BytesIO()
        drawing.save(out, "JPEG")
        editing.add_photo(
            code=SHOWN,
            raw=out.getvalue(),
            caption=caption,
            taken_on=at.astimezone(SHANGHAI).date(),
            by=by,
            at=at,
        )


def keep_present_files(county: County, *, by: Actor, at: datetime) -> None:
    """Keep the files as they stand once everything else of the demo has happened."""
    versions.keep(county.villages, reason="演示数据：月度存档", by=by, at=at)
