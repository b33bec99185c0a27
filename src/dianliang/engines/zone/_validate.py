"""Find everything that is wrong with a zone before it is scheduled, all at once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dianliang.engines.zone._model import Battery, Flexible, Profile, Tariff, Zone


class ErrorCode(StrEnum):
    """What is wrong with an input."""

    BAD_PROFILE = "bad_profile"
    BAD_ZONE = "bad_zone"
    BAD_BATTERY = "bad_battery"
    BAD_FLEXIBLE = "bad_flexible"
    BAD_TARIFF = "bad_tariff"
    TOO_LITTLE_POWER = "too_little_power"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneError:
    """One thing that is wrong: its kind, the id it is about, and words."""

    code: ErrorCode
    id: str
    words: str


class InvalidZoneError(ValueError):
    """A zone that cannot be scheduled as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[ZoneError, ...]) -> None:
        super().__init__("；".join(error.words for error in errors[:5]))
        self.errors = errors


def validate(zone: Zone, tariff: Tariff, carbon_kg_per_kwh: Profile) -> tuple[ZoneError, ...]:
    """Return every error of a zone; an empty tuple means it can be scheduled."""
    return tuple(_all(zone, tariff, carbon_kg_per_kwh))


def _all(zone: Zone, tariff: Tariff, carbon: Profile) -> Iterator[ZoneError]:
    profiles = {
        "负荷": zone.load_kw,
        "光伏": zone.sun_kw,
        "购电价": tariff.buy_cny_per_kwh,
        "上网电价": tariff.sell_cny_per_kwh,
        "碳排放因子": carbon,
    }
    wrong = list[ZoneError]()
    for name, profile in profiles.items():
        wrong += _profile(name, profile, zone.points)
    yield from wrong
    if not wrong:
        yield from _signs(zone, tariff)
    yield from _zone(zone)
    if zone.battery is not None:
        yield from _battery(zone.battery)
    names = Counter(each.id for each in zone.flexible)
    for each in zone.flexible:
        yield from _flexible(each, zone, is_twice=names[each.id] > 1)


def _error(code: ErrorCode, words: str, id_: str = "") -> ZoneError:
    return ZoneError(code=code, id=id_, words=words)


def _profile(name: str, profile: Profile, points: int) -> Iterator[ZoneError]:
    if profile.ndim != 1 or len(profile) != points or not points:
        words = f"{name}应有 {points} 个点，与负荷一样多，且至少一个。"
        yield _error(ErrorCode.BAD_PROFILE, words, name)
    elif not np.isfinite(profile).all():
        first = int(np.flatnonzero(~np.isfinite(profile))[0]) + 1
        yield _error(ErrorCode.BAD_PROFILE, f"{name}的第 {first} 个点不是数，请先补齐。", name)


def _signs(zone: Zone, tariff: Tariff) -> Iterator[ZoneError]:
    for name, profile in (("负荷", zone.load_kw), ("光伏", zone.sun_kw)):
        if (profile < 0).any():
            first = int(np.flatnonzero(profile < 0)[0]) + 1
            words = f"{name}的第 {first} 个点是负数：用电和发电分开填，都不小于 0。"
            yield _error(ErrorCode.BAD_PROFILE, words, name)
    if not 0 <= tariff.demand_cny_per_kw < np.inf:
        yield _error(ErrorCode.BAD_TARIFF, "需量电价应是不小于 0 的数（元/千瓦）。")
    dearer = np.flatnonzero(tariff.sell_cny_per_kwh > tariff.buy_cny_per_kwh)
    if dearer.size:
        words = f"第 {int(dearer[0]) + 1} 个点的上网电价高于购电价：买来就卖也能赚钱，请核对电价。"
        yield _error(ErrorCode.BAD_TARIFF, words)


def _zone(zone: Zone) -> Iterator[ZoneError]:
    if not 0 < zone.step_h <= 24:
        yield _error(ErrorCode.BAD_ZONE, "每个点的时长应在 0 与 24 小时之间。")
    if not 0 < zone.converter <= 1:
        yield _error(ErrorCode.BAD_ZONE, "换流效率应在 0 与 1 之间。")
    if not (0 <= zone.most_import_kw < np.inf and 0 <= zone.most_export_kw < np.inf):
        yield _error(ErrorCode.BAD_ZONE, "购电和上网的功率上限应是不小于 0 的数（kW）。")
    if len(zone.month) != zone.points or not _is_numbered(zone):
        words = "每个点要写明属于第几个结算月：从 0 开始，中间不跳号。"
        yield _error(ErrorCode.BAD_ZONE, words)
    elif any(not 0 <= peak < np.inf for peak in zone.peaks_kw):
        yield _error(ErrorCode.BAD_ZONE, "已有的最大需量应是不小于 0 的数（kW）。")
    elif zone.peaks_kw and len(zone.peaks_kw) != zone.months:
        yield _error(ErrorCode.BAD_ZONE, f"已有的最大需量应有 {zone.months} 个，每个结算月一个。")


def _is_numbered(zone: Zone) -> bool:
    """Tell whether months are numbered from 0 without a gap: each has a column of its own."""
    is_few = zone.months <= zone.points
    return is_few and np.array_equal(np.unique(zone.month), np.arange(zone.months))


def _battery(battery: Battery) -> Iterator[ZoneError]:
    if not (0 <= battery.power_kw < np.inf and 0 <= battery.energy_kwh < np.inf):
        yield _error(ErrorCode.BAD_BATTERY, "储能的功率和容量不能是负数。")
    if not (0 < battery.efficiency <= 1 and 0 <= battery.wear_cny_per_kwh < np.inf):
        yield _error(ErrorCode.BAD_BATTERY, "储能效率应在 0 与 1 之间，损耗成本不能是负数。")
    if not 0 <= battery.first_kwh <= battery.energy_kwh:
        yield _error(ErrorCode.BAD_BATTERY, "储能的初始电量应在 0 与容量之间。")


def _flexible(each: Flexible, zone: Zone, *, is_twice: bool) -> Iterator[ZoneError]:
    name = f"柔性负荷 {each.id}"
    if is_twice:
        yield _error(ErrorCode.BAD_FLEXIBLE, f"{name} 出现了不止一次，请只留一个。", each.id)
    if not 0 <= each.first < each.end <= zone.points:
        words = f"{name} 的时段应在第 0 到第 {zone.points} 个点之内，止晚于起。"
        yield _error(ErrorCode.BAD_FLEXIBLE, words, each.id)
        return
    if not (0 <= each.energy_kwh < np.inf and 0 <= each.most_kw < np.inf):
        yield _error(ErrorCode.BAD_FLEXIBLE, f"{name} 的电量和功率不能是负数。", each.id)
    elif each.energy_kwh > each.most_kw * zone.step_h * (each.end - each.first) * (1 + 1e-9):
        words = (
            f"{name} 在它的时段里用不完 {each.energy_kwh:g} 千瓦时，"
            f"最大功率 {each.most_kw:g} 千瓦不够。"
        )
        yield _error(ErrorCode.BAD_FLEXIBLE, words, each.id)
