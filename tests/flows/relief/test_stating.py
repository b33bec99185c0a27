"""What relief brought is stated in the name of the unit that proposed it, against the untreated."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dianliang.domain.energy.models import Claim
from dianliang.domain.energy.operations.claims import UnableToClaimError
from dianliang.domain.network.models import Transformer
from dianliang.domain.relief import operations
from dianliang.domain.relief.models import Judgement, Proposal, ProposedArea
from dianliang.domain.relief.operations import Screened, UnableToRelieveError
from dianliang.flows import claims
from dianliang.flows.relief import deciding, effects, page, stating
from dianliang.kernel.actor import Role
from tests import loaded, villages
from tests.loaded import APRIL, AT, JUDGED

BUILT_ON = date(2026, 5, 20)
LATER = AT + timedelta(days=30)
NEXT_APRIL = AT + timedelta(days=365)
UNTREATED = tuple(f"U{i}" for i in range(6))


def judged(hours: float, share: float, **fields):
    return JUDGED | {
        "over_minutes": round(hours * 60),
        "peak_share": share,
        "line": "over" if hours else "",
        **fields,
    }


def april(town, year: int, judgements):
    """An April as it was judged, for each transformer its hours of overload and its peak."""
    first = date(year, 4, 1)
    found = Screened(
        month=first,
        from_on=first,
        until_on=date(year, 5, 1),
        rules="{}",
        engine="loading-1",
        judged=judgements,
    )
    return operations.keep_screening(found=found, by=town.actor(), at=AT)


@pytest.fixture
def proposal(town) -> Proposal:
    """A station's proposal for eight overloaded transformers, two of which may be relieved."""
    made = loaded.hand_made(town)
    line = ProposedArea.objects.get()
    feeder = Transformer.objects.get(number="B3").feeder
    villages_of = town.areas["V1"]
    for number in UNTREATED:
        villages.transformer(feeder, number, villages_of, kva=100)
    hours = {"B3": 100.0, "B2": 60.0} | {n: 40.0 + 10 * i for i, n in enumerate(UNTREATED)}
    april(town, 2026, {number: judged(one, 1.3) for number, one in hours.items()})
    made.areas, made.relieved, made.bound = 8, 2, 2
    made.save()
    for number in ("B2", *UNTREATED):
        line.pk = None
        line.transformer = Transformer.objects.get(number=number)
        line.outcome = "relieved" if number == "B2" else "not_chosen"
        line.save()
    return made


def build(town, proposal, transformer: str, *, unit: str, on: date = BUILT_ON, at=LATER):
    asked = {"proposal": proposal.number, "transformer": transformer, "by": town.actor(unit)}
    deciding.decide(**asked, verdict="taken", reason="", at=at)
    deciding.complete(**asked, built_on=on, spent_cny=28_000, note="", at=at)


def next_april(town, *, left_out=(), **fields):
    """A milder April: the untreated keep about 0.8 of their hours, both others nearly none."""
    hours = {n: (40.0 + 10 * i) * (0.7 + 0.04 * i) for i, n in enumerate(UNTREATED)}
    rows = {"B3": judged(6, 0.7, **fields), "B2": judged(0, 0.6)} | {
        number: judged(one, 1.2) for number, one in hours.items() if number not in left_out
    }
    return april(town, 2027, rows)


def current(key: str) -> Claim:
    return Claim.objects.exclude(status__in=["SUPERSEDED", "WITHDRAWN"]).get(key__endswith=key)


def test_the_company_may_complete_first_and_the_station_after_it(town, proposal):
    build(town, proposal, "B3", unit="AJ")
    assert current(":avoided").unit.code == "S1"
    build(town, proposal, "B2", unit="S1")

    now = current(":avoided")
    assert (now.unit.code, now.value) == ("S1", 2 * (60_000 - 28_000))
    assert Claim.objects.get(status="SUPERSEDED").unit.code == "S1"


