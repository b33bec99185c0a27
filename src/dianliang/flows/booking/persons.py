"""What bookings keep of a person, found by his telephone: handed out, erased, gone with time."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.domain.venues.booking.taking import phone_index
from dianliang.domain.venues.lifecycle import LIVE
from dianliang.domain.venues.models import Booking

_NOTHING = {"name": "", "phone": "", "phone_index": "", "purpose": "", "token_hash": None}


def _of(phone: str) -> QuerySet[Booking]:
    index = phone_index(phone)
    return Booking.objects.filter(phone_index=index) if index else Booking.objects.none()


def kept(phone: str) -> list[dict[str, Any]]:
    """Return everything that bookings hold of a person, as plain data."""
    return [
        {
            "number": row.number,
            "what": row.bookable.name,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "status": row.status,
            "name": row.name,
            "phone": row.phone,
            "purpose": row.purpose,
            "reason": row.reason,
            "checked_in_at": row.checked_in_at.isoformat() if row.checked_in_at else "",
        }
        for row in _of(phone).select_related("bookable").order_by("starts_at")
    ]


def going_on(phone: str) -> list[str]:
    """Return the numbers of a person's bookings that are not over."""
    live = _of(phone).filter(status__in=LIVE)
    return list(live.order_by("number").values_list("number", flat=True))


def erase(phone: str) -> int:
    """Take a person out of his bookings, with what he gave as a reason; figures keep the use."""
    return _of(phone).update(**_NOTHING, reason="")


def over(before: datetime) -> QuerySet[Booking]:
    """Return the bookings that ended before an instant and still name somebody."""
    ended = Booking.objects.filter(ends_at__lt=before).exclude(status__in=LIVE)
    return ended.filter(~Q(phone_index="") | ~Q(name="") | ~Q(purpose=""))


def expire(before: datetime) -> int:
    """Take persons out of bookings whose time is long over."""
    return over(before).update(**_NOTHING)
