"""The transformers of a proposal before and after, beside those of it that nobody has relieved yet.

Overload comes with the season, so only the same month of another year compares. A proposal holds
transformers that were overloaded by one rule: those that were not built tell by how much that month
was milder or harder for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dianliang.domain.relief import built_queries, load_queries
from dianliang.domain.relief.load_queries import LoadRow, ScreeningRow
from dianliang.domain.relief.proposal_queries import LineRow, ProposalRow
from dianliang.engines.measurement import TakenOff, taken_off
from dianliang.flows.relief.effects import Side, side_of
from dianliang.kernel.phrases import Phrase

LEAST_KNOWN = 0.9
"""The share of a month that was read on both sides; with less its hours are guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One transformer in both months; `built_on` is None where nothing was done."""

    number: str
    name: str
    built_on: date | None
    before: Side
    after: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a proposal's months say; `reason` is why nothing can be compared, else empty.

    `hours` is of overload in 30 days, `peak` of the greatest load as a share of the rating: sums
    over `treated`. `left_out` are relieved ones without a month that compares.
    """

    reason: str = ""
    before: ScreeningRow | None = None
    after: ScreeningRow | None = None
    treated: tuple[Compared, ...] = ()
    untreated: tuple[Compared, ...] = ()
    left_out: int = 0
    hours: TakenOff | None = None
    peak: TakenOff | None = None


def compare(row: ProposalRow, lines: Sequence[LineRow]) -> Comparison:
    """Compare the transformers of a proposal. Four queries, and two for each month tried."""
    built = [line for line in lines if line.built_on is not None]
    if not built:
        return Comparison(reason=Phrase("这份方案还没有投运的台区。"))
    known = load_queries.screenings()
    before = next((one for one in known if one.month == row.month), None)
    first = min(line.built_on for line in built if line.built_on)
    later = [one for one in known if one.month.month == row.month.month and one.from_on >= first]
    if before is None or not later:
        words = "投运之后还没有判定过%(month)s月；不同季节不能相比，等那个月判定后再登记。"
        return Comparison(reason=Phrase(words, month=row.month.month))
    numbers = [line.number for line in lines]
    done = built_queries.built_days(numbers)
    old = _judged(before, numbers)
    for after in later:
        found = _compared(lines, done, (before, old), (after, _judged(after, numbers)))
        if any(one.built_on for one in found):
            return _told(before, after, found, len(built))
    words = "投运的台区没有一个在两个%(month)s月都有九成以上的读数，不能比较。"
    return Comparison(reason=Phrase(words, month=row.month.month))


def _judged(shown: ScreeningRow, numbers: Sequence[str]) -> dict[str, LoadRow]:
    rows = load_queries.judgements(screening=shown.number, areas=None, numbers=numbers)
    return {
        row.number: row
        for row in rows
        if row.line != "unknown" and row.known_share >= LEAST_KNOWN and row.peak_share
    }


def _compared(
    lines: Sequence[LineRow],
    done: Mapping[str, Sequence[date]],
    old: tuple[ScreeningRow, Mapping[str, LoadRow]],
    new: tuple[ScreeningRow, Mapping[str, LoadRow]],
) -> list[Compared]:
    """Return who is read in both months: relieved once before the second, or not in between."""
    (before, was), (after, now) = old, new
    found = []
    for line in lines:
        number = line.number
        if number not in was or number not in now:
            continue
        between = [day for day in done.get(number, ()) if before.from_on <= day < after.until_on]
        is_alone = between == [line.built_on] and between[0] <= after.from_on
        is_same = not between and was[number].capacity_kva == now[number].capacity_kva
        if is_alone or is_same:
            found.append(
                Compared(
                    number=number,
                    name=line.name,
                    built_on=line.built_on if is_alone else None,
                    before=side_of(before, was[number]),
                    after=side_of(after, now[number]),
                )
            )
    return found


def _told(
    before: ScreeningRow, after: ScreeningRow, found: Sequence[Compared], built: int
) -> Comparison:
    treated = tuple(one for one in found if one.built_on)
    return Comparison(
        before=before,
        after=after,
        treated=treated,
        untreated=tuple(one for one in found if not one.built_on),
        left_out=built - len(treated),
        hours=_hours(found),
        peak=_peak(found),
    )


def _hours(found: Sequence[Compared]) -> TakenOff | None:
    """Compare hours of overload: of all relieved ones, against those others that had any.

    One that was overloaded only after its relief, as load was moved to it, counts against it.
    """
    if not any(one.built_on and one.before.over_hours > 0 for one in found):
        return None
    had = [one for one in found if one.built_on or one.before.over_hours > 0]
    return _taken([(one.built_on, one.before.over_hours, one.after.over_hours) for one in had])


def _peak(found: Sequence[Compared]) -> TakenOff | None:
    rows = [(one.built_on, one.before.peak_share, one.after.peak_share) for one in found]
    return _taken([(day, before or 0.0, after or 0.0) for day, before, after in rows])


def _taken(rows: Sequence[tuple[date | None, float, float]]) -> TakenOff | None:
    """Hold the treated against the untreated; without any of the former there is nothing to say."""
    groups = [
        np.array([row[1:] for row in rows if bool(row[0]) is is_treated]).reshape(-1, 2).T
        for is_treated in (True, False)
    ]
    (before, after), (other_before, other_after) = groups
    if not len(before):
        return None
    return taken_off(treated=(before, after), untreated=(other_before, other_after))
