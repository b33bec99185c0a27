"""Campaigns, presence, sights and pairs of the demo county: generated, and marked as such."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.db.models import F
from PIL import Image, ImageDraw

from dianliang.core.files import keep_image
from dianliang.core.models import StoredFile
from dianliang.domain.directory.models import Unit
from dianliang.domain.programs.models import (
    Activity,
    Campaign,
    PhotoPair,
    PresenceDay,
    PresenceDuty,
    Target,
)
from dianliang.domain.territory.models import Area
from dianliang.domain.venues.models import PointOfInterest, Site
from dianliang.domain.workforce.models import Person
from dianliang.flows import presence
from dianliang.flows.campaigns import doing, listing, opening, sources
from dianliang.flows.campaigns.listing import Wanted
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

STAIRWELLS, DONE, LEFT = 320, 45, 6
CHECKED = 20
JOBS = 6
ON_DUTY = 40
PAIRS = 4
SIGHTS = (
    ("绿道旁零碳电力驿站", "green", "光伏顶棚给照明和充电供电，储能可用一晚。"),
    ("白茶炒制全电车间", "project", "二十条炒制线全部用电，烟气没有了。"),
    ("竹编工坊用电管家角", "service", "每周三下午电管家在这里解答用电问题。"),
    ("入村线路落地示范段", "beauty", "三百米架空线入地，村口不再有蜘蛛网。"),
)
REASONS = ("nobody_in", "no_access", "not_ours", "waiting")


def build_campaigns(
    villages: list[Area], company: Unit, *, by: Actor, rng: Random, at: datetime
) -> None:
    """Write a campaign that is under way, and what else the pages of this room show."""
    on = at.astimezone(SHANGHAI).date()
    _stairwells(villages, company, by=by, rng=rng, at=at)
    _volunteers(company, by=by, on=on, at=at)
    _presence(by=by, rng=rng, on=on, at=at)
    before, after = _drawn((90, 84, 78), rng, at=at), _drawn((110, 150, 118), rng, at=at)
    _sights(villages, company, photo=after, rng=rng, on=on)
    _pairs(before, after)
    Campaign.objects.update(is_generated=True)


def _wanted(company: Unit, *, on: date, **changes: Any) -> Wanted:
    """Describe a campaign of two months that the company leads."""
    plain = Wanted(
        title="",
        source="",
        query={},
        table=None,
        action="",
        service_code="",
        checklist="",
        proofs=(),
        duration_min=20,
        unit_code=company.code,
        starts_on=on - timedelta(days=20),
        due_on=on + timedelta(days=40),
    )
    return replace(plain, **changes)


def _stairwells(
    villages: list[Area], company: Unit, *, by: Actor, rng: Random, at: datetime
) -> None:
    """Freeze a list of dark stairwells three weeks ago; some are done, some cannot be."""
    on, begun = at.astimezone(SHANGHAI).date(), at - timedelta(days=20)
    wanted = _wanted(
        company,
        on=on,
        title="楼道亮灯",
        source=Campaign.Source.VILLAGES,
        action="检查楼道照明，换灯，记下情况",
        checklist="灯亮\n开关完好\n线路无破损",
        proofs=(Campaign.Proof.WORDS,),
    )
    draft = listing.draft(wanted=wanted, by=by, at=begun)
    near = rng.sample(villages, 24)
    rows = [
        {
            "key": f"LD-{number:05d}",
            "title": f"{_short(area)} {1 + number % 9} 幢 {1 + number % 3} 单元楼道",
            "place": f"{1 + number % 9} 幢",
            "area_id": area.pk,
            "unit_id": sources.owner(area, company).pk,
            "lat": (area.lat or 30.6) + rng.gauss(0, 0.002),
            "lon": (area.lon or 119.6) + rng.gauss(0, 0.002),
            "due_on": wanted.due_on.isoformat(),
        }
        for number in range(1, STAIRWELLS + 1)
        for area in [near[number % len(near)]]
    ]
    Campaign.objects.filter(pk=draft.pk).update(source=Campaign.Source.TABLE, rows=rows)
    campaign = listing.freeze(number=draft.number, by=by, at=begun)
    numbers = list(Target.objects.filter(campaign=campaign).values_list("number", flat=True))
    rng.shuffle(numbers)
    for place, number in enumerate(numbers[: DONE + LEFT]):
        when = begun + timedelta(hours=4 * place)
        if place < DONE:
            doing.complete(number=number, photos=[], words="换灯，已亮", by=by, at=min(when, at))
        else:
            reason = REASONS[place % len(REASONS)]
            doing.give_up(number=number, reason=reason, note="", by=by, at=min(when, at))
    doing.correct(number=numbers[-1], is_back=False, reason="整幢已拆除", by=by, at=at)
    made = doing.draw(number=campaign.number, size=CHECKED, seed=20261124, by=by, at=at)
    for place, check in enumerate(made.checks.select_related("target")):
        passed = place > 0
        words = "" if passed else "两层灯不亮"
        doing.judge(number=check.target.number, passed=passed, words=words, by=by, at=at)
    opening.open_batch(
        number=campaign.number, area_code="", most=JOBS, is_nearby=True, by=by, at=at
    )


def _volunteers(company: Unit, *, by: Actor, on: date, at: datetime) -> None:
    """Ask each volunteer for a deed; those on record count by themselves."""
    wanted = _wanted(
        company,
        on=on,
        title="每人一次志愿行动",
        source=Campaign.Source.PEOPLE,
        query={"who": "volunteers"},
        action="参加一次志愿服务行动",
    )
    league = Actor(id=by.id, name=by.name, role=by.role, unit_path="/", area_path="/")
    draft = listing.draft(wanted=wanted, by=league, at=at)
    if listing.preview(number=draft.number, by=league, on=on):
        listing.freeze(number=draft.number, by=league, at=at)


def _presence(*, by: Actor, rng: Random, on: date, at: datetime) -> None:
    """Give people points to be at, with a month that went as months go."""
    sites = list(Site.objects.filter(kind=Site.Kind.STATION).select_related("unit"))
    people: dict[int, list[Person]] = {}
    for person in Person.objects.filter(is_active=True).order_by("number"):
        people.setdefault(person.unit_id, []).append(person)
    first = on.replace(day=1) - timedelta(days=60)
    duties = []
    for place, site in enumerate(sites[:ON_DUTY]):
        own = people.get(site.unit_id or 0, [])
        if own:
            kind = PresenceDuty.Kind.LIAISON if place % 2 else PresenceDuty.Kind.GRID
            person = own[place // 8 % len(own)]
            duties.append(
                PresenceDuty(
                    person=person, site=site, kind=kind, valid_from=first, is_generated=True
                )
            )
    PresenceDuty.objects.bulk_create(duties)
    days = presence.working_days(on)
    PresenceDay.objects.bulk_create(
        _day(duty, day, is_past=day < on, rng=rng)
        for place, duty in enumerate(duties)
        if place % 9
        for day in sorted({days[place % len(days)], days[(place + 9) % len(days)]})
    )


def _day(duty: PresenceDuty, day: date, *, is_past: bool, rng: Random) -> PresenceDay:
    if not is_past or rng.random() < 0.12:
        return PresenceDay(duty=duty, on=day, is_planned=True)
    came = datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(hours=9)
    return PresenceDay(
        duty=duty,
        on=day,
        is_planned=True,
        checked_in_at=came + timedelta(minutes=rng.randint(-20, 40)),
        lat=round(duty.site.lat, 4),
        lon=round(duty.site.lon, 4),
        accuracy_m=rng.randint(5, 40),
        away_m=rng.randint(2, 60),
    )


def _sights(
    villages: list[Area], company: Unit, *, photo: StoredFile, rng: Random, on: date
) -> None:
    places: Sequence[Area] = rng.sample(villages, len(SIGHTS))
    PointOfInterest.objects.bulk_create(
        PointOfInterest(
            code=f"LD{on:%y%m%d}-9{number:03d}",
            name=f"{_short(area)}{name}",
            kind=kind,
            area=area,
            unit=company,
            lat=area.lat or 30.6,
            lon=area.lon or 119.6,
            words=words,
            photo=photo,
            opened_on=on - timedelta(days=300 + 90 * number),
            looked_at_on=on - timedelta(days=70 * number),
            is_generated=True,
        )
        for number, (area, (name, kind, words)) in enumerate(zip(places, SIGHTS, strict=True))
    )


def _pairs(before: StoredFile, after: StoredFile) -> None:
    newest = Activity.objects.filter(ended_at__gt=F("started_at")).order_by("-started_at")[:PAIRS]
    PhotoPair.objects.bulk_create(
        PhotoPair(activity=held, place="村口线杆", before=before, after=after, position=1)
        for held in newest
    )


def _drawn(ground: tuple[int, int, int], rng: Random, *, at: datetime) -> StoredFile:
    """Draw a picture that nobody takes for a photo: ground, sky, a pole and its lines."""
    picture = Image.new("RGB", (640, 480), (196, 214, 222))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 330, 640, 480), fill=ground)
    pen.rectangle((312, 90, 328, 400), fill=(70, 62, 54))
    for _ in range(3 if ground[1] > 100 else 14):
        height = rng.randint(90, 220)
        pen.line((0, height, 320, 110, 640, rng.randint(90, 220)), fill=(40, 40, 40), width=2)
    out = BytesIO()
    picture.save(out, "PNG")
    return keep_image(out.getvalue(), at=at)


def _short(area: Area) -> str:
    return area.name.removesuffix("委会").removesuffix("居")
