"""A crew in action on its phone: big steps without a network, a place that is told by choice."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.models import LineReport, LineWork, Task, Whereabouts
from dianliang.domain.work.models import Visit
from dianliang.faces.ui.requests import now
from tests.faces.field.screens import chip, press, ready_for_offline

pytestmark = pytest.mark.browser


@pytest.mark.row("002-08")
def test_a_crew_does_a_task_by_three_presses_offline_and_tells_where_it_is(
    open_app, phone, today_world
):
    incident = Incident.objects.create(
        number="SJ-1",
        title="西苕溪洪水",
        kind="flood",
        level=2,
        unit=today_world.unit,
        status="ACTIVE",
        commander=today_world.people["P2"],
        opened_by="x",
        opened_at=now() - timedelta(hours=2),
    )
    incident.teams.add(today_world.teams[0])
    first, second = (today_world.visit(title=name, checklist=[]) for name in ("泵站", "医院"))
    for visit in (first, second):
        Task.objects.create(incident=incident, job=visit.job, rank="first", worth=1.0)
    line = LineWork.objects.create(
        number="XL-1",
        incident=incident,
        title="排灯",
        path=[[30.5, 119.6], [30.58, 119.6]],
        length_m=9000,
        km_per_person_day=0.5,
        day_h=10,
        people=5,
        rank="first",
        due_at=now() + timedelta(hours=9),
        opened_at=now() - timedelta(hours=2),
    )
    part = today_world.visit(title="堤上", checklist=[])
    Task.objects.create(
        incident=incident, job=part.job, rank="first", worth=1.0, line=line, from_m=0, to_m=250
    )
    phone.grant_permissions(["geolocation"])
    phone.set_geolocation({"latitude": 30.5, "longitude": 119.6})
    page = open_app()
    ready_for_offline(page)
    press(page, "开始上报位置")
    expect(page.get_by_text("待发 0 个", exact=False)).to_be_visible()
    assert Whereabouts.objects.get().person == today_world.people["P2"]

    phone.set_offline(True)
    page.get_by_role("link", name="泵站").first.click()
    press(page, "出发", "到了")
    page.get_by_label("情况记录").first.fill("已接入")
    press(page, "做完了")
    page.get_by_role("link", name="堤上").first.click()
    page.get_by_label("到（公里）").fill("8.85")
    press(page, "报完成")
    expect(page.get_by_text("排给本队的是 K0–K0.25，您报的超出了这一段。")).to_be_visible()
    press(page, "再看看")
    page.get_by_label("到（公里）").fill("0.25")
    press(page, "报完成")
    page.get_by_role("link", name="医院").first.click()
    press(page, "出发", "做不了，因为…")
    page.get_by_label("水太深，不安全").check()
    press(page, "报做不了")
    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    found = dict(Visit.objects.values_list("job__title", "status"))
    assert found == {"泵站": "DONE", "医院": "DECLINED", "堤上": "DONE"}
    assert LineReport.objects.values_list("from_m", "to_m").get() == (0, 250)
    assert Visit.objects.get(status="DECLINED").reason == "水太深，不安全"
