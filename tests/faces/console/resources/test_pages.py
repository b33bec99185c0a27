"""Pages of gear, stores and requests: pressed through, refused in plain words, cheap to list."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.domain.resources.models import Loan, Resource, StockCount
from dianliang.kernel.actor import Role
from tests.browsing import upload
from tests.gear import BRIDGE, asked, loan, piece, request, stock
from tests.town import PASSWORD, TODAY

pytestmark = pytest.mark.django_db
KEY = {"key": "k" * 32}
PLACE = {"place": BRIDGE.place, "lat": "30.51", "lon": "119.61"}
GENERATOR = {
    "kind": "GEN",
    "name": "柴油发电机",
    "store": "CK-S1",
    "attribute_power_kw": "100",
    "attribute_voltage_v": "380",
    "attribute_fuel": "柴油",
}


@pytest.fixture
def pages(client, town):
    town.user("station", Role.DISPATCHER, "S1")
    client.login(username="station", password=PASSWORD)
    return client


def said(answer):
    return answer.content.decode()


def press(pages, to, **sent):
    answer = pages.post(f"/console/gear/{to}", sent, follow=True)
    assert answer.status_code == 200, said(answer)
    return said(answer)


def test_a_piece_is_registered_tested_described_moved_and_repaired(pages, town):
    stock(town)
    assert "额定功率" in said(pages.get("/console/gear/new/?kind=GEN"))
    refused = pages.post("/console/gear/new/", {**KEY, **GENERATOR, "attribute_power_kw": "大"})
    assert refused.status_code == 422
    assert "应填数字" in said(refused)
    for _ in range(2):
        assert "100 kW" in press(pages, "new/", **KEY, **GENERATOR)
    one = Resource.objects.get()
    card = f"cards/{one.number}/do/"

    press(pages, f"{card}describe/", **{**GENERATOR, "name": "发电机组"})
    press(pages, f"{card}locate/", **PLACE)
    press(pages, f"{card}plan/", name="机油更换", every_days="90", due_on=f"{TODAY}")
    never = {"name": "大修", "every_days": "40000", "due_on": f"{TODAY}"}
    assert pages.post(f"/console/gear/{card}plan/", never).status_code == 422
    done = {"upkeep": one.upkeeps.get(name="机油更换").pk, "done_on": f"{TODAY}", "is_passed": "1"}
    press(pages, f"{card}record/", **done, paper=upload("a.jpg"))
    for _ in range(2):
        shown = press(pages, f"{card}attach/", **KEY, title="铭牌照片", paper=upload("b.jpg"))
    assert shown.count('name="key"') == 2
    shown = press(pages, f"{card}repair/", reason="漏油")

    for words in ("发电机组", BRIDGE.place, "铭牌照片", "检修", "机油更换"):
        assert words in shown
    token = one.papers.get().file.token
    paper = pages.get(f"/console/gear/cards/{one.number}/papers/{token}/")
    assert paper["Content-Type"] == "image/jpeg"
    assert (
        pages.get(f"/console/gear/labels.pdf?q={one.number}")["Content-Type"] == "application/pdf"
    )
    assert pages.get("/console/gear/table.xlsx").status_code == 200


def test_a_loan_is_asked_by_one_unit_and_led_on_by_the_other(pages, client, town):
    thing = piece(town, "S2", name="梅溪发电机")
    assert "梅溪发电机" in said(pages.get("/console/gear/loans/new/?kind=GEN"))
    wanted = {"number": thing.number, "borrower": "S1", "purpose": "抢修", "until_on": "2099-01-01"}
    for _ in range(2):
        shown = press(pages, "loans/new/", **KEY, **wanted, **PLACE)
    one = Loan.objects.get()
    assert "待同意" in shown
    act = f"/console/gear/loans/{one.number}/do/"
    assert "由梅溪供电所办理" in said(pages.post(f"{act}grant/"))
    town.user("lender", Role.DISPATCHER, "S2")
    client.login(username="lender", password=PASSWORD)

    press(client, f"loans/{one.number}/do/grant/")
    press(client, f"loans/{one.number}/do/hand_over/", condition="完好", photo=upload("a.jpg"))
    shown = press(client, f"loans/{one.number}/do/return/", condition="缺机油尺", is_damaged="on")

    assert "有损坏，已送修" in shown
    assert one.number in said(client.get("/console/gear/loans/?view=over"))


def test_a_store_is_opened_filled_counted_and_its_log_read(pages, town):
    press(
        pages, "stores/", code="CK-9", name="九号库", unit="S1", address="", lat="30.5", lon="119.6"
    )
    press(pages, "items/", code="LAMP", name="圩堤灯", spec="", counted_in="套", unit="S1")
    press(pages, "stores/CK-9/do/keep/", item="LAMP", least="30", shelf="A-1")
    for _ in range(2):
        shown = press(pages, "stores/CK-9/do/receive/", **KEY, item="LAMP", pieces="20")
    assert "低库存" in shown
    for _ in range(2):
        press(pages, "stores/CK-9/do/receive/", item="LAMP", pieces="1")
    press(pages, "stores/CK-9/do/write_off/", **KEY, item="LAMP", pieces="1", words="破损")
    press(pages, "stores/CK-9/do/count/")
    count = StockCount.objects.get()
    act = f"counts/{count.number}/do/"
    refused = pages.post(f"/console/gear/{act}enter/", {"item": "LAMP", "counted": "20"})
    assert "请写明差异原因" in said(refused)
    press(pages, f"{act}enter/", item="LAMP", counted="20", why="漏记一套")
    assert "已入账" in press(pages, f"{act}post/")

    assert "打开领用页" in said(pages.get("/console/gear/stores/CK-9/"))
    town.user("chief", Role.COMMANDER, "S1")  # who takes nothing is not led to where one takes
    reader = Client()
    reader.login(username="chief", password=PASSWORD)
    assert "打开领用页" not in said(reader.get("/console/gear/stores/CK-9/"))

    log = said(pages.get("/console/gear/stores/CK-9/log/"))
    for words in ("入库", "报损", "盘点调整", "漏记一套"):
        assert words in log
    assert "九号库" in said(pages.get("/console/gear/stores/"))
    assert pages.get("/console/gear/stores/CK-9/labels.pdf").status_code == 200
    assert pages.get("/console/gear/items/table.xlsx?which=blank").status_code == 200


def test_a_request_goes_down_its_ladder_page_by_page(pages, town):
    thing, spare = piece(town), piece(town)
    told = {name: f"{value}" for name, value in vars_of(asked()).items()}
    times = {"needed_by_at": "2099-01-01T08:00", "until_at": "2099-01-02T08:00"}
    shown = press(pages, "requests/new/", **KEY, **{**told, **times})
    one = ResourceRequest.objects.get()
    assert "可以派谁" in shown
    act = f"requests/{one.number}/do/"
    press(pages, f"{act}assign/", picked=[thing.number])
    press(pages, f"{act}mobilise/")
    press(pages, f"{act}exchange/", gone=thing.number, other=spare.number, reason="漏油")
    press(pages, f"{act}begin/")
    press(pages, f"{act}demobilise/", reason="")
    again = pages.post(f"/console/gear/{act}mobilise/")
    assert again.status_code == 422

    shown = press(pages, f"{act}stand_down/", **{f"words_{spare.number}": "完好"})

    assert "已归队" in shown
    assert one.number in said(pages.get("/console/gear/requests/?status=over"))
    assert "可动员的人" in said(pages.get("/console/gear/requests/teams/"))
    assert pages.get("/console/gear/requests/teams/?since=x").status_code == 422


def vars_of(form):
    return {name: getattr(form, name) for name in form.__slots__}


@pytest.mark.parametrize("address", ["", "requests/", "loans/", "stores/CK-S1/log/"])
def test_a_list_costs_as_many_queries_with_more_rows(pages, town, address):
    days = "?first=2026-11-01&last=2026-11-30"

    def fill():
        stock(town, code=f"L{Resource.objects.count()}", pieces=4)
        loan(town, piece(town))
        request(town)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert pages.get(f"/console/gear/{address}{days}").status_code == 200
        return len(queries)

    fill()
    cost()
    first = cost()
    for _ in range(3):
        fill()
    assert cost() == first
