"""The pages of carbon accounts: opened, filled from a file, stated, printed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dianliang.domain.energy.models import CarbonAccount, CarbonEntry, Claim
from tests.claims import PETROL_ROW, POWER_ROW, filled_account, provincial, table
from tests.faces.console.test_claims import enter

pytestmark = pytest.mark.django_db


def sent(*rows):
    return {"file": SimpleUploadedFile("用能.csv", table(*rows), content_type="text/csv")}


def test_a_clerk_opens_an_account_fills_it_and_states_its_year(town):
    provincial(town)
    client = enter(town)
    asked = {"name": "余村", "kind": "village", "unit": "S1", "boundary": "村委会和文化礼堂"}

    client.post("/console/carbon/new/", asked)
    address = f"/console/carbon/{CarbonAccount.objects.get().number}/"
    assert "还没有活动数据" in client.get(address).content.decode()
    wrong = client.post(f"{address}take_in/", sent("总表,电力,2,2026-01-01,2026-02-01,x,kWh,,,,"))
    assert wrong.status_code == 422
    assert "第 2 行 F 列" in wrong.content.decode()
    older = sent("总表,电力,2,2024-01-01,2024-02-01,1,kWh,,,,")
    for table_of, year, count in ((sent(POWER_ROW, PETROL_ROW), 2026, 2), (older, 2024, 1)):
        answer = client.post(f"{address}take_in/", table_of, follow=True)
        assert answer.redirect_chain[0][0] == f"{address}?year={year}"
        assert f"已导入 {count} 条分录" in answer.content.decode()
    client.post(f"{address}state/", {"year": "2026", "basis": "location"})

    page = client.get(address).content.decode()
    claim = Claim.objects.get()
    assert CarbonEntry.objects.count() == 3
    assert f"/console/claims/{claim.number}/" in page
    assert "10.8 tCO2" in page
    assert "2026-03" in page
    opened = client.get(f"/console/claims/{claim.number}/").content.decode()
    assert f'href="{address}"' in opened
    assert opened.count(f'href="{address}?year=2026#entries"') == 3
    assert 'id="entries"' in page


def test_a_page_with_an_entry_that_cannot_be_reckoned_opens_and_says_so(town):
    number = filled_account(town)
    good = CarbonEntry.objects.get(carrier="电力")
    good.pk, good.number, good.place, good.quantity = None, "TF-1", "坏表", 1e16
    good.save(force_insert=True)
    client = enter(town)

    page = client.get(f"/console/carbon/{number}/").content.decode()
    listed = client.get("/console/carbon/?year=2026").content.decode()

    assert "下列分录没有计入合计" in page
    assert "TF-1：“TF-1”的数量应在" in page
    assert "1 条算不出来" in listed
    assert client.get("/console/carbon/?as=xlsx&year=2026").content.startswith(b"PK")
    asked = {"entry": "TF-1", "reason": "单位写错了", "year": "2026"}
    client.post(f"/console/carbon/{number}/reverse/", asked)
    assert "没有计入合计" not in client.get(f"/console/carbon/{number}/").content.decode()


def test_the_papers_and_the_lists_are_handed_out(town):
    number = filled_account(town)
    client = enter(town)

    for form, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = client.get(f"/console/carbon/{number}/report.{form}?year=2026")
        assert answer.content.startswith(begins)
    assert client.get(f"/console/carbon/{number}/report.exe").status_code == 404
    assert client.get("/console/carbon/blank.xlsx").content.startswith(b"PK")
    assert client.get("/console/carbon/?as=xlsx&year=2026").content.startswith(b"PK")


def test_the_list_costs_as_many_queries_with_20_accounts_as_with_10(
    town, django_assert_max_num_queries
):
    client = enter(town)
    client.get("/console/carbon/")
    unit = town.units["S1"]
    for number in range(20):
        CarbonAccount.objects.create(
            number=f"TZ-{number}",
            name=f"账户{number}",
            kind="firm",
            boundary="全厂",
            unit=unit,
            opened_by="x",
            opened_at="2026-11-01T00:00:00+08:00",
        )
        if number in {9, 19}:
            with django_assert_max_num_queries(12):
                assert f"账户{number}" in client.get("/console/carbon/").content.decode()
