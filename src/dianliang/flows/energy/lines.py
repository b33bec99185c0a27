"""Rules of load as JSON: for a file that a person edits, and for work that travels."""

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from fractions import Fraction
from typing import Any, TypeVar

from dianliang.engines.loading import POINTS, Line, LoadRule, PhaseRule, Rules, VoltageRule
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import Phrase, joined

Made = TypeVar("Made")
LEAST, MOST = Fraction(1, 100), Fraction(10)
MOST_POINTS = 31 * POINTS
MOST_DV = 32_767
"""What fits the column of tenths of a volt."""


def told(rules: Rules) -> str:
    """Return rules as JSON; shares as fractions such as ``4/5``."""
    return json.dumps(asdict(rules), ensure_ascii=False, indent=2, default=str)


def rules_of(text: str) -> Rules:
    """Return rules from JSON; what is left out stays as it ships.

    Raises:
        InvalidInputError: it is no JSON, or a name or value is not known; the message names it.
    """
    try:
        body = json.loads(text)
    except ValueError as error:
        raise InvalidInputError(Phrase("规则文件不是 JSON：%(why)s。", why=str(error))) from error
    if not isinstance(body, dict):
        raise InvalidInputError("规则文件应是一个 JSON 对象，可用 --print-rules 打印一份再改。")
    made: dict[str, Any] = {}
    for name, value in body.items():
        read = READERS.get(name)
        if read is None:
            raise InvalidInputError(
                Phrase(
                    "规则文件里的“%(name)s”不认识；可用：%(allowed)s。",
                    name=name,
                    allowed=joined("、", READERS),
                )
            )
        try:
            made[name] = read(value)
        except (ValueError, TypeError, KeyError, ZeroDivisionError) as error:
            raise InvalidInputError(
                Phrase("规则文件里“%(name)s”的值不对：%(why)s。", name=name, why=_words(error))
            ) from error
    return Rules(**made)


def _words(error: Exception) -> str:
    """Return what a reader says of a value, in its parts where it is a sentence of ours."""
    return next((one for one in error.args if isinstance(one, Phrase)), str(error))


def _share(value: Any) -> Fraction:
    share = Fraction(str(value))
    if not LEAST <= share <= MOST:
        raise ValueError(Phrase("%(value)s 不在 0.01 到 10 之间", value=f"{value}"))
    return share


def _count(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(
                Phrase(
                    "%(value)s 应是 %(least)d 到 %(most)d 的整数",
                    value=f"{value}",
                    least=least,
                    most=most,
                )
            )
        return value

    return read


def _object(kind: type[Made], **readers: Callable[[Any], Any]) -> Callable[[Any], Made]:
    def read(value: Any) -> Made:
        unknown = set(value) - {one.name for one in fields(kind)}  # type: ignore[arg-type]  # a dataclass
        if unknown:
            raise ValueError(Phrase("不认识 %(names)s", names=joined("、", sorted(unknown))))
        return kind(**{name: readers.get(name, str)(one) for name, one in value.items()})

    return read


def _loads(value: Any) -> tuple[LoadRule, ...]:
    read = _object(LoadRule, line=_load_line, share=_share, points=_count(1, MOST_POINTS))
    made = tuple(read(one) for one in value)
    if not made or len({rule.line for rule in made}) < len(made):
        raise ValueError("每条线（heavy、over）只能有一条规则，且至少要有一条")
    return made


def _load_line(value: Any) -> Line:
    if value not in {Line.HEAVY, Line.OVER}:
        raise ValueError(Phrase("%(value)s 应是 heavy 或 over", value=f"{value}"))
    return Line(value)


def _valley(value: Any) -> tuple[int, int]:
    read = _count(0, POINTS)
    first, end = map(read, value)
    if first == end:
        raise ValueError(
            Phrase(
                "从 %(first)d 点到 %(end)d 点没有时段，应如 [92, 28]（23:00 至次日 07:00）",
                first=first,
                end=end,
            )
        )
    return first, end


READERS: dict[str, Callable[[Any], Any]] = {
    "loads": _loads,
    "voltage": _object(VoltageRule, low_dv=_count(0, MOST_DV), high_dv=_count(1, MOST_DV)),
    "phases": _object(PhaseRule, share=_share, least_share=_share, points=_count(1, MOST_POINTS)),
    "power_factor": _share,
    "least_read": _share,
    "most_share": _share,
    "bridged_points": _count(0, MOST_POINTS),
    "valley": _valley,
}
