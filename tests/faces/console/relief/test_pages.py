"""Relief on the screen: asked for, proposed with reasons, decided, built, measured again."""

from io import BytesIO

import pytest
from django.test import Client
from docx import Document as Word
from openpyxl import load_workbook

from dianliang.core.jobs import run_next
from dianliang.core.models import AuditEvent
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy.models import Claim
from dianliang.domain.relief.models import Completion, Decision, MeasurePrice, Proposal
from dianliang.faces.ui.requests import now
from dianliang.flows.demo.curves import Village
from dianliang.flows.relief import pricing, screening
from dianliang.kernel.actor import Role
from tests import loaded, villages
from tests.faces.console.loading.test_pages import enter, text
from tests.loaded import APRIL, AT, VILLAGES


def posted(client, address, **fields):
    return client.post(address, fields, follow=True)


@pytest.mark.row("004-07")
def test_an_overloaded_transformer_is_relieved_and_measured_again(client, town, settings, tmp_path):
    villages.network(town)
    loaded.store(settings, tmp_path, year=2025)
    before = APRIL.replace(year=2025)
    screening.screen(before, by=town.actor(), at=AT)
    desk = enter(client, town)
    posted(desk, "/console/relief/make/", month="2025-04", budget_cny="100,000")
    assert run_next(owner="w", clock=now)
    made = Proposal.objects.get()
    one = f"/console/relief/{made.number}/"
    assert made.number in text(desk.get("/console/relief/"))
    page = text(desk.get(one))
    assert "B3-T 改由专变供电" in page
    assert "已证明最优" in page
    assert 'id="figure-chart-budgets"' in page

    assert "已记下" in text(posted(desk, f"{one}B3/decide/", verdict="taken"))
    built = {"built_on": "2025-11-05", "spent_cny": "28000", "note": "白茶专变"}
    assert "2025-11-05" in text(posted(desk, f"{one}B3/complete/", **built))
    moved = [
        Village(
            number=one.number,
            capacity_kva=one.capacity_kva,
            meters=tuple(meter for meter in one.meters if meter.number != "B3-T"),
        )
        for one in VILLAGES
    ]
    loaded.store(settings, tmp_path, moved)
    screening.screen(APRIL, by=town.actor(), at=AT)

    page = text(desk.get("/console/relief/effects/"))
    assert "2025-04 · 2026-04" in page
    assert 'id="figure-chart-effects"' in page
    claim = Claim.objects.get()
    assert (claim.value, claim.measure, claim.subject_number) == (32_000, "CNY", made.number)
    assert claim.number in text(desk.get(one))
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"relief.proposal.decide", "relief.proposal.complete"} <= verbs


@pytest.fixture
def made(town):
    return loaded.hand_made(town)


@pytest.fixture
def desk(client, town, made):
    return enter(client, town)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"budget_cny": "-5"}, "预算应是不小于 0"),
        ({"budget_cny": "很多"}, "预算应填数字"),
        ({"most_units": "x"}, "台数上限应填整数"),
        ({"month": "2026-02"}, "还没有判定"),
    ],
)
def test_what_cannot_be_planned_is_said_at_its_field(desk, fields, words):
    answer = desk.post("/console/relief/make/", {"month": "2026-04", **fields})

    assert answer.status_code == 422
    assert words in text(answer)


def test_declining_needs_a_reason_and_a_decision_is_made_once(desk, made):
    address = f"/console/relief/{made.number}/B3/decide/"
    assert desk.post(address, {"verdict": "declined"}).status_code == 422
    assert desk.post(address, {"verdict": "maybe"}).status_code == 422
    posted(desk, address, verdict="declined", reason="明年拆迁")
    assert Decision.objects.get().reason == "明年拆迁"
    assert "刚被他人决定" in text(desk.post(address, {"verdict": "taken"}))
    late = desk.post(
        f"/console/relief/{made.number}/B3/complete/",
        {"built_on": "2026-05-05", "spent_cny": "1"},
    )
    assert late.status_code == 422
    assert not Completion.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"built_on": "2099-01-01"}, {"spent_cny": "-1"}, {"built_on": ""}]
)
def test_what_was_built_has_a_possible_day_and_price(desk, made, fields):
    posted(desk, f"/console/relief/{made.number}/B3/decide/", verdict="taken")
    sent = {"built_on": "2026-05-05", "spent_cny": "1000", **fields}

    answer = desk.post(f"/console/relief/{made.number}/B3/complete/", sent)

    assert answer.status_code == 422
    assert not Completion.objects.exists()


def test_a_proposal_leaves_as_excel_word_and_pdf(desk, made):
    book = load_workbook(BytesIO(desk.get(f"/console/relief/{made.number}/table.xlsx").content))
    assert [row[0] for row in book.active.values][1:] == ["B3"]
    assert desk.get(f"/console/relief/{made.number}/paper.docx").content[:2] == b"PK"
    assert desk.get(f"/console/relief/{made.number}/paper.pdf").content[:4] == b"%PDF"
    assert desk.get(f"/console/relief/{made.number}/paper.exe").status_code == 404


def test_a_neighbouring_station_finds_nothing(town, made):
    stranger = enter(Client(), town, unit="S2")

    assert made.number not in text(stranger.get("/console/relief/"))
    assert stranger.get(f"/console/relief/{made.number}/").status_code == 404
    address = f"/console/relief/{made.number}/B3/decide/"
    assert stranger.post(address, {"verdict": "taken"}).status_code == 404


