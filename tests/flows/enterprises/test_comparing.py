"""What firms pay by one version of a tariff and by another, reckoned by their own readings."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dianliang.domain.enterprises.models import TariffVersion
from dianliang.domain.enterprises.operations import UnableToAnalyseError, keep_tariff
from dianliang.faces.ui.requests import now
from dianliang.flows.enterprises import books, comparing, tariff_files
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.firms import NOW, firms_of, run_of

AT = datetime(2025, 6, 10, 4, tzinfo=UTC)


@pytest.fixture
def county(town, tmp_path, settings):
    """Two firms with readings of March and April 2025, one without, and a dearer version."""
    settings.HOME = tmp_path
    firms_of(town, tmp_path)
    first = next(one for one in tariff_files.demo() if one.code == "YS-10KV" and one.version == 1)
    dearer = replace(
        first,
        version=9,
        valid_from=date(2031, 1, 1),
        valid_until=None,
        prices={period: 2 * price for period, price in first.prices.items()},
        levy_cny_kwh=first.levy_cny_kwh,
    )
    keep_tariff(values=books._values(dearer), by=town.actor(), at=NOW)


def test_twice_the_energy_price_costs_more_but_not_twice_the_bill(town, county):
    by = town.actor()
    found = comparing.compared(old="YS-10KV.1", new="YS-10KV.9", by=by, at=AT)
    billed = [row for row in found.rows if not row.problem]

    assert (found.from_on, found.last_on) == (date(2025, 3, 1), date(2025, 4, 30))
    assert len(billed) == 2
    assert all(row.old_cny < row.new_cny < 2 * row.old_cny for row in billed)
    assert "没有读数" in found.rows[-1].problem
    assert found.new_cny > found.old_cny
    same = comparing.compared(old="YS-10KV.1", new="YS-10KV.1", by=by, at=AT)
    assert [row.more_cny for row in same.rows] == [0, 0, 0]


def test_the_old_bill_is_what_the_analysis_of_the_same_months_says(town, county):
    TariffVersion.objects.filter(version=9).delete()
    run = run_of(town)
    found = comparing.compared(old="YS-10KV.1", new="YS-10KV.2", by=town.actor(), at=AT)
    analysed = {one.customer.number: one.total_cny for one in run.firm_analyses.all()}

    for row in found.rows:
        assert row.old_cny == pytest.approx(analysed[row.number], abs=0.01)


def test_a_station_compares_its_own_firms_and_a_stranger_none(town, county):
    rows = comparing.compared(old="YS-10KV.1", new="YS-10KV.9", by=town.actor("S2"), at=AT).rows
    assert [row.number for row in rows] == ["QY-3"]
    with pytest.raises(UnableToAnalyseError, match="没有企业"):
        comparing.compared(
            old="YS-10KV.1", new="YS-10KV.9", by=town.actor("S1", Role.STEWARD), at=AT
        )
    with pytest.raises(NotVisibleError):
        comparing.compared(old="YS-10KV.1", new="NIX.1", by=town.actor(), at=AT)


def test_without_readings_of_the_last_year_nothing_is_compared(town, county):
    with pytest.raises(UnableToAnalyseError, match="近一年没有读数"):
        comparing.compared(old="YS-10KV.1", new="YS-10KV.9", by=town.actor(), at=now())
