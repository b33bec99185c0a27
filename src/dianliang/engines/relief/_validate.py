"""Find everything that is wrong with a problem before it is solved, all at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dianliang.engines.relief._model import Area, Kind, Measure, Problem

MOST_COUNTED = 10**9
MOST_CNY = 1e12
MOST_KW = 1e6
"""More than any county has: their sums stay whole numbers that the program can hold."""


class ErrorCode(StrEnum):
    """What is wrong with an input."""

    DUPLICATE_ID = "duplicate_id"
    BAD_AREA = "bad_area"
    BAD_LOAD = "bad_load"
    BAD_MEASURE = "bad_measure"
    UNKNOWN_AREA = "unknown_area"
    BAD_LIMIT = "bad_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemError:
    """One thing that is wrong: its kind, the id it is about, and words."""

    code: ErrorCode
    id: str
    words: str


class InvalidProblemError(ValueError):
    """A problem that cannot be solved as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[ProblemError, ...]) -> None:
        super().__init__("；".join(error.words for error in errors[:5]))
        self.errors = errors


def validate(problem: Problem) -> tuple[ProblemError, ...]:
    """Return every error of a problem; an empty tuple means it can be solved."""
    points = len(problem.areas[0].loads_kw) if problem.areas else 0
    known = {area.id: area.capacity_kva for area in problem.areas}
    return (
        *_twice((area.id for area in problem.areas), "台区"),
        *_twice((measure.id for measure in problem.measures), "措施"),
        *(error for area in problem.areas for error in _area(area, points)),
        *(error for each in problem.measures for error in _measure(each, points, known)),
        *_limits(problem, points),
    )


def _twice(ids: Iterable[str], what: str) -> Iterator[ProblemError]:
    for id_, times in Counter(ids).items():
        if times > 1:
            words = f"{what} {id_} 出现了 {times} 次，请只留一个。"
            yield ProblemError(code=ErrorCode.DUPLICATE_ID, id=id_, words=words)


def _area(area: Area, points: int) -> Iterator[ProblemError]:
    def wrong(code: ErrorCode, words: str) -> ProblemError:
        return ProblemError(code=code, id=area.id, words=f"台区 {area.id} {words}")

    if not 0 < area.capacity_kva <= MOST_KW:
        yield wrong(ErrorCode.BAD_AREA, "的容量应大于 0 kVA。")
    if not 0 < area.power_factor <= 1:
        yield wrong(ErrorCode.BAD_AREA, "的功率因数应在 0 与 1 之间。")
    if not _is_whole(area.value):
        yield wrong(ErrorCode.BAD_AREA, f"的权重应是 0 到 {MOST_COUNTED} 的整数。")
    if area.enlarging_cny is not None and not 0 <= area.enlarging_cny <= MOST_CNY:
        yield wrong(ErrorCode.BAD_AREA, f"的增容费用应在 0 到 {MOST_CNY:.0f} 元之间。")
    if area.loads_kw.ndim != 1 or len(area.loads_kw) != points or not points:
        yield wrong(ErrorCode.BAD_LOAD, f"的负荷应有 {points} 个点，与其他台区一样多。")
    elif not (np.abs(area.loads_kw) <= MOST_KW).all():
        first = int(np.flatnonzero(~(np.abs(area.loads_kw) <= MOST_KW))[0]) + 1
        yield wrong(ErrorCode.BAD_LOAD, f"的第 {first} 个负荷点不是能用的数，请补齐或更正。")


def _measure(measure: Measure, points: int, known: Mapping[str, float]) -> Iterator[ProblemError]:
    def wrong(code: ErrorCode, words: str) -> ProblemError:
        return ProblemError(code=code, id=measure.id, words=f"措施 {measure.id} {words}")

    for area in (measure.area_id, measure.to_area):
        if area is not None and area not in known:
            yield wrong(ErrorCode.UNKNOWN_AREA, f"写的台区 {area} 不在本次计算内，请核对编号。")
    if (measure.kind is Kind.TRANSFER) != (measure.to_area is not None):
        yield wrong(ErrorCode.BAD_MEASURE, "：负荷转移要写明转到哪个台区，其他措施不写。")
    if measure.to_area == measure.area_id:
        yield wrong(ErrorCode.BAD_MEASURE, "不能把负荷转给本台区。")
    yield from _enlarging(measure, known.get(measure.area_id, 0.0))
    if not 0 <= measure.cost_cny <= MOST_CNY:
        yield wrong(ErrorCode.BAD_MEASURE, f"的费用应在 0 到 {MOST_CNY:.0f} 元之间。")
    if not _is_whole(measure.units):
        yield wrong(ErrorCode.BAD_MEASURE, f"的台数应是 0 到 {MOST_COUNTED} 的整数。")
    if measure.relief_kw.ndim != 1 or len(measure.relief_kw) != points:
        yield wrong(ErrorCode.BAD_LOAD, f"的减载量应有 {points} 个点，与负荷一样多。")
    elif not (np.abs(measure.relief_kw) <= MOST_KW).all():
        yield wrong(ErrorCode.BAD_LOAD, "的减载量里有不能用的数。")


def _enlarging(measure: Measure, before_kva: float) -> Iterator[ProblemError]:
    """Yield what is wrong with a larger transformer."""
    larger = measure.to_capacity_kva
    if (measure.kind is Kind.ENLARGE) != (larger is not None):
        words = f"措施 {measure.id} ：增容要写明换成多大的变压器（kVA），其他措施不写。"
        yield ProblemError(code=ErrorCode.BAD_MEASURE, id=measure.id, words=words)
    elif larger is not None and not before_kva < larger <= MOST_KW:
        words = f"措施 {measure.id} 换成的容量应大于原来的 {before_kva:g} kVA。"
        yield ProblemError(code=ErrorCode.BAD_MEASURE, id=measure.id, words=words)
    if larger is not None and measure.group is not None:
        words = f"措施 {measure.id} ：增容不写“同一用户”，同一台区本来就只能换一台。"
        yield ProblemError(code=ErrorCode.BAD_MEASURE, id=measure.id, words=words)


def _is_whole(number: float) -> bool:
    return bool(0 <= number <= MOST_COUNTED) and number == int(number)


def _limits(problem: Problem, points: int) -> Iterator[ProblemError]:
    def wrong(words: str) -> ProblemError:
        return ProblemError(code=ErrorCode.BAD_LIMIT, id="", words=words)

    if problem.budget_cny is not None and not 0 <= problem.budget_cny <= MOST_CNY:
        yield wrong(f"预算应在 0 到 {MOST_CNY:.0f} 元之间。")
    if problem.most_units is not None and not _is_whole(problem.most_units):
        yield wrong("台数上限应是不小于 0 的整数。")
    for rule in (problem.screen, problem.target):
        if not (0 < rule.limit < np.inf) or rule.points < 1:
            yield wrong("负载率界限应大于 0，连续点数至少为 1。")
    if problem.target.limit > problem.screen.limit or problem.target.points > problem.screen.points:
        yield wrong("治理目标不能比筛查界限宽：达标的台区不应再被筛出来。")
    begins = problem.begins
    is_ordered = list(begins) == sorted(set(begins))
    if points and not (begins and begins[0] == 0 and is_ordered and begins[-1] < points):
        yield wrong("各段的起点应从 0 开始、由小到大，并在负荷点数之内。")
