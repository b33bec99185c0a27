"""The pages of campaigns, as a station's dispatcher uses them."""

from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.domain.programs.models import Campaign, Target
from dianliang.domain.work.models import Job
from dianliang.flows.campaigns import doing
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.flows.campaigns.lists import frozen, stairwell, table, target
from tests.town import NOON, PASSWORD

FORM = {
    "title": "楼道亮灯",
    "action": "检查照明并换灯",
    "unit": "S1",
    "starts_on": "2026-11-24",
    "due_on": "2027-01-31",
    "source": "table",
    "years": "20",
    "proofs": ["photo_pair"],
    "duration_min": "20",
    "checklist": "灯亮",
}


@pytest.fixture
def desk(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


def sheet(*rows):
    return SimpleUploadedFile("名单.xlsx", table(*rows))


def said(answer):
    return answer.content.decode()


def test_a_campaign_is_drafted_frozen_and_worked_off(desk):
    drafted = desk.post(
        "/console/campaigns/new/", {**FORM, "table": sheet(stairwell(1), stairwell(2))}, follow=True
    )
    assert "有 2 个目标" in said(drafted)
    number = Campaign.objects.get().number

    frozen_page = desk.post(f"/console/campaigns/{number}/do/freeze/", follow=True)
    assert "名单已冻结：2 个目标" in said(frozen_page)
    opened = desk.post(f"/console/campaigns/{number}/do/open/", {"most": "1"}, follow=True)
    assert "已开 1 张工单" in said(opened)
    assert Job.objects.get().title == "楼道亮灯：幸福里 1 单元楼道"

    two = f"{number}-00002"
    lacking = desk.post(f"/console/campaigns/target/{two}/complete/", {"words": "好了"})
    assert lacking.status_code == 422
    assert "还缺前后对照照片" in said(lacking)
    pair = {"before": upload("a.jpg", 1), "after": upload("b.jpg", 2)}
    desk.post(f"/console/campaigns/target/{two}/complete/", pair)
    assert Target.objects.get(number=two).status == "DONE"
    page = said(desk.get(f"/console/campaigns/target/{two}/"))
    assert page.count("<img ") == 2
    token = Target.objects.get(number=two).evidence.first().file.token
    photo = desk.get(f"/console/campaigns/target/{two}/photos/{token}/")
    assert photo["Content-Type"] == "image/jpeg"
    assert photo["Cache-Control"] == "no-store"
    assert "1 / 2" in said(desk.get(f"/console/campaigns/{number}/"))
    assert "50%" in said(desk.get("/console/campaigns/"))


def test_a_wrong_table_is_answered_with_its_rows_and_the_form_keeps_its_words(desk):
    answer = desk.post(
        "/console/campaigns/new/", {**FORM, "table": sheet(stairwell(1), stairwell(2, "V9"))}
    )

    assert answer.status_code == 422
    assert "第 3 行 C 列：区域编码 V9 不存在" in said(answer)
    assert 'value="检查照明并换灯"' in said(answer)
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "change", [{"due_on": ""}, {"duration_min": "x"}, {"source": ""}, {"unit": "S2"}, {"title": ""}]
)
def test_an_odd_form_is_answered_in_plain_words(desk, change):
    answer = desk.post("/console/campaigns/new/", {**FORM, **change})

    assert answer.status_code == 422
    assert 'role="alert"' in said(answer)


def test_the_template_and_the_workbook_are_excel(desk, town):
    campaign = frozen(town)

    for address in (
        "/console/campaigns/template.xlsx",
        f"/console/campaigns/{campaign.number}/export.xlsx",
    ):
        assert openpyxl.load_workbook(BytesIO(desk.get(address).content)).sheetnames


def test_corrections_reasons_and_rechecks_are_made_on_the_pages(desk, town):
    campaign, by = frozen(town, proofs=["words"]), town.actor("S1")
    address = f"/console/campaigns/{campaign.number}"
    first, second = target(campaign).number, target(campaign, 1).number
    added = {"key": "LD-9", "title": "漏登", "area": "V1", "reason": "普查漏登"}
    desk.post(f"{address}/do/add/", added)
    desk.post(f"/console/campaigns/target/{first}/give_up/", {"reason": "refused"})
    desk.post(f"/console/campaigns/target/{first}/exclude/", {"reason": "已拆除"})
    doing.complete(number=second, photos=[], words="灯亮", by=by, at=NOON)
    drawn = desk.post(f"{address}/do/draw/", {"size": "1", "seed": "7"}, follow=True)
    assert "从 1 个已完成中随机抽 1 个，种子 7" in said(drawn)
    failed = desk.post(f"/console/campaigns/target/{second}/fail_check/", {"words": ""})
    assert failed.status_code == 422
    desk.post(f"/console/campaigns/target/{second}/fail_check/", {"words": "灯不亮"})

    page = said(desk.get(f"{address}/"))
    assert "补入 1，剔除 1，恢复 0，现为 3 个" in page
    assert "合格率 0%（95% 区间 0%–0%）" in page
    assert Target.objects.get(number=second).status == "FAILED"
    listed = desk.get(f"{address}/targets/?status=EXCLUDED&area=V1&page=9")
    assert first in said(listed)
    assert second not in said(listed)


def test_targets_are_shown_fifty_at_a_time_with_as_many_queries_for_any_number(
    desk, town, django_assert_num_queries
):
    campaign = frozen(town, table=table(*(stairwell(n) for n in range(1, 121))))
    address = f"/console/campaigns/{campaign.number}/targets/"

    page = desk.get(f"{address}?page=3")

    assert said(page).count("data-label=") == 20 * 6
    assert "第 3 页，共 3 页" in said(page)
    assert desk.get(f"{address}?page=x&status=%00&reason=y").status_code == 200


def test_a_verb_that_nobody_knows_is_not_found(desk, town):
    campaign = frozen(town)

    assert desk.post(f"/console/campaigns/{campaign.number}/do/eat/").status_code == 404
    number = target(campaign).number
    assert desk.post(f"/console/campaigns/target/{number}/eat/").status_code == 404


def test_the_list_costs_the_same_queries_for_one_campaign_as_for_four(
    desk, town, django_assert_max_num_queries
):
    frozen(town)
    desk.get("/console/campaigns/")
    with django_assert_max_num_queries(12) as caught:
        desk.get("/console/campaigns/")
    for _ in range(3):
        frozen(town)
    with django_assert_max_num_queries(len(caught)):
        desk.get("/console/campaigns/")
