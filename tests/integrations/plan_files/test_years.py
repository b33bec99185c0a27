"""A mistyped year is not refused, since it may be meant, but nobody need find it by himself."""

from dianliang.integrations.plan_files.workbooks.problem import read_workbook
from tests.integrations.plan_files.workbooks.books import JOB, SHIFT, TEAM, book, with_job


def notices_of(content):
    return read_workbook(content, name="明天.xlsx").notices


def test_a_job_of_last_year_is_mentioned_with_its_cell():
    (notice,) = notices_of(with_job(可上门时段="2025-11-24 9:00-11:00"))

    assert notice == (
        "“工单”表 第 2 行 G 列：可上门时段 2025-11-24 离所有班次（2026-11-24 至 2026-11-24）"
        "半年以上，请核对年份。"
    )


def test_jobs_promised_for_the_same_wrong_day_are_mentioned_together():
    late = "2036-11-24 15:00"
    jobs = [{**JOB, "承诺时间": late}, {**JOB, "工单号": "GD2", "承诺时间": late}]

    (notice,) = notices_of(book(工单=jobs))

    assert notice.startswith("“工单”表 第 2 行 M 列、“工单”表 第 3 行 M 列：承诺时间 2036-11-24")


def test_a_shift_of_another_year_than_most_is_mentioned():
    shifts = [
        SHIFT,
        {**SHIFT, "日期": "2026-11-25"},
        {**SHIFT, "队伍": "二班", "日期": "2027-11-25"},
    ]

    (notice,) = notices_of(book(队伍=[TEAM, {**TEAM, "队伍": "二班"}], 班次=shifts))

    assert "2027-11-25 的班次离多数班次（2026-11-25）半年以上" in notice
    assert "第 4 行" in notice


def test_a_promise_some_weeks_before_or_after_the_shifts_is_nothing_special():
    assert notices_of(with_job(承诺时间="2026-10-20 15:00")) == ()
    assert notices_of(with_job(可上门时段="2027-03-01 9:00-11:00；9:00-11:00")) == ()
