"""Who may see, book and keep a room or gear. Absent and forbidden look the same."""

from django.db.models import Q, QuerySet

from dianliang.domain.directory.models import Unit
from dianliang.domain.venues.lifecycle import BOOKERS, KEEPERS
from dianliang.domain.venues.models import Bookable, Booking
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import NotVisibleError

READERS = frozenset({*BOOKERS, Role.COMMANDER, Role.AUDITOR}) - {Role.RESIDENT}
OVERSEERS = READERS - {Role.ALLIANCE_UNIT}
JOINED = ("bookable__unit", "bookable__site", "unit", "series")
"""What a row about a booking needs beside it."""
Audience = Bookable.Audience


def visible(by: Actor) -> QuerySet[Bookable]:
    """Return what an actor may look at: his units' own, that of a unit above, what is shared."""
    if by.role not in READERS or not by.unit_path:
        return Bookable.objects.none()
    above = _paths_above(by.unit_path)
    return Bookable.objects.filter(
        Q(audience__in=[Audience.ALLIANCE, Audience.PUBLIC])
        | Q(unit__path__startswith=by.unit_path)
        | Q(unit__path__in=above)
    )


def _paths_above(path: str) -> list[str]:
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]


def kept(by: Actor) -> QuerySet[Bookable]:
    """Return what an actor keeps: that of his units."""
    if by.role not in KEEPERS or not by.unit_path:
        return Bookable.objects.none()
    return Bookable.objects.filter(unit__path__startswith=by.unit_path)


def readable(by: Actor) -> QuerySet[Bookable]:
    """Return what is of an actor's units, for figures about it."""
    if by.role not in READERS or not by.unit_path:
        return Bookable.objects.none()
    return Bookable.objects.filter(unit__path__startswith=by.unit_path)


def keeps(by: Actor, bookable: Bookable) -> bool:
    """Tell whether an actor decides about something that is booked."""
    return by.role in KEEPERS and by.reaches_unit(bookable.unit.path)


def oversees(by: Actor, bookable: Bookable) -> bool:
    """Tell whether an actor may read whatever is booked there: he keeps, leads or audits it."""
    return by.role in OVERSEERS and by.reaches_unit(bookable.unit.path)


def may_book(by: Actor, bookable: Bookable) -> bool:
    """Tell whether an actor may book; a resident only what is open to the public."""
    if by.role is Role.RESIDENT:
        return bookable.audience == Audience.PUBLIC
    if by.role not in BOOKERS or not by.unit_path:
        return False
    is_own = by.unit_path.startswith(bookable.unit.path) or by.reaches_unit(bookable.unit.path)
    return is_own or bookable.audience != Audience.UNIT


def _only(rows: QuerySet[Bookable], code: str) -> Bookable:
    found = rows.select_related("unit", "site__area").filter(code=code)
    bookable = found.first() if code.isprintable() else None  # PostgreSQL refuses to look for NUL
    if bookable is None:
        raise NotVisibleError("没有找到这个场室或器材。")
    return bookable


def bookable_to_see(code: str, *, by: Actor) -> Bookable:
    """Return something that an actor may look at.

    Raises:
        NotVisibleError: it is absent or not his to see.
    """
    return _only(visible(by), code)


def bookable_to_keep(code: str, *, by: Actor) -> Bookable:
    """Return something that an actor keeps.

    Raises:
        NotVisibleError: it is absent or another unit's.
    """
    return _only(kept(by), code)


def public() -> QuerySet[Bookable]:
    """Return what everybody may book: not what is stopped, nor what is at a closed base."""
    return Bookable.objects.filter(audience=Audience.PUBLIC, is_active=True, site__closed_on=None)


def public_bookable(code: str) -> Bookable:
    """Return something that everybody may book.

    Raises:
        NotVisibleError: it is absent, stopped or not for the public.
    """
    return _only(public(), code)


def bookings(by: Actor) -> QuerySet[Booking]:
    """Return the bookings that an actor may read: by his units, and of what is theirs.

    An alliance unit keeps nothing: even of a room of its own it reads no foreign bookings.
    """
    if by.role not in READERS or not by.unit_path:
        return Booking.objects.none()
    units = Unit.objects.filter(path__startswith=by.unit_path).values("pk")
    own = Q(unit__in=units)
    theirs = Q(bookable__unit__in=units) if by.role in OVERSEERS else Q(pk__in=())
    return Booking.objects.filter(own | theirs)


def booking_to_see(number: str, *, by: Actor) -> Booking:
    """Return a booking that an actor may read.

    Raises:
        NotVisibleError: it is absent, or neither its room nor its booker is of his units.
    """
    rows = bookings(by).select_related(*JOINED).filter(number=number)
    found = rows.first() if number.isprintable() else None
    if found is None:
        raise NotVisibleError("没有找到这个预约。")
    return found


def queue(by: Actor) -> QuerySet[Booking]:
    """Return the bookings that wait for the actor's decision."""
    return Booking.objects.filter(bookable__in=kept(by), status="ASKED")
