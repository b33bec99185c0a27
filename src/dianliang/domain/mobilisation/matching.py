"""Which free resources fit a request best, and why: nearest first. A person decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many are wanted where; each should be able to do `least`, in `measure_unit`."""

    quantity: int
    at: GeoPoint
    least: float | None = None
    measure_unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that could be sent. `blocked` says why it cannot, empty if it can."""

    id: str
    at: GeoPoint
    capacity: float | None = None
    blocked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An offer with what speaks for it or against it; `is_chosen` if it is proposed."""

    id: str
    distance_km: float
    reasons: tuple[str, ...]
    why_not: str
    is_chosen: bool


def propose(wanted: Wanted, offers: Sequence[Offer]) -> tuple[Proposal, ...]:
    """Return every offer, those that can be sent first, the nearest first; enough are chosen.

    Distances are great circles: roads are longer, and longer still under water. Among equally near
    ones the smallest that suffices goes first, so that large ones stay for who needs them.
    """
    judged = sorted((_judged(wanted, offer) for offer in offers), key=_rank)
    left = wanted.quantity
    found = []
    for proposal, _capacity in judged:
        is_chosen = left > 0 and not proposal.why_not
        left -= is_chosen
        found.append(
            Proposal(
                id=proposal.id,
                distance_km=proposal.distance_km,
                reasons=proposal.reasons,
                why_not=proposal.why_not,
                is_chosen=is_chosen,
            )
        )
    return tuple(found)


def _rank(judged: tuple[Proposal, float]) -> tuple[bool, float, float, str]:
    proposal, capacity = judged
    return bool(proposal.why_not), proposal.distance_km, capacity, proposal.id


def _judged(wanted: Wanted, offer: Offer) -> tuple[Proposal, float]:
    distance = round(wanted.at.distance_m(offer.at) / 1000, 1)
    why_not = offer.blocked
    reasons = [Phrase("直线距离 %(km)s km", km=f"{distance:g}")]
    if wanted.least is not None:
        least = _measured(wanted.least, wanted.measure_unit)
        has = _measured(offer.capacity or 0, wanted.measure_unit)
        if offer.capacity is None:
            why_not = why_not or Phrase("能力未登记")
        elif offer.capacity < wanted.least:
            short = Phrase("能力 %(has)s，不足 %(least)s", has=has, least=least)
            why_not = why_not or short
        else:
            reasons.append(Phrase("能力 %(has)s，满足 %(least)s", has=has, least=least))
    proposal = Proposal(
        id=offer.id,
        distance_km=distance,
        reasons=tuple(reasons),
        why_not=why_not,
        is_chosen=False,
    )
    return proposal, offer.capacity or 0.0


def _measured(value: float, unit: str) -> str:
    return (
        Phrase("%(value)s %(unit)s", value=f"{value:g}", unit=Phrase(unit))
        if unit
        else f"{value:g}"
    )
