"""Rooms and gear of the demo's bases, and six weeks of bookings: generated, and marked as such."""

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from dianliang.core.models import Counter
from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.booking import keeping
from dianliang.domain.venues.booking.keeping import Offer
from dianliang.domain.venues.booking.opening import Span, Week, week_of
from dianliang.domain.venues.booking.slots import slots_of
from dianliang.domain.venues.booking.taking import EARLY, missed_at, phone_index
from dianliang.domain.venues.lifecycle import LIVE
from dianliang.domain.venues.models import Bookable, Booking, Site, SlotHold
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow

BEHIND, AHEAD = 30, 10
HOURS: tuple[Span, ...] = tuple(
    (day, opens, closes) for day in range(1, 6) for opens, closes in ((510, 720), (810, 1050))
)
LONG_HOURS: tuple[Span, ...] = tuple((day, 510, 1260) for day in range(1, 8))
PUBLIC = Bookable.Audience.PUBLIC
ROOMS = (
    ("ZD-01", LONG_HOURS, Offer(name="多功能厅", kind="room", type="training", places=80,
        audience=PUBLIC, needs_approval=True, slot_min=60, lead_min=1440, spot="一楼",
        words="有投影和音响；会后请恢复桌椅。")),
    ("ZD-01", LONG_HOURS, Offer(name="红船书屋", kind="room", type="reading", places=24,
        audience=PUBLIC, slot_min=60, spot="二楼东侧", words="可以自习、读书会、亲子阅读。")),
    ("ZD-01", HOURS, Offer(name="安全用电展厅", kind="room", type="exhibition", places=40,
        audience=PUBLIC, slot_min=60, spot="一楼", words="可约讲解，请填人数。")),
    ("ZD-01", HOURS, Offer(name="联盟会议室", kind="room", type="meeting", places=20, spot="三楼")),
    ("ZD-10", HOURS, Offer(name="分基地会议室", kind="room", type="meeting", places=16,
        audience=PUBLIC)),
    ("ZD-11", HOURS, Offer(name="分基地活动室", kind="room", type="activity", places=30,
        audience=PUBLIC, slot_min=60)),
    ("ZD-12", HOURS, Offer(name="分基地会议室", kind="room", type="meeting", places=12)),
    ("ZD-13", HOURS, Offer(name="技能培训教室", kind="room", type="training", places=36,
        slot_min=60)),
    ("ZD-20", LONG_HOURS, Offer(name="白茶议事厅", kind="room", type="activity", places=50,
        audience=PUBLIC, slot_min=60, words="村民议事、乡亲办事都可以用。")),
    ("ZD-01", HOURS, Offer(name="便携投影仪", kind="gear", type="device", pieces=4,
        longest_min=3 * 1440)),
    ("ZD-01", HOURS, Offer(name="移动音响", kind="gear", type="device", pieces=3, audience=PUBLIC,
        longest_min=1440)),
    ("ZD-10", HOURS, Offer(name="应急照明灯", kind="gear", type="rescue", pieces=12,
        longest_min=3 * 1440)),
    ("ZD-11", HOURS, Offer(name="宣传帐篷", kind="gear", type="stall", pieces=8, audience=PUBLIC,
        longest_min=2 * 1440)),
)  # fmt: skip
"""Rooms and gear of five and four types; the figure of seed row 000-06 is five kinds."""
PURPOSES = (
    "班组学习会",
    "老年协会例会",
    "志愿者培训",
    "亲子阅读",
    "安全用电讲座",
    "村民议事",
    "党日活动",
    "技能比武准备",
)
NAMES = ("钱有声", "孙立夏", "周知秋", "吴迎春", "郑听雨", "冯小满")
REASONS = {"CANCELLED": "时间有变（演示）", "REFUSED": "当天另有安排（演示）"}
ENDINGS = ("ENDED",) * 16 + ("NO_SHOW", "CANCELLED", "CANCELLED", "REFUSED")


@dataclass(slots=True)
class Written:
    """What is put into the database in one go."""

    bookings: list[Booking]
    numbers: Tally[str]


