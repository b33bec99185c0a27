"""Book once: by an account for its unit, or by anybody with name and telephone."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.core import idempotency
from dianliang.domain.directory.models import Unit
from dianliang.domain.intake.tokens import hashed
from dianliang.domain.venues.booking import access, free, taking
from dianliang.domain.venues.booking.free import Offers
from dianliang.domain.venues.booking.opening import Week
from dianliang.domain.venues.booking.rules import Wanted
from dianliang.domain.venues.booking.taking import Booker
from dianliang.domain.venues.models import Bookable, Booking
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text, instant

ANYONE = Actor(id="anonymous", name="预约人", role=Role.RESIDENT)
LEAST_DIGITS, MOST_DIGITS = 7, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A booking as a form sends it. Codes and text come from outside and are checked here.

    Times are those of Shanghai, such as ``2026-11-25T09:00``.
    """

    code: str
    starts: str
    ends: str
    pieces: int = 1
    persons_count: int | None = None
    purpose: str = ""
    name: str = ""
    phone: str = ""

    def window(self) -> TimeWindow:
        """Return from when to when.

        Raises:
            InvalidInputError: a time is missing or none, or the end is not after the start.
        """
        start = instant(self.starts, field="starts", label="开始时间")
        end = instant(self.ends, field="ends", label="结束时间")
        if end <= start:
            raise InvalidInputError("结束时间应晚于开始时间。", field="ends")
        return TimeWindow(start, end)

    def wanted(self) -> Wanted:
        """Return what is to be booked.

        Raises:
            InvalidInputError: see `window`.
        """
        return Wanted(window=self.window(), pieces=self.pieces, persons_count=self.persons_count)


def checked(asked: Asked, *, is_public: bool) -> Asked:
    """Return the form with clean text; of the public a name and a telephone are needed.

    Raises:
        InvalidInputError: a field cannot be kept; it is named.
    """
    needed = 1 if is_public else 0
    phone = clean_text(asked.phone, field="phone", label="电话", most=24, least=needed)
    digits = phone.replace("-", "").replace(" ", "").removeprefix("+")
    if phone and not (
        digits.isascii() and digits.isdigit() and LEAST_DIGITS <= len(digits) <= MOST_DIGITS
    ):
        raise InvalidInputError("电话只能是 7 到 15 位数字，可带短横线。", field="phone")
    return replace(
        asked,
        purpose=clean_text(asked.purpose, field="purpose", label="用途", most=200, least=2),
        name=clean_text(asked.name, field="name", label="姓名", most=40, least=needed),
        phone=phone,
    )


def book_publicly(
    *,
    asked: Asked,
    key: str,
    follow_token: str,
    admit: Callable[[], None] | None = None,
    by: Actor = ANYONE,
    at: datetime,
) -> str:
    """Book as one of the public and return the number; the same key books once.

    The follow token is the one that opens the booking later: clients derive it from the key.

    Raises:
        NotVisibleError: nothing of this code is open to the public.
        InvalidInputError, UnableToBookError, TakenError: it is told why, and nothing is stored.
        KeyReusedError: the key came before with another body.
    """
    asked = checked(asked, is_public=True)
    wanted = asked.wanted()
    bookable = access.public_bookable(asked.code)
    if bookable.kind == Bookable.Kind.ROOM and wanted.persons_count is None:
        raise InvalidInputError("请填写人数。", field="persons")

    def act() -> dict[str, Any]:
        if admit is not None:
            admit()
        booking = taking.take(
            bookable=bookable,
            wanted=wanted,
            purpose=asked.purpose,
            booker=Booker(
                unit=None, name=asked.name, phone=asked.phone, token_hash=hashed(follow_token)
            ),
            is_keeper=False,
            by=by,
            at=at,
        )
        return {"number": booking.number}

    return str(once(asdict(asked), key, act, at=at)["number"])


