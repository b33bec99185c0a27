"""The pages about firms' electricity: ranking, one firm, decisions, tariffs, tables, reports."""

from io import BytesIO

import pytest
from django.test import Client

from dianliang.core import jobs
from dianliang.domain.customers.models import Customer
from dianliang.domain.enterprises.models import AnalysisRun, Finding, FirmAnalysis
from dianliang.domain.work.models import Job, Plan, PlannedStop
from dianliang.flows.enterprises import tariff_files
from dianliang.kernel.actor import Role
from tests.faces.test_access import log_in
from tests.firms import NOW, firms_of, run_of

HOME = "/console/enterprises/"


@pytest.fixture
def county(town, tmp_path, settings):
    settings.HOME = tmp_path
    firms_of(town, tmp_path)
    return run_of(town)


@pytest.fixture
def desk(town):
    return log_in(town, Role.DISPATCHER, "LM")


def planned_on(job, town):
    """Put a job into a published plan of its unit."""
    plan = Plan.objects.create(
        number="JH-1",
        unit=job.unit,
        status="PUBLISHED",
        first_on=NOW.date(),
        last_on=NOW.date(),
        created_by="x",
        created_at=NOW,
        published_at=NOW,
    )
    team = town.team("T9", "S1")
    moments = dict.fromkeys(("arrive_at", "start_at", "depart_at"), NOW)
    PlannedStop.objects.create(
        plan=plan, job=job, team=team, on=NOW.date(), sequence=1, travel_s=0, travel_m=0, **moments
    )
    Job.objects.filter(pk=job.pk).update(status="SCHEDULED")
    return plan


@pytest.mark.row("003-15")
@pytest.mark.row("000-08")
@pytest.mark.row("004-19")
def test_from_curves_to_a_ranked_list_a_finding_a_visit_and_a_report(county, desk, town):
    page = desk.get(HOME).content.decode()
    assert page.index("演示第") < page.index("没有读数")
    first = FirmAnalysis.objects.order_by("-high_cny")[0]
    assert f"{first.high_cny:,.0f}" in page

    address = f"{HOME}firms/{first.customer.number}/"
    finding = first.findings.filter(is_counted=True)[0]
    steps = f"{HOME}findings/{finding.number}/do/"
    answer = desk.post(f"{steps}decide/", {"verdict": "declined", "words": ""})
    assert answer.status_code == 422
    assert "写明理由" in answer.content.decode()
    assert desk.post(f"{steps}decide/", {"verdict": "accepted"}).status_code == 302
    assert desk.post(f"{steps}visit/").status_code == 302
    job = Job.objects.get(finding__finding=finding)
    page = desk.get(address).content.decode()
    for words in (job.number, "工程估算", "规则和依据", "平均日负荷"):
        assert words in page
    assert (way := f"/console/plans/new/?job={job.number}") in page
    assert f'value="{job.number}" checked' in desk.get(way).content.decode()
    planned = planned_on(job, town)
    assert f'href="/console/plans/{planned.number}/"' in desk.get(address).content.decode()
    report = desk.get(f"{address}report.pdf")
    assert report.content.startswith(b"%PDF")
    assert desk.get(f"{address}report.docx").content.startswith(b"PK")
    assert desk.get(f"{address}report.exe").status_code == 404


def test_a_list_is_narrowed_and_a_firm_that_was_not_analysed_says_why(county, desk):
    unfit = desk.get(f"{HOME}?view=unfit").content.decode()
    assert "QY-3" in unfit
    assert "QY-1" not in unfit
    kind = Finding.objects.filter(is_counted=True).first().kind
    assert desk.get(f"{HOME}?kind={kind}&run={county.number}").status_code == 200
    assert "没有读数" in desk.get(f"{HOME}firms/QY-3/").content.decode()
    assert desk.get(f"{HOME}firms/QY-3/report.pdf").status_code == 422


def test_twenty_firms_cost_as_many_queries_as_three(
    county, desk, django_assert_max_num_queries, town
):
    one = FirmAnalysis.objects.exclude(shape="")[0]
    area = one.customer.area
    for n in range(20):
        firm = Customer.objects.create(
            number=f"Z-{n}", kind="enterprise", name=f"厂 {n}", area=area, unit=one.customer.unit
        )
        FirmAnalysis.objects.create(
            run=county,
            customer=firm,
            tariff_code="YS-10KV",
            way="none",
            capacity_kva=1,
            shape="night",
        )
    desk.get(HOME)
    with django_assert_max_num_queries(22):
        desk.get(HOME)


def test_an_analysis_is_asked_for_and_one_that_cannot_be_is_refused(county, desk):
    asked = {"from_on": "2025-03-01", "until_on": "2025-05-01"}
    answer = desk.post(f"{HOME}ask/", {**asked, "until_on": "2025-05-02"})
    assert answer.status_code == 422
    assert "不是整月" in answer.content.decode()
    assert desk.post(f"{HOME}ask/", asked).status_code == 302
    assert AnalysisRun.objects.filter(status="WAITING").count() == 1
    assert "排队" in desk.get(HOME).content.decode()
    jobs.run_next(owner="test", clock=lambda: NOW)


def test_tariffs_are_imported_shown_and_compared(county, desk, town):
    library = f"{HOME}tariffs/"
    assert "演示 10 千伏两部制" in desk.get(library).content.decode()
    page = desk.get(f"{library}YS-10KV.2/").content.decode()
    assert "第 1 版" in page
    assert "09:00–11:00 尖峰" in page
    assert "1.18 元/kWh" in page
    assert "1.180000" not in page
    english = desk.get(f"{library}YS-10KV.2/", headers={"accept-language": "en"}).content.decode()
    assert "09:00–11:00 Sharp peak" in english
    assert "尖峰" not in english
    assert desk.get(f"{library}YS-10KV.9/").status_code == 404
    bad = BytesIO(
        tariff_files.told(tariff_files.demo())
        .replace('"until": "09:00"', '"until": "08:45"')
        .encode()
    )
    bad.name = "bad.json"
    answer = desk.post(library, {"table": bad})
    assert answer.status_code == 422
    assert "没有定时段" in answer.content.decode()
    good = BytesIO(tariff_files.told(tariff_files.demo()).encode())
    good.name = "good.json"
    assert desk.post(library, {"table": good}).status_code == 302
    station = log_in(town, Role.DISPATCHER, "S1")
    assert "电价文件" not in station.get(library).content.decode()
    for other in (station, log_in(town, Role.COMMANDER, "LM")):
        good.seek(0)
        assert other.post(library, {"table": good}).status_code == 404


def test_tables_are_handed_out_and_a_wrong_one_is_refused(county, desk):
    for name in ("contracts.xlsx", "tariffs.xlsx"):
        assert desk.get(f"{HOME}{name}").content.startswith(b"PK")
    table = BytesIO("客户编号,名称\n".encode())
    table.name = "firms.csv"
    answer = desk.post(f"{HOME}contracts/", {"table": table})
    assert answer.status_code == 422


def test_a_stranger_is_asked_to_log_in(county):
    assert Client().get(HOME).status_code == 302
