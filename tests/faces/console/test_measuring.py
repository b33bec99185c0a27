"""The pages of measurement projects and of the county's roll-up."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.core import jobs
from dianliang.domain.energy.models import Claim, MeasurementProject
from dianliang.faces.ui.requests import now
from tests.claims import provincial
from tests.faces.console.test_claims import enter
from tests.flows.measuring.worlds import csv, one_pair

pytestmark = pytest.mark.django_db
ASKED = {
    "title": "发热圈 24 小时对照",
    "subject_name": "某家具厂",
    "unit": "S1",
    "boundary": "17、18 号线整机",
    "design": "trial",
    "measure_on": "2026-01-02",
    "efficiency_before": "85",
    "efficiency_after": "99.8",
    "part_share": "100",
}


def test_a_pair_of_machines_is_opened_computed_and_stated_with_its_doubts(town):
    client = enter(town)
    assert client.post("/console/measure/new/", {**ASKED, "boundary": ""}).status_code == 422
    client.post("/console/measure/new/", ASKED)
    address = f"/console/measure/{MeasurementProject.objects.get().number}/"

    wrong = SimpleUploadedFile("x.csv", "单元,措施（有/无）,单位产量能耗\nA,有,x".encode())
    refused = client.post(f"{address}take_in/", {"file": wrong})
    assert refused.status_code == 422
    assert "第 2 行 C 列" in refused.content.decode()
    client.post(
        f"{address}take_in/", {"file": SimpleUploadedFile("a.csv", csv("trial", one_pair()))}
    )
    assert "正在后台计算" in client.get(address).content.decode()
    assert jobs.run_next(owner="t", clock=now)
    page = client.get(address).content.decode()
    client.post(f"{address}state/", {"reason": ""})

    assert all(
        words in page for words in ("为什么不给区间", "不是置信区间", "一对机器", "14.8%", "请核对")
    )
    claim = Claim.objects.get()
    assert (claim.status, claim.measure) == ("SCREENED", "%")
    assert f"/console/claims/{claim.number}/" in client.get(address).content.decode()
    assert f'href="{address}"' in client.get(f"/console/claims/{claim.number}/").content.decode()


@pytest.mark.row("004-18")
def test_the_countys_roll_up_stands_beside_todays_factors_and_is_stated(town):
    provincial(town)
    client = enter(town)

    page = client.get("/console/measure/rollup/").content.decode()
    client.post("/console/measure/rollup/", {})

    wanted = (
        "0.983 kgCO2/kWh",
        "0.667 元/kWh",
        "1.5 万 kWh",
        "2.98 万 tCO2",
        "1.98 倍",
        "14.8%",
        "“2023 年浙江电力平均排放因子” 0.4974 kgCO2/kWh 的 1.98 倍",
    )
    assert [words for words in wanted if words not in page] == []
    assert {claim.measure for claim in Claim.objects.all()} == {"kWh", "tCO2", "CNY"}
    for machines in ("0", "1e308", "4000.5", "4,00", "4_000"):
        refused = client.get("/console/measure/rollup/", {"machines": machines})
        assert refused.status_code == 422, machines
    assert client.get("/console/measure/rollup/?machines=4,000").status_code == 200
    changed = client.get("/console/measure/rollup/?co2_t=31836").content.decode()
    assert "0.531 kgCO2/kWh" in changed


@pytest.mark.parametrize(
    "odd",
    [
        {"part_share": "0"},
        {"part_share": "1,2,3"},
        {"efficiency_after": "9_9"},
        {"measure_on": "2030-01-01"},
        {"measure_on": "1926-01-02"},
    ],
)
def test_what_cannot_be_is_refused_and_not_replaced(town, odd):
    answer = enter(town).post("/console/measure/new/", {**ASKED, **odd})

    assert answer.status_code == 422
    assert not MeasurementProject.objects.exists()
