"""What follows from a record carries its themes: nobody marks the same thing twice.

A lecture that was asked for leads to its session, a session to its action, its hours and the room
booked for it, an action or a visit to its hours, a meeting to its tasks, a drive to its gifts. A
theme that is taken off by hand stays off; one whose source lost it goes with it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from dianliang.core import audit
from dianliang.domain.branches.models import Task
from dianliang.domain.catalog.theme_models import ThemeMark
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.ledger.models import Gift
from dianliang.domain.programs.models import LectureRequest, Session
from dianliang.kernel.actor import Actor

Pairs = Callable[[], Iterable[tuple[str, str]]]
"""Numbers of two records, of which the second follows from the first."""
Key = tuple[int, str]
"""A theme by its key, and the number of a record."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From records of one kind to those of another that follow from them."""

    source: str
    target: str
    pairs: Pairs


def _lectures() -> Iterable[tuple[str, str]]:
    rows = LectureRequest.objects.filter(session__isnull=False)
    return rows.values_list("number", "session__number")


def _actions() -> Iterable[tuple[str, str]]:
    rows = Session.objects.filter(activity__isnull=False)
    return rows.values_list("number", "activity__number")


def _hours(kind: str) -> Pairs:
    def pairs() -> Iterable[tuple[str, str]]:
        rows = HourRecord.objects.filter(source_kind=kind, status="PUBLISHED", reverses=None)
        return rows.values_list("source_number", "number")

    return pairs


def _bookings() -> Iterable[tuple[str, str]]:
    rows = Session.objects.filter(booking__isnull=False)
    return rows.values_list("number", "booking__number")


def _tasks() -> Iterable[tuple[str, str]]:
    return Task.objects.values_list("resolution__item__meeting__number", "number")


def _gifts() -> Iterable[tuple[str, str]]:
    return Gift.objects.values_list("drive__number", "number")


WAYS = (
    Way(source="lecture", target="session", pairs=_lectures),
    Way(source="session", target="activity", pairs=_actions),
    Way(source="session", target="hour", pairs=_hours(HourRecord.Source.ATTENDANCE)),
    Way(source="activity", target="hour", pairs=_hours(HourRecord.Source.PARTICIPATION)),
    Way(source="visit", target="hour", pairs=_hours(HourRecord.Source.VISIT)),
    Way(source="session", target="booking", pairs=_bookings),
    Way(source="meeting", target="task", pairs=_tasks),
    Way(source="drive", target="gift", pairs=_gifts),
)
"""In this order, so that a theme goes the whole way in one turn."""


@transaction.atomic
def inherit(*, by: Actor, at: datetime) -> int:
    """Let every record carry the themes of what it follows from; return how many marks are new."""
    fresh = gone = 0
    for target in dict.fromkeys(way.target for way in WAYS):
        due = {key for way in WAYS if way.target == target for key in _due(way)}
        known = ThemeMark.objects.filter(record_kind=target)
        gone += _drop(known, due)
        fresh += _mark(target, known, due, by=by, at=at)
    if fresh or gone:
        audit.record_about(
            "catalog.thememark.inherit",
            target_type="catalog.thememark",
            target_id="source",
            by=by,
            at=at,
            after=f"{fresh} 条",
            reason=f"来源已撤下 {gone} 条" if gone else "",
        )
    return fresh


def _due(way: Way) -> Iterator[Key]:
    """Yield the themes with the numbers of the records that are to carry them."""
    held: dict[str, list[int]] = {}
    marks = ThemeMark.objects.filter(record_kind=way.source, is_active=True)
    for number, theme in marks.values_list("record_number", "theme_id"):
        held.setdefault(number, []).append(theme)
    if held:
        for source, number in way.pairs():
            for theme in held.get(source, ()):
                yield theme, number


def _drop(known: QuerySet[ThemeMark], due: set[Key]) -> int:
    """Take off what came from a source that does not carry it any more."""
    derived = known.filter(origin=ThemeMark.Origin.SOURCE, is_active=True)
    rows = derived.values_list("pk", "theme_id", "record_number")
    gone = [pk for pk, theme, number in rows if (theme, number) not in due]
    for start in range(0, len(gone), AT_ONCE):
        ThemeMark.objects.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    return len(gone)


def _mark(
    target: str, known: QuerySet[ThemeMark], due: set[Key], *, by: Actor, at: datetime
) -> int:
    """Mark what is due and carries no such mark; one that was taken off by hand stays off."""
    fresh = sorted(due - set(known.values_list("theme_id", "record_number")))
    ThemeMark.objects.bulk_create(
        (
            ThemeMark(
                theme_id=theme,
                record_kind=target,
                record_number=number,
                origin=ThemeMark.Origin.SOURCE,
                marked_by=by.name,
                marked_at=at,
            )
            for theme, number in fresh
        ),
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )
    return len(fresh)
