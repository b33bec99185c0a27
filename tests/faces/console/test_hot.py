"""The page of hot issues, as a dispatcher and a unit use it."""

import re

import pytest

from dianliang.core.models import BackgroundJob
from dianliang.domain.insight.models import HotIssue, HotMark
from dianliang.domain.intake.models import Need
from dianliang.faces.ui.requests import now
from dianliang.flows import hot
from dianliang.kernel.actor import SYSTEM, Role
from tests.flows.test_hot import post_all
from tests.town import PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER)
    client.login(username="desk", password=PASSWORD)
    return client


@pytest.fixture
def needs(town):
    made = post_all(town, at=now())
    hot.look(by=SYSTEM, at=now())
    return made


def read(client, address="/console/hot/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_navigation_leads_to_the_page_and_it_says_what_happens_next(desk):
    assert 'href="/console/hot/"' in read(desk, "/console/")
    assert "还没有分析过" in read(desk)


def test_a_county_without_common_matters_is_told_so(desk, town):
    town.post("余村村没电了", at=now())
    hot.look(by=SYSTEM, at=now())

    assert "没有多人反映的同一件事" in read(desk)


def test_an_issue_tells_its_figures_in_words_and_leads_to_its_needs(desk, needs):
    page = read(desk)

    assert "3 人反映，共 3 条需求" in page
    assert re.search(r'aria-hidden="true">✦</span> 新', page)
    assert page.count("<polyline") == 1
    for need in needs:
        assert f"/console/needs/{need.number}/" in page


def test_the_queue_shows_just_the_needs_of_an_issue(desk, town, needs):
    town.post("石龙村水管漏水", area_code="V3", at=now())
    link = re.search(r'href="(/console/\?tab=all[^"]+)"', read(desk)).group(1)

    queue = read(desk, link.replace("&amp;", "&"))

    assert set(re.findall(r'<tr id="(XQ[^"]+)"', queue)) == {need.number for need in needs}
    assert "只看一个热点里的需求" in queue
    assert "石龙村" in read(desk, "/console/?tab=all&numbers=nonsense'--")


def test_a_mark_is_kept_and_shown_with_its_author(desk, needs):
    code = HotIssue.objects.get().code
    form = {"state": "working", "note": "抢修班在换变压器"}

    page = desk.post(f"/console/hot/{code}/mark/", form, follow=True).content.decode()

    assert "正在处理" in page
    assert "抢修班在换变压器" in page
    assert HotMark.objects.get().by_name == "desk"
    refused = desk.post(f"/console/hot/{code}/mark/", {"state": "seen"}, follow=True)
    assert "请填写说明" in refused.content.decode()
    assert HotMark.objects.count() == 1


def test_a_unit_sees_its_own_issues_and_cannot_start_a_run(client, town, needs):
    Need.objects.update(unit=town.units["S1"])
    code = HotIssue.objects.get().code
    for unit, finds in (("S1", True), ("WTR", False)):
        town.user(f"unit-{unit}", Role.ALLIANCE_UNIT, unit)
        client.login(username=f"unit-{unit}", password=PASSWORD)
        page = read(client)
        assert (code in page) == ("变压器" in page) == finds
        assert "现在分析" not in page
        form = {"state": "seen", "note": "知道了"}
        status = client.post(f"/console/hot/{code}/mark/", form).status_code
        assert status == (302 if finds else 404)
        assert client.post("/console/hot/start/").status_code == 404

    assert HotMark.objects.count() == 1


def test_a_dispatcher_starts_a_run_and_is_told_when_one_goes_on(desk, town):
    assert "已开始分析" in desk.post("/console/hot/start/", follow=True).content.decode()
    again = desk.post("/console/hot/start/")
    assert again.status_code == 422
    assert "正在分析，完成后刷新本页" in again.content.decode()

    assert BackgroundJob.objects.filter(kind=hot.LOOK).count() == 1


def test_the_board_names_the_hottest_for_those_who_lead(client, town, needs):
    Need.objects.update(text="余村村变压器坏了，联系13800001111")
    town.user("lead", Role.COMMANDER)
    client.login(username="lead", password=PASSWORD)

    page = read(client, "/board/")

    assert "变压器坏了" in page
    assert "13800001111" not in page
    assert "/console/hot/" not in page
