"""The pages of claims and factors: listed, opened, stated by hand, corrected, verified."""

import pytest
from django.template import Context, Template
from django.test import Client

from dianliang.domain.energy.models import Claim, Factor
from dianliang.flows import claims as flow
from dianliang.kernel.actor import Role
from tests.claims import clerk, draft, estimate, provincial
from tests.town import NOON, PASSWORD

pytestmark = pytest.mark.django_db
BY_HAND = {
    "title": "路灯改造年节电",
    "kind": "saving",
    "value": "12,000",
    "measure": "kWh",
    "status": "ESTIMATED",
    "no_interval": "按铭牌估算",
    "option": "formula",
    "method": "功率差乘时间",
    "boundary": "县城 120 盏路灯",
    "subject_name": "县城路灯",
    "evidence": "改造清单",
}


def enter(town, role=Role.PARTY_AFFAIRS, unit="S1"):
    name = f"{role}-{unit}"
    town.user(name, role, unit)
    client = Client()
    client.login(username=name, password=PASSWORD)
    return client


def test_a_number_typed_in_is_an_estimate_that_opens(town):
    client = enter(town)

    answer = client.post("/console/claims/new/", BY_HAND, follow=True)

    claim = Claim.objects.get()
    assert answer.redirect_chain[-1][0] == f"/console/claims/{claim.number}/"
    assert (claim.value, claim.status, claim.unit.code) == (12_000, "ESTIMATED", "S1")
    page = answer.content.decode()
    assert all(word in page for word in ("1.2 万 kWh", "按铭牌估算", "县城 120 盏路灯", "改造清单"))
    assert client.post("/console/claims/new/", {**BY_HAND, "status": "MEASURED"}).status_code == 422


def test_a_refused_form_keeps_what_was_typed(town):
    answer = enter(town).post("/console/claims/new/", {**BY_HAND, "low": "1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "上下限要么都填" in page
    assert "县城 120 盏路灯" in page
    assert not Claim.objects.exists()


def test_another_person_verifies_and_a_correction_leads_to_the_new_number(town):
    number = flow.record_claim(draft=draft(), by=clerk(town), at=NOON).number
    client = enter(town)

    client.post(f"/console/claims/{number}/verify/", {"reason": "核对了抄表"})
    assert Claim.objects.get().status == "VERIFIED"
    figures = {"value": "110000", "low": "90000", "high": "130000", "reason": "倍率"}
    alone = client.post(f"/console/claims/{number}/supersede/", figures)
    assert (alone.status_code, Claim.objects.count()) == (422, 1)
    flow.lead_on(number=number, verb="contest", reason="倍率", by=clerk(town), at=NOON)
    assert "这个数仍然有效" in client.get(f"/console/claims/{number}/").content.decode()
    answer = client.post(f"/console/claims/{number}/supersede/", figures, follow=True)

    old, new = Claim.objects.order_by("pk")
    assert answer.redirect_chain[-1][0] == f"/console/claims/{new.number}/"
    assert (old.status, new.value, new.status) == ("SUPERSEDED", 110_000, "SCREENED")
    assert "11 万 kWh" in client.get(f"/console/claims/{number}/").content.decode()
    again = client.post(f"/console/claims/{number}/supersede/", figures)
    assert again.status_code == 422


def test_the_list_costs_as_many_queries_with_20_numbers_as_with_10(
    town, django_assert_max_num_queries
):
    client = enter(town)
    client.get("/console/claims/")
    for count in (10, 20):
        for _ in range(10):
            flow.record_claim(draft=draft(), by=clerk(town), at=NOON)
        with django_assert_max_num_queries(12):
            page = client.get("/console/claims/").content.decode()
        assert page.count("kWh") >= count


def test_the_list_is_cut_and_taken_out_as_a_file(town):
    flow.record_claim(draft=draft(), by=clerk(town), at=NOON)
    flow.record_claim(draft=estimate(title="估算的"), by=clerk(town), at=NOON)
    client = enter(town)

    cut = client.get("/console/claims/?status=ESTIMATED&kind=saving&measure=kWh").content.decode()
    sheet = client.get("/console/claims/?as=xlsx")

    assert "估算的" in cut
    assert "注塑机" not in cut
    assert sheet.content[:2] == b"PK"


def test_carbon_shows_the_factors_of_today_beside_its_own(town):
    provincial(town)
    what = estimate(
        kind="carbon",
        measure="tCO2",
        value=59_000.0,
        factor="电力-平均-全国-2023@1",
        activity=60e6,
        activity_unit="kWh",
    )
    number = flow.record_claim(draft=what, by=clerk(town), at=NOON).number

    page = enter(town).get(f"/console/claims/{number}/").content.decode()

    assert all(word in page for word in ("0.9833", "0.4974", "2.98 万 tCO2", "1.98 倍"))


def test_an_administrator_gives_a_factor_a_new_version(town):
    client, reader = enter(town, Role.ADMINISTRATOR, "AJ"), enter(town, Role.AUDITOR, "AJ")
    series = "电力-平均-浙江-2023"
    sent = {"series": series, "value": "0.4975", "source": "更正公告", "reason": "更正"}

    assert client.post("/console/factors/keep/", {**sent, "reason": ""}).status_code == 422
    answer = client.post("/console/factors/keep/", sent, follow=True)

    assert answer.status_code == 200
    page = reader.get("/console/factors/one/", {"series": series}).content.decode()
    assert "0.4975" in page
    assert "0.4974" in page
    assert reader.post("/console/factors/keep/", sent).status_code == 404
    assert "0.4975" in reader.get("/console/factors/?region=浙江").content.decode()
    fresh = {
        "carrier": "蒸汽",
        "kind": "fuel",
        "level": "own",
        "region": "安吉",
        "year": "2025",
        "value": "100",
        "source": "热力公司",
        "unit": "kgCO2/GJ",
    }
    assert client.post("/console/factors/keep/", fresh).status_code == 302
    assert Factor.objects.get(carrier="蒸汽").series == "蒸汽-燃料燃烧-安吉（本单位）-2025"
    assert client.get("/console/factors/one/?series=没有").status_code == 404


def test_any_page_shows_a_number_as_a_link_for_whoever_may_open_it(town):
    row = flow.record_claim(draft=draft(), by=clerk(town), at=NOON)
    page = Template("{% load claims %}{% claim row %}")

    said = page.render(Context({"row": row, "by": clerk(town)}))
    to_a_stranger = page.render(Context({"row": row}))

    assert f'href="/console/claims/{row.number}/"' in said
    assert "12.3 万 kWh" in said
    assert "90 % 10.1–14.4" in said
    assert "href" not in to_a_stranger
    assert page.render(Context({"row": None})) == "—"