def build_bookings(*, by: Actor, rng: Random, at: datetime) -> None:
    """Put rooms and gear on offer and fill six weeks around today."""
    units = list(Unit.objects.filter(kind=Unit.Kind.STATION).order_by("code")[:6])
    sites = {site.code: site for site in Site.objects.select_related("unit")}
    on = at.astimezone(SHANGHAI).date()
    written = Written([], Tally())
    first = on - timedelta(days=BEHIND)
    for code, spans, offer in ROOMS:
        site = sites[code]
        if site.unit is None:
            continue
        made = keeping.register(
            offer=offer, site=site, unit=site.unit, spans=spans, on=first, by=by, at=at
        )
        week = week_of(made, first=first, last=on + timedelta(days=AHEAD))
        _fill(made, week, units, written, rng=rng, at=at)
        keeping.renew_feed(bookable=made, by=by, at=at)
    keeping.renew_feed(site=sites["ZD-01"], by=by, at=at)
    Bookable.objects.update(is_generated=True)
    Booking.objects.bulk_create(written.bookings)
    Counter.objects.bulk_create(
        Counter(name=name, value=value) for name, value in written.numbers.items()
    )
    _hold(written.bookings)


def _fill(
    bookable: Bookable,
    week: Week,
    units: list[Unit],
    written: Written,
    *,
    rng: Random,
    at: datetime,
) -> None:
    on = at.astimezone(SHANGHAI).date()
    for day in (on + timedelta(days=n) for n in range(-BEHIND, AHEAD)):
        for window in _windows(bookable, week, day, rng=rng):
            written.bookings.append(_booking(bookable, window, units, written, rng=rng, at=at))


def _windows(bookable: Bookable, week: Week, day: date, *, rng: Random) -> Iterator[TimeWindow]:
    """Yield windows of a day that do not overlap; on some days there are none."""
    step = timedelta(minutes=bookable.slot_min)
    for span in week.on(day):
        start = span.start + step * rng.randint(0, 2)
        while start + step < span.end and rng.random() < 0.62:
            end = min(start + step * rng.randint(1, 3), span.end)
            yield TimeWindow(start, end)
            start = end + step * rng.randint(0, 3)


def _booking(
    bookable: Bookable,
    window: TimeWindow,
    units: list[Unit],
    written: Written,
    *,
    rng: Random,
    at: datetime,
) -> Booking:
    is_public = bookable.audience == PUBLIC and rng.random() < 0.6
    asked_at = min(at, window.start) - timedelta(days=rng.randint(1, 6), hours=rng.randint(0, 5))
    name = f"YY{asked_at.astimezone(SHANGHAI):%y%m%d}"
    written.numbers[name] += 1
    phone = f"199000{rng.randint(10000, 99999)}" if is_public else ""
    booking = Booking(
        number=f"{name}-{written.numbers[name]:04d}",
        bookable=bookable,
        starts_at=window.start,
        ends_at=window.end,
        pieces=rng.randint(1, bookable.pieces),
        persons_count=rng.randint(3, bookable.places) if bookable.places else None,
        purpose=f"{rng.choice(PURPOSES)}（演示）",
        unit=None if is_public else rng.choice(units),
        booker_id="" if is_public else "demo:station",
        name=rng.choice(NAMES),
        phone=phone,
        phone_index=phone_index(phone),
        asked_at=asked_at,
        is_generated=True,
    )
    return _lived(booking, rng=rng, at=at)


def _lived(booking: Booking, *, rng: Random, at: datetime) -> Booking:
    """Let a booking have come as far as it would have by now."""
    begun = booking.starts_at + timedelta(minutes=rng.randint(-5, 8))
    if booking.ends_at <= at:
        booking.status = rng.choice(ENDINGS)
    elif booking.starts_at + EARLY <= at:
        booking.status = "IN_USE"
    elif booking.bookable.needs_approval and booking.starts_at > at and rng.random() < 0.6:
        booking.status = "ASKED"
    else:
        booking.status = "APPROVED"
    if booking.status in {"ENDED", "IN_USE"}:
        booking.checked_in_at = min(begun, missed_at(booking))
    if booking.status == "ENDED":
        booking.ended_at = booking.ends_at - timedelta(minutes=rng.choice((0, 0, 0, 10, 25)))
        booking.checked_in_at = min(booking.checked_in_at or begun, booking.ended_at)
    booking.reason = REASONS.get(booking.status, "")
    return booking


def _hold(bookings: list[Booking]) -> None:
    """Hold what lives; windows of one thing do not overlap, so tickets from one up are free."""
    SlotHold.objects.bulk_create(
        [
            SlotHold(bookable=booking.bookable, slot=slot, piece=piece, booking=booking)
            for booking in bookings
            if booking.status in LIVE
            for slot in slots_of(TimeWindow(booking.starts_at, booking.ends_at))
            for piece in range(1, booking.pieces + 1)
        ],
        batch_size=500,
    )
