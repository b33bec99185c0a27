"""What can be done for overloaded transformers, from their curves and from what things cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

import numpy as np
import numpy.typing as npt

from dianliang.engines.loading import NO_W, POINTS, Carried
from dianliang.engines.relief import (
    HEAVY,
    Area,
    Kind,
    Measure,
    Profile,
    balance_relief,
    is_kept,
    storage_relief,
)
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.phrases import Phrase, kept

LEAST_CUSTOMER_KW, LEAST_CUSTOMER_SHARE = 15.0, 0.2
"""A customer with a smaller peak, or a smaller share of the rated capacity, stays where it is."""
MOST_CUSTOMERS = 3
MOST_TRANSFER_M = 1500.0
TRANSFERRED = 0.3
"""The share of its load that a transformer hands to a neighbour on the same line."""
SPARE_KWH = 1.1
"""A battery is bought a tenth larger than what it would just need: it ages."""
DAYS_ON_END = (0,)
"""The points of a month follow each other: a run goes over midnight."""
KIND_LABELS = {
    Kind.DEDICATED: "专用变压器",
    Kind.TRANSFER: "负荷转移",
    Kind.BALANCE: "三相平衡",
    Kind.STORAGE: "储能",
    Kind.ENLARGE: "增容",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What measures cost the company (造价口径), in CNY, as the table of prices tells.

    `larger_cny` is what a transformer of each rating in kVA costs in the place of a smaller one;
    the ratings are those that the company buys.
    """

    dedicated_cny: float
    balance_cny: float
    transfer_cny: float
    storage_cny_per_kwh: float
    larger_cny: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A transformer with what it carried; `customers` are its greatest ones, kW at each point.

    `storage` names a battery that stands there already: what was measured is with it.
    """

    number: str
    name: str
    capacity_kva: float
    power_factor: float
    feeder: str
    at: GeoPoint | None
    carried: Carried
    is_wanting: bool
    customers: Mapping[str, Profile] = field(default_factory=dict[str, Profile])
    storage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Offer:
    """A measure with what it is in words."""

    measure: Measure
    words: str

    @property
    def told(self) -> dict[str, object]:
        """Return it as a proposal keeps it."""
        return {
            "id": self.measure.id,
            "kind": self.measure.kind.value,
            "label": KIND_LABELS[self.measure.kind],
            "words": kept(self.words),
            "cost_cny": round(self.measure.cost_cny, 2),
            "units": self.measure.units,
        }


def filled(load_w: npt.NDArray[np.int64]) -> Profile:
    """Return kW at each point; one that is not known takes the mean of its time of day.

    Where a time of day was never read, the load is 0: it can only be that nothing was measured.
    """
    days = load_w.reshape(-1, POINTS).astype(float)
    days[days == NO_W] = np.nan
    count = (~np.isnan(days)).sum(axis=0)
    mean = np.where(count > 0, np.nansum(days, axis=0) / np.maximum(count, 1), 0.0)
    kw: Profile = (np.where(np.isnan(days), mean[None, :], days) / 1000).ravel()
    return kw


def area_of(scene: Scene, prices: Prices) -> Area:
    """Return a transformer as the engine wants it: as full as thrice its worst phase, if known."""
    area = Area(
        id=scene.number,
        capacity_kva=scene.capacity_kva,
        loads_kw=_fullness(scene),
        power_factor=scene.power_factor,
    )
    steps = larger(area, prices) if scene.is_wanting else ()
    enough = [kva for kva in steps if _is_enough(area, kva)]
    return replace(area, enlarging_cny=prices.larger_cny[enough[0]] if enough else None)


def larger(area: Area, prices: Prices) -> Sequence[int]:
    """Return the ratings above an area's own, up to the first that relieves it alone."""
    found = list[int]()
    for kva in sorted(prices.larger_cny):
        if kva > area.capacity_kva:
            found.append(kva)
            if _is_enough(area, kva):
                break
    return found


def _is_enough(area: Area, kva: int) -> bool:
    return is_kept(area.loads_kw, replace(area, capacity_kva=kva), HEAVY, DAYS_ON_END)


def _fullness(scene: Scene) -> Profile:
    if scene.carried.thrice_w is None or not scene.is_wanting:
        return filled(scene.carried.load_w)
    fullest: Profile = np.stack([filled(phase) for phase in scene.carried.thrice_w]).max(axis=0)
    return fullest


def offers(scenes: Sequence[Scene], prices: Prices) -> list[Offer]:
    """Return what can be done for the transformers that want it."""
    return [
        offer
        for scene in scenes
        if scene.is_wanting
        for offer in (
            *_dedicated(scene, prices),
            *_balance(scene, prices),
            *_transfer(scene, scenes, prices),
            *_storage(scene, prices),
            *_enlarging(scene, prices),
        )
    ]


