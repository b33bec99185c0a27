"""A plan as a workbook: what it says is what the plan holds, and no text becomes a formula."""

from datetime import UTC, datetime
from io import BytesIO

from openpyxl import load_workbook

from dianliang.engines.routing import covers_of
from dianliang.integrations.plan_files.figures import local
from dianliang.integrations.plan_files.workbooks.plan import (
    LEFT_OUT,
    ROUTES,
    TEAMS,
    Making,
    plan_workbook,
)
from tests.integrations.plan_files.solved import lit, solved

AT = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


def book(made=solved):
    making = Making(source="=明天.xlsx", at=AT, searched_s=30)
    return load_workbook(BytesIO(plan_workbook(*made(), making)))


def rows_of(page, columns):
    names = [name for name, _ in columns]
    assert [cell.value for cell in page[1]] == names
    return [
        dict(zip(names, row, strict=True)) for row in page.iter_rows(min_row=2, values_only=True)
    ]


def test_the_overview_tells_file_time_counts_and_objective():
    told = dict(book()["总览"].iter_rows(min_row=2, values_only=True))

    assert told["编排时间"] == "2026-11-24 00:30"
    assert told["工单"] == "排进 4 张，没排 1 张"
    assert told["没排的“应当”（张）"] == "1"
    assert told["请留意"] == "请看一眼。"


def test_routes_are_told_stop_by_stop_in_the_time_of_shanghai():
    _, plan = solved()
    rows = rows_of(book()["线路"], ROUTES)
    visits = [row for row in rows if row["内容"] == "上门"]

    assert len(visits) == 4
    for row in visits:
        found = plan.stop_of(row["工单号"])
        assert found is not None
        route, stop = found
        assert row["队伍"] == route.team_id
        assert row["开始"] == local(stop.start_at).replace(microsecond=0)
        assert row["行车（分）"] == round(stop.travel_s / 60)
        assert row["公里"] == round(stop.travel_m / 1000, 1)
        assert row["为什么"] == stop.why
    assert [row["内容"] for row in rows].count("收工") == len(plan.routes)
    late = next(row for row in visits if row["工单号"] == "J1")
    assert late["超承诺（分）"] == round(plan.objective.late_s / 60) > 0


def test_who_sets_off_is_told_the_least_to_take_along():
    _, plan = solved()
    leaving = [row for row in rows_of(book()["线路"], ROUTES) if row["内容"] == "出发"]

    told = {(row["队伍"], row["离开"]): row["事项"] for row in leaving}
    for route in plan.routes:
        words = "至少带 梯×1" if route.gear else None
        assert told.pop((route.team_id, local(route.leave_at))) == words
    assert not told
    assert [dict(route.gear) for route in plan.routes if plan.stop_of("J2")[0] == route] == [
        {"梯": 1}
    ]


def test_what_is_left_out_has_reason_and_fixes():
    _, plan = solved()
    (row,) = rows_of(book()["未排"], LEFT_OUT)
    (left,) = plan.unassigned

    assert (row["工单号"], row["事项"], row["优先级"]) == ("J3", "@下水", "应当")
    assert row["原因"] == left.reasons[0].words
    assert left.fix is not None
    assert row["最省的办法"] == left.fix.words
    assert row["代价（折合行车分钟）"] == round(left.fix.price_s / 60)


def test_teams_are_told_with_their_utilisation():
    first, second = rows_of(book()["队伍"], TEAMS)

    assert (first["队伍"], first["班次"]) == ("=HYPERLINK(1)", 2)
    assert first["工单"] + second["工单"] == 4
    assert 0 < first["利用率"] < 1


def test_no_text_becomes_a_formula_now_or_when_it_is_edited():
    made = book()
    dangerous = [
        cell
        for page in made
        for row in page
        for cell in row
        if isinstance(cell.value, str) and cell.value[:1] in "=+-@"
    ]

    assert {cell.value for cell in dangerous} == {
        "=明天.xlsx",
        "=HYPERLINK(1)",
        "=1+1",
        "+86",
        "@下水",
    }
    assert {cell.data_type for cell in dangerous} == {"s"}
    assert {cell.number_format for cell in dangerous} == {"@"}


def test_every_page_prints_across_a4_with_its_headings():
    for page in book():
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9
        assert page.print_title_rows == "$1:$1"


def test_each_team_starts_on_a_page_of_its_own():
    page = book()["线路"]
    names = [row[0].value for row in page.iter_rows(min_row=2)]
    turns = [number for number in range(1, len(names)) if names[number] != names[number - 1]]

    assert [one.id for one in page.row_breaks.brk] == [number + 1 for number in turns]


def test_parts_in_a_row_are_one_row_with_their_metres():
    loaded, plan = lit()
    (cover,) = covers_of(loaded.problem, plan)
    rows = [row for row in rows_of(book(lit)["线路"], ROUTES) if row["内容"] == "上门"]
    along = {row["事项"]: row for row in rows if row["工单号"] != "J0"}

    assert len(rows) == len(cover.stretches) + 1
    for stretch in cover.stretches:
        row = along[f"圩堤亮灯 {stretch.from_m:.0f}→{stretch.to_m:.0f} 米"]
        assert (row["队伍"], row["地址"]) == (stretch.team_id, "西圩")
        assert row["离开"] == local(stretch.end_at).replace(microsecond=0)


def test_the_overview_tells_how_far_a_line_gets():
    told = dict(book(lit)["总览"].iter_rows(min_row=2, values_only=True))

    assert told["线路 D"].startswith("全长 15.0 公里，排了 1")
    assert "没排的：" in told["线路 D"]
