"""Rooms and gear as their keepers see them: put on offer, changed, their codes and calendars."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dianliang.core.rows import first_of
from dianliang.domain.directory.models import Unit
from dianliang.domain.directory.queries import UnitRow, units
from dianliang.domain.venues.booking import access, calendar, free, keeping, reading
from dianliang.domain.venues.booking.calendar import Filters
from dianliang.domain.venues.booking.keeping import TYPES, Offer
from dianliang.domain.venues.booking.opening import coming, read_hours, week_of, written
from dianliang.domain.venues.booking.reading import BookingRow
from dianliang.domain.venues.lifecycle import LIVE
from dianliang.domain.venues.models import Bookable, BookingFeed, Site
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.text import clean_text

MOST_AHEAD = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A room or gear as a form describes it; `hours` are seven texts, Monday first."""

    offer: Offer
    site_code: str
    unit_code: str
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    """Something on offer with its rules, hours, codes and what is ahead.

    `hours` are its own, as a form holds them; `open_days` are the seven days to come, within the
    hours of its base.
    """

    code: str
    offer: Offer
    kind_label: str
    type_label: str
    audience_label: str
    site_code: str
    site_name: str
    address: str
    unit_name: str
    is_active: bool
    stopped_because: str
    hours: tuple[str, ...]
    open_days: tuple[str, ...]
    may_book: bool
    is_kept: bool
    ahead: tuple[BookingRow, ...]
    more_ahead: int
    door_token: str
    feed_token: str
    site_feed_token: str
    rules_seen: str
    hours_seen: str
    coming: tuple[tuple[date, tuple[str, ...]], ...]


def places(by: Actor) -> tuple[tuple[tuple[str, str], ...], tuple[UnitRow, ...]]:
    """Return the open sites and the units that an actor may choose from."""
    within = Site.objects.filter(unit__path__startswith=by.unit_path or "-", closed_on=None)
    sites = within.order_by("code")
    return tuple(sites.values_list("code", "name")), units(within=by.unit_path or "-")


def register(*, described: Described, by: Actor, at: datetime) -> str:
    """Put a room or gear on offer and return its code.

    Raises:
        InvalidInputError: a field makes no sense; it is named.
    """
    within = by.unit_path or "-"
    site = Site.objects.filter(
        code=described.site_code, unit__path__startswith=within, closed_on=None
    ).first()
    if site is None:
        raise InvalidInputError("请选择本单位范围内在用的阵地。", field="site")
    unit = Unit.objects.filter(code=described.unit_code, path__startswith=within).first()
    if unit is None:
        raise InvalidInputError("请选择本单位范围内的管理单位。", field="unit")
    made = keeping.register(
        offer=_clean(described.offer),
        site=site,
        unit=unit,
        spans=read_hours(described.hours),
        on=at.astimezone(SHANGHAI).date(),
        by=by,
        at=at,
    )
    return made.code


def _clean(offer: Offer) -> Offer:
    return replace(
        offer,
        name=clean_text(offer.name, field="name", label="名称", most=60, least=2),
        spot=clean_text(offer.spot, field="spot", label="位置", most=60),
        words=clean_text(offer.words, field="words", label="说明", most=1000),
    )


def require_kept(*, code: str, by: Actor) -> None:
    """Make sure that an actor keeps something.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    access.bookable_to_keep(code, by=by)


def change(*, code: str, offer: Offer, seen: str, by: Actor, at: datetime) -> None:
    """Change what is offered and its rules.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError, UnableToChangeError, StaleStateError: see the operation.
    """
    bookable = access.bookable_to_keep(code, by=by)
    keeping.change(
        bookable=bookable,
        offer=_clean(replace(offer, kind=bookable.kind)),
        seen=seen,
        by=by,
        at=at,
    )


def set_hours(
    *, code: str, hours: Sequence[str], from_on: date, seen: str, by: Actor, at: datetime
) -> tuple[str, ...]:
    """Set opening hours from a day on; return the bookings that now lie outside.

    Raises:
        NotVisibleError: it is absent or another unit's.
        InvalidInputError: a text makes no sense, or the day has passed.
        StaleStateError: somebody changed the hours since they were read.
    """
    bookable = access.bookable_to_keep(code, by=by)
    if from_on < at.astimezone(SHANGHAI).date():
        raise InvalidInputError("开放时间只能从今天或以后起用。", field="from_on")
    spans = read_hours(hours)
    return keeping.set_hours(
        bookable=bookable, spans=spans, from_on=from_on, seen=seen, by=by, at=at
    )


def resume(*, code: str, by: Actor, at: datetime) -> None:
    """Put something on offer again.

    Raises:
        NotVisibleError: it is absent or another unit's.
        UnableToChangeError: its base is closed.
    """
    keeping.resume(bookable=access.bookable_to_keep(code, by=by), by=by, at=at)


def renew_door(*, code: str, by: Actor, at: datetime) -> None:
    """Give the door another code.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    keeping.renew_door(bookable=access.bookable_to_keep(code, by=by), by=by, at=at)


