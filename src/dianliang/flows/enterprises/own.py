"""What a firm sees by its link: its own figures, what they brought, its carbon; and books a visit.

Nothing here asks for a unit: the link names the firm, and all that is read is of that firm.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from dianliang.domain.customers.models import Customer
from dianliang.domain.energy.queries import carbon, claims
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.enterprises import access, passes, queries
from dianliang.domain.enterprises import operations as enterprises
from dianliang.domain.enterprises.models import Finding, FindingDecision, FindingVisit
from dianliang.domain.enterprises.operations import UnableToAnalyseError
from dianliang.domain.enterprises.passes import LinkOverError
from dianliang.domain.enterprises.shapes import FirmPage
from dianliang.domain.work.models import Job
from dianliang.flows.carbon import reckoning
from dianliang.flows.carbon.reckoning import AccountPage
from dianliang.flows.enterprises import following, measuring
from dianliang.flows.enterprises.following import Printed
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

__all__ = ["LinkOverError", "OwnPage", "book", "issue", "page", "report"]
HALVES = {
    "am": (Phrase("上午"), time(8, 30), time(11, 30)),
    "pm": (Phrase("下午"), time(13, 30), time(17)),
}
OVER = passes.ABSENT
DEMO_TOKEN = "yanshi-qiye-dianliang-2026"  # noqa: S105 (the demo shows it on its sign-in page)
MOST_OPEN = 3
"""How many visits that a firm booked may wait at once: one crew's day is for others, too."""
SOONEST, FURTHEST = 1, 30
"""From tomorrow on, and within the days in which a visit for a finding is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A link that was made: its number, and the secret that is shown once."""

    number: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """All that a firm sees of itself; `page` is None before its first analysis."""

    number: str
    name: str
    valid_until: date
    page: FirmPage | None
    effects: Mapping[str, ClaimRow]
    claims: tuple[ClaimRow, ...]
    accounts: tuple[carbon.AccountRow, ...]
    unit_name: str


def issue(*, number: str, post: str, valid_until: date, by: Actor, at: datetime) -> Issued:
    """Give a firm a link to its own figures (发放企业链接).

    Raises:
        NotVisibleError: the firm is absent or another's, or the actor gives none.
        UnableToAnalyseError, InvalidInputError: see `passes.issue`.
    """
    firm = access.firm_to_see(number, by=by)
    if by.role not in access.WRITERS:
        raise NotVisibleError(access.ABSENT)
    token = secrets.token_urlsafe(18)
    made = passes.issue(firm=firm, post=post, valid_until=valid_until, token=token, by=by, at=at)
    return Issued(number=made.number, token=token)


def firm_of(link: str, *, by: Actor) -> str:
    """Return the number of the firm whose link it is, for who may take it back.

    Raises:
        NotVisibleError: it is absent, or of a firm that is not the actor's.
    """
    return passes.to_revoke(link, by=by).customer.number


def take_back(*, number: str, by: Actor, at: datetime) -> None:
    """Take a link back (收回企业链接).

    Raises:
        NotVisibleError, UnableToAnalyseError: see `passes.revoke`.
    """
    passes.revoke(number=number, by=by, at=at)


def is_open(token: str, *, at: datetime) -> bool:
    """Tell whether a link opens anything."""
    try:
        passes.opened(token, at=at)
    except LinkOverError:
        return False
    return True


def page(token: str, *, at: datetime) -> OwnPage:
    """Return what the holder of a link sees.

    Raises:
        LinkOverError: no such link, or it is over.
    """
    found = passes.opened(token, at=at)
    firm = found.customer
    shown = queries.own_firm(firm)
    numbers = [row.number for row in shown.findings] if shown else []
    known = claims.by_key([measuring.key_of(one) for one in numbers], by=SYSTEM)
    return OwnPage(
        number=firm.number,
        name=firm.name,
        valid_until=found.valid_until,
        page=shown,
        effects=known,
        claims=claims.of_subject("firm", firm.number, by=SYSTEM),
        accounts=carbon.of_subject("firm", firm.number, by=SYSTEM),
        unit_name=firm.unit.name if firm.unit else "",
    )