def once(
    body: dict[str, Any], key: str, act: Callable[[], dict[str, Any]], *, at: datetime
) -> dict[str, Any]:
    """Book unless this key of a form has booked before; return the answer either way.

    Raises:
        KeyReusedError: the key came before with another body.
        InvalidInputError: the key is empty or too long.
    """
    return idempotency.once(scope="booking", key=key, body=body, at=at, act=act)


def book_for_unit(*, asked: Asked, key: str, by: Actor, at: datetime) -> str:
    """Book for the actor's unit and return the number; the same key books once.

    Raises:
        NotVisibleError: nothing of this code is his to book.
        InvalidInputError, UnableToBookError, TakenError: it is told why, and nothing is stored.
        KeyReusedError: the key came before with another body.
    """
    asked = checked(asked, is_public=False)
    wanted = asked.wanted()
    bookable = to_book(asked.code, by=by)

    def act() -> dict[str, Any]:
        booking = taking.take(
            bookable=bookable,
            wanted=wanted,
            purpose=asked.purpose,
            booker=booker_of(by, phone=asked.phone),
            is_keeper=access.keeps(by, bookable),
            by=by,
            at=at,
        )
        return {"number": booking.number}

    return str(once(asdict(asked), key, act, at=at)["number"])


def to_book(code: str, *, by: Actor) -> Bookable:
    """Return something that the actor may book.

    Raises:
        NotVisibleError: it is absent, or he may not see it.
        InvalidInputError: he may look, but not book.
    """
    bookable = access.bookable_to_see(code, by=by)
    if not access.may_book(by, bookable):
        raise InvalidInputError(
            Phrase("%(bookable)s不对您的单位开放预约。", bookable=bookable.name), field="code"
        )
    return bookable


def booker_of(by: Actor, *, phone: str = "") -> Booker:
    """Return an account as it books for its unit."""
    unit = Unit.objects.filter(code=by.unit_code).first()
    if unit is None:
        raise InvalidInputError("您的账号没有单位，不能预约。", field="code")
    return Booker(unit=unit, id=by.id, name=by.name, phone=phone)


def offers_to(*, asked: Asked, by: Actor | None, at: datetime) -> Offers:
    """Return what can be had instead of what was asked for; nothing if that makes no sense.

    Raises:
        NotVisibleError: nothing of this code is there for whoever asks.
    """
    try:
        wanted = asked.wanted()
    except InvalidInputError:
        return Offers()
    if by is None:
        bookable, among, is_keeper = access.public_bookable(asked.code), access.public(), False
    else:
        bookable = access.bookable_to_see(asked.code, by=by)
        among, is_keeper = access.visible(by), access.keeps(by, bookable)
    if wanted.pieces > bookable.pieces or wanted.window.duration > timedelta(
        minutes=bookable.longest_min
    ):
        return Offers()
    return free.offers(bookable, wanted, among=among, is_keeper=is_keeper, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeDay:
    """The free times of a room or stock on a day, for one length and number of pieces."""

    on: date
    minutes: int
    pieces: int
    windows: tuple[TimeWindow, ...]
    lengths: tuple[int, ...]
    spans: tuple[TimeWindow, ...]


def free_day(
    *, bookable: Bookable, on: date, minutes: int, pieces: int, week: Week, at: datetime
) -> FreeDay:
    """Return the free times of a day as the public may have them."""
    lengths = free.lengths(bookable)
    chosen = minutes if minutes in lengths else _usual(lengths)
    amount = min(max(1, pieces), bookable.pieces)
    return FreeDay(
        on=on,
        minutes=chosen,
        pieces=amount,
        windows=free.free_on(
            bookable, on, minutes=chosen, pieces=amount, is_keeper=False, at=at, week=week
        ),
        lengths=lengths,
        spans=week.on(on),
    )


def _usual(lengths: tuple[int, ...]) -> int:
    """Return an hour, or what comes nearest to it."""
    return min(lengths, key=lambda minutes: abs(minutes - 60))


def number_of(token: str) -> str:
    """Return the number of the booking that a secret link opens; nothing for an unknown one."""
    found = Booking.objects.filter(token_hash=hashed(token)).values_list("number", flat=True)
    return found.first() or ""
