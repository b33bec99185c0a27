"""Tariffs as JSON: what is written is read again, and what comes from outside is checked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from dianliang.engines.tariffs import Band, BasicRule, Certainty, DayKind, Period, Tariff
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined
from dianliang.kernel.text import clean_key, clean_text

MOST_TOLD, MOST_QUOTED = 50, 200
MOST_VERSION = 999
WORDS = {
    "title": ("名称", 80),
    "region": ("地区", 40),
    "customer_class": ("用户类别", 40),
    "voltage": ("电压等级", 40),
    "source": ("来源", 200),
}
"""What a version says in words, and how many of them: as in the table."""


def told(tariffs: Sequence[Tariff]) -> str:
    """Return tariffs as JSON that `of_json` understands."""
    return json.dumps([body(one) for one in tariffs], ensure_ascii=False, indent=1)


def body(tariff: Tariff) -> dict[str, Any]:
    """Return a tariff as plain values, periods and days by name."""
    plain = asdict(tariff)
    plain["valid_from"] = tariff.valid_from.isoformat()
    plain["valid_until"] = tariff.valid_until and tariff.valid_until.isoformat()
    plain["prices"] = {period.name.lower(): price for period, price in tariff.prices.items()}
    plain["bands"] = [
        {
            "months": list(band.months),
            "days": [day.name.lower() for day in band.days],
            "from": _clock(band.from_minute),
            "until": _clock(band.until_minute),
            "period": band.period.name.lower(),
        }
        for band in tariff.bands
    ]
    return plain


def of_json(text: str, *, name: str) -> list[Tariff]:
    """Return the tariffs of a JSON text; hours and prices are not checked yet.

    Raises:
        InvalidInputError: it is no JSON, or a value is none of its kind; the message names it.
    """
    try:
        rows = json.loads(text)
    except RecursionError as error:
        words = Phrase("%(name)s 不是电价：括号套得太深。", name=name)
        raise InvalidInputError(words, field="file") from error
    except ValueError as error:
        raise InvalidInputError(
            Phrase("%(name)s 不是 JSON：%(error)s。", name=name, error=_short(f"{error}")),
            field="file",
        ) from error
    rows = rows if isinstance(rows, list) else [rows]
    found, wrong = [], []
    for at, row in enumerate(rows, start=1):
        try:
            found.append(of_body(_clean(row)))
        except (KeyError, TypeError, ValueError, AttributeError, InvalidInputError) as error:
            wrong.append(Phrase("第 %(at)s 个电价：%(said)s", at=at, said=_said(error)))
            if len(wrong) == MOST_TOLD:
                break
    if wrong:
        words = Phrase("%(name)s 读不懂：\n%(words)s", name=name, words=joined("\n", wrong))
        raise InvalidInputError(words, field="file")
    return found


def _said(error: Exception) -> str:
    if isinstance(error, InvalidInputError):
        return error.message
    return _short(f"缺少 {error}" if isinstance(error, KeyError) else f"{error}")


def _short(words: str) -> str:
    """Return words that every page can hold: not long, and no half characters."""
    plain = words.encode("utf-8", "backslashreplace").decode()
    return f"{plain[:MOST_QUOTED]}…" if len(plain) > MOST_QUOTED else plain


def _clean(row: Any) -> dict[str, Any]:
    """Return plain values whose words can be kept and whose code can stand in an address.

    Raises:
        TypeError, InvalidInputError: they are none, or cannot.
    """
    if not isinstance(row, dict):
        raise TypeError("应是一个电价")
    for key in ("code", *WORDS):
        if key in row and not isinstance(row[key], str):
            raise TypeError(Phrase("%(key)s 应是文字", key=key))
    clean = dict(row)
    if "code" in row:
        clean["code"] = clean_key(row["code"], field="file", label="电价编码")
    for key, (label, most) in WORDS.items():
        if key in row:
            clean[key] = clean_text(row[key], field="file", label=label, most=most)
    return clean


def of_body(row: Mapping[str, Any]) -> Tariff:
    """Return a tariff from plain values.

    Raises:
        KeyError, TypeError, ValueError: one is missing or none of its kind.
    """
    unknown = set(row) - {one.name for one in fields(Tariff)}
    if unknown:
        raise ValueError(Phrase("不认识 %(names)s", names=joined("、", sorted(unknown))))
    bands = tuple(
        Band(
            months=tuple(_whole(month, "months", most=12) for month in one["months"]),
            days=tuple(DayKind[day.upper()] for day in one["days"]),
            from_minute=minute_of(one["from"]),
            until_minute=minute_of(one["until"]),
            period=Period[one["period"].upper()],
        )
        for one in row["bands"]
    )
    until = row.get("valid_until")
    words = ("code", *WORDS)
    return Tariff(
        **{key: str(row[key]) for key in words},
        version=_whole(row["version"], "version", most=MOST_VERSION),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(until) if until else None,
        bands=bands,
        prices={Period[key.upper()]: _number(value) for key, value in row["prices"].items()},
        levy_cny_kwh=_number(row.get("levy_cny_kwh", 0)),
        demand_cny_kw=_number_or_none(row.get("demand_cny_kw")),
        capacity_cny_kva=_number_or_none(row.get("capacity_cny_kva")),
        basic=_basic(row.get("basic", {})),
        year=_whole(row["year"], "year", most=9999),
        certainty=Certainty(row["certainty"]),
    )


def _basic(rule: Any) -> BasicRule:
    if not isinstance(rule, dict):
        raise TypeError("basic 应是一组数字")
    read: dict[str, Any] = {key: _number(value) for key, value in rule.items()}
    if "choice_months" in rule:
        read["choice_months"] = _whole(rule["choice_months"], "choice_months", most=12)
    return BasicRule(**read)


def _whole(value: Any, name: str, *, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ValueError(Phrase("%(name)s 应是 1 到 %(most)s 的整数", name=name, most=most))
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(Phrase("%(value)s 应是数字", value=f"{value!r}"))
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError("有一个数太大") from error


def _number_or_none(value: Any) -> float | None:
    return None if value is None else _number(value)


def minute_of(text: str) -> int:
    """Return the minutes past midnight of a time such as ``8:00``; ``24:00`` is the day's end.

    Raises:
        ValueError: it is none.
    """
    hour, _, minute = text.strip().replace("：", ":").partition(":")
    is_clock = hour.isdecimal() and len(hour) <= 2 and minute[:2].isdecimal()
    if not (is_clock and int(minute[:2]) < 60):
        raise ValueError(Phrase("“%(text)s”不是时刻，应如 8:00", text=text[:20]))
    return int(hour) * 60 + int(minute[:2])


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
