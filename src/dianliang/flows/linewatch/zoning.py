"""Zones as a page sends them: everything that is wrong is told at once.

The same rules as the engine's, without its libraries: a server need not have them.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_text

KINDS = {"danger": "危险区", "water_edge": "水边区", "exclusion": "不算区"}
GUARDED = ("danger", "water_edge")
MOST_ZONES, MOST_CORNERS = 12, 40
LEAST_AREA = 1e-5
LONGEST_S = 3600.0
MOST_CHARS = 20_000
MOST_NAME = 40
DECIMALS = 4


def zones_of(text: str) -> list[dict[str, Any]]:
    """Read zones from JSON.

    Raises:
        InvalidInputError: they cannot be watched; every error is listed.
    """
    if len(text) > MOST_CHARS:
        raise InvalidInputError("区域的数据太多。", field="zones")
    try:
        given = json.loads(text or "[]")
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("区域的格式不对，请重新划定。", field="zones") from error
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise InvalidInputError("区域的格式不对，请重新划定。", field="zones")
    errors = list(_wrong(given))
    if errors:
        raise InvalidInputError(joined("\n", errors), field="zones")
    return [_clean(zone) for zone in given]


def zones_in_words(rows: Sequence[Mapping[str, str]]) -> str:
    """Return as JSON zones that somebody typed: a name, a kind, corners as ``x,y x,y x,y``.

    Raises:
        InvalidInputError: corners are no pairs of numbers; the zone is named.
    """
    found = []
    for row in rows:
        name, corners = row.get("id", "").strip(), row.get("corners", "").strip()
        if not (name or corners):
            continue
        dwell = row.get("dwell_s", "").strip()
        found.append(
            {
                "id": name,
                "kind": row.get("kind", ""),
                "corners": [_pair(word, name) for word in corners.replace("，", ",").split()],
                "dwell_s": _number(dwell, name) if dwell else None,
            }
        )
    return json.dumps(found, ensure_ascii=False)


def _pair(word: str, name: str) -> list[float]:
    parts = word.split(",")
    if len(parts) != 2:
        words = Phrase("区域“%(zone)s”的角“%(typed)s”应写成 x,y。", zone=name, typed=word[:20])
        raise InvalidInputError(words, field="corners")
    return [_number(part, name) for part in parts]


def _number(text: str, name: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        words = Phrase("区域“%(zone)s”里的“%(typed)s”不是数。", zone=name, typed=text[:20])
        raise InvalidInputError(words, field="corners")
    return found


def _wrong(zones: Sequence[Mapping[str, Any]]) -> Iterator[Phrase]:
    if len(zones) > MOST_ZONES:
        yield Phrase("最多划 %(n)d 个区域。", n=MOST_ZONES)
        return
    if not any(_kind(zone) in GUARDED for zone in zones):
        yield Phrase("至少要划一个危险区或水边区。")
    names = [zone["id"].strip() for zone in zones if isinstance(zone.get("id"), str)]
    for name, times in Counter(names).items():
        if times > 1 and name.isprintable():
            yield Phrase("区域“%(zone)s”出现了 %(n)d 次，请改名。", zone=name, n=times)
    for number, zone in enumerate(zones, start=1):
        yield from _wrong_zone(number, zone)


def _wrong_zone(number: int, zone: Mapping[str, Any]) -> Iterator[Phrase]:
    name = zone.get("id")
    if not isinstance(name, str) or not name.strip() or len(name.strip()) > MOST_NAME:
        yield Phrase("第 %(n)d 个区域要有名称，不超过 %(most)d 字。", n=number, most=MOST_NAME)
        return
    try:
        clean_text(name, field="zones", label="区域名称", most=MOST_NAME)
    except InvalidInputError as error:
        yield Phrase("第 %(n)d 个区域：%(words)s", n=number, words=Phrase(error.message))
        return
    if _kind(zone) not in KINDS:
        yield Phrase("区域“%(zone)s”请选择类别。", zone=name)
    corners = zone.get("corners")
    if not isinstance(corners, list) or not all(_is_corner(one) for one in corners):
        yield Phrase("区域“%(zone)s”的角应在画面内（0 到 1 之间）。", zone=name)
    elif not 3 <= len(corners) <= MOST_CORNERS:
        yield Phrase("区域“%(zone)s”要有 3 到 %(n)d 个角。", zone=name, n=MOST_CORNERS)
    elif area(corners) < LEAST_AREA:
        yield Phrase("区域“%(zone)s”的面积几乎为零，请重新划定。", zone=name)
    dwell = zone.get("dwell_s")
    if dwell is not None and not (_is_number(dwell) and 0 < dwell <= LONGEST_S):
        yield Phrase(
            "区域“%(zone)s”的停留时间应大于 0 秒、不超过 %(most).0f 秒。", zone=name, most=LONGEST_S
        )


def _kind(zone: Mapping[str, Any]) -> str:
    kind = zone.get("kind")
    return kind if isinstance(kind, str) else ""


def area(corners: Sequence[Sequence[float]]) -> float:
    """Return the area of a polygon as a share of the picture's (shoelace formula)."""
    ring = zip(corners, [*corners[1:], corners[0]], strict=True)
    return float(abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in ring)) / 2)


def _is_number(value: Any) -> bool:
    """Tell whether a value is a number of a sane size; integers of JSON may have any."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return is_one and abs(value) <= LONGEST_S


def _is_corner(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_is_number(one) and 0 <= one <= 1 for one in value)
    )


def _clean(zone: Mapping[str, Any]) -> dict[str, Any]:
    corners = [[round(float(x), DECIMALS), round(float(y), DECIMALS)] for x, y in zone["corners"]]
    kept = {"id": zone["id"].strip(), "kind": zone["kind"], "corners": corners}
    dwell = zone.get("dwell_s")
    return kept if dwell is None else {**kept, "dwell_s": float(dwell)}
