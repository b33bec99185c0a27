"""What became of transformers that were relieved, measured.

Before is the month that the proposal was made from, after is a month that was judged since: the
same month of a later year where there is one, as tea seasons compare only with tea seasons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.domain.energy.queries.claims import by_key
from dianliang.domain.energy.shapes import ClaimRow
from dianliang.domain.relief import built_queries, load_queries
from dianliang.domain.relief.built_queries import BuiltRow
from dianliang.domain.relief.load_queries import LoadRow, ScreeningRow
from dianliang.flows.relief import curves
from dianliang.kernel.actor import Actor

MONTH_DAYS = 30
"""Hours are told per 30 days, so that months of other lengths compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A month of a transformer: hours are those of 30 days in which all was read."""

    month: date
    line_label: str
    peak_share: float | None
    over_hours: float
    heavy_hours: float
    least_v: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One relieved transformer before and after; without an `after` the month is still to come."""

    built: BuiltRow
    before: Side | None
    after: Side | None
    is_same_season: bool

    @property
    def is_relieved(self) -> bool:
        """Tell whether it has no run of overload any more."""
        return self.after is not None and self.after.line_label in {"正常", "重载"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All that was built in the actor's areas, and what it comes to."""

    rows: tuple[Effect, ...]
    measured: int
    relieved: int
    spent_cny: float
    claims: tuple[ClaimRow, ...]
    usual_cny: float
    """What larger transformers would have cost where one would have been enough."""

    @property
    def avoided_cny(self) -> float:
        """Return what larger transformers would have cost beyond what was spent in their place."""
        spent = sum(row.built.spent_cny for row in self.rows if row.built.usual_cny is not None)
        return self.usual_cny - spent


def effects(*, by: Actor) -> Effects:
    """Return what was built and measured since. Four queries and one for each month."""
    areas = curves.areas_of(by)
    built = built_queries.built(areas=areas)
    known = load_queries.screenings()
    found = {
        shown.number: {row.number: row for row in rows}
        for shown in known
        if (
            rows := load_queries.judgements(
                screening=shown.number, areas=areas, numbers=[one.number for one in built]
            )
        )
    }
    told = tuple(_effect(one, known, found) for one in built)
    return Effects(
        rows=told,
        measured=sum(row.after is not None for row in told),
        relieved=sum(row.is_relieved for row in told),
        spent_cny=sum(row.built.spent_cny for row in told),
        usual_cny=sum(row.built.usual_cny or 0.0 for row in told),
        claims=_claims(built, by=by),
    )


def _claims(built: Sequence[BuiltRow], *, by: Actor) -> tuple[ClaimRow, ...]:
    """Return what was stated as measured, newest proposal first."""
    proposals = dict.fromkeys(row.proposal for row in built)
    keys = [key for number in proposals for key in measured_keys(number)]
    found = by_key(keys, by=by)
    return tuple(found[key] for key in keys if key in found)


def measured_keys(proposal: str) -> tuple[str, str]:
    """Return the keys under which a proposal's measured hours and peak are stated."""
    return f"relief:{proposal}:hours", f"relief:{proposal}:peak"


def _effect(
    built: BuiltRow,
    known: tuple[ScreeningRow, ...],
    found: dict[str, dict[str, LoadRow]],
) -> Effect:
    first = next((shown for shown in known if shown.month == built.month), None)
    later = [
        shown
        for shown in known
        if shown.from_on >= built.built_on and built.number in found.get(shown.number, {})
    ]
    same = [shown for shown in later if shown.month.month == built.month.month]
    after = next(iter(same or later), None)
    return Effect(
        built=built,
        before=_side(first, built.number, found),
        after=_side(after, built.number, found),
        is_same_season=bool(same),
    )


def _side(
    shown: ScreeningRow | None, number: str, found: dict[str, dict[str, LoadRow]]
) -> Side | None:
    row = found.get(shown.number, {}).get(number) if shown else None
    return side_of(shown, row) if shown and row else None


def side_of(shown: ScreeningRow, row: LoadRow) -> Side:
    """Return what a month of a transformer comes to, its hours per 30 days that were read."""
    read_days = (shown.until_on - shown.from_on).days * row.known_share
    scale = MONTH_DAYS / read_days if read_days else 0.0
    return Side(
        month=shown.month,
        line_label=row.line_label,
        peak_share=row.peak_share,
        over_hours=row.over_hours * scale,
        heavy_hours=row.heavy_hours * scale,
        least_v=row.least_v,
    )
