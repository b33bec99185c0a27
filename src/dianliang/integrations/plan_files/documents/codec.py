"""Dataclasses to JSON and back by their own annotations; every fault is told with its pointer.

Pointers are those of RFC 6901. Instants are written with the offset of Shanghai and read with any
offset, but never without. What equals an empty default is not written; numbers always are, so that
a file keeps its meaning when a default changes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, is_dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from enum import StrEnum
from functools import singledispatch
from math import isfinite, isinf
from typing import Any, get_args, get_origin

import numpy as np

from dianliang.engines.routing import GreatCircle, Travel, TravelTable
from dianliang.integrations.plan_files.documents.hints import default_of, present, written_fields
from dianliang.integrations.plan_files.documents.words import CODE, TEXT, Range, range_of
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.text import clean_text

KINDS_OF_TRAVEL: Mapping[str, type] = {"great_circle": GreatCircle, "table": TravelTable}
FIRST_YEAR, LAST_YEAR = 1970, 2200
SHOWN = 40
JSON_TYPES = {dict: "对象", list: "数组", str: "文字", bool: "真假值", type(None): "空值"}


class RefusedError(Exception):
    """A value was refused, and the fault noted; `kept` are the items of a list that were not."""

    def __init__(self, kept: tuple[Any, ...] = ()) -> None:
        super().__init__()
        self.kept = kept


class Doubled(dict[str, Any]):
    """A JSON object in which a key stood twice."""

    key = ""


def parsed(text: str) -> Any:
    """Return JSON as Python objects; keys that stand twice are remembered.

    Raises:
        ValueError, RecursionError: it is no JSON.
    """
    return json.loads(text, object_pairs_hook=_without_doubles)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled = Doubled(made)
    keys = [key for key, _ in pairs]
    doubled.key = next(key for key in keys if keys.count(key) > 1)
    return doubled


@singledispatch
def encoded(value: Any) -> Any:
    """Return a value of the model as what JSON can hold.

    Raises:
        TypeError: it holds something that files do not know.
    """
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"files do not know {type(value).__name__}")
    return _encoded_fields(value)


@encoded.register
def _(value: str | int | float | None) -> Any:
    return value


@encoded.register
def _(value: datetime) -> str:
    # Through UTC: clocks of Shanghai jumped from 1986 to 1991, and an hour that was never shown
    # would be read back as another instant.
    return value.astimezone(UTC).astimezone(SHANGHAI).isoformat()


@encoded.register
def _(value: date) -> str:
    return value.isoformat()


@encoded.register
def _(value: np.ndarray) -> Any:
    return value.tolist()


@encoded.register
def _(value: tuple) -> list[Any]:  # type: ignore[type-arg]
    return [encoded(item) for item in value]


@encoded.register
def _(value: frozenset) -> list[Any]:  # type: ignore[type-arg]
    return sorted(encoded(item) for item in value)


@encoded.register
def _(value: Mapping) -> dict[str, Any]:  # type: ignore[type-arg]
    return {key: encoded(value[key]) for key in sorted(value)}


def _encoded_fields(value: Any) -> dict[str, Any]:
    kind = next((name for name, known in KINDS_OF_TRAVEL.items() if known is type(value)), "")
    body: dict[str, Any] = {"kind": kind} if kind else {}
    for each, hint in written_fields(type(value)):
        item, default = getattr(value, each.name), default_of(each)
        if hint is Travel and type(item) not in KINDS_OF_TRAVEL.values():
            raise TypeError(f"files do not know {type(item).__name__}")
        is_empty = item is None or (isinstance(item, tuple | frozenset | Mapping) and not item)
        if not (is_empty and item == default):
            body[each.name] = encoded(item)
    return body


def pointer(at: str, key: str | int) -> str:
    """Return the pointer to a part of what stands at a pointer."""
    return f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"


@dataclass(slots=True)
class Decoder:
    """Reads values of the model from JSON; `moved` corrects positions."""

    moved: Callable[[GeoPoint], GeoPoint]
    faults: list[str] = field(default_factory=list)

    def refuse(self, at: str, words: str, kept: tuple[Any, ...] = ()) -> RefusedError:
        """Note a fault and return what to raise."""
        self.faults.append(f"{at or '/'}：{words}")
        return RefusedError(kept)

    def value(self, hint: Any, raw: Any, at: str, limits: Range = TEXT) -> Any:
        """Return what a JSON value means where the model says `hint`.

        Raises:
            RefusedError: it cannot mean that; what is wrong was noted.
            TypeError: the model has a type that files do not know.
        """
        if present(hint) is not hint:
            return None if raw is None else self.value(present(hint), raw, at, limits)
        if get_origin(hint) is not None:
            return self._many(hint, raw, at, limits)
        if hint is Travel:
            return self._travel(raw, at)
        if is_dataclass(hint):
            return self.object(hint, self._expect(dict, raw, at), at)
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return self._choice(hint, raw, at)
        return self._scalar(hint, raw, at, limits)

    def _many(self, hint: Any, raw: Any, at: str, limits: Range) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if origin is tuple:
            return self.items(inner[0], raw, at, limits)
        if origin is frozenset:
            return self._set(inner[0], raw, at, limits)
        if origin is np.ndarray:
            return self._matrix(raw, at, limits)
        if origin is Mapping:
            return self._mapping(inner[1], raw, at, limits)
        raise TypeError(f"files do not know {hint} at {at}")

    def object(self, owner: Any, raw: dict[str, Any], at: str) -> Any:
        """Return a dataclass from a JSON object whose keys are its fields."""
        known = dict(self._known(owner, raw, at))
        values: dict[str, Any] = {}
        is_whole = len(known) == len(raw) and not isinstance(raw, Doubled)
        for each, hint in written_fields(owner):
            if each.name not in known:
                if default_of(each) is MISSING:
                    is_whole = False
                    self.refuse(at, f"缺少“{each.name}”。")
                continue
            limits = range_of(owner, each.name, hint)
            try:
                values[each.name] = self.value(
                    hint, known[each.name], pointer(at, each.name), limits
                )
            except RefusedError:
                is_whole = False
        if not is_whole:
            raise RefusedError
        try:
            made = owner(**values)
        except InvalidInputError as error:
            raise self.refuse(at, error.message) from error
        return self.moved(made) if owner is GeoPoint else made

    def _known(self, owner: type, raw: dict[str, Any], at: str) -> Iterator[tuple[str, Any]]:
        names = [each.name for each, _ in written_fields(owner)]
        if isinstance(raw, Doubled):
            self.refuse(at, f"“{raw.key}”出现了两次，请只留一个。")
        for key, item in raw.items():
            if key in names:
                yield key, item
            else:
                close = get_close_matches(key, names, n=1)
                hint = f"是不是“{close[0]}”？" if close else f"可用的是 {'、'.join(names)}。"
                self.refuse(pointer(at, key), f"不认识这一项，{hint}")

    def items(self, hint: Any, raw: Any, at: str, limits: Range = TEXT) -> tuple[Any, ...]:
        """Return a list; when items are refused, the error keeps the others."""
        kept: list[Any] = []
        listed = self._expect(list, raw, at)
        for number, item in enumerate(listed):
            try:
                kept.append(self.value(hint, item, pointer(at, number), limits))
            except RefusedError:
                continue
        if len(kept) < len(listed):
            raise RefusedError(tuple(kept))
        return tuple(kept)

    def _set(self, hint: Any, raw: Any, at: str, limits: Range) -> frozenset[Any]:
        items = self.items(hint, raw, at, limits)
        if len({*items}) < len(items):
            raise self.refuse(at, "有重复的项，请删去重复。")
        return frozenset(items)

    def _mapping(self, hint: Any, raw: Any, at: str, limits: Range) -> dict[str, Any]:
        body = self._expect(dict, raw, at)
        made: dict[str, Any] = {}
        is_whole = True
        if isinstance(body, Doubled):
            is_whole = False
            self.refuse(at, f"“{body.key}”出现了两次，请只留一个。")
        for key, item in body.items():
            try:
                name = self._text(key, pointer(at, key), CODE)
                made[name] = self.value(hint, item, pointer(at, key), limits)
            except RefusedError:
                is_whole = False
        if not is_whole:
            raise RefusedError
        return made

    def _matrix(self, raw: Any, at: str, limits: Range) -> Any:
        rows = [
            self.items(float, row, pointer(at, number), limits)
            for number, row in enumerate(self._expect(list, raw, at))
        ]
        if any(len(row) != len(rows) for row in rows):
            raise self.refuse(at, f"应是 {len(rows)} 行 {len(rows)} 列的数表。")
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(rows))

    def _travel(self, raw: Any, at: str) -> Any:
        body = self._expect(dict, raw, at)
        kind = body.get("kind")
        if not isinstance(kind, str) or kind not in KINDS_OF_TRAVEL:
            words = f"应为 {'、'.join(KINDS_OF_TRAVEL)} 之一，现为 {shown(kind)}。"
            raise self.refuse(pointer(at, "kind"), words)
        del body["kind"]
        return self.object(KINDS_OF_TRAVEL[kind], body, at)

    def _choice(self, kind: type[StrEnum], raw: Any, at: str) -> StrEnum:
        if isinstance(raw, str) and raw in {*kind}:
            return kind(raw)
        raise self.refuse(at, f"应为 {'、'.join(kind)} 之一，现为 {shown(raw)}。")

    def _scalar(self, hint: Any, raw: Any, at: str, limits: Range) -> Any:
        if hint is str:
            return self._text(raw, at, limits)
        if hint is bool:
            return self._expect(bool, raw, at)
        if hint is int or hint is float:
            return self._number(raw, at, limits, is_whole=hint is int)
        if hint is datetime:
            return self._instant(raw, at)
        if hint is date:
            return self._day(raw, at)
        raise TypeError(f"files do not know {hint} at {at}")

    def _text(self, raw: Any, at: str, limits: Range) -> str:
        text: str = self._expect(str, raw, at)
        try:
            clean = clean_text(text, field=at, label="", most=int(limits[1]))
        except InvalidInputError as error:
            raise self.refuse(at, error.message) from error
        if len(clean) < limits[0]:
            raise self.refuse(at, "不能为空。")
        return clean

    def _number(self, raw: Any, at: str, limits: Range, *, is_whole: bool) -> Any:
        least, most = limits
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        if not is_number or not least <= raw <= most or (is_whole and raw != int(raw)):
            what = "整数" if is_whole else "数字"
            words = f"应为 {_plain(least)} 到 {_plain(most)} 的{what}，现为 {shown(raw)}。"
            raise self.refuse(at, words)
        return int(raw) if is_whole else float(raw)

    def _instant(self, raw: Any, at: str) -> datetime:
        words = f"应形如 2026-11-24T08:30:00+08:00，现为 {shown(raw)}。"
        try:
            made = datetime.fromisoformat(self._expect(str, raw, at))
        except ValueError as error:
            raise self.refuse(at, words) from error
        if made.tzinfo is None:
            raise self.refuse(at, f"{shown(raw)} 没有时区，北京时间请在末尾加上 +08:00。")
        if not FIRST_YEAR <= made.year <= LAST_YEAR:
            raise self.refuse(at, f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，现为 {shown(raw)}。")
        return made

    def _day(self, raw: Any, at: str) -> date:
        try:
            made = date.fromisoformat(self._expect(str, raw, at))
        except ValueError as error:
            raise self.refuse(at, f"应形如 2026-11-24，现为 {shown(raw)}。") from error
        if not FIRST_YEAR <= made.year <= LAST_YEAR:
            raise self.refuse(at, f"年份应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间，现为 {shown(raw)}。")
        return made

    def _expect(self, kind: type, raw: Any, at: str) -> Any:
        if isinstance(raw, kind):
            return raw
        raise self.refuse(at, f"应为{JSON_TYPES[kind]}，现为 {shown(raw)}。")


def shown(raw: Any) -> str:
    """Return a JSON value as a person would recognise it, shortened."""
    if isinstance(raw, dict | list):
        return JSON_TYPES[dict if isinstance(raw, dict) else list]
    if isinstance(raw, float) and not isfinite(raw):
        return "无穷大（或超出范围的数）" if isinf(raw) else "NaN（不是数）"
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) >= 10**SHOWN:
        return "一个极大的整数"
    text = json.dumps(raw, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _plain(number: float) -> str:
    return f"{number:.0f}" if number == int(number) else f"{number:g}"
