"""Problems and plans as JSON: the one place that reads and writes it."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dianliang.core.checks import InvalidRowsError
from dianliang.engines import routing
from dianliang.engines.routing import Bound, Plan, Problem
from dianliang.integrations.plan_files.checking import doubts_of
from dianliang.integrations.plan_files.documents.codec import (
    Decoder,
    Doubled,
    RefusedError,
    encoded,
    parsed,
    pointer,
    shown,
)
from dianliang.integrations.plan_files.documents.hints import hints_of
from dianliang.integrations.plan_files.loaded import (
    JOB,
    LINE,
    LINK,
    LOCK,
    PLAN_SCHEMA,
    PROBLEM_SCHEMA,
    SERIES,
    TEAM,
    Coordinates,
    Label,
    Loaded,
    PlanFile,
    ProblemFile,
    Spot,
    Spots,
    errors_of,
    in_parts,
    mover,
    with_metres,
)
from dianliang.integrations.plan_files.years import doubtful_years
from dianliang.kernel.errors import DomainError
from dianliang.kernel.text import decoded

MOST_BYTES = 200 * 1024 * 1024
NAMES_IN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "jobs": (JOB, ("id",)),
    "teams": (TEAM, ("id",)),
    "locks": (LOCK, ("job_id", "team_id")),
    "links": (LINK, ("first", "then")),
    "series": (SERIES, ("id", "job_ids")),
    "lines": (LINE, ("id",)),
}
"""By which names an error may call a part of a problem."""


class UnreadableDocumentError(DomainError):
    """The file is no JSON of ours; the message says why and what to do."""

    code = "plan-files.unreadable"


def problem_document(problem: Problem, *, labels: Mapping[str, Label] | None = None) -> bytes:
    """Return a problem as a JSON file."""
    return _written(ProblemFile(schema=PROBLEM_SCHEMA, problem=problem, labels=labels or {}))


def plan_document(plan: Plan, *, bound: Bound | None = None) -> bytes:
    """Return a plan as a JSON file, with what is proven about it."""
    share = routing.gap(plan, bound) if bound else None
    return _written(PlanFile(schema=PLAN_SCHEMA, plan=plan, bound=bound, gap=share))


def _written(document: ProblemFile | PlanFile) -> bytes:
    text = json.dumps(encoded(document), ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def read_problem(content: bytes, *, name: str) -> Loaded:
    """Return the problem of a JSON file.

    Raises:
        UnreadableDocumentError: it is no JSON, or no problem of a version that is known.
        InvalidRowsError: every fault, with its pointer.
    """
    body = _body(content, name=name, schema=PROBLEM_SCHEMA)
    is_shifted = body.get("coordinates") == Coordinates.GCJ02
    decoder = Decoder(moved=mover(Coordinates.GCJ02 if is_shifted else Coordinates.WGS84))
    raw = body.get("problem")
    spots = _spots(raw)
    problem = in_parts(_partly(decoder, raw))
    _add_parts(spots, problem)
    try:
        document = decoder.object(ProblemFile, {**body, "problem": {"jobs": [], "teams": []}}, "")
    except RefusedError:
        document = None
    faults = decoder.faults
    faults += errors_of(problem, spots, is_partial=bool(faults))
    if not faults:
        faults, notices = doubts_of(problem, spots)
    if faults or document is None:
        raise InvalidRowsError([f"{name} {fault}" for fault in faults])
    labels = with_metres(problem, document.labels)
    notices += doubtful_years(problem, spots)
    return Loaded(problem=problem, labels=labels, notices=notices)


def read_plan(content: bytes, *, name: str) -> Plan:
    """Return the plan of a JSON file.

    Raises:
        UnreadableDocumentError: it is no JSON, or no plan of a version that is known.
        InvalidRowsError: every fault, with its pointer.
    """
    decoder = Decoder(moved=mover(Coordinates.WGS84))
    try:
        document: PlanFile = decoder.object(
            PlanFile, _body(content, name=name, schema=PLAN_SCHEMA), ""
        )
    except RefusedError as refusal:
        raise InvalidRowsError([f"{name} {fault}" for fault in decoder.faults]) from refusal
    return document.plan


def _body(content: bytes, *, name: str, schema: str) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise UnreadableDocumentError(f"{name} 超过 200 MB，请拆分。")
    text = decoded(content)
    if text is None or "\0" in text:
        raise UnreadableDocumentError(f"{name} 不是文本文件，请给出 UTF-8 编码的 JSON。")
    try:
        body = parsed(text)
    except json.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 个字符"
        message = f"{name} 不是完整的 JSON：{place}读不下去。请检查是否漏了引号、逗号或括号。"
        raise UnreadableDocumentError(message) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableDocumentError(f"{name} 的数字过长或层次过深，读不下去。") from error
    if isinstance(body, Doubled):
        raise UnreadableDocumentError(f"{name} 的最外层有两个“{body.key}”，请只留一个。")
    found = body.get("schema") if isinstance(body, dict) else None
    if found != schema:
        message = (
            f"{name} 的 schema 应为 {schema}，现为 {shown(found)}。"
            "格式见 dianliang plan --schema；更新的版本请升级本程序。"
        )
        raise UnreadableDocumentError(message)
    return dict(body)


def _partly(decoder: Decoder, raw: Any) -> Problem:
    """Return what can be read of a problem, so that more faults are found at once."""
    if not isinstance(raw, dict):
        decoder.refuse("/problem", f"应为对象，现为 {shown(raw)}。")
        return Problem(jobs=(), teams=())
    try:
        problem: Problem = decoder.object(Problem, raw, "/problem")
        return problem
    except RefusedError:
        kept: dict[str, Any] = {name: _kept(name, raw) for name in NAMES_IN}
        return Problem(**kept)


def _kept(name: str, raw: dict[str, Any]) -> tuple[Any, ...]:
    """Return the sound items of a list; their faults are told already."""
    try:
        items: tuple[Any, ...] = Decoder(moved=mover(Coordinates.WGS84)).value(
            hints_of(Problem)[name], raw.get(name, []), ""
        )
    except RefusedError as refusal:
        return refusal.kept
    return items


def _spots(raw: Any) -> Spots:
    """Remember where each part of a problem stands, whether it is sound or not."""
    spots = Spots()
    for each in fields(Problem):
        rows = raw.get(each.name) if isinstance(raw, dict) else None
        if each.name not in NAMES_IN or not isinstance(rows, list):
            continue
        kind, keys = NAMES_IN[each.name]
        for number, row in enumerate(rows):
            if not isinstance(row, dict):
                continue
            ids = [id_ for key in keys for id_ in _texts(row.get(key))]
            spots.add(kind, ids, _spot(pointer(f"/problem/{each.name}", number)))
    return spots


def _add_parts(spots: Spots, problem: Problem) -> None:
    """Let what is told about a part point to its line, unless the part stands in the file."""
    for job in problem.jobs:
        if job.part and (JOB, job.id) not in spots.found:
            spots.found[JOB, job.id] = spots.found.get((LINE, job.part.line_id), [])


def _texts(raw: Any) -> list[str]:
    listed = raw if isinstance(raw, list) else [raw]
    return [item.strip() for item in listed if isinstance(item, str)]


def _spot(at: str) -> Spot:
    return lambda name: pointer(at, name) if name else at
