"""The register of special customers, as a station's dispatcher uses it."""

from datetime import timedelta

import pytest

from dianliang.domain.customers.models import Customer
from dianliang.domain.work.models import Job
from dianliang.faces.ui.requests import today
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
    with django_assert_max_num_queries(10):
        desk.get("/console/care/")