def test_only_a_dispatcher_decides(town, made):
    commander = enter(Client(), town, Role.COMMANDER)

    assert 'name="verdict"' not in text(commander.get(f"/console/relief/{made.number}/"))
    address = f"/console/relief/{made.number}/B3/decide/"
    assert commander.post(address, {"verdict": "taken"}).status_code in {403, 404}


PAPER = {"document": "2026 年框架招标结果", "words": "逐项对照造价和容量"}


def test_a_new_price_counts_once_another_person_has_checked_it_and_earlier_ones_stay(town, made):
    desk = enter(Client(), town, unit="LM")
    new = {"item": "larger", "rating_kva": "200", "cny": "71,500", "year": "2026"}
    assert desk.post("/console/relief/prices/change/", new).status_code == 422
    page = text(posted(desk, "/console/relief/prices/change/", **new, source="框架招标结果"))

    assert "框架招标结果" in page
    versions = MeasurePrice.objects.filter(item="larger", rating_kva=200)
    assert [row.edition for row in versions.order_by("edition")] == [1, 2]
    shipped = pricing.current(pricing.table()).larger_cny[200]
    assert shipped != 71_500
    own = desk.post("/console/relief/prices/check/", {"code": "larger-200@2", **PAPER})
    assert (own.status_code, "另一人" in text(own)) == (422, True)
    clerk = enter(Client(), town, Role.PARTY_AFFAIRS, unit="LM")
    page = text(posted(clerk, "/console/relief/prices/check/", code="larger-200@2", **PAPER))
    assert PAPER["document"] in page
    assert "不能确认是两个人" in page
    assert pricing.current(pricing.table()).larger_cny[200] == 71_500
    assert "框架合同" in text(desk.get(f"/console/relief/{made.number}/"))
    again = desk.post("/console/relief/prices/change/", new | {"source": "框架招标结果"})
    assert "和最近一版造价一样" in text(again)
    book = load_workbook(BytesIO(desk.get("/console/relief/prices/table.xlsx").content))
    assert "框架招标结果" in [row[3] for row in book.active.values]

    back = {"code": "larger-200@2", "reason": "招标结果作废"}
    assert clerk.post("/console/relief/prices/uncheck/", back | {"reason": ""}).status_code == 422
    assert "招标结果作废" in text(posted(clerk, "/console/relief/prices/uncheck/", **back))
    assert pricing.current(pricing.table()).larger_cny[200] == shipped
    assert AuditEvent.objects.get(verb="relief.measureprice.uncheck").reason == "招标结果作废"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"item": "balance"}, "其他措施不写"),
        ({"rating_kva": ""}, "增容要写额定容量"),
        ({"rating_kva": "0"}, "额定容量应在"),
        ({"cny": "1e400"}, "造价应填数字"),
        ({"cny": "0"}, "造价应是大于 0"),
        ({"year": "1999"}, "价格年份"),
        ({"item": "magic"}, "请选择措施"),
    ],
)
def test_a_price_that_cannot_be_is_said_at_its_field(town, made, fields, words):
    desk = enter(Client(), town, unit="LM")
    sent = {"item": "larger", "rating_kva": "200", "cny": "1", "year": "2026", "source": "合同"}

    answer = desk.post("/console/relief/prices/change/", sent | fields)

    assert answer.status_code == 422
    assert words in text(answer)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"cny": "71500", "rating_kva": "317"}, "317 kVA 不是标准容量"),
        ({"cny": "7150"}, "相差 3 倍以上"),
    ],
)
def test_what_is_unusual_of_a_price_is_shown_to_whoever_checks_it(town, made, fields, words):
    desk = enter(Client(), town, unit="LM")
    sent = {"item": "larger", "rating_kva": "200", "year": "2026", "source": "合同", **fields}

    assert words in text(posted(desk, "/console/relief/prices/change/", **sent))


def test_a_station_reads_prices_and_does_not_change_them(desk):
    assert "登记新版次" not in text(desk.get("/console/relief/prices/"))
    sent = {"item": "balance", "cny": "1", "year": "2026", "source": "合同"}
    assert desk.post("/console/relief/prices/change/", sent).status_code == 404
    checked = {"code": "balance@1", **PAPER}
    assert desk.post("/console/relief/prices/check/", checked).status_code == 404


def test_the_paper_names_its_unit_that_it_is_generated_and_what_was_not_chosen(desk, made):
    made.lines.update(outcome="not_chosen", measures=[], cost_cny=0)
    type(made).objects.update(is_generated=True)

    paper = Word(BytesIO(desk.get(f"/console/relief/{made.number}/paper.docx").content))

    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    words = "\n".join([*(one.text for one in paper.paragraphs), *cells])
    assert "演示数据" in words
    assert Unit.objects.get(path=made.unit_path).name in words
    assert "未选；最省的是专用变压器" in words


def test_an_auditor_reads_what_a_claim_rests_on(town, made):
    auditor = enter(Client(), town, Role.AUDITOR)

    for address in ("loading/", f"relief/{made.number}/", "relief/effects/", "reach/"):
        assert auditor.get(f"/console/{address}").status_code in {200, 422}, address
