"""A village from its first agreement to the end of its rebuilding, by thumb on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.domain.directory.models import Agreement, EnforcementCase
from dianliang.domain.renewal.models import Step
from dianliang.domain.workforce.charging import charge_of
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.town import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1360, "height": 900}
WIDER = "document.documentElement.scrollWidth > innerWidth + 1"


@pytest.fixture
def town(transactional_db):
    built = town_builder.build()
    built.user("station", Role.DISPATCHER, "S1")
    Person.objects.create(number="P1", name="张一", unit=built.units["S1"])
    return built


def fits(page):
    """Tell whether a page is no wider than the phone that it is on, nor than a desk's screen."""
    is_wide = page.evaluate(WIDER)
    page.set_viewport_size(DESK)
    is_wide |= page.evaluate(WIDER)
    page.set_viewport_size(PHONE)
    return not is_wide


def put_in_charge(page, town):
    page.check("[name=cells][value=V1]")
    page.check("[name=cells][value=T1]")
    page.fill("#h-person", "P1")
    page.fill("#h-reason", "年度任命")
    page.get_by_role("button", name="登记交接").click()
    expect(page.get_by_text("已登记 2 个区域的交接")).to_be_visible()
    (manager, *_) = charge_of(area=town.areas["V1"], on=today())
    assert manager.name == "张一"
    assert fits(page)


def sign_an_agreement(page):
    page.get_by_role("link", name="共建协议", exact=True).click()
    page.get_by_role("link", name="登记协议").click()
    page.fill("#a-title", "天荒坪镇村网共建协议")
    page.fill("#a-scope", "共建服务点")
    page.check("[name=units][value=S1]")
    page.check("[name=areas][value=T1]")
    page.fill("#a-from", f"{today()}")
    page.get_by_role("button", name="保存草稿").click()
    assert fits(page)
    page.get_by_role("button", name="签订生效").click()
    expect(page.locator("h1 + .row .chip.good")).to_have_text("生效中")
    assert Agreement.objects.get().status == "IN_FORCE"


def use_a_power(page):
    page.get_by_role("link", name="执法权限", exact=True).click()
    page.get_by_text("登记下放文件").click()
    page.select_option("#d-area", "T1")
    page.check("[name=kinds][value=P02]")
    page.check("[name=measures][value=dissuade]")
    page.fill("#d-authority", "县经信局")
    page.fill("#d-document", "安经信〔2026〕1 号")
    page.fill("#d-from", f"{today() - timedelta(days=9)}")
    page.get_by_role("button", name="登记", exact=True).click()
    assert fits(page)
    page.get_by_role("link", name="已下放").click()
    page.select_option("#c-area", "V1")
    page.fill("#c-place", "村口")
    page.fill("#c-found", "线下堆放秸秆")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text(re.compile("案件 ZF.* 已登记"))).to_be_visible()
    assert EnforcementCase.objects.get().area.code == "V1"
    assert fits(page)


def rebuild(page):
    page.get_by_role("link", name="千村改造", exact=True).click()
    page.get_by_text("列入改造").click()
    page.check("[name=villages][value=V1]")
    page.fill("#r-batch", "第一批")
    page.fill("#r-start", f"{today() - timedelta(days=20)}")
    page.get_by_role("button", name="列入", exact=True).click()
    expect(page.get_by_text("延 5 天")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="余村村").click()
    survey = page.locator("li#survey")
    survey.get_by_text("开始", exact=True).first.click()
    survey.get_by_role("button", name="开始").click()
    survey.get_by_text("完成", exact=True).first.click()
    survey.get_by_role("combobox").first.select_option("weather")
    survey.get_by_role("textbox", name="延期说明").first.fill("连续降雨")
    survey.get_by_role("button", name="完成", exact=True).click()
    expect(survey.get_by_text("已完成")).to_be_visible()
    assert Step.objects.get(stage__code="survey").delays.get().words == "连续降雨"
    assert fits(page)


@pytest.mark.row("000-03")
@pytest.mark.row("001-02")
@pytest.mark.row("001-03")
@pytest.mark.row("003-08")
def test_a_village_gets_its_person_agreement_power_and_renewal(chromium, server, town):
    page = chromium.new_page(base_url=server, locale="zh-CN", viewport=PHONE)
    page.goto("/console/charge/")
    page.fill("#id_username", "station")
    page.fill("#id_password", PASSWORD)
    page.click("main form.card button")

    put_in_charge(page, town)
    sign_an_agreement(page)
    use_a_power(page)
    rebuild(page)
    page.close()
