"""The unit table on a phone and without any script: a rule, a trial, in force."""

import pytest

from dianliang.domain.directory import rules
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests import town as town_builder
from tests.town import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_rule_takes_effect_from_a_phone_without_scripts(chromium, server):
    town = town_builder.build()
    town.user("keeper", Role.ADMINISTRATOR)
    town.post("村口的路灯坏了", area_code="V1", service_code="PWR-LIGHT", at=now())
    page = chromium.new_page(
        base_url=server,
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
        java_script_enabled=False,
    )
    page.goto("/console/rules/")
    page.fill("#id_username", "keeper")
    page.fill("#id_password", PASSWORD)
    page.click("main form.card button")

    page.get_by_role("link", name="添加规则").click()
    page.select_option("#r-service", "PWR-LIGHT")
    page.select_option("#r-area", "T1")
    page.select_option("#r-owner", "municipal")
    page.select_option("#r-unit", "AJ")
    page.check("[name=assisting][value=WTR]")
    page.get_by_role("button", name="存入草稿").click()
    page.get_by_role("button", name="试算").click()
    assert page.get_by_text("按草稿有 1 条会派给别的单位").is_visible()
    page.fill("#reason", "路灯归市政")
    page.get_by_role("button", name="整表生效").click()

    assert page.get_by_text("现行第 2 版").is_visible()
    page.close()
    (row,) = rules.in_force()
    assert (row.area_code, row.owner, row.unit_code, row.assisting) == (
        "T1",
        "municipal",
        "AJ",
        ("WTR",),
    )
