"""What a power factor costs, and the capacitors that would mend it."""

from dataclasses import dataclass

import numpy as np

from dianliang.engines.enterprise._model import Floats

STEP_KVAR = 10.0
"""Capacitors are bought in steps; a size is rounded up."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reactive:
    """Surcharge of the months read and the rebate missed in CNY, and what would mend both.

    `low_cny` is the surcharge alone, `high_cny` reaches `target`; `kvar` compensates the worst
    month's running hours to `target`.
    """

    low_cny: float
    high_cny: float
    target: float
    kvar: float
    worst_month: int
    worst_factor: float
    months_read: int


def reactive_of(
    *, kwh: Floats, kvarh: Floats, base_cny: Floats, rates: Floats, running_hours: Floats
) -> Reactive | None:
    """Return what better power factors would be worth; all months (M,), `kvarh` NaN where unread.

    `base_cny` is what the adjustment is a share of, `rates` (101,) the share by hundredths. None
    if nothing was read. As the notice has it the factor is that of the month's energies.
    """
    read = ~np.isnan(kvarh) & (kwh > 0)
    if not read.any():
        return None
    kwh, kvarh, base = kwh[read], kvarh[read], base_cny[read]
    factor = kwh / np.hypot(kwh, kvarh)
    rate = rates[np.floor(factor * 100 + 0.5 + 1e-9).astype(np.int64)]
    target = int(np.argmax(rates <= rates.min() + 1e-12)) / 100
    too_much = kvarh - kwh * np.sqrt(1 / target**2 - 1)
    need = np.maximum(0.0, too_much) / np.maximum(running_hours[read], 1.0)
    worst = int(factor.argmin())
    return Reactive(
        low_cny=float((base * np.maximum(rate, 0.0)).sum()),
        high_cny=float((base * (rate - rates.min())).sum()),
        target=target,
        kvar=float(np.ceil(need.max() / STEP_KVAR - 1e-9) * STEP_KVAR),
        worst_month=int(np.flatnonzero(read)[worst]),
        worst_factor=float(factor[worst]),
        months_read=int(read.sum()),
    )
