"""Take in, examine, sum up, judge: one run of ``dianliang energy``."""

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from dianliang.cli.clock import now
from dianliang.cli.energy import tables
from dianliang.cli.energy.arguments import Asked, asked
from dianliang.cli.energy.words import (
    DOUBTS,
    FEATURE_HEADINGS,
    LINES,
    LOADING_HEADINGS,
    QUALITY_HEADINGS,
    SAID,
    clause,
    in_words,
)
from dianliang.core.home import prepare_home
from dianliang.engines.loading import (
    DEFAULT_RULES,
    Line,
    Rules,
    Run,
    Span,
    TransformerLoad,
    clock,
)
from dianliang.flows.energy import judging, running, spans, taking_in
from dianliang.flows.energy.lines import rules_of, told
from dianliang.integrations.curve_store import CurveStore, register
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, reason
from dianliang.kernel.text import decoded

EXECUTOR = "DIANLIANG_ENERGY_EXECUTOR"
ELSEWHERE = {
    "grid": "dianliang.cli.energy.grid",
    "powerflow": "dianliang.cli.energy.grid",
    "forecast": "dianliang.cli.energy.season",
    "relief": "dianliang.cli.energy.solving",
    "zone": "dianliang.cli.energy.solving",
    "coverage": "dianliang.cli.energy.solving",
    "measure": "dianliang.cli.energy.measuring",
    "enterprises": "dianliang.cli.energy.firms",
    "tariff": "dianliang.cli.energy.firms",
}
"""Verbs that want other engines: who wants a report of readings does not wait for them."""


def run(words: Sequence[str]) -> int:
    """Do what was asked for; return 0.

    Raises:
        DomainError: a file, the store or the rules cannot be used.
    """
    if words and words[0] in ELSEWHERE:
        return int(import_module(ELSEWHERE[words[0]]).run(words))
    wish = asked(words, others=ELSEWHERE)
    if wish.prints_rules:
        sys.stdout.write(told(_rules(wish)) + "\n")
        return 0
    tables.check(wish.out)
    store = CurveStore(wish.store)
    {"import": _import, "quality": _quality, "features": _features, "loading": _loading}[wish.verb](
        wish, store
    )
    return 0


def _import(wish: Asked, store: CurveStore) -> None:
    if not wish.is_check:
        prepare_home(str(wish.store.parent))  # for its owner only, before anything is in it
    network = None
    if wish.meters is not None:
        network = taking_in.bring_register(store, wish.meters, is_check=wish.is_check)
        _say(f"户变关系：{len(network.meters)} 只表，{len(network.transformers)} 台变压器")
    elif register(store.root) is None:
        _say("还没有户变关系：表号不核对；示数倍率取文件里的，没有就按 1。")
    if wish.is_check:
        for path in wish.files:
            _say(taking_in.look_at(store, path, wish.hints, at=now(), network=network).words)
        _say("检查通过，没有写入。")
        return
    for path in wish.files:
        _say(taking_in.take_in(store, path, wish.hints, at=now()).words)


def _quality(wish: Asked, store: CurveStore) -> None:
    span = _span(wish, store)
    with _executor(wish) as executor:
        found = running.doubted(store, span, executor=executor)
    said = SAID[wish.language]
    rows = [
        [
            one.number,
            one.days,
            one.read / one.expected,
            one.expected - one.read,
            one.gaps,
            one.longest_gap,
            one.stuck,
            one.spikes,
            one.clock_minutes,
            said["and"].join(DOUBTS[wish.language][doubt] for doubt in one.doubts),
        ]
        for one in found
        if one.doubts or wish.is_all
    ]
    tables.tell(QUALITY_HEADINGS[wish.language], rows, wish.out, language=wish.language)
    doubted = sum(bool(one.doubts) for one in found)
    _say(said["quality"].format(meters=len(found), doubted=doubted, fine=len(found) - doubted))


def _features(wish: Asked, store: CurveStore) -> None:
    span = _span(wish, store)
    with _executor(wish) as executor:
        found = map(
            _in_units, running.each_feature(store, span, rules=_rules(wish), executor=executor)
        )
        tables.stream(FEATURE_HEADINGS[wish.language], found, wish.out, language=wish.language)