def renew_feed(*, code: str, of_site: bool, by: Actor, at: datetime) -> None:
    """Give the calendar of a room, or of its site, a new address.

    Raises:
        NotVisibleError: it is absent or another unit's, or the site is another unit's.
    """
    bookable = access.bookable_to_keep(code, by=by)
    if not of_site:
        keeping.renew_feed(bookable=bookable, by=by, at=at)
        return
    if not _keeps_site(bookable.site, by):
        raise NotVisibleError("这个阵地不归您的单位管理。")
    keeping.renew_feed(site=bookable.site, by=by, at=at)


def _keeps_site(site: Site, by: Actor) -> bool:
    return site.unit is not None and by.reaches_unit(site.unit.path)


def page(*, code: str, by: Actor, at: datetime, is_whole: bool = False) -> RoomPage:
    """Return something on offer with the next bookings, or all; codes only to who keeps it.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    bookable = access.bookable_to_see(code, by=by)
    is_kept = access.keeps(by, bookable)
    on = at.astimezone(SHANGHAI).date()
    live = access.bookings(by).filter(bookable=bookable, status__in=LIVE, ends_at__gt=at)
    joined = live.select_related(*access.JOINED).order_by("starts_at", "number")
    ahead, more = first_of(joined, MOST_AHEAD, is_whole=is_whole)
    week = week_of(bookable, first=on, last=on + timedelta(days=7))
    offer = keeping.offer_of(bookable)
    return RoomPage(
        code=bookable.code,
        offer=offer,
        kind_label=bookable.get_kind_display(),
        type_label=TYPES[bookable.type],
        audience_label=bookable.get_audience_display(),
        site_code=bookable.site.code,
        site_name=bookable.site.name,
        address=bookable.site.address,
        unit_name=bookable.unit.name,
        is_active=bookable.is_active,
        stopped_because=bookable.stopped_because,
        hours=written(week.spans(on)),
        open_days=coming(week, since=on),
        may_book=bookable.is_active and access.may_book(by, bookable),
        is_kept=is_kept,
        ahead=reading.rows_of(ahead, by=by, at=at),
        more_ahead=more,
        door_token=bookable.door_token if is_kept else "",
        feed_token=_feed(bookable=bookable) if is_kept else "",
        site_feed_token=_feed(site=bookable.site)
        if is_kept and _keeps_site(bookable.site, by)
        else "",
        rules_seen=keeping.mark(offer),
        hours_seen=keeping.mark_of_hours(bookable),
        coming=tuple((day, written(spans)) for day, spans in week.versions if day > on),
    )


def busy(*, code: str, on: date, by: Actor) -> tuple[TimeWindow, ...]:
    """Return when all pieces of something are given away on a day, whoever has them.

    Raises:
        NotVisibleError: it is absent or not the actor's to see.
    """
    bookable = access.bookable_to_see(code, by=by)
    return free.full_on(bookable, on)


def _feed(*, bookable: Bookable | None = None, site: Site | None = None) -> str:
    tokens = BookingFeed.objects.filter(bookable=bookable, site=site)
    return tokens.values_list("token", flat=True).first() or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """A line of the register."""

    code: str
    name: str
    type_label: str
    site_name: str
    unit_name: str
    audience_label: str
    size: int
    is_room: bool
    needs_approval: bool
    is_active: bool
    door_token: str


def kept(*, by: Actor, filters: Filters) -> tuple[KeptRow, ...]:
    """Return what the actor's units have on offer, by site."""
    rows = calendar.filtered(access.kept(by), filters).select_related("site", "unit")
    return tuple(
        KeptRow(
            code=row.code,
            name=row.name,
            type_label=TYPES[row.type],
            site_name=row.site.name,
            unit_name=row.unit.name,
            audience_label=row.get_audience_display(),
            size=row.places or row.pieces,
            is_room=row.kind == Bookable.Kind.ROOM,
            needs_approval=row.needs_approval,
            is_active=row.is_active,
            door_token=row.door_token,
        )
        for row in rows
    )
