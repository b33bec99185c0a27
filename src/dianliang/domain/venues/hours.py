"""Every write about when a base is open."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.venues.models import OpeningDay, OpeningHours, Site
from dianliang.domain.venues.opening import Hours, Span, mark_of, spoken, versions_of, week_words
from dianliang.domain.venues.sites import held_open
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import Phrase

FIRST_ON = date(2000, 1, 1)
FARTHEST_DAYS = 366
LONGEST_DAYS = 62
"""How many days one notice of changed hours may cover."""


class UnableToSetHoursError(DomainError):
    """These hours cannot begin on that day."""

    code = "venues.unable-to-set-hours"


@transaction.atomic
def set_hours(*, site: Site, hours: Hours, seen: str, by: Actor, at: datetime) -> OpeningHours:
    """Let hours count from a day on; what counted before ends there by itself.

    A version that has not begun before today may be written anew. The base's line of opening
    hours, which other pages show, follows.

    Raises:
        StaleStateError: somebody changed the hours since they were read.
        UnableToSetHoursError: the day has passed, or lies too far ahead.
        UnableToChangeSiteError: the base is closed.
    """
    locked = held_open(site)
    if mark_of(locked) != seen:
        raise StaleStateError(
            Phrase("%(locked)s的开放时间刚被他人修改，请刷新后再改。", locked=locked.name)
        )
    today = at.astimezone(SHANGHAI).date()
    _require_day(hours.from_on, today=today, is_first=seen == "")
    row, _ = OpeningHours.objects.update_or_create(
        site=locked, from_on=hours.from_on, defaults=_columns(hours, by=by, at=at)
    )
    locked.opening_hours = _line(versions_of(locked), today=today)
    locked.save(update_fields=["opening_hours"])
    _record("set_hours", locked, by=by, at=at, words=f"{hours.from_on} {week_words(hours)}")
    return row


@transaction.atomic
def set_first(pairs: Sequence[tuple[Site, Hours]], *, by: Actor, at: datetime) -> None:
    """Write the first hours of many bases, of which nothing was known.

    One statement for each line of hours that some share. The caller records what brought so many.
    """
    today = at.astimezone(SHANGHAI).date()
    OpeningHours.objects.bulk_create(
        (
            OpeningHours(site=site, from_on=hours.from_on, **_columns(hours, by=by, at=at))
            for site, hours in pairs
        ),
        batch_size=500,
    )
    alike: dict[str, list[int]] = {}
    for site, hours in pairs:
        alike.setdefault(_line([hours], today=today), []).append(site.pk)
    for line, sites in alike.items():
        Site.objects.filter(pk__in=sites).update(opening_hours=line)


@transaction.atomic
def set_days(
    *,
    site: Site,
    first: date,
    last: date,
    spans: Sequence[Span],
    reason: str,
    by: Actor,
    at: datetime,
) -> int:
    """Let days in a row, from today on, differ from the weekly hours; return how many.

    Raises:
        UnableToSetHoursError: days that have passed, the wrong way round, too many or too far.
        UnableToChangeSiteError: the base is closed.
    """
    site = held_open(site)
    today = at.astimezone(SHANGHAI).date()
    count = (last - first).days + 1
    if count < 1:
        raise UnableToSetHoursError("结束日期早于开始日期，请核对。", field="last_on")
    if count > LONGEST_DAYS:
        raise UnableToSetHoursError(
            Phrase(
                "一次最多 %(longest_days)s 天，现为 %(count)s 天。",
                longest_days=LONGEST_DAYS,
                count=count,
            ),
            field="last_on",
        )
    _require_day(first, today=today, is_first=False)
    for n in range(count):
        OpeningDay.objects.update_or_create(
            site=site,
            on=first + timedelta(days=n),
            defaults={"spans": list(map(list, spans)), "reason": reason},
        )
    words = f"{first} – {last} {spoken(spans)}：{reason}"
    _record("set_days", site, by=by, at=at, words=words)
    return count


@transaction.atomic
def drop_day(*, site: Site, on: date, by: Actor, at: datetime) -> None:
    """Let a day to come follow the weekly hours again.

    Raises:
        UnableToSetHoursError: it has passed, or does not differ.
    """
    if on < at.astimezone(SHANGHAI).date():
        raise UnableToSetHoursError(Phrase("%(on)s 已经过去，不能再改。", on=on), field="on")
    gone, _ = OpeningDay.objects.filter(site=site, on=on).delete()
    if not gone:
        raise UnableToSetHoursError(
            Phrase("%(on)s 没有特别安排，可能刚被他人撤掉。", on=on), field="on"
        )
    _record("drop_day", site, by=by, at=at, words=on.isoformat())


def _columns(hours: Hours, *, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        "week": [list(map(list, spans)) for spans in hours.week],
        "on_holidays": hours.on_holidays,
        "holiday": list(map(list, hours.holiday)),
        "on_make_up": hours.on_make_up,
        "decided_at": at,
        "decided_by": by.name,
    }


def _require_day(day: date, *, today: date, is_first: bool) -> None:
    earliest = FIRST_ON if is_first else today
    if day < earliest:
        raise UnableToSetHoursError(
            Phrase("%(day)s 已经过去，请从 %(earliest)s 起填写。", day=day, earliest=earliest),
            field="from_on",
        )
    if (day - today).days > FARTHEST_DAYS:
        words = Phrase(
            "最多提前 %(farthest_days)s 天安排，现为 %(day)s。",
            farthest_days=FARTHEST_DAYS,
            day=day,
        )
        raise UnableToSetHoursError(words, field="from_on")


def _line(versions: Sequence[Hours], *, today: date) -> str:
    current = next((hours for hours in versions if hours.from_on <= today), None)
    coming = [hours for hours in reversed(versions) if hours.from_on > today]
    parts = [week_words(current)] if current else []
    parts += [f"{hours.from_on} 起 {week_words(hours)}" for hours in coming[:1]]
    return "。".join(parts)[:200]


def _record(verb: str, site: Site, *, by: Actor, at: datetime, words: str) -> None:
    audit.record_about(
        f"venues.site.{verb}",
        target_type="venues.site",
        target_id=site.code,
        by=by,
        at=at,
        reason=words,
    )
