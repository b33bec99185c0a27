"""The curves of firms out of the store: one pass over the files, whatever else is in them."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dianliang.engines.enterprise import POINTS, Gathering
from dianliang.engines.loading import DAY, METER, POWER, Span
from dianliang.flows.enterprises.firm_files import Supply
from dianliang.integrations.curve_store import CurveStore, batches

Ints32 = npt.NDArray[np.int32]
AT_ONCE = 2_000
"""Firms whose year is held in memory together: 350 MB."""


def curves_of(
    store: CurveStore,
    supplies: Sequence[Supply],
    span: Span,
    *,
    progress: Callable[[float], None] = lambda _: None,
) -> Ints32:
    """Return what firms drew on the days of a span: (F, D, 96) in W, `NO_W` where not all was read.

    Raises:
        CurveStoreError: the store is damaged.
    """
    days = (span.until_on - span.from_on).days
    gathered = Gathering(
        meters=np.array([len(one.meters) for one in supplies], np.int64), days=days
    )
    owner = {meter: f for f, one in enumerate(supplies) for meter in one.meters}
    first = np.datetime64(span.from_on, "D").astype(np.int32)
    slices = store.slices(span, groups=4)
    for done, part in enumerate(slices, start=1):
        for batch in batches(part, columns=[METER, DAY, POWER]):
            firm = _owners(batch.column(METER), owner)
            mine = firm >= 0
            if not mine.any():
                continue
            day = batch.column(DAY).cast(pa.int32()).to_numpy() - first
            power = batch.column(POWER).flatten().to_numpy().reshape(-1, POINTS)
            gathered.add(power_w=power, firm=firm, day=day)
        progress(done / len(slices))
    return gathered.power_w()


def _owners(meter: pa.Array, owner: dict[str, int]) -> Ints32:
    """Return whose each row is, −1 for nobody's."""
    if not isinstance(meter, pa.DictionaryArray):
        meter = meter.dictionary_encode()
    known = [owner.get(number, -1) for number in meter.dictionary.to_pylist()]
    found: Ints32 = np.array(known, np.int32)[meter.indices.to_numpy()]
    return found
