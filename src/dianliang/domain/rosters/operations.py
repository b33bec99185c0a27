"""Every write to rosters and exchanges of turns. One revision is edited by one person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.rosters.lifecycle import ROSTER, SWAP
from dianliang.domain.rosters.models import Roster, Shift, Swap, Turn
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.errors import DomainError, StaleStateError
from dianliang.kernel.phrases import kept as kept_words


class UnableToRosterError(DomainError):
    """The roster cannot be made or changed like this."""

    code = "rosters.unable-to-roster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A roster to be, checked: whose, where, when, and what is lawful."""

    title: str
    purpose: str
    unit: Unit
    site: Site | None
    starts_at: datetime
    ends_at: datetime
    changes: Sequence[str]
    size: int
    skills: Mapping[str, int]
    rest_h: int
    week_h: int | None
    days_in_row: int | None
    nights_in_row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A shift to be: when, and what an hour of it counts, in per cent."""

    starts_at: datetime
    ends_at: datetime
    weight: int


@transaction.atomic
def draft(
    *, outline: Outline, spans: Sequence[Span], people: Collection[Person], by: Actor, at: datetime
) -> Roster:
    """Write a roster down with its shifts and those who may be put on them.

    Raises:
        UnableToRosterError: nobody is there to be put on duty.
    """
    if not people:
        raise UnableToRosterError("请至少选一名可排人员。")
    roster = Roster.objects.create(
        number=next_number("ZB", at=at),
        title=outline.title,
        purpose=outline.purpose,
        unit=outline.unit,
        site=outline.site,
        starts_at=outline.starts_at,
        ends_at=outline.ends_at,
        changes=list(outline.changes),
        size=outline.size,
        skills=dict(outline.skills),
        rest_h=outline.rest_h,
        week_h=outline.week_h,
        days_in_row=outline.days_in_row,
        nights_in_row=outline.nights_in_row,
        created_by=by.name,
        created_at=at,
    )
    roster.people.set(people)
    Shift.objects.bulk_create(
        Shift(
            roster=roster,
            position=position,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            weight=span.weight,
        )
        for position, span in enumerate(spans, start=1)
    )
    audit.record("rosters.roster.draft", target=roster, by=by, at=at, after=roster.status)
    return roster


@transaction.atomic
def begin(*, roster: Roster, revision: int, job_id: int, by: Actor, at: datetime) -> Roster:
    """Mark a roster as being arranged.

    Raises:
        StaleStateError: somebody else changed it first.
        IllegalTransitionError: it is being arranged already, or cancelled.
    """
    _turn_the_page(roster, revision)
    changes = {"background_job_id": job_id}
    return transitions.apply(roster, "arrange", lifecycle=ROSTER, by=by, at=at, changes=changes)


@transaction.atomic
def keep(
    *,
    roster: Roster,
    chosen: Collection[tuple[int, int]],
    outcome: dict[str, Any],
    by: Actor,
    at: datetime,
) -> Roster:
    """Store who was put on which shift: pairs of keys of shift and person.

    Raises:
        StaleStateError: somebody has left, or is away, since `roster` was read to be arranged.
    """
    kept = _locked(roster)
    if kept.revision != roster.revision:
        raise StaleStateError("这张值班表刚被他人改动，请刷新后再试。")
    _plan(roster, chosen)
    opened = (kept.outcome or {}).get("opened")
    if opened:
        outcome = {**outcome, "opened": opened}
    changes = {"outcome": outcome}
    return transitions.apply(roster, "keep", lifecycle=ROSTER, by=by, at=at, changes=changes)


@transaction.atomic
def give_up(*, roster: Roster, words: str, by: Actor, at: datetime) -> Roster:
    """Say that arranging failed; what was planned before stays."""
    changes = {"outcome": {**(_locked(roster).outcome or {}), "error": words}}
    return transitions.apply(
        roster, "give_up", lifecycle=ROSTER, by=by, at=at, note=words, changes=changes
    )


@transaction.atomic
def put_on(
    *,
    roster: Roster,
    revision: int,
    shift: Shift,
    person: Person,
    because: str,
    by: Actor,
    at: datetime,
) -> Turn:
    """Put a person on a shift by hand, where he stays; `because` says why limits may be broken.

    Raises:
        StaleStateError: somebody else changed the roster first.
    """
    _turn_the_page(roster, revision)
    words = f"{shift.position} {person.number}"
    transitions.apply(roster, "change", lifecycle=ROSTER, by=by, at=at, note=f"{words} {because}")
    turn, _ = Turn.objects.update_or_create(
        shift=shift,
        person=person,
        defaults={"is_planned": True, "is_fixed": True, "exempt_because": because},
    )
    return turn


@transaction.atomic
def take_off(
    *, roster: Roster, revision: int, shift: Shift, person: Person, by: Actor, at: datetime
) -> None:
    """Take a person off a shift by hand.

    Raises:
        StaleStateError: somebody else changed the roster first, or he is not on it.
    """
    _turn_the_page(roster, revision)
    note = f"{shift.position} -{person.number}"
    transitions.apply(roster, "change", lifecycle=ROSTER, by=by, at=at, note=note)
    changed = Turn.objects.filter(shift=shift, person=person, is_planned=True, is_live=True).update(
        is_planned=False, is_fixed=False, exempt_because=""
    )
    gone, _ = Turn.objects.filter(
        shift=shift, person=person, is_planned=True, is_live=False
    ).delete()
    if not changed and not gone:
        raise StaleStateError("这个人已不在这一班，请刷新后再试。")


@transaction.atomic
def publish(*, roster: Roster, revision: int, because: str, by: Actor, at: datetime) -> Roster:
    """Make what is planned what holds; `because` says why shifts that lack people are accepted.

    Shifts that have begun stay as people know them, whatever was planned meanwhile.

    Raises:
        StaleStateError: somebody else changed the roster first.
        IllegalTransitionError: nothing is ready.
    """
    _turn_the_page(roster, revision)
    turns = Turn.objects.filter(shift__roster=roster)
    begun, ahead = turns.filter(shift__starts_at__lt=at), turns.filter(shift__starts_at__gte=at)
    begun.filter(is_live=False).delete()
    begun.update(is_planned=True)
    ahead.filter(is_planned=False).delete()
    ahead.update(is_live=True)
    _end_swaps_without_turn(roster, by=by, at=at)
    changes = {"published_at": at, "short_because": because}
    return transitions.apply(
        roster, "publish", lifecycle=ROSTER, by=by, at=at, note=because, changes=changes
    )


@transaction.atomic
def cancel(*, roster: Roster, reason: str, by: Actor, at: datetime) -> Roster:
    """End a roster; what has begun stays on record.

    Raises:
        UnableToRosterError: no reason is given.
    """
    if not reason:
        raise UnableToRosterError("请写明作废的原因。")
    Turn.objects.filter(
        Q(shift__starts_at__gte=at) | Q(is_live=False), shift__roster=roster
    ).delete()
    _end_swaps_without_turn(roster, by=by, at=at)
    return transitions.apply(roster, "cancel", lifecycle=ROSTER, by=by, at=at, note=reason)


@transaction.atomic
def open_turns(
    *, person: Person, since: datetime, until: datetime | None, why: str, by: Actor, at: datetime
) -> int:
    """Take somebody who has left or is away off his turns to come; return how many that held.

    The turns are open at once, in what is planned and in what holds. Each roster keeps which and
    why for who plans it; exchanges of such turns end.
    """
    ahead = Turn.objects.filter(
        person=person, shift__starts_at__gt=at, shift__ends_at__gt=since
    ).exclude(shift__roster__status="CANCELLED")
    if until is not None:
        ahead = ahead.filter(shift__starts_at__lt=until)
    touched = ahead.order_by().values_list("shift__roster", flat=True)
    opened = 0
    for roster in Roster.objects.select_for_update().filter(pk__in=list(touched)).order_by("pk"):
        turns = list(ahead.filter(shift__roster=roster).select_related("shift").order_by("shift"))
        live = [turn.shift.position for turn in turns if turn.is_live]
        Turn.objects.filter(pk__in=[turn.pk for turn in turns]).delete()
        outcome = roster.outcome or {}
        told = [{"shift": n, "person": person.number, "why": kept_words(why)} for n in live]
        Roster.objects.filter(pk=roster.pk).update(
            revision=F("revision") + 1,
            outcome={**outcome, "opened": [*outcome.get("opened", ()), *told]},
        )
        audit.record(
            "rosters.roster.open_turns",
            target=roster,
            by=by,
            at=at,
            before=person.number,
            after="、".join(str(turn.shift.position) for turn in turns),
            reason=why,
        )
        _end_swaps_without_turn(roster, by=SYSTEM, at=at)
        opened += len(live)
    return opened


@transaction.atomic
def ask_swap(
    *,
    shift: Shift,
    giver: Person,
    taker: Person,
    back: Shift | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Swap:
    """Ask somebody to take over a turn.

    Raises:
        UnableToRosterError: the turn is being offered already.
    """
    try:
        with transaction.atomic():
            swap = Swap.objects.create(
                number=next_number("HB", at=at),
                shift=shift,
                giver=giver,
                taker=taker,
                back=back,
                reason=reason,
                asked_at=at,
                asked_by=by.name,
            )
    except IntegrityError as twice:
        message = "这一班已经在申请换班，请等答复，或先撤回原来的申请。"
        raise UnableToRosterError(message) from twice
    audit.record("rosters.swap.ask", target=swap, by=by, at=at, after=swap.status, reason=reason)
    return swap


def answer_swap(*, swap: Swap, verb: str, note: str, by: Actor, at: datetime) -> Swap:
    """Agree, decline, refuse or withdraw.

    Raises:
        IllegalTransitionError: it is settled already.
    """
    return transitions.apply(swap, verb, lifecycle=SWAP, by=by, at=at, note=note)


@transaction.atomic
def approve_swap(*, swap: Swap, note: str, by: Actor, at: datetime) -> Swap:
    """Exchange the turns, in what is planned and in what holds; what else was asked of them ends.

    Raises:
        IllegalTransitionError: the other has not agreed, or it is settled.
        StaleStateError: a turn has changed hands meanwhile.
        UnableToRosterError: the roster is being arranged from the turns as they were.
    """
    roster = Roster.objects.select_for_update().get(pk=swap.shift.roster_id)
    if roster.status == "SOLVING":
        raise UnableToRosterError("正在重新排班，请等排完再批准换班。")
    transitions.apply(swap, "approve", lifecycle=SWAP, by=by, at=at, note=note)
    _hand_over(swap.shift, swap.giver, swap.taker)
    if swap.back is not None:
        _hand_over(swap.back, swap.taker, swap.giver)
    _end_swaps_without_turn(roster, by=SYSTEM, at=at)
    Roster.objects.filter(pk=swap.shift.roster_id).update(revision=F("revision") + 1)
    return swap


def _hand_over(shift: Shift, giver: Person, taker: Person) -> None:
    if Turn.objects.filter(shift=shift, person=taker).exists():
        raise StaleStateError("接班的人已在这一班，请刷新后再换。")
    moved = Turn.objects.filter(shift=shift, person=giver, is_live=True, is_planned=True).update(
        person=taker, is_fixed=False, exempt_because=""
    )
    if not moved:
        raise StaleStateError("这一班已不是原来的人，请刷新后再换。")


def _plan(roster: Roster, chosen: Collection[tuple[int, int]]) -> None:
    """Make exactly these pairs what is planned; what holds is not touched."""
    known = {(turn.shift_id, turn.person_id): turn for turn in _turns(roster)}
    wanted = set(chosen)
    gone = [turn.pk for pair, turn in known.items() if pair not in wanted and not turn.is_live]
    left = [turn.pk for pair, turn in known.items() if pair not in wanted and turn.is_live]
    Turn.objects.filter(pk__in=gone).delete()
    Turn.objects.filter(pk__in=left).update(is_planned=False, is_fixed=False, exempt_because="")
    again = [known[pair].pk for pair in wanted & known.keys()]
    Turn.objects.filter(pk__in=again).update(is_planned=True)
    Turn.objects.bulk_create(
        Turn(shift_id=shift_id, person_id=person_id)
        for shift_id, person_id in sorted(wanted - known.keys())
    )


def _locked(roster: Roster) -> Roster:
    """Return a roster as it is by now; nobody changes it until the transaction ends."""
    return Roster.objects.select_for_update().get(pk=roster.pk)


def _turns(roster: Roster) -> Sequence[Turn]:
    return list(Turn.objects.filter(shift__roster=roster))


def _turn_the_page(roster: Roster, revision: int) -> None:
    """Count a change; whoever saw an older revision is told.

    Raises:
        StaleStateError: the roster has another revision by now.
    """
    changed = Roster.objects.filter(pk=roster.pk, revision=revision)
    if not changed.update(revision=F("revision") + 1):
        raise StaleStateError("这张值班表刚被他人改动，请刷新后再试。")
    roster.revision = revision + 1


def _end_swaps_without_turn(roster: Roster, *, by: Actor, at: datetime) -> None:
    """Refuse exchanges whose turn is gone."""
    live = {(turn.shift_id, turn.person_id) for turn in _turns(roster) if turn.is_live}
    open_ = Swap.objects.filter(shift__roster=roster, status__in=["ASKED", "AGREED"])
    for swap in open_:
        is_gone = (swap.shift_id, swap.giver_id) not in live
        if is_gone or (swap.back_id and (swap.back_id, swap.taker_id) not in live):
            transitions.apply(
                swap, "refuse", lifecycle=SWAP, by=by, at=at, note="值班表已改，这一班不再有"
            )