def _loading(wish: Asked, store: CurveStore) -> None:
    span, rules = _span(wish, store), _rules(wish)
    network = register(store.root)
    if network is None:
        raise InvalidInputError(
            "没有户变关系。请先 dianliang energy import --meters 户变关系文件。"
        )
    with _executor(wish) as executor:
        found = judging.judged(store, network, span, rules=rules, executor=executor)
    rows = [
        [one.number, one.capacity_kva, one.meters, *line]
        for one in found
        for line in ([_line(run, wish.language) for run in one.runs] or _quiet(wish, one))
    ]
    tables.tell(LOADING_HEADINGS[wish.language], rows, wish.out, language=wish.language)
    unknown = sum(2 * one.known_points < one.points for one in found)
    worst = [one.worst for one in found]
    said = SAID[wish.language]
    _say(
        said["loading"].format(
            all=len(found),
            over=worst.count(Line.OVER),
            heavy=worst.count(Line.HEAVY),
            unknown=unknown,
        )
    )
    doubted = [one.number for one in found if one.unbelieved_points]
    if doubted:
        words = {"n": len(doubted), "first": doubted[0], "most": float(rules.most_share)}
        _say(said["unbelieved"].format(**words))
    clauses = [clause(rule.clause, language=wish.language) for rule in rules.loads]
    _say(said["clauses"].format(clauses=said["then"].join(clauses)))


def _in_units(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return features in kW and volts; they are kept in whole watts and tenths of a volt."""
    for name, parts in (("peak_w", 1000.0), ("least_dv", 10.0), ("most_dv", 10.0)):
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, name, pc.divide(batch.column(place), parts))
    return batch


def _quiet(wish: Asked, one: TransformerLoad) -> list[list[Any]]:
    """Return the line of a transformer without runs, if all were asked for."""
    return [[*[None] * 8, _plainly(one, wish.language)]] if wish.is_all else []


def _line(run: Run, language: str) -> list[Any]:
    return [
        LINES[language][run.line],
        f"{run.on} {clock(run.minute)}",
        run.minutes,
        run.bridged,
        *((None, run.most / 10) if run.line is Line.UNEVEN else (run.most / 1000, None)),
        f"{run.most_on} {clock(run.most_minute)}",
        run.partial,
        in_words(run, language=language),
    ]


def _plainly(one: TransformerLoad, language: str) -> str:
    said = SAID[language]
    if one.peak_share is None or one.peak_minute is None:
        return said["unknown"]
    at = f"{one.peak_on} {clock(one.peak_minute)}"
    is_back = one.peak_w is not None and one.peak_w < 0
    return said["back" if is_back else "peak"].format(share=one.peak_share, at=at)


def _rules(wish: Asked) -> Rules:
    if wish.rules is None:
        return DEFAULT_RULES
    try:
        text = decoded(wish.rules.read_bytes())
    except OSError as error:
        raise InvalidInputError(f"读不了 {wish.rules}：{reason(error)}。") from error
    return rules_of(text or "")


def _span(wish: Asked, store: CurveStore) -> Span:
    """Return the days asked for, but for those to come, and say which of them hold something.

    Raises:
        InvalidInputError: nothing is stored of them; the message says what there is.
    """
    assert wish.span is not None  # noqa: S101 (only import goes without)
    today = now().astimezone(SHANGHAI).date()
    stored, span = store.stored(wish.span), spans.due(store, wish.span, today=today)
    if stored is None or span is None:
        there = "、".join(store.months()) or "什么也没有"
        raise InvalidInputError(
            f"{wish.span.from_on} 至 {wish.span.until_on} 没有曲线。{wish.store} 里有：{there}。"
        )
    ends = (span.from_on, _last(span), span.days, stored.from_on, _last(stored))
    _say(SAID[wish.language]["span"].format(*ends))
    return span


def _last(span: Span) -> date:
    return span.until_on - timedelta(days=1)


@contextmanager
def _executor(wish: Asked) -> Iterator[running.Executor]:
    """Give what is configured, else threads of this process.

    Raises:
        InvalidInputError: what is configured cannot be loaded.
    """
    name = os.environ.get(EXECUTOR, "")
    if not name:
        with ThreadPoolExecutor(wish.workers) as pool:
            yield pool
        return
    module, _, factory = name.rpartition(".")
    try:
        made = getattr(import_module(module), factory)()
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        words = f"执行器 {name} 用不了：{error}。请核对 {EXECUTOR}，或去掉它在本机计算。"
        raise InvalidInputError(words) from error
    yield made


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
