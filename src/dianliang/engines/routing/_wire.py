"""Work and answers as bytes, for executors behind a border that pickles must not cross.

Format: NumPy's `.npz`, not compressed, never with pickled objects; one array per field. The kernel
reads arrays without looking at their bounds, so every number that points into one is checked here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from dianliang.engines.routing import _kernel as kernel
from dianliang.engines.routing._kernel import Data, Ints
from dianliang.engines.routing._state import Laid
from dianliang.engines.routing._work import Answer, Work, improve_region

Arrays = dict[str, NDArray[Any]]
DTYPES: dict[str, Any] = {
    "time": np.int32,
    "items": kernel.ITEM,
    "windows": kernel.WINDOW,
    "routes": kernel.ROUTE,
    "teams": kernel.TEAM,
    "able": np.bool_,
    "extra": np.float32,
    "series": kernel.SERIES,
    "groups": kernel.GROUP,
}
"""Of the fields of `Data` that are arrays; all others are 64-bit integers."""
SCALARS = ("travel_price", "balance_price", "loyal_price")
TABLES = tuple(name for name in Data._fields if name not in SCALARS)
LONGEST_DAY = 10_000


class BadWorkError(ValueError):
    """Bytes that are no work and no answer, or one whose numbers point outside its arrays."""


@dataclass(frozen=True, slots=True)
class Courier:
    """An executor for works that travel as bytes: `carry` brings them and returns the answers.

    At the other end stands `improve_bytes`. Answers come in the order of the works.
    """

    carry: Callable[[Sequence[bytes]], Iterable[bytes]]

    def map(self, task: Callable[[Work], Answer], works: Sequence[Work], /) -> Iterable[Answer]:
        """Send every work; the task is the same at the other end."""
        del task
        answers = self.carry([pack_work(work) for work in works])
        return (unpack_answer(packed) for packed in answers)


def improve_bytes(packed: bytes) -> bytes:
    """Improve a packed region; return the packed answer.

    Raises:
        BadWorkError: this is no work.
        ValueError: the plan in the work breaks a rule.
    """
    return pack_answer(improve_region(unpack_work(packed)))


def pack_work(work: Work) -> bytes:
    """Write a work as bytes: about 1.5 MB for 450 jobs."""
    d = work.data
    arrays: Arrays = {name: getattr(d, name) for name in TABLES}
    arrays["scalars"] = np.array([getattr(d, name) for name in SCALARS], float)
    arrays["how"] = np.array([work.seed, work.hot, work.cold, work.iterations, work.chunk], float)
    return _pack(arrays | _flat(work.laid))


def unpack_work(packed: bytes) -> Work:
    """Read a work.

    Raises:
        BadWorkError: this is no work, or its numbers point outside its arrays.
    """
    arrays = _unpack(packed, (*TABLES, "scalars", "how", *FLAT))
    for name in TABLES:
        if arrays[name].dtype != np.dtype(DTYPES.get(name, np.int64)):
            _refuse(f"{name} is of type {arrays[name].dtype}")
    seed, hot, cold, iterations, chunk = _floats(arrays["how"], 5)
    if min(hot, cold) <= 0 or iterations < 0 or chunk < 1:
        _refuse("the search has no sense")
    travel, balance, loyal = _floats(arrays["scalars"], 3)
    data = Data(
        **{name: arrays[name] for name in TABLES},
        travel_price=travel,
        balance_price=balance,
        loyal_price=loyal,
    )
    _check_shapes(data)
    _check_pointers(data)
    laid = _laid(arrays, jobs=len(data.able), routes=len(data.routes))
    return Work(
        data=data,
        laid=laid,
        seed=int(seed),
        hot=hot,
        cold=cold,
        iterations=int(iterations),
        chunk=int(chunk),
    )


def pack_answer(answer: Answer) -> bytes:
    """Write an answer as bytes."""
    arrays = _flat(answer.laid)
    arrays["figures"] = np.array([answer.gain, answer.iterations], float)
    return _pack(arrays)


def unpack_answer(packed: bytes) -> Answer:
    """Read an answer; whether its plan keeps the rules, the search sees when it takes it over.

    Raises:
        BadWorkError: this is no answer, or it serves a job twice.
    """
    arrays = _unpack(packed, ("figures", *FLAT))
    gain, iterations = _floats(arrays["figures"], 2)
    most = np.iinfo(np.int64).max
    return Answer(laid=_laid(arrays, jobs=most, routes=most), gain=gain, iterations=int(iterations))


FLAT = ("used", "ends", "laid", "anchored", "begins", "turned")


def _flat(laid: Laid) -> Arrays:
    sequences = laid.sequences
    return {
        "used": np.array(list(sequences), np.int64),
        "ends": np.cumsum([len(jobs) for jobs in sequences.values()], dtype=np.int64),
        "laid": np.array([job for jobs in sequences.values() for job in jobs], np.int64),
        "anchored": np.array(list(laid.anchors), np.int64),
        "begins": np.array(list(laid.anchors.values()), np.int64),
        "turned": np.array(sorted(laid.turned), np.int64),
    }


def _laid(arrays: Arrays, *, jobs: int, routes: int) -> Laid:
    used, ends, laid, anchored, begins, turned = (_ints(arrays[name]) for name in FLAT)
    steps = np.diff(ends, prepend=0)
    if len(used) != len(ends) or (steps < 0).any() or ends[-1:].sum() != len(laid):
        _refuse("routes and jobs do not match")
    if len(anchored) != len(begins):
        _refuse("linked jobs and begins do not match")
    for numbers, below in ((used, routes), (laid, jobs), (anchored, jobs), (turned, jobs)):
        _within(numbers, 0, below)
        if len(np.unique(numbers)) < len(numbers):
            _refuse("something is there twice")
    parts = np.split(laid, ends[:-1])
    sequences = {int(v): part.tolist() for v, part in zip(used, parts, strict=False)}
    held = dict(zip(anchored.tolist(), begins.tolist(), strict=True))
    return Laid(sequences, held, frozenset(turned.tolist()))


def _pack(arrays: Arrays) -> bytes:
    box = BytesIO()
    np.savez(box, allow_pickle=False, **arrays)
    return box.getvalue()


def _unpack(packed: bytes, names: Sequence[str]) -> Arrays:
    try:
        with ZipFile(BytesIO(packed)) as box:
            if any(part.compress_type != ZIP_STORED for part in box.infolist()):
                _refuse("compressed")
        with np.load(BytesIO(packed), allow_pickle=False) as box:
            return {name: np.ascontiguousarray(box[name]) for name in names}
    except (BadZipFile, KeyError, ValueError, EOFError) as wrong:
        raise BadWorkError(str(wrong)) from wrong


def _ints(array: NDArray[Any]) -> Ints:
    if array.dtype != np.int64 or array.ndim != 1:
        _refuse("not whole numbers")
    return array


def _floats(array: NDArray[Any], count: int) -> list[float]:
    if array.shape != (count,) or array.dtype != np.float64 or not np.isfinite(array).all():
        _refuse("not finite numbers")
    return [float(value) for value in array]


def _check_shapes(d: Data) -> None:
    n, routes, kinds = len(d.able), len(d.routes), len(d.kind_start) - 1
    gear = d.room.shape[-1]
    wanted = {
        "time": (len(d.time), len(d.time)),
        "able": (n, routes),
        "extra": (n, routes),
        "out": (n, gear),
        "back": (n, gear),
        "stock": (routes, gear),
        "room": (routes, gear),
        "near": (n, d.near.shape[-1]),
        "beside": (n, d.beside.shape[-1]),
        "near_kinds": (n, d.near_kinds.shape[-1]),
        "kind_routes": (routes,),
        "pattern_days": (len(d.pattern_days), d.pattern_days.shape[-1]),
    }
    wanted |= {
        name: (len(getattr(d, name)),)
        for name in (
            *("items", "windows", "routes", "teams", "kind_start"),
            *("series", "series_jobs", "groups", "linked", "lags"),
        )
    }
    for name, shape in wanted.items():
        if getattr(d, name).shape != shape:
            _refuse(f"{name} has another shape")
    if len(d.items) < n or kinds < 0:
        _refuse("too few items or kinds")


def _check_pointers(d: Data) -> None:
    n, items, places = len(d.able), d.items, len(d.time)
    _within(items["place"], 0, places)
    _within(items["exit"], 0, places)
    _within(items["ways"], kernel.FORTH, kernel.EITHER + 1)
    _spans(items["first"], items["last"], len(d.windows))
    _within(items["series"], -1, len(d.series))
    _within(items["group"], -1, len(d.groups))
    for name, least, below in (
        ("start", 0, places),
        ("end", 0, places),
        ("team", 0, len(d.teams)),
        ("day", 0, LONGEST_DAY),
    ):
        _within(d.routes[name], least, below)
    rests = d.routes["rest"][d.routes["rest"] >= 0]
    _within(rests, n, len(items))
    if (items["last"] <= items["first"])[rests].any():
        _refuse("a break without a window")
    _within(d.near, 0, n)
    _within(d.beside, 0, n)
    _within(d.near_kinds, 0, len(d.kind_start) - 1)
    _within(d.kind_routes, 0, len(d.routes))
    _spans(d.kind_start[:-1], d.kind_start[1:], len(d.kind_routes))
    _spans(d.series["first"], d.series["last"], len(d.series_jobs))
    _spans(d.series["first_pattern"], d.series["last_pattern"], len(d.pattern_days))
    _within(d.series_jobs, 0, n)
    _within(d.pattern_days, 0, int(d.routes["day"].max(initial=-1)) + 1)
    _spans(d.groups["first"], d.groups["last"], len(d.linked))
    _within(d.linked, 0, n)
    if (d.groups["last"] - d.groups["first"] < 2).any():
        _refuse("a group of less than two jobs")
    _spans(
        d.groups["lags"],
        d.groups["lags"] + (d.groups["last"] - d.groups["first"]) ** 2,
        len(d.lags),
    )
    planned = d.series[d.series["last_pattern"] > d.series["first_pattern"]]
    if (planned["last"] - planned["first"] > d.pattern_days.shape[1]).any():
        _refuse("a series is longer than its patterns")


def _spans(first: Ints, last: Ints, below: int) -> None:
    _within(first, 0, below + 1)
    _within(last, 0, below + 1)
    if (first > last).any():
        _refuse("a span ends before it begins")


def _within(numbers: Ints, least: int, below: int) -> None:
    if numbers.size and not least <= numbers.min() <= numbers.max() < below:
        _refuse("a number points outside")


def _refuse(what: str) -> NoReturn:
    raise BadWorkError(what)