def _dedicated(scene: Scene, prices: Prices) -> Iterator[Offer]:
    peaks = {meter: float(kw.max(initial=0.0)) for meter, kw in scene.customers.items()}
    for meter in sorted(peaks, key=lambda one: -peaks[one])[:MOST_CUSTOMERS]:
        if peaks[meter] < max(LEAST_CUSTOMER_KW, LEAST_CUSTOMER_SHARE * scene.capacity_kva):
            continue
        measure = Measure(
            id=f"{scene.number}/专变/{meter}",
            area_id=scene.number,
            kind=Kind.DEDICATED,
            relief_kw=scene.customers[meter],
            cost_cny=prices.dedicated_cny,
            units=1,
            group=meter,
        )
        words = "%(meter)s 改由专变供电，实测最大 %(kw).0f kW"
        yield Offer(measure=measure, words=Phrase(words, meter=meter, kw=peaks[meter]))


def _balance(scene: Scene, prices: Prices) -> Iterator[Offer]:
    if scene.carried.thrice_w is None:
        return
    phases = np.stack([filled(phase) / 3 for phase in scene.carried.thrice_w])
    relief = balance_relief(phases)
    if relief.max(initial=0.0) <= 0:
        return
    measure = Measure(
        id=f"{scene.number}/平衡",
        area_id=scene.number,
        kind=Kind.BALANCE,
        relief_kw=relief,
        cost_cny=prices.balance_cny,
    )
    words = Phrase("调整三相接线，最多减轻 %(kw).0f kW", kw=float(relief.max()))
    yield Offer(measure=measure, words=words)


def _transfer(scene: Scene, scenes: Sequence[Scene], prices: Prices) -> Iterator[Offer]:
    """Offer to hand load to the emptiest neighbour on the same line that is near."""
    near = [
        other
        for other in scenes
        if other.number != scene.number
        and not other.is_wanting
        and other.feeder == scene.feeder
        and scene.at is not None
        and other.at is not None
        and scene.at.distance_m(other.at) <= MOST_TRANSFER_M
    ]
    if not near:
        return
    to = min(
        near, key=lambda one: (filled(one.carried.load_w).max() / one.capacity_kva, one.number)
    )
    moved = filled(scene.carried.load_w) * TRANSFERRED
    measure = Measure(
        id=f"{scene.number}/转移/{to.number}",
        area_id=scene.number,
        kind=Kind.TRANSFER,
        relief_kw=moved,
        cost_cny=prices.transfer_cny,
        to_area=to.number,
    )
    words = Phrase(
        "约三成负荷转到 %(number)s %(name)s，最多 %(kw).0f kW",
        number=to.number,
        name=to.name,
        kw=float(moved.max()),
    )
    yield Offer(measure=measure, words=words)


def _storage(scene: Scene, prices: Prices) -> Iterator[Offer]:
    """Offer the battery that shaves each day's load to just below the heavy line."""
    loads = _fullness(scene)
    limit = HEAVY.limit * scene.capacity_kva * scene.power_factor
    over = np.clip(loads - limit * 0.98, 0, None)
    if not over.any():
        return
    noon_to_noon = over[POINTS // 2 : -(POINTS // 2)].reshape(-1, POINTS)
    needed_kwh = max(float(noon_to_noon.sum(axis=1).max(initial=0.0)) / 4, float(over.max()) / 4)
    power_kw, energy_kwh = ceil(float(over.max())), ceil(needed_kwh * SPARE_KWH)
    measure = Measure(
        id=f"{scene.number}/储能",
        area_id=scene.number,
        kind=Kind.STORAGE,
        relief_kw=storage_relief(loads, power_kw=power_kw, energy_kwh=energy_kwh),
        cost_cny=energy_kwh * prices.storage_cny_per_kwh,
    )
    yield Offer(measure=measure, words=_battery_words(scene, power_kw, energy_kwh))


def _battery_words(scene: Scene, power_kw: int, energy_kwh: int) -> Phrase:
    told = {"kw": power_kw, "kwh": energy_kwh}
    if not scene.storage:
        return Phrase("储能 %(kw)d kW / %(kwh)d kWh", **told)
    return Phrase(
        "储能 %(kw)d kW / %(kwh)d kWh，在已有的 %(there)s 之外（实测曲线已含它的作用）",
        there=scene.storage,
        **told,
    )


def _enlarging(scene: Scene, prices: Prices) -> Iterator[Offer]:
    """Offer each rating that may matter: a smaller step may do together with another measure."""
    area = area_of(scene, prices)
    for kva in larger(area, prices):
        measure = Measure(
            id=f"{scene.number}/增容/{kva}",
            area_id=scene.number,
            kind=Kind.ENLARGE,
            relief_kw=np.zeros_like(area.loads_kw),
            cost_cny=prices.larger_cny[kva],
            units=1,
            to_capacity_kva=float(kva),
        )
        words = Phrase("%(now).0f kVA 换成 %(then)d kVA", now=scene.capacity_kva, then=kva)
        yield Offer(measure=measure, words=words)
