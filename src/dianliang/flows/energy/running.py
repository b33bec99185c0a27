"""Go through the readings of some days, stretch by stretch, here or elsewhere.

A stretch is a work of its own, so that a thread, another process or another machine can do it.
What does it is an `Executor`, as in the routing engine; see `docs/recipes/executor.md`. A worker
elsewhere reads the same files: a store on several machines lies on a file system they share.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from dianliang.engines.loading import (
    DEFAULT_RULES,
    Loads,
    MeterQuality,
    Network,
    QualityRules,
    Rules,
    Span,
    conclude,
    examine,
    features,
)
from dianliang.flows.energy.lines import rules_of, told
from dianliang.integrations.curve_store import (
    CurveStore,
    CurveStoreError,
    Slice,
    batches,
    register,
)

GROUPS = 4
"""Groups of 40 000 meter-days in one work."""
FEATURES_KEY, LOADS_KEY, QUALITY_KEY = "features", "loads", "quality"
KEYS = (FEATURES_KEY, LOADS_KEY, QUALITY_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A stretch of readings, and what is wanted of it."""

    root: str
    part: Slice
    span: Span
    wanted: tuple[str, ...]
    rules: Rules = field(default=DEFAULT_RULES)

    def packed(self) -> bytes:
        """Return the work as JSON, without pickles."""
        body = {
            "root": self.root,
            "part": asdict(self.part),
            "span": [self.span.from_on.isoformat(), self.span.until_on.isoformat()],
            "wanted": list(self.wanted),
            "rules": told(self.rules),
        }
        return json.dumps(body).encode()

    @classmethod
    def unpacked(cls, content: bytes) -> "Work":
        """Return a work that has travelled.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        body = json.loads(content)
        first, end = map(date.fromisoformat, body["span"])
        return cls(
            root=body["root"],
            part=Slice(**body["part"]),
            span=Span(first, end),
            wanted=tuple(body["wanted"]),
            rules=rules_of(body["rules"]),
        )


Answer = Mapping[str, Sequence[pa.RecordBatch]]


class Executor(Protocol):
    """Does every work and returns the answers in order; any `concurrent.futures.Executor` will."""

    def map(self, task: Callable[[Work], Answer], works: Sequence[Work], /) -> Iterable[Answer]:
        """Apply the task to each work, several at a time if it can."""
        ...


class Inline:
    """Does one work after the other, here."""

    def map(self, task: Callable[[Work], Answer], works: Sequence[Work], /) -> Iterable[Answer]:
        """Apply the task to each work."""
        return map(task, works)


@dataclass(frozen=True, slots=True)
class Courier:
    """Has works done wherever `carry` brings bytes: it takes all and returns answers in order."""

    carry: Callable[[Sequence[bytes]], Sequence[bytes]]

    def map(self, task: Callable[[Work], Answer], works: Sequence[Work], /) -> Iterable[Answer]:
        """Send the works away; what is asked for stands in each work, not in `task`."""
        del task
        return (_opened(one) for one in self.carry([work.packed() for work in works]))


def survey(work: Work) -> Answer:
    """Go through one stretch: features by meter and day, sums by transformer, doubts by meter.

    Raises:
        CurveStoreError: the files or the register cannot be read.
    """
    sums = None
    if LOADS_KEY in work.wanted:
        network = register(Path(work.root))
        if network is None:
            raise CurveStoreError("没有户变关系，无法合计变压器负荷。请用 --meters 导入。")
        sums = Loads.empty(network, work.span)
    found: list[pa.RecordBatch] = []
    if QUALITY_KEY in work.wanted:
        read = [within(batch, work.span) for batch in batches(work.part)]
        return {QUALITY_KEY: [examine(read, register(Path(work.root)), QualityRules())]}
    for batch in batches(work.part):
        if FEATURES_KEY in work.wanted:
            found.append(features(within(batch, work.span), rules=work.rules))
        if sums is not None:
            sums.add(batch)
    return {FEATURES_KEY: found, LOADS_KEY: [] if sums is None else [sums.packed()]}


def survey_bytes(content: bytes) -> bytes:
    """Do a work that has travelled, and pack its answer: what runs on the far side of a courier.

    Raises:
        CurveStoreError: the files or the register cannot be read there.
    """
    sink = pa.BufferOutputStream()
    answer = survey(Work.unpacked(content))
    for name in KEYS:
        part = answer.get(name) or []
        table = pa.Table.from_batches(part, None if part else pa.schema([]))
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    return bytes(sink.getvalue())


def _opened(content: bytes) -> Answer:
    reader = pa.BufferReader(content)
    return {name: pa.ipc.open_stream(reader).read_all().to_batches() for name in KEYS}


def works(store: CurveStore, span: Span, *, wanted: Sequence[str], rules: Rules) -> list[Work]:
    """Return what there is to do for some days.

    Raises:
        CurveStoreError: the store is damaged.
    """
    return [
        Work(root=str(store.root), part=part, span=span, wanted=tuple(wanted), rules=rules)
        for part in store.slices(span, groups=GROUPS)
    ]


def each_feature(
    store: CurveStore,
    span: Span,
    *,
    rules: Rules = DEFAULT_RULES,
    executor: Executor | None = None,
) -> Iterator[pa.RecordBatch]:
    """Return a row of `FEATURES` for each meter and day, in pieces, ordered within each.

    Raises:
        CurveStoreError: the store is damaged.
    """
    todo = works(store, span, wanted=[FEATURES_KEY], rules=rules)
    for answer in (executor or Inline()).map(survey, todo):
        yield from answer[FEATURES_KEY]


def within(batch: pa.RecordBatch, span: Span) -> pa.RecordBatch:
    """Return the rows of a span; without a copy if that is all of them."""
    day = batch.column("day")
    ends = pa.compute.min_max(day)
    if span.from_on <= ends["min"].as_py() and ends["max"].as_py() < span.until_on:
        return batch
    inside = pa.compute.and_(
        pa.compute.greater_equal(day, span.from_on), pa.compute.less(day, span.until_on)
    )
    return batch.filter(inside)


def summed(
    store: CurveStore,
    network: Network,
    span: Span,
    *,
    rules: Rules = DEFAULT_RULES,
    executor: Executor | None = None,
    on_features: Callable[[pa.RecordBatch], None] | None = None,
) -> Loads:
    """Add the readings of some days up by transformer; hand features over in the same pass.

    Raises:
        CurveStoreError: the store is damaged, or its register is not that of `network`.
    """
    whole = Loads.empty(network, span)
    wanted = [LOADS_KEY, *([FEATURES_KEY] if on_features else [])]
    for answer in (executor or Inline()).map(
        survey, works(store, span, wanted=wanted, rules=rules)
    ):
        for packed in answer[LOADS_KEY]:
            try:
                whole.merge(packed)
            except ValueError as error:
                raise CurveStoreError("户变关系在计算中被更换，请重新运行。") from error
        if on_features is not None:
            for batch in answer[FEATURES_KEY]:
                on_features(batch)
    return whole


def doubted(
    store: CurveStore,
    span: Span,
    *,
    rules: QualityRules | None = None,
    executor: Executor | None = None,
) -> list[MeterQuality]:
    """Judge the readings of every meter in some days.

    Raises:
        CurveStoreError: the store is damaged.
    """
    todo = works(store, span, wanted=[QUALITY_KEY], rules=Rules())
    parts = [
        part for answer in (executor or Inline()).map(survey, todo) for part in answer[QUALITY_KEY]
    ]
    return conclude(parts, register(store.root), span, rules or QualityRules())
