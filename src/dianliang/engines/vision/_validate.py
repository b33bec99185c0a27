"""Find everything that is wrong with a camera's configuration, all at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from math import isfinite

from dianliang.engines.vision._model import Zone
from dianliang.engines.vision._rules import DAY_MINUTES, Camera
from dianliang.engines.vision._zones import guarded

GROUPS = ("detection", "tracking", "dwell", "rod", "warning", "health")
SHARES = frozenset(
    {
        "person_share",
        "moved_share",
        "sure",
        "unsure",
        "least_overlap",
        "colours",
        "crowded",
        "margin",
        "stranger",
        "least_seen",
        "least_confidence",
        "shake",
        "moved",
        "alike",
        "rain_share",
        "clear_share",
        "swift_share",
    }
)
POSITIVE = frozenset(
    {
        "rate_hz",
        "calm_hz",
        "idle_s",
        "every_s",
        "settle_s",
        "learn_s",
        "pictures",
        "background_pictures",
    }
)
LONGEST_S = 24 * 3600.0
LEAST_AREA = 1e-5
"""Share of the picture below which a zone is a line or a dot."""


class InvalidCameraError(ValueError):
    """A camera that cannot be watched as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("；".join(errors[:5]))
        self.errors = errors


def validate(camera: Camera) -> tuple[str, ...]:
    """Return every error of a camera in words; an empty tuple means it can be watched."""
    return tuple(_all(camera))


def check(camera: Camera) -> None:
    """Refuse a camera that cannot be watched.

    Raises:
        InvalidCameraError: it lists everything that is wrong.
    """
    errors = validate(camera)
    if errors:
        raise InvalidCameraError(errors)


def _all(camera: Camera) -> Iterator[str]:
    if not guarded(camera.zones):
        yield "至少要划一个危险区或水边区。"
    for id_, times in Counter(zone.id for zone in camera.zones).items():
        if times > 1:
            yield f"区域 {id_} 出现了 {times} 次，请只留一个。"
    for zone in camera.zones:
        yield from _zone(zone)
    for group in GROUPS:
        rules = getattr(camera, group)
        for name in (one.name for one in fields(rules)):
            yield from _number(f"{group}.{name}", name, getattr(rules, name))
    if camera.tracking.unsure > camera.tracking.sure:
        yield "tracking.unsure 应不大于 tracking.sure。"


def _zone(zone: Zone) -> Iterator[str]:
    if len(zone.corners) < 3:
        yield f"区域 {zone.id} 至少要三个角。"
        return
    if not all(isfinite(x) and 0 <= x <= 1 for corner in zone.corners for x in corner):
        yield f"区域 {zone.id} 的角应是画面宽、高的份额，在 0 到 1 之间。"
        return
    ring = zip(zone.corners, (*zone.corners[1:], zone.corners[0]), strict=True)
    if abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in ring)) / 2 < LEAST_AREA:
        yield f"区域 {zone.id} 的面积几乎为零，请重新划定。"
    if not 0 < zone.dwell_s <= LONGEST_S:
        yield f"区域 {zone.id} 的停留时间应大于 0 秒、不超过一天。"


def _number(path: str, name: str, value: float) -> Iterator[str]:
    if not isfinite(value) or value < 0:
        yield f"{path} 应是不小于 0 的数。"
    elif name in SHARES and value > 1:
        yield f"{path} 应在 0 到 1 之间。"
    elif name in POSITIVE and value == 0:
        yield f"{path} 应大于 0。"
    elif name.endswith("_min") and value > DAY_MINUTES:
        yield f"{path} 是一天里的分钟，应不超过 {DAY_MINUTES}。"
