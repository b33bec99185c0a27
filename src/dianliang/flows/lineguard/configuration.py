"""Cameras as people write them down (JSON): everything that is wrong is told at once."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from dianliang.engines.vision import (
    Camera,
    DetectionRules,
    DwellRules,
    HealthRules,
    RodRules,
    TrackingRules,
    WarningRules,
    Zone,
    ZoneKind,
    validate,
)
from dianliang.kernel.errors import InvalidInputError

GROUPS: dict[str, type[Any]] = {
    "detection": DetectionRules,
    "tracking": TrackingRules,
    "dwell": DwellRules,
    "rod": RodRules,
    "warning": WarningRules,
    "health": HealthRules,
}
OWN = frozenset({"id", "source", "clock_hz", "zones", *GROUPS})
ZONE = frozenset({"id", "kind", "corners", "dwell_s"})
MOST_SHOWN = 12
MOST_OF_A_NAME = 60
UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""What no name of a file and no line of a record can hold: controls and halves of characters."""
EXAMPLE = {
    "cameras": [
        {
            "id": "C001",
            "source": "rtsp://192.0.2.10/stream2",
            "zones": [
                {
                    "id": "导线下方",
                    "kind": "danger",
                    "corners": [[0.1, 0.5], [0.9, 0.5], [0.9, 0.95], [0.1, 0.95]],
                    "dwell_s": 8,
                }
            ],
            "warning": {"quiet_from_min": 1320, "quiet_until_min": 360},
        }
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A camera and its source; `clock_hz` is the true rate of a film that tells a wrong one."""

    camera: Camera
    source: str
    clock_hz: float | None = None


def cameras_of(text: str) -> tuple[Watched, ...]:
    """Read cameras.

    Raises:
        InvalidInputError: it is no JSON, or some camera cannot be; all errors are listed.
    """
    given = loaded(text)
    rows = given.get("cameras") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not rows:
        raise InvalidInputError("配置里要有 cameras，列出至少一台摄像机。", field="cameras")
    errors: list[str] = []
    found = [one for row in rows if (one := _camera(row, errors)) is not None]
    names = [one.camera.id for one in found]
    errors += [f"摄像机 {id_} 出现了多次。" for id_ in sorted(set(names)) if names.count(id_) > 1]
    refuse(errors)
    return tuple(found)


def loaded(text: str) -> Any:
    """Return what JSON holds.

    Raises:
        InvalidInputError: it is none; the message says where.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        words = f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列附近有误。"
        raise InvalidInputError(words) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("JSON 里有几千位的数，或嵌套太深。") from error


def refuse(errors: list[str]) -> None:
    """Refuse what has errors.

    Raises:
        InvalidInputError: there are some; the first dozen is told.
    """
    if errors:
        more = f"\n……另有 {len(errors) - MOST_SHOWN} 处。" if len(errors) > MOST_SHOWN else ""
        raise InvalidInputError("\n".join(errors[:MOST_SHOWN]) + more)


def _camera(row: Any, errors: list[str]) -> Watched | None:
    if not isinstance(row, dict) or not _is_name(row.get("id")):
        errors.append(f"每台摄像机要有 id：不超过 {MOST_OF_A_NAME} 字，没有控制字符。")
        return None
    before, id_ = len(errors), row["id"]
    errors += [f"{id_}：不认识 {name}。" for name in row if name not in OWN]
    source = row.get("source", "")
    if not isinstance(source, str) or UNSPEAKABLE.search(source):
        errors.append(f"{id_}：source 应是文件、目录或地址。")
    clock_hz = row.get("clock_hz")
    if clock_hz is not None and not (_is_number(clock_hz) and 0 < clock_hz <= 240):
        errors.append(f"{id_}：clock_hz 应大于 0、不超过 240。")
    given = row.get("zones") or []
    if not isinstance(given, list):
        errors.append(f"{id_}：zones 应是一列区域。")
        given = []
    zones = [zone for one in given if (zone := _zone(id_, one, errors)) is not None]
    rules = {name: _rules(f"{id_}：{name}", row.get(name, {}), errors) for name in GROUPS}
    if len(errors) > before:
        return None
    made = {name: GROUPS[name](**own) for name, own in rules.items()}
    camera = Camera(id=id_, zones=tuple(zones), **made)
    errors += [f"{id_}：{words}" for words in validate(camera)]
    return Watched(camera=camera, source=source, clock_hz=clock_hz)


def _zone(id_: str, row: Any, errors: list[str]) -> Zone | None:
    if not isinstance(row, dict) or not _is_name(row.get("id")):
        errors.append(f"{id_}：每个区域要有 id、kind、corners。")
        return None
    where, before = f"{id_}：区域 {row['id']}", len(errors)
    errors += [f"{where} 不认识 {name}。" for name in row if name not in ZONE]
    kinds = [kind.value for kind in ZoneKind]
    if row.get("kind") not in kinds:
        errors.append(f"{where} 的 kind 应是 {'、'.join(kinds)} 之一。")
    corners = row.get("corners")
    if not isinstance(corners, list) or not all(_is_corner(one) for one in corners):
        errors.append(f"{where} 的 corners 应是 [[x, y], …]，x、y 是画面宽、高的份额。")
    if not _is_number(row.get("dwell_s", 8.0)):
        errors.append(f"{where} 的 dwell_s 应是秒数。")
    if len(errors) > before:
        return None
    return Zone(
        id=row["id"],
        kind=ZoneKind(row["kind"]),
        corners=tuple((float(x), float(y)) for x, y in row["corners"]),
        dwell_s=float(row.get("dwell_s", 8.0)),
    )


def _rules(where: str, given: Any, errors: list[str]) -> dict[str, Any]:
    group = GROUPS[where.rpartition("：")[2]]
    if not isinstance(given, dict):
        errors.append(f"{where} 应是一组名称和数。")
        return {}
    errors += list(_wrong(where, given, group))
    return given


def _wrong(where: str, given: dict[str, Any], group: type[Any]) -> Iterator[str]:
    types = get_type_hints(group)
    known = {one.name for one in fields(group)}
    for name, value in given.items():
        if name not in known:
            yield f"{where} 里不认识 {name}。"
        elif not _is_number(value) or (types[name] is int and value != int(value)):
            yield f"{where}.{name} 应是{'整数' if types[name] is int else '数'}。"


def _is_name(value: Any) -> bool:
    """Tell whether something can name a camera or a zone, also in the name of a file."""
    is_text = isinstance(value, str) and 0 < len(value.strip()) <= len(value) <= MOST_OF_A_NAME
    return is_text and not UNSPEAKABLE.search(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _is_corner(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_number(one) for one in value)
