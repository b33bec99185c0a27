"""The thresholds of a camera: their names for people, and the ranges that they may be in."""

from collections.abc import Mapping

MOST_KEPT_DAYS = 30
"""What people were promised: pictures are deleted after so long at the latest."""
RULES: Mapping[str, tuple[str, float, float]] = {
    "dwell_s": ("停留时间", 1, 3600),
    "least_people": ("最少人数", 1, 20),
    "least_confidence": ("最低把握", 0, 1),
    "debounce_s": ("重复预警间隔", 0, 86400),
    "escalate_s": ("喊话后派单", 0, 86400),
    "quiet_from_min": ("静音起", 0, 1440),
    "quiet_until_min": ("静音止", 0, 1440),
    "retention_days": ("画面保存天数", 1, MOST_KEPT_DAYS),
}
"""Each threshold with its name and the range that it may be in."""
WHOLE = frozenset({"least_people", "quiet_from_min", "quiet_until_min", "retention_days"})
