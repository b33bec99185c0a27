"""A dispatcher's workbook becomes a problem; a wrong cell is told with sheet, row, column."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from dianliang.core.checks import InvalidRowsError
from dianliang.core.sheets import UnreadableSheetError
from dianliang.engines.routing import (
    GreatCircle,
    Job,
    Link,
    Lock,
    Lunch,
    Priority,
    Series,
    Shift,
    Team,
    Weights,
)
from dianliang.integrations.plan_files.documents.hints import written_fields
from dianliang.integrations.plan_files.loaded import Label
from dianliang.integrations.plan_files.workbooks.columns import JSON_ONLY, SETTINGS, SHEETS
from dianliang.integrations.plan_files.workbooks.problem import read_workbook
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.coordinates import from_gcj02
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from tests.integrations.plan_files.workbooks.books import JOB, SECOND, SHIFT, TEAM, book, with_job


def read(content, name="明天.xlsx"):
    return read_workbook(content, name=name)


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def faults_of(content):
    with pytest.raises(InvalidRowsError) as refusal:
        read(content)
    return refusal.value.rows


def test_the_least_that_can_be_filled_in_is_a_problem():
    problem = read(book()).problem

    assert problem.teams == (
        Team(
            id="一班",
            shifts=(
                Shift(window=TimeWindow(at(8, 30), at(17, 30)), start=GeoPoint(30.64, 119.68)),
            ),
            skills=frozenset({"抢修", "带电"}),
            levels={"带电": 3},
        ),
    )
    assert problem.jobs[0] == Job(id="GD1", at=GeoPoint(30.66, 119.65), duration_s=45 * 60)
    assert problem.weights == Weights()


def test_everything_that_a_team_may_have_is_taken():
    team = {
        **TEAM,
        "服务区域": "城区、东乡",
        "装备": "绝缘梯×2；发电机",
        "收工纬度": 30.7,
        "收工经度": 119.7,
        "每班上限（小时）": "8.5",
        "总工时上限（小时）": 40,
        "出班代价（分钟）": 10,
    }
    shifts = [
        {
            **SHIFT,
            "至": "2026-11-25",
            "午休从": "11:30",
            "午休到": "13:30",
            "午休（分钟）": 60,
            "加班上限（分钟）": 90,
        },
        {
            **SHIFT,
            "日期": date(2026, 11, 26),
            "上班": time(20),
            "下班": "次日06:00",
            "当日技能": "抢修",
            "出发纬度": 30.5,
            "出发经度": 119.5,
            "收工纬度": 30.6,
            "收工经度": 119.6,
            "只做工单": "GD1、GD2",
        },
        {**SHIFT, "日期": "2026年11月28日", "备用": "是"},
    ]

    (made,) = read(book(队伍=[team], 班次=shifts)).problem.teams

    assert made.areas == {"城区", "东乡"}
    assert made.gear == {"绝缘梯": 2, "发电机": 1}
    assert (made.shift_limit_s, made.total_limit_s, made.shift_price) == (30_600, 144_000, 600)
    first, second, night = made.shifts
    assert first.end == GeoPoint(30.7, 119.7)
    assert first.lunch == Lunch(window=TimeWindow(at(11, 30), at(13, 30)), duration_s=3600)
    assert second.window == TimeWindow(at(8, 30, 25), at(17, 30, 25))
    assert second.overtime_limit_s == 5400
    assert night == Shift(
        window=TimeWindow(at(20, day=26), at(6, day=27)),
        start=GeoPoint(30.5, 119.5),
        end=GeoPoint(30.6, 119.6),
        skills=frozenset({"抢修"}),
        only_for=frozenset({"GD1", "GD2"}),
    )
    assert made.spare is not None
    assert [shift.window.start for shift in made.spare] == [at(8, 30, 28)]


def test_everything_that_a_job_may_want_is_taken():
    cells = {
        "事项": "更换表箱",
        "地址": "余村1组",
        "可上门时段": "2026-11-24 9:00-11:30；2026-11-25 14:00～17:00",
        "技能": "抢修、带电：2级",
        "带去装备": "绝缘梯*2",
        "带回装备": "旧表",
        "优先级": "必须",
        "价值（分钟）": 500,
        "承诺时间": "2026-11-24 15:00",
        "超时代价": 6,
        "区域": "东乡",
        "只能由": "一班",
        "不能由": "二班、三班",
        "优先由": "一班",
    }
    loaded = read(with_job(**cells))

    assert loaded.labels["GD1"] == Label(title="更换表箱", address="余村1组")
    assert loaded.problem.jobs[0] == Job(
        id="GD1",
        at=GeoPoint(30.66, 119.65),
        duration_s=2700,
        windows=(TimeWindow(at(9), at(11, 30)), TimeWindow(at(14, day=25), at(17, day=25))),
        skills=frozenset({"抢修", "带电"}),
        levels={"带电": 2},
        gear={"绝缘梯": 2},
        returns={"旧表": 1},
        priority=Priority.MUST,
        value=30_000,
        due_at=at(15),
        late_per_s=6,
        area="东乡",
        allowed_teams=frozenset({"一班"}),
        forbidden_teams=frozenset({"二班", "三班"}),
        preferred_team="一班",
    )


def chained(*pairs):
    return book(
        工单=[{**JOB, "工单号": f"GD{number}"} for number in range(3)],
        关联=[{"先做工单": a, "后做工单": b, "关系": relation} for a, b, relation in pairs],
    )


def test_a_chain_of_ties_is_taken_row_by_row_and_a_contradiction_names_its_rows():
    sound = read(chained(("GD0", "GD1", "先后"), ("GD1", "GD2", "同时"))).problem
    (fault,) = faults_of(chained(("GD0", "GD1", "先后"), ("GD1", "GD0", "先后")))

    assert [(link.first, link.then) for link in sound.links] == [("GD0", "GD1"), ("GD1", "GD2")]
    assert fault.startswith(
        "“关联”表 第 2 行 A 列、“关联”表 第 3 行 A 列：工单 GD0、GD1 的先后关系"
    )


def test_what_ties_jobs_is_taken():
    problem = read(
        book(
            班次=[{**SHIFT, "至": "2026-11-26"}],
            工单=[{**JOB, "工单号": f"GD{number}"} for number in range(6)],
            关联=[
                {"先做工单": "GD0", "后做工单": "GD1", "关系": "同时"},
                {
                    "先做工单": "GD2",
                    "后做工单": "GD3",
                    "关系": "先后",
                    "间隔至少（分钟）": 30,
                    "间隔至多（分钟）": 120,
                },
            ],
            系列=[
                {
                    "系列": "王奶奶",
                    "工单号": "GD4、GD5",
                    "日期组合": "2026-11-24+2026-11-26",
                    "间隔至少（天）": 2,
                    "间隔至多（天）": 3,
                }
            ],
            锁定=[
                {"工单号": "GD0", "队伍": "一班", "日期": "2026-11-25"},
                {
                    "工单号": "GD2",
                    "队伍": "一班",
                    "日期": "2026-11-26",
                    "开始时间": "14:00",
                    "可移动（分钟）": 5,
                },
            ],
        )
    ).problem

    assert problem.links == (
        Link(first="GD0", then="GD1"),
        Link(first="GD2", then="GD3", lag_from_s=2700 + 1800, lag_to_s=2700 + 7200),
    )
    assert problem.series == (
        Series(
            id="王奶奶",
            job_ids=("GD4", "GD5"),
            patterns=((date(2026, 11, 24), date(2026, 11, 26)),),
            gap_from_days=2,
            gap_to_days=3,
        ),
    )
    assert problem.locks == (
        Lock(job_id="GD0", team_id="一班", shift=1),
        Lock(job_id="GD2", team_id="一班", shift=2, start_at=at(14, day=26), tolerance_s=300),
    )


def test_costs_and_travel_are_taken_from_the_parameters():
    rows = [{"参数": setting.name, "值": 2} for setting in SETTINGS]
    problem = read(book(参数=[*rows, {"参数": "坐标系", "值": "GCJ-02"}])).problem

    assert problem.weights == Weights(
        unassigned_must=120,
        unassigned_should=120,
        unassigned_may=120,
        late_per_s=2,
        late_most_share=2,
        late_rest_share=2,
        wait_most_share=2,
        overtime_per_s=2,
        travel_per_s=2,
        other_team=120,
        series_team=120,
        balance=2,
    )
    assert problem.travel == GreatCircle(detour=2, speed_m_s=2 * 1000 / 3600)
    assert problem.jobs[0].at == from_gcj02(GeoPoint(30.66, 119.65))
    assert problem.teams[0].shifts[0].start == from_gcj02(GeoPoint(30.64, 119.68))


def test_every_field_of_the_model_has_a_column_or_is_said_to_be_for_json_only():
    """Who adds a field to the engine decides here whether a dispatcher may fill it in."""
    fills = {name for sheet in SHEETS for column in sheet.columns for name in column.fills}
    fills |= {setting.fills for setting in SETTINGS}
    owners = (Job, Team, Shift, Lock, Link, Series, Weights, GreatCircle)
    model = {
        f"{owner.__name__}.{each.name}" for owner in owners for each, _ in written_fields(owner)
    }

    assert fills | JSON_ONLY == model
    assert not fills & JSON_ONLY


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"工单号": ""}, "A 列：“工单号”不能为空"),
        ({"工单号": 330523108204000123}, "A 列：“工单号”现为.*丢掉"),
        ({"工单号": 1.5e18}, "A 列：“工单号”现为.*丢掉"),
        ({"纬度": "nan"}, "D 列：“纬度”应为"),
        ({"纬度": "1e999"}, "D 列：“纬度”应为"),
        ({"纬度": ""}, "D 列：“纬度”不能为空"),
        ({"纬度": "119.65", "经度": "30.66"}, "D 列：“纬度”和“经度”像是填反了"),
        ({"经度": "东经"}, "E 列：“经度”应为"),
        ({"时长（分钟）": ""}, "F 列：“时长（分钟）”不能为空"),
        ({"时长（分钟）": 0}, "F 列：“时长（分钟）”应为 1 到 1440"),
        ({"时长（分钟）": "半小时"}, "F 列：“时长（分钟）”应为"),
        ({"可上门时段": "上午"}, "G 列：“上午”应形如"),
        ({"可上门时段": "2026-13-40 9:00-11:00"}, "G 列：“2026-13-40"),
        ({"可上门时段": "11:00-9:00"}, "G 列：结束应晚于开始；过了零点请写成 次日"),
        ({"可上门时段": "9:00-25:00"}, "G 列：“9:00-25:00”应形如"),
        ({"带去装备": "梯×2、梯×1"}, "I 列：“梯”写了两次"),
        ({"带去装备": "梯×两把"}, "I 列：“梯×两把”的件数应为 0 到 9999 的数字"),
        ({"技能": "带电:三"}, "H 列：“带电:三”的等级应为数字"),
        ({"优先级": "加急"}, "K 列：“优先级”应为必须、应当、可缓之一，现为“加急”"),
        ({"价值（分钟）": -1}, "L 列：“价值（分钟）”应为 0 到"),
        ({"承诺时间": "明天"}, "M 列：“承诺时间”应形如 2026-11-24 15:00，现为“明天”"),
        ({"承诺时间": "1926-11-24 08:00"}, "M 列：年份应在 2000 到 2199 之间，现为 1926 年"),
        ({"可上门时段": "1926-11-24 9:00-11:00"}, "G 列：年份应在 2000 到 2199 之间，现为 1926"),
        ({"承诺时间": "1899-01-01 08:00"}, "M 列：“承诺时间”"),
        ({"承诺时间": "9999-12-31"}, "M 列：“承诺时间”"),
        ({"可上门时段": "9999-12-31 9:00-次日10:00"}, "G 列：“9999-12-31"),
        ({"地址": "长" * 2001}, "C 列：“地址”最多 2000 字"),
    ],
)
def test_a_wrong_cell_of_a_job_is_told_with_its_place(cells, words):
    (fault,) = faults_of(with_job(**cells))

    assert re.match(f"“工单”表 第 2 行 {words}", fault), fault


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"队伍": [{**TEAM, "出发纬度": ""}]}, "“队伍”表 第 2 行 E 列：“出发纬度”不能为空"),
        ({"队伍": [{**TEAM, "收工纬度": 30}]}, "“队伍”表 第 2 行 G 列：.*要么都填"),
        ({"队伍": [TEAM, TEAM]}, "“队伍”表 第 3 行 A 列：“一班”重复"),
        ({"工单": [JOB, JOB]}, "“工单”表 第 3 行 A 列：“GD1”重复：“工单”表 第 2 行 A 列、"),
        ({"队伍": [TEAM, {**TEAM, "队伍": "二班"}]}, "“队伍”表 第 3 行：队伍 二班 没有班次"),
        ({"班次": [SHIFT, {**SHIFT, "队伍": "二班"}]}, "“班次”表 第 3 行 A 列：.*没有“二班”"),
        ({"班次": [{**SHIFT, "下班": "8:30"}]}, "“班次”表 第 2 行 E 列：结束应晚于开始"),
        ({"班次": [{**SHIFT, "上班": ""}]}, "“班次”表 第 2 行 D 列：“上班”不能为空"),
        ({"班次": [{**SHIFT, "上班": "早上"}]}, "“班次”表 第 2 行 D 列：“上班”应形如 8:30"),
        ({"班次": [{**SHIFT, "日期": ""}]}, "“班次”表 第 2 行 B 列：“日期”不能为空"),
        ({"班次": [{**SHIFT, "至": "2026-11-20"}]}, "“班次”表 第 2 行 C 列：“至”应不早于"),
        ({"班次": [{**SHIFT, "午休从": "11:30"}]}, "“班次”表 第 2 行 F 列：午休的三格"),
        (
            {"班次": [{**SHIFT, "午休从": "11:30", "午休到": "12:00", "午休（分钟）": 60}]},
            "“班次”表 第 2 行 H 列：午休比",
        ),
        (
            {"班次": [{**SHIFT, "午休从": "18:00", "午休到": "19:00", "午休（分钟）": 60}]},
            "“班次”表 第 2 行 F 列：午休不在班次之内",
        ),
        (
            {"锁定": [{"工单号": "GD9", "队伍": "一班", "日期": "2026-11-24"}]},
            "“锁定”表 第 2 行 A 列：锁定的工单 GD9",
        ),
        (
            {"锁定": [{"工单号": "GD1", "队伍": "九班", "日期": "2026-11-24"}]},
            "“锁定”表 第 2 行 B 列：.*队伍 九班",
        ),
        (
            {"锁定": [{"工单号": "GD1", "队伍": "一班", "日期": "2026-11-25"}]},
            "“锁定”表 第 2 行 C 列：一班 在 2026-11-25 没有班次（有：2026-11-24）",
        ),
        (
            {"关联": [{"先做工单": "GD1", "后做工单": "GD9", "关系": "同时"}]},
            "“关联”表 第 2 行 A 列：关联的工单 GD9",
        ),
        (
            {"关联": [{"先做工单": "GD1", "后做工单": "GD2", "关系": ""}]},
            "“关联”表 第 2 行 C 列：“关系”不能为空",
        ),
        (
            {
                "关联": [
                    {
                        "先做工单": "GD1",
                        "后做工单": "GD2",
                        "关系": "同时",
                        "间隔至少（分钟）": 5,
                    }
                ]
            },
            "“关联”表 第 2 行 C 列：“同时”不能有间隔",
        ),
        (
            {"系列": [{"系列": "王", "工单号": "GD1、GD2", "日期组合": "周一+周三"}]},
            "“系列”表 第 2 行 C 列：“周一\\+周三”应形如",
        ),
        (
            {"系列": [{"系列": "王", "工单号": "GD1、GD2", "日期组合": "2026-11-24"}]},
            "“系列”表 第 2 行 B 列：系列 王 的日期组合",
        ),
        ({"参数": [{"参数": "平均车速", "值": 30}]}, "“参数”表 第 2 行 A 列：.*是不是“平均车速（"),
        ({"参数": [{"参数": "绕路系数", "值": 0}]}, "“参数”表 第 2 行 B 列：“值”应为 1 到 10"),
        ({"参数": [{"参数": "坐标系", "值": "北京54"}]}, "“参数”表 第 2 行 B 列：“值”应为WGS 84"),
        (
            {"工单": [{**JOB, "可上门时间": "9:00-11:00"}]},
            "“工单”表 第 2 行 T 列：表头“可上门时间”不认识，是不是“可上门时段”",
        ),
    ],
)
def test_a_wrong_cell_of_any_sheet_is_told_with_its_place(sheets, words):
    (fault,) = faults_of(book(sheets))

    assert re.match(words, fault), fault


def test_all_wrong_cells_come_at_once_and_one_does_not_make_another():
    faults = faults_of(
        book(
            队伍=[TEAM, {**TEAM, "队伍": "二班", "出发纬度": "北"}],
            班次=[SHIFT, {**SHIFT, "队伍": "二班"}, {**SHIFT, "下班": "?"}],
            工单=[{**JOB, "时长（分钟）": 0, "优先级": "急"}, SECOND],
            关联=[{"先做工单": "GD1", "后做工单": "GD2", "关系": "同时"}],
            锁定=[{"工单号": "GD2", "队伍": "二班", "日期": "2026-11-24"}],
        )
    )

    assert [fault.partition("：")[0] for fault in faults] == [
        "“队伍”表 第 3 行 E 列",
        "“班次”表 第 4 行 E 列",
        "“工单”表 第 2 行 F 列",
        "“工单”表 第 2 行 K 列",
    ]


def far_away(content):
    made = load_workbook(BytesIO(content))
    made["工单"]["XFD1048576"] = "x"
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def two_headings_alike():
    made = load_workbook(BytesIO(book()))
    made["工单"]["T1"] = "技能"
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def without_rows():
    out = BytesIO()
    Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("工单号,纬度\nGD1,30\n".encode("gbk"), "明天.xlsx 不是 Excel 文件"),
        (book()[: len(book()) // 2], "明天.xlsx 已损坏"),
        (b"PK\x03\x04 torn", "明天.xlsx 已损坏"),
        (b"", "明天.xlsx 不是 Excel 文件"),
        (without_rows(), "“队伍”“班次”“工单”表没有内容或不存在"),
        (book(队伍=[]), "“队伍”表没有内容或不存在"),
        (book(队伍=[{**TEAM, "队伍": "示例一班"}]), "“队伍”表只有“示例”开头的例子"),
        (far_away(book()), "很远的位置"),
        (two_headings_alike(), "“工单”表 表头重复：技能"),
    ],
)
def test_a_file_that_is_no_such_workbook_is_refused_in_words(content, words):
    with pytest.raises(UnreadableSheetError, match=words):
        read(content)


def test_sheets_without_their_headings_are_all_named():
    made = load_workbook(BytesIO(book()))
    made["工单"]["A1"], made["班次"]["D1"] = "单号", "上岗"
    out = BytesIO()
    made.save(out)

    with pytest.raises(UnreadableSheetError) as refusal:
        read(out.getvalue())

    assert "“工单”表 缺少表头：工单号" in refusal.value.message
    assert "“班次”表 缺少表头：上班" in refusal.value.message


@pytest.mark.parametrize("code", [330523.0, "３３０５２３", " 330523 ", "330523.0"])
def test_what_excel_and_keyboards_do_to_a_number_is_undone(code):
    assert read(with_job(工单号=code)).problem.jobs[0].id == "330523"


@pytest.mark.parametrize(
    "cell",
    ["8:30", "08:30:00", "8：30", time(8, 30), timedelta(hours=8.5), 0.3541666667, "0.354166667"],
)
def test_a_clock_time_is_read_however_it_was_written(cell):
    (team,) = read(book(班次=[{**SHIFT, "上班": cell}])).problem.teams

    assert team.shifts[0].window.start == at(8, 30)


@pytest.mark.parametrize(
    "cell",
    [
        datetime(2026, 11, 24, 15),
        "2026-11-24 15:00",
        "2026/11/24 15:00:00",
        "2026年11月24日 15：00",
        "2026.11.24 15:00",
        46350.625,
    ],
)
def test_a_promise_is_read_however_it_was_written(cell):
    assert read(with_job(承诺时间=cell)).problem.jobs[0].due_at == at(15)


@pytest.mark.parametrize("cell", [date(2026, 11, 24), "2026-11-24", 46350, "20261124"])
def test_a_promise_of_a_day_means_its_end(cell):
    assert read(with_job(承诺时间=cell)).problem.jobs[0].due_at == at(0, day=25)


def test_a_window_without_a_day_stands_for_every_day_of_a_shift():
    content = book(班次=[{**SHIFT, "至": "2026-11-25"}], 工单=[{**JOB, "可上门时段": "9:00-11:00"}])

    assert read(content).problem.jobs[0].windows == (
        TimeWindow(at(9), at(11)),
        TimeWindow(at(9, day=25), at(11, day=25)),
    )


def test_examples_and_what_is_not_ours_are_left_out_and_mentioned():
    example = {**JOB, "工单号": "示例001"}
    content = book(工单=[example, {**JOB, "经办人": "张三"}], 草稿=[{"x": "y"}])

    loaded = read(content)

    assert [job.id for job in loaded.problem.jobs] == ["GD1"]
    assert loaded.notices == (
        "“草稿”表不认识，已略过。",
        "已略过 1 行“示例”开头的例子。",
        "“工单”表的“经办人”列不认识，已略过。",
    )


def test_a_skill_that_nobody_has_is_a_notice_that_names_the_cell():
    (notice,) = read(with_job(技能="抢休")).notices

    assert notice == "“工单”表 第 2 行 H 列：没有一支队伍具备技能“抢休”（队伍有：带电、抢修）。"


def test_two_shifts_at_once_are_refused_with_the_team_and_their_hours():
    (fault,) = faults_of(book(班次=[SHIFT, {**SHIFT, "上班": "12:00"}]))

    assert fault.startswith("“队伍”表 第 2 行：队伍 一班 的第 1 个班次")
    assert "11-24 12:00–11-24 17:30" in fault


def test_a_lock_on_a_day_with_two_shifts_finds_the_one_of_its_hour():
    lock = {"工单号": "GD1", "队伍": "一班", "日期": "2026-11-24"}
    twice = [{**SHIFT, "下班": "12:00"}, {**SHIFT, "上班": "13:00"}]

    (fault,) = faults_of(book(班次=twice, 锁定=[lock]))
    (held,) = read(book(班次=twice, 锁定=[{**lock, "开始时间": "14:00"}])).problem.locks

    assert "有 2 个班次，请写明开始时间" in fault
    assert held.shift == 1


ODD = st.sampled_from(
    [
        *(
            "",
            "0",
            "-1",
            "1e999",
            "nan",
            "９",
            "²",
            "24:00",
            "次日24:00",
            "99:99",
            "-",
            "；",
            "、、",
        ),
        *("0001-01-01", "9999-12-31", "9999-12-31 次日24:00", "80000.99", "+", "×", "梯×2", ":3"),
        *("示例", "一班", "GD1、GD1", "是", "9:00-10:00-11:00", "½", True, 0.5, 1e300, -3),
        *(date(1900, 1, 1), time(23, 59, 59, 999_999), timedelta(days=3), datetime(2026, 11, 24)),
    ]
)
CELLS = [(sheet.title, column.heading) for sheet in SHEETS for column in sheet.columns]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(CELLS), ODD, min_size=1, max_size=3))
def test_whatever_stands_in_a_cell_the_answer_is_a_problem_or_words(odd):
    rows = {
        "队伍": dict(TEAM),
        "班次": dict(SHIFT),
        "工单": dict(JOB),
        "关联": {"先做工单": "GD1", "后做工单": "GD2", "关系": "先后"},
        "系列": {"系列": "王", "工单号": "GD1、GD2"},
        "锁定": {"工单号": "GD1", "队伍": "一班", "日期": "2026-11-24"},
        "参数": {"参数": "绕路系数", "值": 1.2},
    }
    for (title, heading), cell in odd.items():
        rows[title][heading] = cell
    touched = {"队伍", "班次", "工单", *(title for title, _ in odd)}

    with suppress(DomainError):
        assert read(book({title: [rows[title]] for title in touched})).problem.teams
