"""What an analysis says as plain values: what is stored, written to JSON, and printed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from dianliang.engines.enterprise import Analysis
from dianliang.flows.enterprises.analysing import Outcome
from dianliang.kernel.phrases import Phrase, kept

Body = dict[str, Any]


def body_of(outcome: Outcome) -> Body:
    """Return an analysis with its bills, figures rounded to what a meter can tell.

    Raises:
        ValueError: the firm could not be analysed.
    """
    found = outcome.analysis
    if found is None:
        raise ValueError(outcome.problem)
    return {
        "shape": str(found.shape),
        "read_share": round(found.read_share, 4),
        "kwh": round(found.kwh, 1),
        "most_kw": round(found.most_kw, 3),
        "most_at": asdict(found.most_at),
        "mean_kw": round(found.mean_kw, 3),
        "base_kw": round(found.base_kw, 3),
        "load_factor": round(found.load_factor, 4),
        "running_hours": round(found.running_hours, 1),
        "rest_ratio": round(found.rest_ratio, 4),
        "period_kwh": _rounded(found.period_kwh, 1),
        "period_cny": _rounded(outcome.period_cny, 2),
        "workday_kw": _rounded(found.workday_kw, 2),
        "rest_day_kw": _rounded(found.rest_day_kw, 2),
        "months": [_plain(asdict(month)) for month in outcome.months],
        "lines": [_plain(asdict(line)) for line in outcome.lines],
        "versions": list(outcome.versions),
        "total_cny": round(outcome.total_cny, 2),
        "low_cny": round(found.low_cny, 2),
        "high_cny": round(found.high_cny, 2),
    }


def stored(body: Body) -> Body:
    """Return a body as it is stored: sentences with their parts."""
    lines = [{name: kept(value) for name, value in line.items()} for line in body["lines"]]
    return {**body, "lines": lines, "versions": [kept(told) for told in body["versions"]]}


def findings_of(found: Analysis) -> list[Body]:
    """Return the findings, dearest first."""
    return [
        {
            "kind": str(one.kind),
            "low_cny": round(one.low_cny, 2),
            "high_cny": round(one.high_cny, 2),
            "rule": one.rule,
            "facts": _plain(dict(one.facts)),
            "points": [asdict(point) for point in one.points],
            "confidence": str(one.confidence),
            "group": one.group,
            "is_counted": one.is_counted,
            "status": one.status,
        }
        for one in found.findings
    ]


def _rounded(values: Any, digits: int) -> list[float]:
    rounded: list[float] = np.round(values, digits).tolist()
    return rounded


def _plain(values: Body) -> Body:
    return {key: _value(value) for key, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    is_code = isinstance(value, str) and not isinstance(value, Phrase)
    return str(value) if is_code else value


def excludes(findings: Sequence[Body], one: Body) -> list[str]:
    """Return the kinds of the other findings about the same kWh, of which one counts."""
    return [
        other["kind"]
        for other in findings
        if other["group"] == one["group"] and other["kind"] != one["kind"]
    ]