def account(token: str, number: str, *, year: int | None, at: datetime) -> AccountPage:
    """Return a carbon account of the firm, with one of its years.

    Raises:
        LinkOverError: no such link, or it is over.
        NotVisibleError: the account is not this firm's.
    """
    firm = passes.opened(token, at=at).customer
    if number not in {one.number for one in carbon.of_subject("firm", firm.number, by=SYSTEM)}:
        raise NotVisibleError("没有找到这个碳账户。")
    return reckoning.page(number=number, year=year, by=SYSTEM)


def report(token: str, *, form: str, at: datetime) -> Printed:
    """Print the firm's own two-page report; the trail keeps that the firm took it.

    Raises:
        LinkOverError: no such link, or it is over.
        NotVisibleError: nothing was analysed.
        UnableToAnalyseError: the firm could not be analysed; the message says why.
    """
    found = passes.opened(token, at=at)
    shown = queries.own_firm(found.customer)
    if shown is None:
        raise NotVisibleError(access.ABSENT)
    return following.printed(shown, form=form, by=passes.holder_of(found), at=at)


@transaction.atomic
def book(token: str, *, finding: str, on: date, half: str, at: datetime) -> Job:
    """Ask for somebody to come for a finding, on a day that suits the firm (企业约上门).

    That the firm asks is its acceptance of a finding on which nobody has decided; what the desk
    declined stays declined. The job has the chosen half day as window.

    Raises:
        LinkOverError: no such link, or it is over.
        NotVisibleError: the finding is not of what this firm sees.
        UnableToAnalyseError: the day does not do, the finding was declined or has a visit, or the
            firm has a visit in that half day or as many as it may have.
    """
    found = passes.opened(token, at=at)
    holder = passes.holder_of(found)
    shown = queries.own_firm(found.customer)
    if shown is None or finding not in {row.number for row in shown.findings}:
        raise NotVisibleError("没有找到这项发现。")
    window = _window(on, half, at=at)
    row = Finding.objects.select_for_update(no_key=True, of=("self",)).get(number=finding)
    if FindingVisit.objects.filter(finding=row).exists():
        raise UnableToAnalyseError(Phrase("这项发现已有上门工单。"))
    last = row.decisions.order_by("-pk").first()
    if last is not None and last.verdict == FindingDecision.Verdict.DECLINED:
        raise UnableToAnalyseError(Phrase("这项发现已决定不采纳，不能约上门；有疑问请联系供电所。"))
    _check_room(found.customer, window)
    if last is None:
        enterprises.decide(finding=row, verdict="accepted", words="企业约上门", by=holder, at=at)
    return following.sent(row, window=window, by=holder, at=at)


def _check_room(firm: Customer, window: TimeWindow) -> None:
    """Refuse a second visit in a half day, and more visits than may wait at once.

    The firm's row is locked, so that two presses at once do not both find room.
    """
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=firm.pk)
    visits = FindingVisit.objects.filter(
        finding__analysis__customer=firm, job__status__in=("OPEN", "HANDED_OVER", "SCHEDULED")
    )
    booked = [windows for windows in visits.values_list("job__windows", flat=True) if windows]
    if any(one[0] == window.start.isoformat() for windows in booked for one in windows):
        words = Phrase("这半天已约了上门，请换一个时间，或当面一并核对。")
        raise UnableToAnalyseError(words, field="half")
    if len(booked) >= MOST_OPEN:
        words = Phrase("已有 %(n)d 次上门在等，做完再约。", n=len(booked))
        raise UnableToAnalyseError(words)


def _window(on: date, half: str, *, at: datetime) -> TimeWindow:
    ahead = (on - at.astimezone(SHANGHAI).date()).days
    if not SOONEST <= ahead <= FURTHEST:
        words = Phrase("请选明天起 %(most)d 天内的日子。", most=FURTHEST)
        raise UnableToAnalyseError(words, field="on")
    if half not in HALVES:
        raise UnableToAnalyseError(Phrase("请选上午或下午。"), field="half")
    _, start, end = HALVES[half]
    return TimeWindow(
        datetime.combine(on, start, tzinfo=SHANGHAI), datetime.combine(on, end, tzinfo=SHANGHAI)
    )


def days_to_choose(*, at: datetime) -> tuple[date, date]:
    """Return the first and the last day on which a visit can be booked."""
    today = at.astimezone(SHANGHAI).date()
    return today + timedelta(days=SOONEST), today + timedelta(days=FURTHEST)
