"""Which free resources fit a request best, and why: nearest first. A person decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from dianliang.kernel.geo import GeoPoint


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
    reasons, why_not = [f"直线距离 {distance:g} km"], offer.blocked
    if wanted.least is not None:
        unit = f" {wanted.measure_unit}".rstrip()
        if offer.capacity is None:
            why_not = why_not or "能力未登记"
        elif offer.capacity < wanted.least:
            short = f"能力 {offer.capacity:g}{unit}，不足 {wanted.least:g}{unit}"
            why_not = why_not or short
        else:
            reasons.append(f"能力 {offer.capacity:g}{unit}，满足 {wanted.least:g}{unit}")
    proposal = Proposal(
        id=offer.id,
        distance_km=distance,
        reasons=tuple(reasons),
        why_not=why_not,
        is_chosen=False,
    )
    return proposal, offer.capacity or 0.0
