"""The page of grid workers, as a station's dispatcher uses it."""

import pytest

from dianliang.domain.workforce.models import GridWorker
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests.town import PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


def press(desk, verb, **form):
    number = GridWorker.objects.get().number
    answer = desk.post(f"/console/grid/{number}/{verb}/", form, follow=True)
    assert answer.status_code in {200, 422}
    return answer.content.decode()


def test_somebody_is_led_from_the_form_to_a_cell(desk, town):
    desk.post("/console/grid/recruit/", {"name": "赵六", "phone": "138", "unit_code": "S1"})
    on, until = today().isoformat(), today().replace(year=today().year + 3, day=1).isoformat()

    assert "至少 8 小时" in press(desk, "train", hours="1", on=on)
    assert "培训学时应填整数" in press(desk, "train", hours="一天", on=on)
    press(desk, "train", hours="16", on=on)
    assert "请填写失效日期" in press(desk, "certify", issued_on=on)
    press(desk, "certify", issued_on=on, expires_on=until)
    page = press(desk, "place", area="V1")

    assert GridWorker.objects.get().area.code == "V1"
    assert "2 个网格，1 个有人可派" in page
    assert "赵六" in page


def test_odd_steps_and_strangers_find_nothing(desk, town):
    assert (
        desk.post("/console/grid/WX1/train/", {"hours": "9", "on": "2026-01-01"}).status_code == 404
    )
    assert desk.post("/console/grid/WX1/fly/").status_code == 404
    fields = {"name": "赵六", "phone": "+86", "unit_code": "S2"}
    answer = desk.post("/console/grid/recruit/", fields)
    assert (answer.status_code, "请选择" in answer.content.decode()) == (422, True)
    desk.cookies["django_language"] = "en"
    said = desk.post("/console/grid/recruit/", fields | {"unit_code": "S1"}).content.decode()
    assert "may hold only digits" in said
    assert 'value="赵六"' in said
    town.user("water", Role.ALLIANCE_UNIT, "WTR")
    desk.login(username="water", password=PASSWORD)
    assert desk.get("/console/grid/").status_code == 404