def test_relief_is_stated_against_those_that_were_overloaded_too_and_were_not_relieved(
    town, proposal
):
    build(town, proposal, "B3", unit="S1")
    build(town, proposal, "B2", unit="S1")
    next_april(town)

    hours, peak = stating.state_relief(proposal=proposal.number, by=town.actor("AJ"), at=NEXT_APRIL)

    kept = sum(0.7 + 0.04 * i for i in range(6)) / 6
    assert hours.value == pytest.approx(160 * kept - 6, abs=0.06)
    assert hours.quantity.low < hours.value < hours.quantity.high
    assert peak.value == pytest.approx((2 * 1.3 * 1.2 / 1.3 - 0.7 - 0.6) / 2 * 100, abs=0.01)
    claim = Claim.objects.get(number=hours.number)
    assert (claim.status, claim.unit.code, claim.measure) == ("MEASURED", "S1", "h")
    assert (claim.base_from_on, claim.from_on) == (APRIL, date(2027, 4, 1))
    assert {one.number for one in claim.evidence.filter(kind="transformer")} == {"B3", "B2"}
    assert {row.number for row in effects.effects(by=town.actor("S1")).claims} == {
        hours.number,
        peak.number,
    }
    again = stating.state_relief(proposal=proposal.number, by=town.actor("AJ"), at=NEXT_APRIL)
    assert [row.number for row in again] == [hours.number, peak.number]


def test_hours_that_load_moved_to_another_relieved_one_brought_are_taken_from_what_is_claimed(
    town, proposal
):
    for number in ("B3", "B2"):
        build(town, proposal, number, unit="S1")
    Judgement.objects.filter(transformer__number="B2").update(over_minutes=0, line="")
    next_april(town)
    Judgement.objects.filter(screening__month=date(2027, 4, 1), transformer__number="B2").update(
        over_minutes=50 * 60, line="over"
    )

    hours, _ = stating.state_relief(proposal=proposal.number, by=town.actor("S1"), at=NEXT_APRIL)

    kept = sum(0.7 + 0.04 * i for i in range(6)) / 6
    assert hours.value == pytest.approx(100 * kept - 6 - 50, abs=0.06)


def test_a_second_person_verifies_what_was_measured(town, proposal):
    build(town, proposal, "B3", unit="S1")
    build(town, proposal, "B2", unit="S1")
    next_april(town)
    by = town.actor("S1")
    hours, _ = stating.state_relief(proposal=proposal.number, by=by, at=NEXT_APRIL)

    asked = {"number": hours.number, "verb": "verify", "reason": "核对两月曲线", "at": NEXT_APRIL}
    with pytest.raises(UnableToClaimError, match="请由另一人来做"):
        claims.lead_on(by=by, **asked)
    other = replace(town.actor("AJ", Role.COMMANDER), id="user:other", person_number="P9")
    assert claims.lead_on(by=other, **asked).status == "VERIFIED"


def test_another_season_is_refused_with_the_month_that_is_missing(town, proposal):
    build(town, proposal, "B3", unit="S1")
    number, by = proposal.number, town.actor("S1")
    with pytest.raises(UnableToRelieveError, match="还没有判定过4月"):
        stating.state_relief(proposal=number, by=by, at=NEXT_APRIL)
    assert "还没有判定过4月" in page.proposal(number, by=by).measured.reason
    assert not Claim.objects.filter(kind="relief").exists()


def test_with_few_untreated_there_is_a_range_and_no_interval(town, proposal):
    build(town, proposal, "B3", unit="S1")
    build(town, proposal, "B2", unit="S1")
    next_april(town, left_out=("U0",))

    stating.state_relief(proposal=proposal.number, by=town.actor("S1"), at=NEXT_APRIL)

    peak, hours = current(":peak"), current(":hours")
    assert (peak.low, peak.value, peak.high) == (60, 65, 70)
    assert (hours.value, hours.low, hours.confidence) == (154, None, None)
    assert "只有 5 个，少于 6 个" in hours.no_interval
    assert {peak.status, hours.status} == {"SCREENED"}


def test_what_was_hardly_read_or_relieved_twice_is_not_compared(town, proposal):
    build(town, proposal, "B3", unit="S1")
    build(town, proposal, "B2", unit="S1")
    next_april(town, known_share=0.5)

    found = page.proposal(proposal.number, by=town.actor("S1")).measured

    assert [one.number for one in found.treated] == ["B2"]
    assert found.left_out == 1


def test_a_late_entry_states_what_was_measured_meanwhile(town, proposal):
    next_april(town)
    build(town, proposal, "B3", unit="S1", at=NEXT_APRIL)

    assert current(":hours").recorder == town.actor("S1").name
    with pytest.raises(UnableToRelieveError, match="还没有投运"):
        stating.state_relief(
            proposal=loaded.hand_made(town).number, by=town.actor("S1"), at=NEXT_APRIL
        )
