"""The desk's hazards: cuts with counts, one hazard to its end, papers, Excel, an inspection."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from dianliang.core.models import AuditEvent
from dianliang.domain.safety.models import Hazard, Inspection
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job, Visit
from dianliang.faces.ui.requests import now, today
from dianliang.kernel.actor import Role
from tests import hazards
from tests.browsing import upload
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER, "S1")
    client.login(username="desk", password=PASSWORD)
    return client


def inspected(town, number, *, at=None, **given):
    at = at or now()
    by = town.actor("S1")
    job = Job.objects.create(
        number=f"GD-{number}", title="检查", area=town.areas["V1"], unit=town.units["S1"],
        lat=30.51, lon=119.61, duration_min=30, opened_at=at, status="SCHEDULED",
    )  # fmt: skip
    visit = Visit.objects.create(
        number=f"SM-{number}", job=job, team=town.teams.get("XH") or town.team("XH", "S1"),
        on=today(), sequence=number, arrive_at=at, depart_at=at, status="ARRIVED",
    )  # fmt: skip
    return hazards.inspected(None, by, at=at, visit=visit, **given)


def test_the_list_is_cut_by_state_class_party_and_area(desk, town):
    (late,) = inspected(town, 1, at=now() - timedelta(days=40))
    (grave,) = inspected(town, 2, wrong=("H09",))
    (ours,) = inspected(town, 3, wrong=("H01",))

    def numbers(query):
        return {row.number for row in desk.get(f"/console/hazards/?{query}").context["page"].rows}

    assert numbers("") == {late.number, grave.number, ours.number}
    assert numbers("view=overdue") == {late.number}
    assert numbers("view=all&grade=grave") == {grave.number}
    assert numbers("party=us&area=T1") == {ours.number}
    assert numbers("area=T2") == set()
    assert numbers("view=nonsense&grade=nonsense") == {late.number, grave.number, ours.number}
    page = desk.get("/console/hazards/").context["page"]
    assert page.counts == {
        "open": 3, "overdue": 1, "recheck": 0, "escalated": 0, "closed": 0, "all": 3,
    }  # fmt: skip
    (town_row,) = [row for row in page.coverage if row.inspections]
    assert (town_row.villages_seen, town_row.villages, town_row.found) == (1, 2, 3)


def test_two_grids_of_one_village_are_one_village_seen(desk, town):
    for number, code in enumerate(("V1G1", "V1G2"), start=1):
        grid = Area.objects.create(
            code=code, name=f"第{number}网格", level="grid", parent=town.areas["V1"],
            path=f"{town.areas['V1'].path}{code}/", area_class="rural",
        )  # fmt: skip
        inspected(town, number)
        Inspection.objects.filter(area=town.areas["V1"]).update(area=grid)

    page = desk.get("/console/hazards/").context["page"]
    (row,) = [row for row in page.coverage if row.inspections]
    assert (row.inspections, row.villages_seen, row.villages) == (2, 1, 2)


def test_twenty_hazards_cost_as_many_queries_as_two(desk, town):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            desk.get("/console/hazards/")
        return len(queries)

    inspected(town, 1, wrong=("H07", "H08"))
    few = cost()
    for number in range(2, 11):
        inspected(town, number, wrong=("H07", "H08"))
    assert cost() == few


def test_one_hazard_is_put_right_and_closed_by_its_pair(desk, town):
    (hazard,) = inspected(town, 1)
    address = f"/console/hazards/{hazard.number}/"
    refused = desk.post(f"{address}do/rectify/", {"reason": "户主来电说换了"})
    assert refused.status_code == 422
    assert "请附上整改后的照片" in refused.content.decode()
    assert "户主来电说换了" in refused.content.decode()
    desk.post(f"{address}do/rectify/", {"photo": upload("a.jpg", 3)})
    desk.post(f"{address}do/close/", {"photo": upload("b.jpg", 5), "reason": "顺路看过"})

    hazard.refresh_from_db()
    assert hazard.status == "CLOSED"
    page = desk.get(address)
    assert "复查合格，销号" in page.content.decode()
    for stage in ("before", "claim", "after"):
        shown = desk.get(f"{address}photos/{stage}/")
        assert shown.content.startswith(b"\xff\xd8")
        assert shown["Cache-Control"] == "no-store"
    assert desk.get(f"{address}photos/elsewhere/").status_code == 404
    assert desk.post(f"{address}do/nonsense/").status_code == 404


@pytest.mark.parametrize(
    ("verb", "fields", "words"),
    [
        ("escalate", {"reason": " "}, "请写明原因"),
        ("extend", {"reason": "等料", "until": "nonsense"}, "请选择新的整改期限"),
        ("extend", {"reason": "等料", "until": "2020-01-01"}, "新期限应晚于原期限"),
        ("close", {}, "没有复查照片不能销号"),
        ("rectify", {"photo": "text"}, "请附上整改后的照片"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(desk, town, verb, fields, words):
    (hazard,) = inspected(town, 1)
    answer = desk.post(f"/console/hazards/{hazard.number}/do/{verb}/", fields)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Hazard.objects.get().status == "NOTIFIED"


def test_a_photo_that_is_none_is_refused(desk, town):
    (hazard,) = inspected(town, 1)
    broken = upload("a.jpg", content=b"not a picture")
    answer = desk.post(f"/console/hazards/{hazard.number}/do/rectify/", {"photo": broken})

    assert "无法识别这张照片" in answer.content.decode()


def test_the_notice_is_a_pdf_and_printing_it_is_on_record(desk, town):
    (hazard,) = inspected(town, 1)
    answer = desk.get(f"/console/notices/{hazard.notice.number}.pdf")

    assert answer.content.startswith(b"%PDF")
    assert "inline" in answer["Content-Disposition"]
    assert AuditEvent.objects.filter(verb="safety.notice.print").exists()


def test_the_cut_is_exported_as_excel_and_that_is_on_record(desk, town):
    (hazard,) = inspected(town, 1)
    inspected(town, 2, wrong=("H09",))
    answer = desk.get("/console/hazards/export.xlsx?view=all&grade=general")

    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["隐患编号", hazard.number]
    assert AuditEvent.objects.get(verb="safety.hazard.export").reason == (
        "view=all；grade=general；party=；area="
    )


def test_an_inspection_is_ordered_and_a_wrong_form_is_told_why(desk, town):
    form = {"kind": "stairwell", "area_code": "V1", "due_on": str(today() + timedelta(days=3))}
    answer = desk.post("/console/hazards/order/", form, follow=True)
    assert Job.objects.get().inspects.code == "stairwell"
    assert Job.objects.get().number in answer.content.decode()

    answer = desk.post("/console/hazards/order/", form | {"due_on": ""}, follow=True)
    assert "请填写完成日期" in answer.content.decode()
    assert Job.objects.count() == 1
