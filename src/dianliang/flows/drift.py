"""Does triage still fit what people ask? Counted by the database, measured by the engines."""

from dataclasses import dataclass, replace
from datetime import datetime

from dianliang.domain.catalog.queries import services
from dianliang.domain.insight import drift as counts
from dianliang.domain.insight.drift import Part, Week
from dianliang.engines import triage as engine
from dianliang.engines.labelling import (
    Calibration,
    Change,
    Shift,
    Verdict,
    calibration,
    calibration_verdict,
    stability,
)
from dianliang.flows import triage
from dianliang.kernel.actor import Actor

SAMPLE_A_WEEK = 300
"""So many texts of a week are looked at for words that triage does not know."""
COMPARED_WEEKS = 4
"""A week is compared with so many weeks before it together."""
MOST_SERVICES = 12
"""The services asked for most have a line of their own; the others share one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """One week. `shift` compares what was asked with the weeks before; `unseen` is a mean share."""

    week: Week
    received: int
    shift: Shift
    most_changed: Change | None
    overridden: Part
    unlooked: int
    doubted: Part
    unseen: float | None
    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """One service: its share of each week, None of a week without needs."""

    name: str
    shares: tuple[float | None, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """All that the page of drift shows.

    `latest` is the last week that is over; `sampled` are needs that somebody decided blind, of
    which the program had so many right.
    """

    weeks: tuple[WeekRow, ...]
    latest: WeekRow
    services: tuple[ServiceRow, ...]
    calibration: Calibration
    is_calibrated: Verdict
    unlooked: int
    sampled: Part


def drift(*, by: Actor, at: datetime) -> Drift:
    """Return how triage has done in the last twelve weeks, in an actor's scope.

    Cost: eight queries; two seconds for 100 000 needs, most of it for reading what was proposed.
    """
    weeks = counts.weeks_until(at)
    received = counts.received(weeks, by=by)
    names = {service.code: service.name for service in services()}
    unlooked = counts.unlooked(weeks, by=by)
    overridden, doubted = counts.overridden(weeks, by=by), counts.doubted(weeks, by=by)
    totals = [sum(of_week.values()) for of_week in received]
    texts = counts.sampled_texts(weeks, each=SAMPLE_A_WEEK, received=sum(totals), by=by)
    made = triage.prepared()
    unseen = [_unseen(some, made) for some in texts]
    shifts = [_shift(received, number) for number in range(len(weeks))]
    rows = tuple(
        WeekRow(
            week=week,
            received=totals[i],
            shift=shifts[i],
            most_changed=_most_changed(shifts[i], names),
            overridden=overridden[i],
            unlooked=unlooked[i],
            doubted=doubted[i],
            unseen=unseen[i],
            read=len(texts[i]),
        )
        for i, week in enumerate(weeks)
    )
    calibrated = calibration(counts.confidences(weeks, by=by))
    return Drift(
        weeks=rows,
        latest=[row for row in rows if row.week.is_over][-1],
        services=_services(received, totals, names),
        calibration=calibrated,
        is_calibrated=calibration_verdict(calibrated),
        unlooked=sum(unlooked),
        sampled=counts.sampled(weeks, by=by),
    )


def _shift(received: tuple[dict[str, int], ...], number: int) -> Shift:
    before: dict[str, int] = {}
    for of_week in received[max(0, number - COMPARED_WEEKS) : number]:
        for code, n in of_week.items():
            before[code] = before.get(code, 0) + n
    return stability(before, received[number])


def _most_changed(shift: Shift, names: dict[str, str]) -> Change | None:
    if not shift.changes:
        return None
    most = shift.changes[0]
    return replace(most, name=_name(names, most.name))


def _name(names: dict[str, str], code: str) -> str:
    return names.get(code, code) or "未定"


def _services(
    received: tuple[dict[str, int], ...], totals: list[int], names: dict[str, str]
) -> tuple[ServiceRow, ...]:
    whole: dict[str, int] = {}
    for of_week in received:
        for code, n in of_week.items():
            whole[code] = whole.get(code, 0) + n
    ranked = sorted(whole, key=lambda code: (-whole[code], code))
    shown = [(_name(names, code), frozenset({code})) for code in ranked[:MOST_SERVICES]]
    if ranked[MOST_SERVICES:]:
        shown.append(("其余事项", frozenset(ranked[MOST_SERVICES:])))
    return tuple(
        ServiceRow(
            name=name,
            shares=tuple(
                sum(of_week.get(code, 0) for code in codes) / total if total else None
                for of_week, total in zip(received, totals, strict=True)
            ),
            total=sum(whole[code] for code in codes),
        )
        for name, codes in shown
    )


def _unseen(texts: list[str], made: engine.Triage) -> float | None:
    """Return the mean share of pairs of characters that triage does not know."""
    shares = [share for text in texts if (share := made.unseen_share(text)) is not None]
    return sum(shares) / len(shares) if shares else None
