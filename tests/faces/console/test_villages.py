"""Files of villages and the network behind them, as people at their desks use them."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.models import PlanItem, VillagePhoto, VillageProfile
from dianliang.domain.network.models import Outage, Transformer
from dianliang.faces.ui.requests import now, today
from dianliang.flows.importing.tables import FEEDERS
from dianliang.flows.village_file import exporting, sheets, versions
from dianliang.kernel.actor import Role
from tests import villages
from tests.browsing import upload
from tests.town import PASSWORD

V1 = "/console/villages/V1/"


def enter(client, town, role=Role.DISPATCHER, unit="S1"):
    town.user(f"{role}-{unit}", role, unit)
    client.login(username=f"{role}-{unit}", password=PASSWORD)
    return client


@pytest.fixture
def desk(client, town):
    villages.network(town)
    return enter(client, town)


def text(answer):
    return answer.content.decode()


@pytest.mark.row("001-07")
def test_a_file_is_kept_read_as_of_a_day_and_compared(desk, town):
    long_ago = now() - timedelta(days=40)
    versions.keep_one(code="V1", reason="迎峰度冬核对", by=town.actor("S1"), at=long_ago)
    villages.transformer(
        Transformer.objects.first().feeder, "B9", town.areas["V1"], installed_on=today()
    )
    assert "变压器 +1：B9 B9 公变" in text(desk.get(V1))
    answer = desk.post(f"{V1}keep/", {"reason": "新增公变"}, follow=True)
    assert "已存为第 2 版" in text(answer)

    month_ago = (today() - timedelta(days=30)).isoformat()
    past = text(desk.get(V1, {"on": month_ago}))
    assert "第 1 版" in past
    assert "迎峰度冬核对" in past
    assert "B9 公变" not in past
    compared = text(desk.get(f"{V1}compare/", {"before": "1", "after": "2"}))
    assert "变压器 3 台 → 4 台（+1）" in compared
    assert "变压器 +1：B9 B9 公变" in compared
    assert "还没有建档" in text(desk.get(V1, {"on": "2020-01-01"}))


@pytest.mark.row("001-07")
def test_each_figure_of_the_present_file_opens_its_records(desk):
    page = text(desk.get(V1))

    for address in (
        "/console/villages/transformers/?village=V1&amp;strain=over",
        "/console/villages/feeders/?village=V1",
        "/console/villages/outages/?village=V1",
        "/console/villages/stations/#V1",
        "/console/villages/V1/behind/needs.open/",
        "/console/villages/V1/behind/hazards.open/",
    ):
        assert f'href="{address}"' in page, address
        assert desk.get(address.replace("&amp;", "&"), follow=True).status_code == 200


def test_a_figure_opens_as_many_needs_as_it_says(desk, town):
    for number in range(3):
        place = "V1" if number else "V2"
        town.post(f"没电了{number}", area_code=place, service_code="PWR-OUTAGE", at=now())
    town.post("电线杆歪了", area_code="V1", service_code="PWR-HAZARD", at=now())
    page = text(desk.get(V1))

    for fact, many in (("needs.open", 3), ("hazards.open", 1), ("needs.overdue", 0)):
        address = f"{V1}behind/{fact}/"
        assert f'<a href="{address}">{many} 件</a>' in page
        queue = text(desk.get(address, follow=True))
        assert queue.count('class="what"') == many


def test_a_commander_reads_and_prints_but_changes_nothing(client, town):
    villages.network(town)
    enter(client, town, Role.COMMANDER, "AJ")
    page = text(client.get(V1))

    assert "过载" in page
    assert "存档" not in page.split("<main")[1].split("版本")[0]
    assert "/console/care/" not in page
    assert client.get(f"{V1}print.pdf").content.startswith(b"%PDF")
    for path in ("keep/", "describe/", "plan/", "photos/"):
        assert client.post(f"{V1}{path}").status_code == 404
    assert client.post("/console/villages/outages/", {"thing": "F117"}).status_code == 404


@pytest.mark.row("000-18")
def test_words_plan_and_photos_are_kept_on_the_page(desk):
    told = {"households": "310", "population": "", "station": "FW-001", "summary": "白茶村"}
    assert "概况已保存" in text(desk.post(f"{V1}describe/", told, follow=True))
    item = {"title": "更换表箱", "owner": "供电所", "due_on": (today() + timedelta(9)).isoformat()}
    assert "已加入年度计划" in text(desk.post(f"{V1}plan/", item, follow=True))
    number = PlanItem.objects.get().number
    assert "已更新" in text(desk.post(f"{V1}plan/{number}/finish/", follow=True))
    shown = {"photo": upload("a.jpg"), "caption": "配电房", "taken_on": today().isoformat()}
    page = text(desk.post(f"{V1}photos/", shown, follow=True))

    for words in ("310 户", "白茶村", "更换表箱", "已完成", "配电房", "本村指定"):
        assert words in page, words
    token = VillagePhoto.objects.get().file.token
    shown = desk.get(f"{V1}photos/{token}/")
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store")
    assert "照片已移出。" in text(desk.post(f"{V1}photos/{token}/remove/", follow=True))
    assert "已移出，请刷新" in text(desk.post(f"{V1}photos/{token}/remove/", follow=True))
    assert f"photos/{token}/" not in text(desk.get(V1))


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        ("describe/", {"households": "很多"}, "总户数应填整数"),
        ("describe/", {"station": "FW-999"}, "没有这个服务站"),
        ("plan/", {"title": "x"}, "请填写完成期限"),
        ("plan/", {"title": "", "due_on": "2026-12-01"}, "请填写计划事项"),
        ("photos/", {"caption": "x", "taken_on": "2026-11-01"}, "请选择一张照片"),
        ("keep/", {"reason": ""}, "请填写存档原因"),
    ],
)
def test_an_odd_form_is_answered_in_plain_words(desk, path, sent, words):
    answer = desk.post(f"{V1}{path}", sent, follow=True)

    assert words in text(answer)
    assert not VillageProfile.objects.exists()


@pytest.mark.parametrize("on", ["gestern", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused_on_the_page(desk, on):
    answer = desk.get(V1, {"on": on})

    assert answer.status_code == 422
    assert "日期" in text(answer)
    assert desk.get(f"{V1}print.pdf", {"on": on}).status_code in {200, 422}


def test_the_list_is_cut_by_name_town_and_load(desk):
    def names(**asked):
        page = text(desk.get("/console/villages/", asked))
        return [
            name for name in ("余村村委会", "大溪村委会", "石龙村委会") if f">{name}</a>" in page
        ]

    assert names() == ["余村村委会", "大溪村委会"]
    assert names(q="大溪") == ["大溪村委会"]
    assert names(hard="1") == ["余村村委会"]
    assert names(township="梅溪镇") == []


def test_lists_cost_as_many_queries_with_forty_rows_as_with_four(
    desk, town, django_assert_max_num_queries
):
    line = Transformer.objects.first().feeder
    for number in range(36):
        villages.transformer(line, f"X{number}", town.areas["V1"])
    addresses = ("", "transformers/", "feeders/", "outages/", "stations/")
    for address in addresses:
        desk.get(f"/console/villages/{address}")
        with django_assert_max_num_queries(16):
            desk.get(f"/console/villages/{address}")


def test_transformers_are_found_by_village_word_use_and_load(desk):
    def numbers(**asked):
        page = text(desk.get("/console/villages/transformers/", asked))
        return [n for n in ("B1", "B2", "B3", "B4") if f'<tr id="{n}">' in page]

    assert numbers() == ["B1", "B2", "B3", "B4"]
    assert numbers(village="V2") == ["B4"]
    assert numbers(strain="over") == ["B3"]
    assert numbers(strain="heavy") == ["B2"]
    assert numbers(use="dedicated") == ["B3"]
    assert numbers(q="B1") == ["B1"]
    assert desk.get("/console/villages/transformers/", {"village": "V3"}).status_code == 404


def test_what_stands_in_a_grid_cell_is_its_villages_on_every_page(client, town):
    line = villages.feeder(town, villages=())
    villages.transformer(line, "B8", villages.cell(town), kva=100, peak_kw=100.0)
    desk = enter(client, town)

    listed = text(desk.get("/console/villages/", {"hard": "1"}))
    assert ">余村村委会</a>" in listed
    row = text(desk.get("/console/villages/transformers/", {"village": "V1"}))
    assert f'<a href="{V1}">余村村委会</a>' in row
    table = BytesIO(desk.get("/console/villages/transformers/table.xlsx").content)
    assert load_workbook(table)["填写"]["A2"].value == "B8"

    hour = (now() - timedelta(hours=3)).astimezone().strftime("%Y-%m-%dT%H:%M")
    for thing in ("B8", "F117"):
        told = {"thing": thing, "kind": "fault", "started_at": hour, "reason": "毛竹压线"}
        page = text(desk.post("/console/villages/outages/", told, follow=True))
        assert "已登记停电" in page
        assert "1 村 100 户" in page
    back = (now() - timedelta(hours=1)).astimezone().strftime("%Y-%m-%dT%H:%M")
    number = Outage.objects.first().number
    ended = desk.post(f"/console/villages/outages/{number}/end/", {"ended_at": back}, follow=True)
    assert "已复电" in text(ended)


@pytest.mark.row("000-18")
def test_service_stations_show_the_villages_that_they_look_after(desk):
    page = text(desk.get("/console/villages/stations/"))

    assert "余村电力服务站" in page
    assert "余村村委会" in page
    assert "大溪村委会" in page
    assert "石龙村委会" not in page


def test_an_outage_is_recorded_and_ended(desk):
    hour = (now() - timedelta(hours=3)).astimezone().strftime("%Y-%m-%dT%H:%M")
    began = {"thing": "F117", "kind": "fault", "started_at": hour, "reason": "毛竹压线"}
    answer = desk.post("/console/villages/outages/", began, follow=True)
    assert "停电中" in text(answer)
    number = Outage.objects.get().number
    refused = desk.post(f"/console/villages/outages/{number}/end/", {"ended_at": "x"})
    assert (refused.status_code, "请填写复电时间" in text(refused)) == (422, True)

    back = (now() - timedelta(hours=1)).astimezone().strftime("%Y-%m-%dT%H:%M")
    desk.post(f"/console/villages/outages/{number}/end/", {"ended_at": back})

    assert Outage.objects.get().ended_at is not None
    assert "本年停电" in text(desk.get(V1))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"thing": "F999"}, "没有编码为“F999”的线路或变压器"),
        ({"started_at": ""}, "请填写停电时间"),
        ({"kind": "?"}, "计划停电或故障停电"),
        ({"reason": ""}, "停电原因"),
    ],
)
def test_an_outage_that_makes_no_sense_is_refused_and_the_form_keeps_its_words(desk, sent, words):
    form = {"thing": "F117", "kind": "fault", "started_at": "2026-01-01T08:00", "reason": "雷击"}

    answer = desk.post("/console/villages/outages/", {**form, **sent})

    assert answer.status_code == 422
    assert words in text(answer)
    assert not Outage.objects.exists()


def test_a_neighbours_line_is_nobodys_here(client, town):
    villages.network(town)
    enter(client, town, unit="S2")
    form = {"thing": "F117", "kind": "fault", "started_at": "2026-01-01T08:00", "reason": "雷击"}

    assert "没有编码为" in text(client.post("/console/villages/outages/", form))


def test_all_files_are_ordered_followed_and_fetched(desk):
    bad = desk.post("/console/villages/export/", {"kind": "exe"})
    assert (bad.status_code, "请选择压缩包" in text(bad)) == (422, True)
    assert desk.post("/console/villages/export/", {"kind": "zip", "on": ""}).status_code == 302
    going = text(desk.get("/console/villages/exports/"))
    assert 'hx-trigger="every 2s"' in going

    villages.run_jobs(now())

    done = text(desk.get("/console/villages/exports/"))
    assert "every 2s" not in done
    assert "下载 2 村" in done
    number = exporting.exports(by=villages_actor())[0].number
    answer = desk.get(f"/console/villages/exports/{number}/")
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(verb="insight.villageversion.fetch").count() == 1


def villages_actor():
    from dianliang.core.models import User
    from dianliang.flows import identity

    user = User.objects.get(username="dispatcher-S1")
    return identity.actor_of(user, on=today(), role_id=None)


def test_excel_goes_out_and_comes_in_with_its_errors_on_the_page(desk):
    out = desk.get("/console/villages/table.xlsx")
    assert "filename*=UTF-8''" in out["Content-Disposition"]
    book = load_workbook(BytesIO(out.content))
    book[sheets.PROFILES]["C2"] = "三百"
    refused = desk.post("/console/villages/table.xlsx", {"table": file_of(book)})
    assert refused.status_code == 422
    assert "概况表 第 2 行 C 列" in text(refused)

    book[sheets.PROFILES]["C2"] = "300"
    done = desk.post("/console/villages/table.xlsx", {"table": file_of(book)}, follow=True)

    assert "已写入：概况 2 村" in text(done)
    assert VillageProfile.objects.get(area__code="V1").households == 300


def file_of(book):
    out = BytesIO()
    book.save(out)
    return upload("table.xlsx", content=out.getvalue())


def test_an_administrator_brings_the_network_and_nobody_else_does(client, town):
    enter(client, town, Role.ADMINISTRATOR, "LM")
    blank = client.get("/console/villages/feeders/table.xlsx", {"blank": "1"})
    assert load_workbook(BytesIO(blank.content)).sheetnames == ["填写", "说明"]
    book = Workbook()
    book.active.append([heading for heading, _, _ in FEEDERS])
    book.active.append(["F1", "一线", "", "", "长", "变电站", "9 号杆", "", ""])

    refused = client.post("/console/villages/tables/", {"feeders": file_of(book)})
    assert refused.status_code == 422
    assert "线路表 第 2 行 E 列" in text(refused)
    book.active["E2"] = "1200"
    checked = client.post(
        "/console/villages/tables/", {"feeders": file_of(book), "only_check": "1"}
    )
    assert "检查通过" in text(checked)
    done = client.post("/console/villages/tables/", {"feeders": file_of(book)})
    assert "线路 1 条" in text(done)
    assert client.get("/console/villages/feeders/table.xlsx").status_code == 200
