"""Links by which firms open their own figures: issued, opened, taken back (ADR 4)."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.core.numbers import next_number
from dianliang.domain.customers.models import Customer
from dianliang.domain.enterprises import access
from dianliang.domain.enterprises.models import FirmPass
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

PREFIX = "QL"
MOST_DAYS, MOST_LIVE = 400, 5
ABSENT = "链接不对，或已收回、过期。请向供电所要新的链接。"


class LinkOverError(NotVisibleError):
    """The link opens nothing: it is wrong, was taken back or is over; which, nobody is told."""

    code = "enterprises.link-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRow:
    """A link as the desk sees it; nobody can read it again."""

    number: str
    post: str
    valid_until: date
    issued_by: str
    issued_at: datetime
    opened_on: date | None
    revoked_by: str
    revoked_at: datetime | None

    def is_live(self, on: date) -> bool:
        """Tell whether it opens anything on a day."""
        return self.revoked_at is None and on <= self.valid_until


@transaction.atomic
def issue(
    *, firm: Customer, post: str, valid_until: date, token: str, by: Actor, at: datetime
) -> FirmPass:
    """Give a firm a link to its own figures (发放企业链接); only the digest of `token` is kept.

    Raises:
        UnableToAnalyseError: it would be over already or hold too long, or there are many.
        InvalidInputError: nothing says where it goes.
    """
    today = at.astimezone(SHANGHAI).date()
    if not 0 <= (valid_until - today).days <= MOST_DAYS:
        words = Phrase("有效期应从今天起、不超过 %(most)d 天。", most=MOST_DAYS)
        raise UnableToAnalyseError(words, field="valid_until")
    live = FirmPass.objects.filter(customer=firm, revoked_at=None, valid_until__gte=today)
    if live.count() >= MOST_LIVE:
        words = Phrase("这户企业已有 %(most)d 个有效链接，请先收回不用的。", most=MOST_LIVE)
        raise UnableToAnalyseError(words, field="post")
    made = FirmPass.objects.create(
        number=next_number(PREFIX, at=at),
        customer=firm,
        post=clean_text(post, field="post", label="交给哪个岗位", most=40, least=2),
        digest=digest_of(token),
        valid_until=valid_until,
        issued_by=by.name,
        issued_at=at,
    )
    audit.record("enterprises.firmpass.issue", target=made, by=by, at=at, after=firm.number)
    return made


@transaction.atomic
def revoke(*, number: str, by: Actor, at: datetime) -> FirmPass:
    """Take a link back (收回企业链接): from now on it opens nothing.

    Raises:
        NotVisibleError: it is absent, or of a firm that is not the actor's.
        UnableToAnalyseError: it was taken back before.
    """
    found = to_revoke(number, by=by)
    moved = FirmPass.objects.filter(pk=found.pk, revoked_at=None).update(
        revoked_at=at, revoked_by=by.name
    )
    if not moved:
        raise UnableToAnalyseError(Phrase("这个链接已经收回。"))
    audit.record("enterprises.firmpass.revoke", target=found, by=by, at=at)
    return found


def to_revoke(number: str, *, by: Actor) -> FirmPass:
    """Return a link that the actor may take back, whether or not somebody did.

    Raises:
        NotVisibleError: it is absent, or of a firm that is not the actor's.
    """
    rows = FirmPass.objects.filter(customer__in=access.firms(by)).select_related("customer")
    found = None if "\0" in number else rows.filter(number=number).first()
    if found is None or by.role not in access.WRITERS:
        raise NotVisibleError("没有找到这个链接。")
    return found


@transaction.atomic
def opened(token: str, *, at: datetime) -> FirmPass:
    """Return what a link opens, and note the day on which it was last used.

    Raises:
        LinkOverError: no such link, or it is over.
    """
    today = at.astimezone(SHANGHAI).date()
    found = (
        FirmPass.objects.select_related("customer__area", "customer__unit")
        .filter(digest=digest_of(token), revoked_at=None, valid_until__gte=today)
        .first()
    )
    if found is None:
        raise LinkOverError(Phrase(ABSENT))
    if found.opened_on != today:
        FirmPass.objects.filter(pk=found.pk).update(opened_on=today)
        audit.record(
            "enterprises.firmpass.open", target=found, by=holder_of(found), at=at, after=f"{today}"
        )
    return found


def holder_of(found: FirmPass) -> Actor:
    """Return who acts by a link: the firm, by number; its role reaches no unit and no area."""
    name = f"企业 {found.customer.number}"
    return Actor(id=f"firm:{found.number}", name=name, role=Role.ENTERPRISE)


def passes(firm: str, *, by: Actor) -> tuple[PassRow, ...]:
    """Return the links of a firm, latest first, for whoever may issue them."""
    if by.role not in access.WRITERS:
        return ()
    rows = FirmPass.objects.filter(customer__number=firm, customer__in=access.firms(by))
    names = tuple(PassRow.__slots__)
    return tuple(PassRow(**{name: getattr(one, name) for name in names}) for one in rows)


def digest_of(token: str) -> str:
    """Return the SHA-256 of a link's secret."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
