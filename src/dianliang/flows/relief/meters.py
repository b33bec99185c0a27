"""The curves of single meters, for who asks what a customer's own transformer would take off."""

from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dianliang.engines.loading import NO_W, POINTS, Network, Span, rows_of
from dianliang.engines.relief import Profile
from dianliang.flows.energy.running import each_feature, within
from dianliang.integrations.curve_store import CurveStore, batches


def greatest(
    store: CurveStore, network: Network, span: Span, *, transformers: Collection[str], most: int
) -> dict[str, list[str]]:
    """Return the meters that draw most energy on each transformer, greatest first.

    Meters that measure a whole transformer are nobody's. One pass over the days.

    Raises:
        CurveStoreError: the store is damaged.
    """
    wanted = {
        number: meter.transformer
        for number, meter in network.meters.items()
        if meter.transformer in transformers and not meter.is_main
    }
    among = pa.array(sorted(wanted), pa.string())
    energy: Counter[str] = Counter()
    for batch in each_feature(store, span):
        energies = pa.table({name: batch.column(name) for name in ("meter", "energy_kwh")})
        own = energies.filter(pc.is_in(energies["meter"], among))
        sums = own.group_by("meter").aggregate([("energy_kwh", "sum")]).to_pydict()
        energy.update(
            {
                number: kwh or 0.0
                for number, kwh in zip(sums["meter"], sums["energy_kwh_sum"], strict=True)
            }
        )
    found: dict[str, list[str]] = {}
    for number, _kwh in energy.most_common():
        own = found.setdefault(wanted[number], [])
        if len(own) < most:
            own.append(number)
    return found


def curves_of(store: CurveStore, span: Span, numbers: Collection[str]) -> Mapping[str, Profile]:
    """Return kW at each point of some meters; what was not read takes nothing off.

    Raises:
        CurveStoreError: the store is damaged.
    """
    found = {number: np.zeros((span.days, POINTS)) for number in numbers}
    for part in store.slices(span):
        for whole in batches(part):
            rows = rows_of(within(whole, span))
            spots = [found.get(number) for number in rows.numbers]
            asked = np.array([spot is not None for spot in spots], bool)
            for row in np.flatnonzero(asked[rows.meter]):
                curve = spots[rows.meter[row]]
                power = rows.power[row]
                if curve is not None:
                    curve[rows.day[row] - span.first] = np.where(power == NO_W, 0, power) / 1000
    return {number: curve.ravel() for number, curve in found.items()}
