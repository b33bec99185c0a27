"""The register of special customers, as a station's dispatcher uses it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dianliang.domain.care.models import Unlock
from dianliang.domain.customers.models import Customer
from dianliang.domain.work.models import Job
from dianliang.faces.ui.requests import today
from dianliang.flows import care as flow
from dianliang.kernel.actor import Role
from tests.flows.test_care import customer
from tests.town import PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


def test_who_is_due_gets_a_job_with_one_press(desk, town):
    customer(town, last_visited_on=today() - timedelta(days=40))
    page = desk.get("/console/care/")
    assert "为到期的 1 户开走访工单" in page.content.decode()

    answer = desk.post("/console/care/open/", follow=True)

    assert "已开 1 张走访工单" in answer.content.decode()
    assert Job.objects.get().customer.number == "KH1"
    assert (
        "没有需要新开的走访工单" in desk.post("/console/care/open/", follow=True).content.decode()
    )


def test_a_file_is_masked_revealed_and_kept(desk, town):
    customer(town)
    masked = desk.get("/console/care/KH1/")
    assert "王五" not in masked.content.decode()
    assert masked["Cache-Control"] == "no-store"
    shown = desk.post("/console/care/KH1/reveal/", {"reason": "电话核实"})
    assert "王五" in shown.content.decode()
    assert desk.post("/console/care/KH1/reveal/", {"reason": ""}).status_code == 422

    form = {"level": "1", "interval_days": "15", "formats": ["large_print", "dialect"]}
    assert desk.post("/console/care/KH1/agree/", form).status_code == 302
    assert Customer.objects.get().visit_interval_days == 15


@pytest.mark.parametrize(
    "form", [{"level": "x"}, {"level": "1", "interval_days": "1", "renewal_planned_on": "昨天"}, {}]
)
def test_an_odd_form_is_answered_in_plain_words(desk, town, form):
    customer(town)

    answer = desk.post("/console/care/KH1/agree/", form)

    assert answer.status_code == 422
    assert "应" in answer.content.decode()


def test_another_stations_customer_is_absent(desk, town):
    customer(town, unit=town.units["S2"])
    form = {"reason": "x", "level": "1", "interval_days": "15"}

    assert desk.get("/console/care/KH1/").status_code == 404
    assert desk.post("/console/care/KH1/reveal/", form).status_code == 404
    assert desk.post("/console/care/KH1/agree/", form).status_code == 404


def test_forty_cost_no_more_queries_than_a_fixed_number(desk, town, django_assert_max_num_queries):
    for number in range(40):
        customer(town, f"KH{number}")

    desk.get("/console/care/")
    with django_assert_max_num_queries(11):
        desk.get("/console/care/")


def test_the_pages_of_care_open_and_turn(desk, town, monkeypatch):
    monkeypatch.setattr(flow, "PAGE_ROWS", 2)
    for number in range(5):
        customer(town, f"KH{number}")
    first = desk.get("/console/care/?view=all")
    after = first.context["page"].next_after

    second = desk.get("/console/care/", {"view": "all", "after": after})

    assert [row.number for row in second.context["page"].rows] == ["KH2", "KH3"]
    for page in ("forecast/", "forecast/?reason=missed", "tables/", "approvals/", "KH1/log/"):
        assert desk.get(f"/console/care/{page}").status_code == 200
    assert "责任单位没有能走访的队伍" in desk.get("/console/care/forecast/").content.decode()


def test_consent_renewal_and_end_are_pressed_on_the_file(desk, town):
    customer(town, consented_on=None)
    given = {"purpose": "visits", "how": "signed", "given_on": today().isoformat()}
    assert desk.post("/console/care/KH1/consent/", given).status_code == 302
    consent = Customer.objects.get().consents.get()
    for action, form in (
        ("renew", {"until": (today() + timedelta(days=300)).isoformat()}),
        ("withdraw", {"consent": consent.pk, "how": "phone"}),
    ):
        assert desk.post(f"/console/care/KH1/{action}/", form).status_code == 302
    for action, form in (
        ("consent", {"purpose": "visits", "how": "signed", "given_on": "昨天"}),
        ("withdraw", {"consent": "x", "how": "phone"}),
        ("renew", {"until": ""}),
        ("end", {"reason": ""}),
        ("ask", {"reason": "核对"}),
    ):
        assert desk.post(f"/console/care/KH1/{action}/", form).status_code == 422
    assert desk.post("/console/care/KH1/end/", {"reason": "搬走"}).status_code == 302
    assert desk.get("/console/care/KH1/").status_code == 404


def test_a_minors_file_is_opened_by_two(desk, town, client):
    customer(town, special_kind="left_behind_child")
    locked = desk.post("/console/care/KH1/reveal/", {"reason": "核对"})
    assert locked.status_code == 422
    assert "第二人批准" in locked.content.decode()
    desk.post("/console/care/KH1/ask/", {"reason": "核对监护人"})
    number = Unlock.objects.get().number
    own = desk.post(f"/console/care/approvals/{number}/grant/")
    assert own.status_code == 422
    assert "不能批准自己的申请" in own.content.decode()

    other = Client()
    town.user("second", Role.DISPATCHER, "S1")
    other.login(username="second", password=PASSWORD)
    assert "核对监护人" in other.get("/console/care/approvals/").content.decode()
    other.post(f"/console/care/approvals/{number}/grant/")

    assert "王五" in desk.post("/console/care/KH1/reveal/", {"reason": "核对"}).content.decode()


def test_tables_go_in_and_out(desk, town):
    customer(town)
    assert desk.get("/console/care/tables/template.xlsx").content[:2] == b"PK"
    masked = desk.post("/console/care/tables/export/", {"what": "masked", "reason": "核对"})
    assert masked["Cache-Control"] == "no-store"
    refused = desk.post("/console/care/tables/export/", {"what": "clear", "reason": "核对"})
    assert refused.status_code == 422
    assert "第二人批准" in refused.content.decode()

    def send(content, act):
        table = SimpleUploadedFile("special.xlsx", content)
        return desk.post("/console/care/tables/import/", {"table": table, "act": act}, follow=True)

    assert "检查通过：1 行" in send(masked.content, "check").content.decode()
    assert "已导入 1 行" in send(masked.content, "import").content.decode()
    assert send(b"x", "import").status_code == 422
    assert desk.post("/console/care/tables/import/").status_code == 422
    assert desk.post("/console/care/approvals/", {"reason": ""}).status_code == 422
    assert desk.post("/console/care/approvals/", {"reason": "年度核对"}).status_code == 302
