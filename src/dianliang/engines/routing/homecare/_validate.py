"""Find everything that is wrong with a home-care problem before it is solved, all at once."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, product

import numpy as np

from dianliang.engines.routing.homecare._model import Carer, Customer, HomeCareProblem

PAIR = 2


class HomeCareErrorCode(StrEnum):
    """What is wrong with an input."""

    DUPLICATE_ID = "duplicate_id"
    BAD_CARES = "bad_cares"
    BAD_DURATION = "bad_duration"
    BAD_WINDOW = "bad_window"
    BAD_LAG = "bad_lag"
    BAD_START = "bad_start"
    BAD_TRAVEL = "bad_travel"
    BAD_WEIGHT = "bad_weight"
    UNKNOWN_PLACE = "unknown_place"
    NO_CARER = "no_carer"
    NO_PAIR = "no_pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCareError:
    """One thing that is wrong: its kind, the id it is about, and words."""

    code: HomeCareErrorCode
    id: str
    words: str


class InvalidHomeCareError(ValueError):
    """A problem that cannot be solved as it is; `errors` lists everything that is wrong."""

    def __init__(self, errors: tuple[HomeCareError, ...]) -> None:
        super().__init__("；".join(error.words for error in errors[:5]))
        self.errors = errors


def validate(problem: HomeCareProblem) -> tuple[HomeCareError, ...]:
    """Return every error of a problem; an empty tuple means it can be solved."""
    customers, carers = problem.customers, problem.carers
    places = len(problem.travel) if problem.travel.ndim == PAIR else 0
    return tuple(
        chain(
            _duplicates([customer.id for customer in customers], "客户"),
            _duplicates([carer.id for carer in carers], "电管家"),
            _weights(problem),
            _travel(problem),
            *(_carer(carer, places) for carer in carers),
            *(_customer(customer, places) for customer in customers),
            *(_able(customer, carers) for customer in customers),
        )
    )


def _error(code: HomeCareErrorCode, id_: str, words: str) -> HomeCareError:
    return HomeCareError(code=code, id=id_, words=words)


def _is_amount(number: float) -> bool:
    return 0 <= number < math.inf


def _duplicates(ids: list[str], what: str) -> Iterator[HomeCareError]:
    for id_, count in Counter(ids).items():
        if count > 1:
            yield _error(
                HomeCareErrorCode.DUPLICATE_ID, id_, f"{what} {id_} 出现 {count} 次，请只留一行。"
            )


def _weights(problem: HomeCareProblem) -> Iterator[HomeCareError]:
    w = problem.weights
    if not all(map(_is_amount, (w.travel, w.total_tardiness, w.worst_tardiness))):
        yield _error(HomeCareErrorCode.BAD_WEIGHT, "", "路程和迟到的权重应为不小于零的数。")


def _travel(problem: HomeCareProblem) -> Iterator[HomeCareError]:
    travel = problem.travel
    if travel.ndim != PAIR or travel.shape[0] != travel.shape[1]:
        yield _error(HomeCareErrorCode.BAD_TRAVEL, "", "路程表的行数应与列数相同。")
    elif not bool(np.all((travel >= 0) & (travel < np.inf))):
        yield _error(HomeCareErrorCode.BAD_TRAVEL, "", "路程表只能有不小于零的数。")
    elif bool(np.diagonal(travel).any()):
        yield _error(HomeCareErrorCode.BAD_TRAVEL, "", "路程表中一处到其自身应为零。")


def _place(id_: str, place: int, places: int) -> Iterator[HomeCareError]:
    if not 0 <= place < places:
        words = f"{id_} 的地点 {place} 不在路程表内（共 {places} 处）。"
        yield _error(HomeCareErrorCode.UNKNOWN_PLACE, id_, words)


def _carer(carer: Carer, places: int) -> Iterator[HomeCareError]:
    yield from _place(carer.id, carer.place, places)
    if not math.isfinite(carer.starts_at):
        yield _error(HomeCareErrorCode.BAD_START, carer.id, f"{carer.id} 的出发时间应为一个时刻。")


def _customer(customer: Customer, places: int) -> Iterator[HomeCareError]:
    id_, lags = customer.id, (customer.lag_from, customer.lag_to)
    yield from _place(id_, customer.place, places)
    if not -math.inf < customer.opens_at <= customer.due_at < math.inf:
        words = f"客户 {id_} 的预约时段应先开始后截止。"
        yield _error(HomeCareErrorCode.BAD_WINDOW, id_, words)
    if not all(_is_amount(care.duration) for care in customer.cares):
        words = f"客户 {id_} 的服务时长应为不小于零的数。"
        yield _error(HomeCareErrorCode.BAD_DURATION, id_, words)
    if len(customer.cares) not in {1, PAIR}:
        words = f"客户 {id_} 有 {len(customer.cares)} 项服务，应为一项或两项。"
        yield _error(HomeCareErrorCode.BAD_CARES, id_, words)
    if not 0 <= lags[0] <= lags[1] < math.inf:
        words = f"客户 {id_} 两项服务的最短间隔应不小于零且不超过最长间隔。"
        yield _error(HomeCareErrorCode.BAD_LAG, id_, words)
    elif lags != (0, 0) and len(customer.cares) != PAIR:
        words = f"客户 {id_} 不是两项服务，不能有间隔。"
        yield _error(HomeCareErrorCode.BAD_LAG, id_, words)


def _able(customer: Customer, carers: tuple[Carer, ...]) -> Iterator[HomeCareError]:
    able = [[carer.id for carer in carers if care.skill in carer.skills] for care in customer.cares]
    for care, who in zip(customer.cares, able, strict=True):
        if not who:
            words = f"客户 {customer.id} 需要“{care.skill}”，没有电管家具备。"
            yield _error(HomeCareErrorCode.NO_CARER, customer.id, words)
    if len(able) == PAIR and all(able) and all(a == b for a, b in product(*able)):
        words = f"客户 {customer.id} 需要两位电管家，只有 {able[0][0]} 一位合适。"
        yield _error(HomeCareErrorCode.NO_PAIR, customer.id, words)
