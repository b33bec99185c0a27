"""Hold and free time: the one place where a quarter of an hour is given away.

Whoever books waits for the row of the room or stock, so that nobody is refused what is free. That
it is given once does not hang on this lock: the database knows each piece and quarter once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from dianliang.domain.venues.booking.slots import slot_of, slots_of
from dianliang.domain.venues.models import Bookable, Booking, SlotHold
from dianliang.kernel.errors import DomainError
from dianliang.kernel.periods import TimeWindow


class TakenError(DomainError):
    """Somebody has it at that time."""

    code = "venues.taken"


def locked(bookable: Bookable) -> Bookable:
    """Return the row of a room or stock as it is now; others who book it wait until the commit."""
    rows = Bookable.objects.select_for_update(of=("self",)).select_related("unit", "site")
    return rows.get(pk=bookable.pk)


def taken(bookable: Bookable, slots: range) -> dict[int, set[int]]:
    """Return which pieces are given away, by quarter. One query."""
    rows = SlotHold.objects.filter(
        bookable=bookable, slot__gte=slots.start, slot__lt=slots.stop
    ).values_list("slot", "piece")
    found: dict[int, set[int]] = {}
    for slot, piece in rows:
        found.setdefault(slot, set()).add(piece)
    return found


def is_free(
    bookable: Bookable, window: TimeWindow, *, pieces: int, given: dict[int, set[int]]
) -> bool:
    """Tell whether so many pieces are free all through a window, of what `taken` found."""
    most = bookable.pieces - pieces
    return all(len(given.get(slot, ())) <= most for slot in slots_of(window))


def hold(booking: Booking, *, bookable: Bookable) -> None:
    """Take the time of a booking.

    Raises:
        TakenError: not enough pieces are left in some quarter; nothing is held.
    """
    window = TimeWindow(booking.starts_at, booking.ends_at)
    slots = slots_of(window)
    given = taken(bookable, slots)
    tickets = []
    for slot in slots:
        away = given.get(slot, set())
        free = [piece for piece in range(1, bookable.pieces + 1) if piece not in away]
        if len(free) < booking.pieces:
            raise TakenError(_taken_words(bookable, left=len(free)), field="starts")
        tickets += [(slot, piece) for piece in free[: booking.pieces]]
    try:
        with transaction.atomic():
            SlotHold.objects.bulk_create(
                [
                    SlotHold(bookable=bookable, slot=slot, piece=piece, booking=booking)
                    for slot, piece in tickets
                ],
                batch_size=500,
            )
    except IntegrityError as error:
        raise TakenError(_taken_words(bookable, left=0), field="starts") from error


def _taken_words(bookable: Bookable, *, left: int) -> str:
    if bookable.kind == Bookable.Kind.ROOM:
        return f"{bookable.name}这段时间刚刚或已经被约走，请另选时间。"
    if left:
        return f"{bookable.name}这段时间只剩 {left} 件，请减少件数或另选时间。"
    return f"{bookable.name}这段时间已全部约出，请另选时间。"


def release(bookings: Iterable[Booking]) -> None:
    """Give back the time of bookings that no longer live."""
    SlotHold.objects.filter(booking__in=[booking.pk for booking in bookings]).delete()


def most_given_from(bookable: Bookable, at: datetime) -> int:
    """Return how many pieces are given away at once at most, from an instant on."""
    most = 0
    ahead: dict[int, int] = {}
    for slot in SlotHold.objects.filter(bookable=bookable, slot__gte=slot_of(at)).values_list(
        "slot", flat=True
    ):
        ahead[slot] = ahead.get(slot, 0) + 1
        most = max(most, ahead[slot])
    return most
