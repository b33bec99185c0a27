"""How heavily a transformer is loaded, from its recorded peak: two lines that everybody knows.

What the load does hour by hour, and what it will do, is the business of an engine of its own.
"""

from enum import StrEnum

POWER_FACTOR = 0.95
"""What a compensated distribution transformer keeps at its highest load: a peak is recorded in kW,
a capacity in kVA. A utility that measures it will replace this one number."""
HEAVY_FROM, OVER_FROM = 0.8, 1.0
"""重载 and 过载, as shares of the rated capacity."""


class Strain(StrEnum):
    """What a peak means for a transformer."""

    UNKNOWN = "unknown"
    NORMAL = "normal"
    HEAVY = "heavy"
    OVER = "over"


STRAIN_LABELS = {
    Strain.UNKNOWN: "无负荷数据",
    Strain.NORMAL: "正常",
    Strain.HEAVY: "重载",
    Strain.OVER: "过载",
}


def load_share(*, peak_kw: float | None, capacity_kva: int) -> float | None:
    """Return the peak as a share of the rated capacity; None without a peak."""
    return None if peak_kw is None else peak_kw / POWER_FACTOR / capacity_kva


def strain(share: float | None) -> Strain:
    """Tell what a share of the capacity means: 80 % is heavy already, 100 % too much."""
    if share is None:
        return Strain.UNKNOWN
    shown = round(share, 3)  # so that what a page calls 80.0 % is heavy
    if shown >= OVER_FROM:
        return Strain.OVER
    return Strain.HEAVY if shown >= HEAVY_FROM else Strain.NORMAL
