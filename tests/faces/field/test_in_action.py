"""A crew in action on its phone: big steps without a network, a place that is told by choice."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.models import Task, Whereabouts
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
    page.get_by_role("link", name="医院").first.click()
    press(page, "出发", "做不了，因为…")
    page.get_by_label("水太深，不安全").check()
    press(page, "报做不了")
    phone.set_offline(False)
    expect(chip(page)).to_have_text("已全部送达")
    found = dict(Visit.objects.values_list("job__title", "status"))
    assert found == {"泵站": "DONE", "医院": "DECLINED"}
    assert Visit.objects.get(status="DECLINED").reason == "水太深，不安全"
