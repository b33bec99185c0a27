"""A place's energy and carbon in one year: opened, filled from a file, summed up, stated."""

import pytest
from playwright.sync_api import expect

from dianliang.core.models import User
from dianliang.domain.energy.models import CarbonEntry, Claim
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.claims import PETROL_ROW, POWER_ROW, provincial, table
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    made = town_builder.build()
    provincial(made)
    made.user("desk", Role.DISPATCHER, "S1")
    return made


@pytest.mark.row("003-13")
def test_a_village_has_its_energy_its_carbon_and_a_curve_that_adds_up(world, browser_of):
    desk = browser_of(False).new_page()
    log_in(desk, User.objects.get(username="desk"))
    desk.goto("/console/carbon/new/")
    desk.locator("[name=name]").fill("余村")
    desk.locator("[name=kind]").select_option("village")
    desk.locator("[name=boundary]").fill("村委会和文化礼堂")
    desk.locator("form.stack button.primary").first.click()
    expect(desk.get_by_text("还没有活动数据")).to_be_visible()
    desk.locator("input[type=file][name=file]").set_input_files(
        {"name": "用能.csv", "mimeType": "text/csv", "buffer": table(POWER_ROW, PETROL_ROW)}
    )
    desk.get_by_role("button", name="导入", exact=True).click()

    expect(desk.get_by_text("已导入 2 条分录")).to_be_visible()
    desk.locator("section", has_text="逐月与累计").locator("summary").first.click()
    curve = desk.locator("section", has_text="逐月与累计").locator("tbody tr")
    sums = [float(row.locator("td").first.inner_text()) for row in curve.all()]
    assert sums == sorted(sums)
    assert CarbonEntry.objects.count() == 2
    desk.locator("form[action*='/state/'] button").first.click()
    expect(desk.locator("a.claim").first).to_be_visible()
    claim = Claim.objects.get()
    assert claim.value == pytest.approx(sums[-1], abs=0.01)
    desk.locator("a.claim").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("余村")
