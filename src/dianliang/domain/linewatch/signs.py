"""Which signs a span over water must have, as a list to go through on the spot.

Basis: 电力设施保护条例 (State Council, 2011), article 11: warning signs where people often go under
overhead lines and where lines cross waters; article 10: how wide the protected strip is.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the list."""

    code: str
    wording: str


SIGNS = (
    Sign("B01", "跨越水面的导线两侧岸边立“高压危险 禁止钓鱼”警示牌"),
    Sign("B02", "通往水边的每个路口立警示牌"),
    Sign("B03", "警示牌写明电压等级、安全距离和 95598"),
    Sign("B04", "警示牌字迹清楚、没有倾倒和遮挡"),
    Sign("B05", "两端杆塔有线路名称和杆号牌"),
    Sign("B06", "告知牌写明此处有摄像机，画面不识别任何人"),
    Sign("B07", "已口头或书面告知塘主、承包人或渔政"),
)
CODES = {one.code: one.wording for one in SIGNS}
STRIP_M = ((1.0, 0.0), (10.0, 5.0), (110.0, 10.0), (330.0, 15.0), (500.0, 20.0))
"""Up to which voltage in kV the strip beside the outer conductors is how wide, in metres."""
WIDEST_M = 20.0


def strip_m(voltage_kv: float) -> float:
    """Return how far the protected strip reaches beside the outer conductors, in metres.

    Source: 电力设施保护条例, article 10: 5 m up to 10 kV, 10 m up to 110 kV, 15 m up to 330 kV,
    20 m for 500 kV.
    """
    return next((width for most, width in STRIP_M if voltage_kv <= most), WIDEST_M)
