"""Change a roster by hand, publish it, and exchange turns: what is unlawful is told, not done."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dianliang.domain.rosters import operations
from dianliang.domain.rosters.models import Roster, Shift, Swap, Turn
from dianliang.domain.rosters.operations import UnableToRosterError
from dianliang.domain.rosters.queries import MAKERS, roster_of, visible
from dianliang.domain.workforce.models import Person
from dianliang.engines import rostering
from dianliang.flows.rosters.building import NEVER, Built, build, names_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import (
    InvalidInputError,
    NotVisibleError,
    NotYourTurnError,
    StaleStateError,
)
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_TOLD = 6
REASON_MAX = 200


@transaction.atomic
def put_on(
    *, number: str, revision: int, shift: int, person: str, because: str, by: Actor, at: datetime
) -> Roster:
    """Put somebody on a shift; with a reason he may be tired, but never in two places.

    Somebody of the unit who was not among those to choose from is added to them.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError: no such shift or person.
        UnableToRosterError: a rule forbids it; the rule is named.
        StaleStateError: somebody else changed the roster first.
    """
    roster = _seen(number, revision, by=by)
    who = _person(roster, person)
    roster.people.add(who)
    built = build(roster, at=at)
    duty = _shift(built, shift, at=at)
    reason = clean_text(because, field="because", label="破例原因", most=REASON_MAX)
    turn = rostering.Turn(duty_id=str(shift), person_id=who.number)
    if turn in built.planned:
        raise UnableToRosterError(Phrase("%(who)s 已在这一班。", who=who.name))
    breaches = rostering.objections(built.problem, built.planned, joins={turn})
    hard = [b for b in breaches if b.rule in NEVER]
    if hard or (breaches and not reason):
        raise UnableToRosterError(_told(built, hard or breaches, can_be_exempt=not hard))
    operations.put_on(
        roster=roster,
        revision=revision,
        shift=duty,
        person=who,
        because=reason if breaches else "",
        by=by,
        at=at,
    )
    return roster


def take_off(
    *, number: str, revision: int, shift: int, person: str, by: Actor, at: datetime
) -> Roster:
    """Take somebody off a shift that has not begun.

    Raises:
        NotVisibleError: absent, or another unit's.
        InvalidInputError: no such shift or person.
        StaleStateError: somebody else changed the roster first, or he is not on it.
    """
    roster = roster_of(number, by=by)
    duty = _shift(build(roster, at=at), shift, at=at)
    operations.take_off(
        roster=roster,
        revision=revision,
        shift=duty,
        person=_person(roster, person),
        by=by,
        at=at,
    )
    return roster


@transaction.atomic
def publish(*, number: str, revision: int, because: str, by: Actor, at: datetime) -> Roster:
    """Make a roster hold. Two rosters that want the same person are published one after another.

    Raises:
        NotVisibleError: absent, or another unit's.
        UnableToRosterError: a rule is broken, or shifts lack people and no reason is given.
        StaleStateError: somebody else changed the roster first.
    """
    roster = _seen(number, revision, by=by)
    _hold(roster)
    built = build(roster, at=at)
    breaches = rostering.check(built.problem, built.planned)
    if breaches:
        raise UnableToRosterError(_told(built, breaches, can_be_exempt=False))
    reason = clean_text(because, field="because", label="缺人仍发布的原因", most=REASON_MAX)
    missing = sum(lack for _, _, lack in rostering.missing_in(built.problem, built.planned))
    if missing and not reason:
        message = Phrase("还缺 %(missing)s 人次，请补齐；确需先发布的，写明原因。", missing=missing)
        raise InvalidInputError(message, field="because")
    return operations.publish(
        roster=roster, revision=revision, because=reason if missing else "", by=by, at=at
    )


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Roster:
    """End a roster.

    Raises:
        NotVisibleError: absent, or another unit's.
        UnableToRosterError: no reason is given.
    """
    roster = roster_of(number, by=by)
    words = clean_text(reason, field="reason", label="作废原因", most=REASON_MAX)
    return operations.cancel(roster=roster, reason=words, by=by, at=at)


@transaction.atomic
def ask_swap(
    *,
    number: str,
    shift: int,
    taker: str,
    back: int | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Swap:
    """Ask somebody to take over one's own published turn, perhaps for one of his.

    Raises:
        NotVisibleError: the actor has no such turn.
        InvalidInputError: the other is not on the roster, or has no such turn.
        UnableToRosterError: the exchange would be unlawful; the rule is named.
    """
    mine = (
        Turn.objects.filter(
            is_live=True,
            shift__roster__number=number,
            shift__position=shift,
            person__number=by.person_number,
        )
        .select_related("shift__roster", "person")
        .first()
    )
    if mine is None or not by.person_number:
        raise NotVisibleError("没有找到您的这一班。")
    roster = mine.shift.roster
    built = build(roster, at=at)
    other = _person(roster, taker)
    if other.number not in built.people or other.pk == mine.person_id:
        raise InvalidInputError("请选择这张值班表上的另一个人。", field="taker")
    words = clean_text(reason, field="reason", label="换班原因", most=REASON_MAX, least=2)
    behind = None if back is None else _shift(built, back, at=at)
    _refuse_unlawful(built, mine.shift, mine.person, other, behind)
    return operations.ask_swap(
        shift=mine.shift,
        giver=mine.person,
        taker=other,
        back=behind,
        reason=words,
        by=by,
        at=at,
    )


@transaction.atomic
def settle_swap(
    *, number: str, verb: str, note: str, by: Actor, at: datetime, of: str = ""
) -> Swap:
    """Agree, decline, approve, refuse or withdraw an exchange.

    The one who is asked agrees or declines, the one who asked withdraws, a maker of the unit's
    rosters who is neither of the two approves or refuses. `of` is the roster it is said to be of.

    Raises:
        NotVisibleError: it is none of the actor's business, or not of that roster.
        NotYourTurnError: the verb is for another of those concerned.
        UnableToRosterError: the exchange would be unlawful by now.
        StaleStateError: it is settled, or a turn has changed hands.
    """
    swap = (
        Swap.objects.filter(number=number)
        .select_related("shift__roster", "giver", "taker", "back")
        .first()
    )
    if swap is None or of not in {"", swap.shift.roster.number} or not _concerns(swap, by):
        raise NotVisibleError("没有找到这张换班单。")
    if not _may(swap, verb, by):
        raise NotYourTurnError("这一步要由换班的另一方，或不参与换班的管理人员来做。")
    words = clean_text(note, field="note", label="说明", most=REASON_MAX)
    if verb != "approve":
        return operations.answer_swap(swap=swap, verb=verb, note=words, by=by, at=at)
    roster = swap.shift.roster
    _hold(roster)
    built = build(roster, at=at)
    _refuse_unlawful(built, swap.shift, swap.giver, swap.taker, swap.back)
    return operations.approve_swap(swap=swap, note=words, by=by, at=at)


def _concerns(swap: Swap, by: Actor) -> bool:
    if by.person_number in {swap.giver.number, swap.taker.number} and by.person_number:
        return True
    return visible(by).filter(pk=swap.shift.roster_id).exists()


def _may(swap: Swap, verb: str, by: Actor) -> bool:
    if verb in {"agree", "decline"}:
        return by.person_number == swap.taker.number
    if verb == "withdraw":
        return by.person_number == swap.giver.number
    is_party = by.person_number in {swap.giver.number, swap.taker.number}
    return (
        by.role in MAKERS and not is_party and visible(by).filter(pk=swap.shift.roster_id).exists()
    )


def _refuse_unlawful(
    built: Built, shift: Shift, giver: Person, taker: Person, back: Shift | None
) -> None:
    """Refuse an exchange that would break a rule for either.

    Raises:
        UnableToRosterError: it would.
    """
    pairs = [(shift, giver, taker)]
    if back is not None:
        pairs.append((back, taker, giver))
    leaves = {_turn(each, gives) for each, gives, _ in pairs}
    joins = {_turn(each, takes) for each, _, takes in pairs}
    try:
        breaches = rostering.objections(built.problem, built.live, leaves=leaves, joins=joins)
    except ValueError as moved:
        raise UnableToRosterError(built.readable(str(moved))) from moved
    if breaches:
        raise UnableToRosterError(_told(built, breaches, can_be_exempt=False))


def _turn(shift: Shift, person: Person) -> rostering.Turn:
    return rostering.Turn(duty_id=str(shift.position), person_id=person.number)


def _seen(number: str, revision: int, *, by: Actor) -> Roster:
    """Return a roster as the actor has seen it: an older page is told before anything else.

    Raises:
        NotVisibleError: absent, or another unit's.
        StaleStateError: it has another revision by now.
    """
    roster = roster_of(number, by=by)
    if roster.revision != revision:
        raise StaleStateError("这张值班表刚被他人改动，请刷新后再试。")
    return roster


def _hold(roster: Roster) -> None:
    """Keep everyone else from putting the same people on duty until this transaction ends."""
    people = Person.objects.filter(rosters=roster) | Person.objects.filter(
        turns__shift__roster=roster
    )
    list(
        Person.objects.filter(pk__in=people.values("pk"))
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )


def _shift(built: Built, position: int, *, at: datetime) -> Shift:
    shift = built.shifts.get(str(position))
    if shift is None:
        raise InvalidInputError("没有这个班次，请刷新后再试。", field="shift")
    if shift.starts_at < at:
        raise UnableToRosterError("这一班已经开始，不能再改。")
    return shift


def _person(roster: Roster, number: str) -> Person:
    people = Person.objects.filter(number=number, is_active=True)
    found = people.filter(unit__path__startswith=roster.unit.path).first()
    if found is None:
        raise InvalidInputError("没有这个人，或不在本单位，请重新选择。", field="person")
    return found


def _told(built: Built, breaches: Sequence[rostering.Breach], *, can_be_exempt: bool) -> str:
    lines = list(dict.fromkeys(names_of(built, breaches)))
    more = f"\n……共 {len(lines)} 处" if len(lines) > MOST_TOLD else ""
    hint = "\n确需破例的，请写明原因。" if can_be_exempt else ""
    return "\n".join(lines[:MOST_TOLD]) + more + hint
