"""What a person sees of his own duty: turns to come, exchanges, and who could take a turn over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dianliang.domain.rosters.lifecycle import SWAP_OPEN
from dianliang.domain.rosters.models import Swap, Turn
from dianliang.domain.rosters.queries import OnDuty, duties_of, swaps_of
from dianliang.domain.workforce.models import Person
from dianliang.engines import rostering
from dianliang.flows.rosters.building import build
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

MOST_OFFERS = 24
AHEAD = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapRow:
    """An exchange of turns, in words."""

    number: str
    giver: str
    taker: str
    taker_number: str
    giver_number: str
    shift: str
    back: str
    reason: str
    status: str
    status_label: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDuties:
    """What a person sees of his own duty: turns to come, and exchanges that concern him."""

    turns: tuple[OnDuty, ...]
    swaps: tuple[SwapRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Somebody who may lawfully take one's turn over, for nothing or for a turn of his."""

    number: str
    name: str
    weighted_h: float
    back: int | None
    back_words: str


def own(*, by: Actor, at: datetime) -> OwnDuties:
    """Return an actor's own turns of the coming month and the exchanges that are not settled."""
    person = Person.objects.filter(number=by.person_number or "-").first()
    if person is None:
        return OwnDuties(turns=(), swaps=())
    return OwnDuties(
        turns=duties_of(person.pk, since=at, until=at + AHEAD),
        swaps=tuple(swap_row(swap) for swap in swaps_of(person.pk)),
    )


def offers(*, number: str, shift: int, by: Actor, at: datetime) -> tuple[Offer, ...]:
    """Return who may take an actor's own turn over, the least loaded first, then exchanges.

    Raises:
        NotVisibleError: the actor has no such turn, or it has begun.
    """
    own_ = Turn.objects.filter(
        is_live=True, shift__roster__number=number, person__number=by.person_number or "-"
    )
    mine = own_.filter(shift__position=shift, shift__starts_at__gt=at).first()
    if mine is None:
        raise NotVisibleError("没有找到您的这一班，或它已经开始。")
    built = build(mine.shift.roster, at=at)
    leaves = rostering.Turn(duty_id=str(shift), person_id=by.person_number)
    load = {each.person_id: each for each in rostering.loads_of(built.problem, built.live)}
    found = [
        Offer(
            number=each.person_id,
            name=built.people[each.person_id].name,
            weighted_h=load[each.person_id].weighted_s / 3600,
            back=None,
            back_words="",
        )
        for each in rostering.candidates(built.problem, built.live, leaves)
        if each.is_lawful
    ]
    for back in sorted(built.live, key=lambda turn: int(turn.duty_id)):
        if len(found) >= MOST_OFFERS or back.person_id == by.person_number:
            continue
        joins = {
            rostering.Turn(duty_id=leaves.duty_id, person_id=back.person_id),
            rostering.Turn(duty_id=back.duty_id, person_id=by.person_number),
        }
        if joins & built.live or back.duty_id == leaves.duty_id:
            continue
        if rostering.objections(built.problem, built.live, leaves={leaves, back}, joins=joins):
            continue
        behind = built.shifts[back.duty_id]
        found.append(
            Offer(
                number=back.person_id,
                name=built.people[back.person_id].name,
                weighted_h=load[back.person_id].weighted_s / 3600,
                back=behind.position,
                back_words=_when(behind.starts_at, behind.ends_at),
            )
        )
    return tuple(found)


def swap_row(swap: Swap) -> SwapRow:
    """Return an exchange as pages show it."""
    return SwapRow(
        number=swap.number,
        giver=swap.giver.name,
        taker=swap.taker.name,
        giver_number=swap.giver.number,
        taker_number=swap.taker.number,
        shift=_when(swap.shift.starts_at, swap.shift.ends_at),
        back=_when(swap.back.starts_at, swap.back.ends_at) if swap.back else "",
        reason=swap.reason,
        status=swap.status,
        status_label=swap.get_status_display(),
        is_open=swap.status in SWAP_OPEN,
    )


def _when(starts_at: datetime, ends_at: datetime) -> str:
    begin, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    return f"{begin:%m-%d %H:%M}–{end:%H:%M}"
