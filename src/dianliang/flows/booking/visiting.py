"""The booker himself: by his secret link, and by the code on the door."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dianliang.domain.intake.tokens import hashed
from dianliang.domain.venues.booking import reading, taking
from dianliang.domain.venues.booking.access import JOINED
from dianliang.domain.venues.booking.reading import BookingRow
from dianliang.domain.venues.lifecycle import BOOKERS
from dianliang.domain.venues.models import Bookable, Booking
from dianliang.flows.booking.asking import ANYONE
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.text import clean_text

BOOKING_ROLES = frozenset(BOOKERS) - {Role.RESIDENT}


class UnknownAtTheDoorError(InvalidInputError):
    """Nobody has booked it now under this name; why is not told, so that nobody can guess."""

    code = "venues.unknown-at-the-door"


def _of(token: str) -> Booking:
    rows = Booking.objects.select_related(*JOINED).filter(token_hash=hashed(token))
    found = rows.first()
    if found is None:
        raise NotVisibleError("没有找到这个预约，请核对链接。")
    return found


def followed(*, token: str, at: datetime) -> BookingRow:
    """Return a booking to whoever holds its link.

    Raises:
        NotVisibleError: nobody holds the token.
    """
    return reading.row_of(_of(token), by=None, at=at)


@transaction.atomic
def cancel(*, token: str, reason: str, by: Actor = ANYONE, at: datetime) -> BookingRow:
    """Call one's own booking off.

    Raises:
        NotVisibleError: nobody holds the token.
        UnableToBookError: it has begun.
        IllegalTransitionError, StaleStateError: it is over, or was called off.
    """
    words = clean_text(reason, field="reason", label="原因", most=200) or "预约人取消"
    booking = taking.cancel(booking=_of(token), reason=words, by=by, at=at)
    return reading.row_of(booking, by=None, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the code on a door opens: which room it is, and nothing of who has booked it."""

    code: str
    name: str
    site_name: str
    keeper_name: str
    is_room: bool
    early_min: int


def _behind(token: str) -> Bookable:
    is_readable = token.isascii() and token.isprintable()
    rows = Bookable.objects.select_related("site", "unit").filter(door_token=token)
    found = rows.first() if is_readable else None
    if found is None:
        raise NotVisibleError("这个签到码已失效，请联系管理单位。")
    return found


def door(*, token: str) -> Door:
    """Return the room behind a code.

    Raises:
        NotVisibleError: there is none.
    """
    bookable = _behind(token)
    return Door(
        code=bookable.code,
        name=bookable.name,
        site_name=bookable.site.name,
        keeper_name=bookable.unit.name,
        is_room=bookable.kind == Bookable.Kind.ROOM,
        early_min=int(taking.EARLY.total_seconds() // 60),
    )


@transaction.atomic
def come_or_go(
    *, token: str, phone: str, leaves: bool, by: Actor | None, at: datetime
) -> BookingRow:
    """Check in at the door, or end the use, as who booked it: by telephone, or by account.

    Only a booking of this room whose time it is can be meant; any other is not found.

    Raises:
        NotVisibleError: the code is unknown.
        UnknownAtTheDoorError: no such booking.
        StaleStateError: somebody else was quicker.
    """
    bookable = _behind(token)
    index = taking.phone_index(phone)
    mine = Q(phone_index=index) if index else Q(pk=None)
    is_account = by is not None and by.role in BOOKING_ROLES
    if by is not None and is_account:
        mine |= Q(booker_id=by.id)
    now = Q(starts_at__lte=at + taking.EARLY, ends_at__gt=at)
    rows = Booking.objects.filter(
        mine, now, bookable=bookable, status="IN_USE" if leaves else "APPROVED", is_closure=False
    )
    booking = rows.select_related(*JOINED).order_by("starts_at").first()
    if booking is None:
        message = (
            "没有找到正在使用的预约，请核对预约时填写的电话。"
            if leaves
            else "没有找到此刻的预约：请核对电话；只能在开始前 15 分钟到结束之间签到。"
        )
        raise UnknownAtTheDoorError(message, field="phone")
    who = by if by is not None and is_account else ANYONE
    move = taking.end if leaves else taking.check_in
    return reading.row_of(move(booking=booking, by=who, at=at), by=None, at=at)
