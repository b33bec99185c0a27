"""A campaign on a desk and a phone: a list from Excel, frozen, worked off, looked at again."""

from datetime import time

import pytest
from playwright.sync_api import expect

from dianliang.core import jobs as background
from dianliang.core.files import keep_image
from dianliang.core.models import User
from dianliang.domain.programs.models import Target
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations.visits import Checked, Record, complete
from dianliang.faces.ui.requests import now, today
from dianliang.flows import care, handling
from dianliang.flows.campaigns import following
from dianliang.kernel.actor import SYSTEM, Actor, Role
from tests import town as town_builder
from tests.browsing import upload
from tests.flows.campaigns.lists import stairwell, table
from tests.flows.test_care import customer
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def town(daytime, transactional_db):
    town = town_builder.build()
    team = town.team("XH", "S1", "repair", "care", "inspect")
    team.shift_starts, team.shift_ends, team.overtime_max_min = time(0), time(23, 59), 240
    team.save()
    town.user("station", Role.DISPATCHER, "S1")
    return town


def draft_and_freeze(page):
    """The station's dispatcher brings a list and freezes it."""
    page.goto("/console/campaigns/new/")
    page.get_by_label("名称", exact=True).fill("楼道亮灯")
    page.get_by_label("要做的事").fill("检查照明，换灯，拍前后对照")
    page.get_by_label("完成期限").fill("2099-12-31")
    page.get_by_label("名单来源").select_option("table")
    rows = [stairwell(n, "V1" if n < 4 else "V2") for n in range(1, 6)]
    sheet = {"name": "楼道.xlsx", "mimeType": "application/octet-stream", "buffer": table(*rows)}
    page.locator("input[name='table']").set_input_files(sheet)
    page.get_by_label("前后对照照片").check()
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="冻结 5 个目标").click()
    expect(page.get_by_text("名单已冻结：5 个目标")).to_be_visible()


def plan_with_everything_else(page):
    """Jobs of the campaign, of a need and of a regular visit go into one plan."""
    page.goto("/console/plans/new/")
    for box in ("first_on", "last_on"):
        page.locator(f"input[name='{box}']").fill(today().isoformat())
    page.locator("input[name='seconds']").fill("1")
    page.get_by_role("button", name="开始排").click()
    assert background.run_next(owner="story", clock=now)
    expect(page.get_by_role("button", name="发布给队伍")).to_be_visible()
    page.get_by_role("button", name="发布给队伍").click()
    expect(page.get_by_text("个上门已通知队伍")).to_be_visible()


def do_the_visit(made: Visit) -> None:
    """A steward finishes one stop with two photos; the target follows by itself."""
    steward = Actor(
        id="s", name="电管家", role=Role.STEWARD, person_number="XH-1", team_codes=frozenset({"XH"})
    )
    Visit.objects.filter(pk=made.pk).update(status="ARRIVED")
    made.refresh_from_db()
    photos = tuple(keep_image(upload("p.jpg", shade).read(), at=now()) for shade in (1, 2))
    ticked = tuple(Checked(str(item), True) for item in made.job.checklist)
    complete(visit=made, record=Record(checklist=ticked, photos=photos), by=steward, at=now())
    following.after_visit(visit=made, by=SYSTEM, at=now())


@pytest.mark.row("002-17")
@pytest.mark.row("001-16")
def test_a_list_is_frozen_routed_with_other_work_done_and_looked_at_again(town, browser_of):
    need = town.post("余村村没电了", area_code="V1", phone="13800000000", at=now())
    by = town.actor("S1")
    handling.accept(number=need.number, by=by, at=now())
    handling.split(number=need.number, parts=(), by=by, at=now())
    customer(town, lat=30.511, lon=119.611)
    care.open_visits(numbers=None, by=by, at=now())
    context = browser_of(False)
    context.set_default_timeout(60_000)
    page = context.new_page()
    log_in(page, User.objects.get(username="station"))

    draft_and_freeze(page)
    page.get_by_role("link", name="天荒坪镇").click()
    page.get_by_role("button", name="在天荒坪镇开工单").click()
    expect(page.get_by_text("已开 5 张工单")).to_be_visible()
    plan_with_everything_else(page)

    routed = Visit.objects.filter(team__code="XH").order_by("sequence")
    titles = [visit.job.title for visit in routed]
    assert sum("楼道亮灯" in title for title in titles) == 5
    assert any("停电" in title for title in titles)
    assert any("定期走访" in title for title in titles)
    assert {visit.plan_id for visit in routed} == {routed[0].plan_id}

    do_the_visit(Visit.objects.filter(job__title__startswith="楼道亮灯").first())
    done = Target.objects.get(status="DONE")
    page.goto(f"/console/campaigns/target/{done.number}/")
    expect(page.get_by_role("img", name="整治前")).to_be_visible()
    expect(page.get_by_role("img", name="整治后")).to_be_visible()

    page.goto(f"/console/campaigns/{done.campaign.number}/")
    expect(page.get_by_text("1 / 5")).to_be_visible()
    page.get_by_role("button", name="抽样").click()
    expect(page.get_by_text("从 1 个已完成中随机抽 1 个", exact=False).first).to_be_visible()
    page.get_by_role("link", name="去填结果").click()
    page.get_by_role("link", name=done.number).click()
    page.get_by_role("button", name="复核合格").click()
    page.goto(f"/console/campaigns/{done.campaign.number}/")
    expect(page.get_by_text("合格率 100%")).to_be_visible()
    assert Job.objects.filter(status="DONE").count() == 1

    page.set_viewport_size(NARROW)
    for address in ("", f"{done.campaign.number}/", f"{done.campaign.number}/targets/", "new/"):
        page.goto(f"/console/campaigns/{address}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= NARROW["width"], address
