"""What became of transformers that were relieved, measured; and what was not spent on larger ones.

Before is the month that the proposal was made from, after is a month that was judged since: the
same month of a later year where there is one, as tea seasons compare only with tea seasons.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from dianliang.domain.relief import built_queries, load_queries
from dianliang.domain.relief.built_queries import BuiltRow
from dianliang.domain.relief.load_queries import LoadRow, ScreeningRow
from dianliang.flows.claims import ClaimDraft, EvidenceDraft, restate_claim
from dianliang.flows.relief import curves
from dianliang.flows.relief.planning import ENGINE
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase

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
    usual_cny: float
    """What larger transformers would have cost where one would have been enough."""

    @property
    def avoided_cny(self) -> float:
        """Return what larger transformers would have cost beyond what was spent in their place."""
        spent = sum(row.built.spent_cny for row in self.rows if row.built.usual_cny is not None)
        return self.usual_cny - spent


def effects(*, by: Actor) -> Effects:
    """Return what was built and measured since. Three queries and one for each month."""
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
    )


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
    if shown is None or row is None:
        return None
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


@transaction.atomic
def state_avoided(*, proposal: str, by: Actor, at: datetime, is_generated: bool = False) -> None:
    """State what a proposal's measures in service saved against larger transformers, as a claim.

    Stated again whenever more is built; the earlier number stays on record.

    Raises:
        UnableToClaimError, NotVisibleError: see `restate_claim`.
    """
    own = [
        row
        for row in built_queries.built(areas=curves.areas_of(by))
        if row.proposal == proposal and row.usual_cny is not None and not _is_enlarged(row)
    ]
    if not own:
        return
    spent = sum(Decimal(str(row.spent_cny)) for row in own)
    usual = sum(Decimal(str(row.usual_cny)) for row in own)
    draft = ClaimDraft(
        title=Phrase("%(proposal)s 台区治理少花的配网投资", proposal=proposal),
        kind="investment",
        value=float(usual - spent),
        measure="CNY",
        option="formula",
        method=Phrase(
            "%(n)d 个台区各换一台够大的变压器的造价（共 %(usual)s 元，按方案所列造价口径）"
            "减去实际费用 %(spent)s 元。",
            n=len(own),
            usual=f"{usual:.0f}",
            spent=f"{spent:.0f}",
        ),
        boundary=Phrase("只算公司承担的费用；客户自己出资的专变不算在内。"),
        no_interval=Phrase("造价口径是估算，没有给误差范围。"),
        engine="flows.relief",
        engine_version=ENGINE,
        subject_kind="relief",
        subject_number=proposal,
        subject_name=Phrase("治理方案 %(proposal)s", proposal=proposal),
        findings=[Phrase("客户专变由客户出资的部分没有算作节省。")],
        evidence=[
            EvidenceDraft(
                kind="relief",
                number=proposal,
                words=Phrase(
                    "%(what)s，%(day)s 投运，实际 %(cny)s 元",
                    what=f"{row.number} {row.name}",
                    day=f"{row.built_on}",
                    cny=f"{row.spent_cny:.0f}",
                ),
            )
            for row in own
        ],
        key=f"relief:{proposal}:avoided",
        is_generated=is_generated,
    )
    restate_claim(draft=draft, reason="又有台区投运", by=by, at=at)


def _is_enlarged(row: BuiltRow) -> bool:
    """Tell whether a larger transformer was put in: that avoids none."""
    return any(one["kind"] == "enlarge" for one in row.measures)
