"""An electric vehicle centre's figure, with what is assumed of cars and grid (row 000-12)."""

import json
from pathlib import Path

import pytest

from dianliang.domain.energy.models import Claim
from dianliang.flows.carbon import driving, keeping
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.phrases import phrase_of
from tests.claims import clerk
from tests.faces.test_access import log_in
from tests.town import NOON

CASE = json.loads(
    (Path(__file__).parents[2] / "cases" / "carbon" / "ev_centre.json").read_text("utf-8")
)
PAGE = "/console/claims/driving/"
ASSUMED = {"kwh_per_100_km": "15", "litres_per_100_km": "7", "kg_per_litre": "0.74"}


def centre(town):
    """Open the carbon account of a centre; return its number."""
    return keeping.open_account(
        name="新能源车服务中心",
        kind="ev_centre",
        boundary="站内充电",
        unit_code="S1",
        by=clerk(town),
        at=NOON,
    ).number


def test_the_reported_figure_takes_what_the_case_says_by_each_factor(town):
    found = driving.worlds_of(assumed=driving.Assumed(), avoided_t=CASE["claimed_kg"] / 1000)
    wanted = {round(world["kg_per_kwh"], 4): world["kwh"] for world in CASE["worlds"]}
    compared = [one for one in found if round(one.kg_per_kwh, 4) in wanted]

    assert len(compared) >= 4
    for one in compared:
        expected = wanted[round(one.kg_per_kwh, 4)]
        assert one.needed.value == pytest.approx(expected, rel=CASE["tolerance"])


@pytest.mark.row("000-12")
def test_a_clerk_states_what_charging_avoided_beside_what_was_reported(town):
    account = centre(town)
    desk = log_in(town, Role.PARTY_AFFAIRS, "S1")
    page = desk.get(PAGE).content.decode()
    assert "绿电" in page
    assert "16000" in page
    grid = next(
        one.code
        for one in driving.worlds_of(assumed=driving.Assumed(), charged_kwh=1.0)
        if one.kg_per_kwh == pytest.approx(0.5306)
    )
    sent = {
        **ASSUMED,
        "charged_kwh": "33,365,689",
        "avoided_t": "16000",
        "account": account,
        "grid": grid,
        "document": "充电平台年报",
    }
    assert desk.post(PAGE, sent).status_code == 422
    answer = desk.post(PAGE, {**sent, "from_on": "2025-01-01", "until_on": "2026-01-01"})
    assert answer.status_code == 302

    stated = Claim.objects.get()
    assert stated.value == pytest.approx(16_000, rel=0.001)
    assert (stated.status, stated.activity, stated.confidence) == ("ESTIMATED", 33_365_689, None)
    assert "15 kWh" in stated.method
    assert any("1.00 倍" in phrase_of(words) for words in stated.findings)
    shown = desk.get(answer.url).content.decode()
    assert account in shown


def test_without_the_electricity_the_report_is_stated_with_what_it_takes(town):
    account = centre(town)
    desk = log_in(town, Role.PARTY_AFFAIRS, "S1")
    sent = {**ASSUMED, "avoided_t": "16000", "account": account}
    assert desk.post(PAGE, sent).status_code == 302

    stated = Claim.objects.get()
    assert stated.value == 16_000
    assert any("需累计充电" in phrase_of(words) for words in stated.findings)


def test_figures_that_cannot_be_are_refused_by_name(town):
    with pytest.raises(InvalidInputError, match="百公里电耗"):
        driving.worlds_of(assumed=driving.Assumed(kwh_per_100_km=0.1), charged_kwh=1.0)
    with pytest.raises(InvalidInputError, match="燃油"):
        driving.worlds_of(assumed=driving.Assumed(fuel="NIX"), charged_kwh=1.0)
