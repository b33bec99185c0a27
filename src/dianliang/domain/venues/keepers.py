"""Who is accountable for a base (000-03): one person on every day, or a vacancy that shows.

The rows are a line of hand-overs. A second person for the same day cannot be stored, a day cannot
fall out of the line, and what has begun is never written over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.venues.models import Keeper, Site
from dianliang.domain.venues.sites import held_open
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

FARTHEST_DAYS = 366
LATE_DAYS = 92
"""How late a hand-over that has taken place may be written down: about a quarter."""
FIRST_ON = date(2000, 1, 1)
NOBODY = "空缺"


class UnableToHandOverBaseError(DomainError):
    """This person cannot take the base over on that day."""

    code = "venues.unable-to-hand-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From a day on somebody, or nobody, is accountable; `can_go` while it may be taken back."""

    from_on: date
    person_number: str
    reason: str
    decided_by: str
    can_go: bool


@transaction.atomic
def hand_over(
    *, site: Site, person_number: str, from_on: date, reason: str, by: Actor, at: datetime
) -> Keeper:
    """Make one person, or nobody (an empty number), accountable for a base from a day on.

    Raises:
        UnableToHandOverBaseError: the day is taken, too far away, or before what has begun; or it
            is the same person.
        UnableToChangeSiteError: the base is closed.
    """
    locked = held_open(site)
    today = at.astimezone(SHANGHAI).date()
    before = _before(locked, from_on=from_on, today=today)
    if Keeper.objects.filter(site=locked, from_on=from_on).exists():
        words = Phrase(
            "%(locked)s在 %(from_on)s 已登记过交接，请换一个日期，或先撤回那一次。",
            locked=locked.name,
            from_on=from_on,
        )
        raise UnableToHandOverBaseError(words, field="from_on")
    if before is not None and before.person_number == person_number:
        words = Phrase(
            "%(locked)s自 %(from_on)s 起就是这样，不用再登记。",
            locked=locked.name,
            from_on=before.from_on,
        )
        raise UnableToHandOverBaseError(words, field="person")
    keeper = Keeper.objects.create(
        site=locked,
        from_on=from_on,
        person_number=person_number,
        reason=reason,
        decided_at=at,
        decided_by=by.name,
    )
    audit.record_about(
        "venues.site.hand_over",
        target_type="venues.site",
        target_id=locked.code,
        by=by,
        at=at,
        before=(before.person_number if before else "") or NOBODY,
        after=person_number or NOBODY,
        reason=f"{from_on}：{reason}",
    )
    return keeper


@transaction.atomic
def take_back(*, site: Site, from_on: date, by: Actor, at: datetime) -> None:
    """Take back a hand-over that is to come, or that was written down today.

    Raises:
        UnableToHandOverBaseError: there is none, or it has begun and is history.
    """
    keeper = Keeper.objects.select_for_update().filter(site=site, from_on=from_on).first()
    if keeper is None:
        words = Phrase(
            "%(site)s在 %(from_on)s 没有交接，可能刚被他人撤回。", site=site.name, from_on=from_on
        )
        raise UnableToHandOverBaseError(words, field="from_on")
    if not _can_go(keeper, today=at.astimezone(SHANGHAI).date()):
        words = Phrase("%(from_on)s 的交接已经生效，不能撤回，请另办交接。", from_on=from_on)
        raise UnableToHandOverBaseError(words, field="from_on")
    audit.record_about(
        "venues.site.take_back",
        target_type="venues.site",
        target_id=site.code,
        by=by,
        at=at,
        before=keeper.person_number or NOBODY,
        reason=from_on.isoformat(),
    )
    keeper.delete()


def _can_go(keeper: Keeper, *, today: date) -> bool:
    """Tell whether a hand-over is to come, or a slip that was written down today."""
    return keeper.from_on > today or keeper.decided_at.astimezone(SHANGHAI).date() == today


def in_office(sites: Collection[int] | None, *, on: date) -> Mapping[int, str]:
    """Return the number of who is accountable for each base on a day; empty for a vacancy.

    A base for which nobody was ever named is left out. One query; of all bases when none are named.
    """
    rows = Keeper.objects.filter(from_on__lte=on).order_by("from_on")
    if sites is not None:
        rows = rows.filter(site__in=sites)
    return dict(rows.values_list("site", "person_number"))


def terms_of(site: Site, *, on: date) -> tuple[Term, ...]:
    """Return the whole line of a base as it may be changed on a day, newest first."""
    rows = Keeper.objects.filter(site=site)
    return tuple(
        Term(
            from_on=row.from_on,
            person_number=row.person_number,
            reason=row.reason,
            decided_by=row.decided_by,
            can_go=_can_go(row, today=on),
        )
        for row in rows
    )


def _before(site: Site, *, from_on: date, today: date) -> Keeper | None:
    """Return the row that a new one would end."""
    if (from_on - today).days > FARTHEST_DAYS:
        words = Phrase(
            "交接日期最多提前 %(farthest_days)s 天登记，现为 %(from_on)s。",
            farthest_days=FARTHEST_DAYS,
            from_on=from_on,
        )
        raise UnableToHandOverBaseError(words, field="from_on")
    rows = Keeper.objects.filter(site=site).order_by("-from_on")
    begun = rows.filter(from_on__lte=today).first()
    if begun is None:
        if from_on < FIRST_ON:
            words = Phrase(
                "起始日期 %(from_on)s 早于 %(first_on)s，请核对。",
                from_on=from_on,
                first_on=FIRST_ON,
            )
            raise UnableToHandOverBaseError(words, field="from_on")
        return rows.filter(from_on__lt=from_on).first()
    if (today - from_on).days > LATE_DAYS:
        words = Phrase(
            "交接日期 %(from_on)s 已超过 %(late_days)s 天，不能补记；请核对日期。",
            from_on=from_on,
            late_days=LATE_DAYS,
        )
        raise UnableToHandOverBaseError(words, field="from_on")
    if from_on < begun.from_on:
        words = Phrase(
            "%(site)s自 %(from_on)s 起的责任人已经登记，交接日期应晚于这一天。",
            site=site.name,
            from_on=begun.from_on,
        )
        raise UnableToHandOverBaseError(words, field="from_on")
    return rows.filter(from_on__lt=from_on).first() or begun
