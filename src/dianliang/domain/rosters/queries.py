"""What others may know about rosters: who is on duty, and what stands in the way."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from dianliang.domain.rosters.models import Roster, Swap, Turn
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase

MAKERS = frozenset({Role.DISPATCHER, Role.PARTY_AFFAIRS})
"""Who makes rosters for their unit and those below."""
READERS = MAKERS | {Role.COMMANDER, Role.AUDITOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """A person on duty, as others see it."""

    roster: str
    title: str
    place: str
    shift: int
    window: TimeWindow
    person: str
    name: str


def visible(by: Actor) -> QuerySet[Roster]:
    """Return the rosters of an actor's units."""
    if by.role not in READERS or not by.unit_path:
        return Roster.objects.none()
    return Roster.objects.filter(unit__path__startswith=by.unit_path).select_related("unit", "site")


def roster_of(number: str, *, by: Actor) -> Roster:
    """Return a roster.

    Raises:
        NotVisibleError: absent, or another unit's.
    """
    found = visible(by).filter(number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这张值班表。")
    return found


def live_turns(
    *,
    since: datetime,
    until: datetime,
    people: Collection[int] | None = None,
    but: int | None = None,
) -> QuerySet[Turn]:
    """Return the published turns that touch a period, of some people, but those of one roster."""
    turns = Turn.objects.filter(
        is_live=True, shift__starts_at__lt=until, shift__ends_at__gt=since
    ).select_related("shift__roster__site", "person")
    if people is not None:
        turns = turns.filter(person_id__in=people)
    return turns if but is None else turns.exclude(shift__roster_id=but)


def engagements(people: Collection[int], window: TimeWindow) -> Mapping[int, str]:
    """Return who of some people is on a published turn in a window, by key, and on which."""
    found: dict[int, str] = {}
    turns = live_turns(since=window.start, until=window.end, people=people)
    for turn in turns.exclude(shift__roster__status="CANCELLED").order_by("shift__starts_at"):
        shift = turn.shift
        begin, end = shift.starts_at.astimezone(SHANGHAI), shift.ends_at.astimezone(SHANGHAI)
        words = Phrase(
            "%(when)s 在“%(roster)s”值班",
            when=f"{begin:%m-%d %H:%M}–{end:%H:%M}",
            roster=shift.roster.title,
        )
        found.setdefault(turn.person_id, words)
    return found


def on_duty(*, at: datetime, by: Actor) -> tuple[OnDuty, ...]:
    """Return who is on duty at an instant in an actor's units."""
    now = Turn.objects.none()
    if by.role in READERS and by.unit_path:
        now = Turn.objects.filter(
            is_live=True,
            shift__starts_at__lte=at,
            shift__ends_at__gt=at,
            shift__roster__unit__path__startswith=by.unit_path,
        ).select_related("shift__roster__site", "person")
    return tuple(_shown(now.order_by("shift__roster__number", "person__number")))


def duties_of(person_id: int, *, since: datetime, until: datetime) -> tuple[OnDuty, ...]:
    """Return a person's published turns in a period."""
    turns = live_turns(since=since, until=until, people=[person_id])
    return tuple(_shown(turns.order_by("shift__starts_at")))


def swaps_of(person_id: int) -> QuerySet[Swap]:
    """Return the exchanges that somebody asked for or was asked for and that are not settled."""
    open_ = Swap.objects.filter(status__in=["ASKED", "AGREED"])
    mine = open_.filter(Q(giver_id=person_id) | Q(taker_id=person_id))
    return mine.select_related("shift__roster", "back", "giver", "taker")


def _shown(turns: Iterable[Turn]) -> Iterable[OnDuty]:
    for turn in turns:
        shift, roster = turn.shift, turn.shift.roster
        yield OnDuty(
            roster=roster.number,
            title=roster.title,
            place=roster.site.name if roster.site else "",
            shift=shift.position,
            window=TimeWindow(shift.starts_at, shift.ends_at),
            person=turn.person.number,
            name=turn.person.name,
        )
