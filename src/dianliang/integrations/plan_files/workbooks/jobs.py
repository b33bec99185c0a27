"""Jobs and what ties them, from the sheets 工单, 关联, 系列 and 锁定."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from dianliang.engines.routing import Job, Link, Lock, Priority, Series, Team
from dianliang.integrations.plan_files.loaded import JOB, LINK, LOCK, SERIES, Label
from dianliang.integrations.plan_files.workbooks import columns
from dianliang.integrations.plan_files.workbooks.book import Book
from dianliang.integrations.plan_files.workbooks.cells import (
    DAY_MIN,
    DAY_S,
    MINUTE_S,
    Cells,
    midnight,
)
from dianliang.integrations.plan_files.workbooks.teams import Moved
from dianliang.kernel.calendar import SHANGHAI

NO_END_S = 366 * DAY_S
LONGEST_LAG_MIN = 366 * DAY_MIN
MOST_GAP = 3660
TOLERANCE_S = 15 * MINUTE_S
RELATIONS = {name: name for name in (columns.TOGETHER, columns.AFTER)}


def jobs_of(book: Book, teams: Mapping[str, Team], moved: Moved) -> list[Job]:
    """Return the sound jobs; a window without a day stands for every day of a shift."""
    shifts = [shift for team in teams.values() for shift in team.shifts]
    days = sorted({shift.window.start.astimezone(SHANGHAI).date() for shift in shifts})
    made = (_job(book, cells, days, moved) for cells in book.cells(columns.JOBS))
    return [job for job in made if job is not None]


def _job(book: Book, cells: Cells, days: list[date], moved: Moved) -> Job | None:
    before = len(cells.checks.found)
    id_ = cells.code("工单号")
    book.remember(JOB, [id_], columns.JOBS, cells.row)
    cells.once(book.spots, JOB, id_, "工单号")
    book.labels[id_] = Label(title=cells.text("事项"), address=cells.text("地址"))
    place = cells.point("纬度", "经度", moved, is_needed=True)
    duration_s = cells.seconds("时长（分钟）", MINUTE_S, least=1, most=DAY_MIN, is_needed=True)
    skills, levels = cells.levels("技能")
    priority = cells.checks.choice(cells.row, "优先级", columns.PRIORITIES, Priority.SHOULD)
    windows, due_at = cells.windows("可上门时段", days), cells.promise("承诺时间")
    gear, returns = cells.counts("带去装备"), cells.counts("带回装备")
    value, late_per_s = cells.seconds("价值（分钟）", MINUTE_S), cells.number("超时代价")
    wait_per_s = cells.number("等待代价")
    area, preferred = cells.code("区域", is_needed=False), cells.code("优先由", is_needed=False)
    allowed, forbidden = cells.code_set("只能由"), cells.code_set("不能由")
    if place is None or duration_s is None or len(cells.checks.found) > before:
        return None
    return Job(
        id=id_,
        at=place,
        duration_s=duration_s,
        windows=windows,
        skills=skills,
        levels=levels,
        gear=gear,
        returns=returns,
        priority=Priority(priority),
        value=value,
        due_at=due_at,
        late_per_s=late_per_s,
        wait_per_s=wait_per_s or 0.0,
        area=area,
        allowed_teams=allowed,
        forbidden_teams=forbidden or frozenset(),
        preferred_team=preferred or None,
    )


def links_of(book: Book, jobs: Mapping[str, Job]) -> Iterator[Link]:
    """Yield what ties two jobs in time; the sheet counts from the end of the first."""
    for cells in book.cells(columns.LINKS):
        before = len(cells.checks.found)
        first, then = cells.code("先做工单"), cells.code("后做工单")
        book.remember(LINK, [first, then], columns.LINKS, cells.row)
        relation = cells.checks.choice(cells.row, "关系", RELATIONS, "")
        least = cells.seconds("间隔至少（分钟）", MINUTE_S, most=LONGEST_LAG_MIN)
        most = cells.seconds("间隔至多（分钟）", MINUTE_S, most=LONGEST_LAG_MIN)
        if not cells.row.get("关系"):
            cells.complain("关系", f"“关系”不能为空，应为{'、'.join(RELATIONS)}之一。")
        if relation == columns.TOGETHER and (least or most):
            cells.complain("关系", "“同时”不能有间隔，请清空间隔，或改成“先后”。")
        if len(cells.checks.found) > before:
            continue
        if relation == columns.TOGETHER:
            yield Link(first=first, then=then)
            continue
        done_s = jobs[first].duration_s if first in jobs else 0
        yield Link(
            first=first,
            then=then,
            lag_from_s=done_s + (least or 0),
            lag_to_s=done_s + (NO_END_S if most is None else most),
        )


def series_of(book: Book) -> Iterator[Series]:
    """Yield visits of one customer that are planned together."""
    for cells in book.cells(columns.SERIES):
        before = len(cells.checks.found)
        id_, jobs = cells.code("系列"), cells.codes("工单号")
        book.remember(SERIES, [id_, *jobs], columns.SERIES, cells.row)
        patterns = cells.patterns("日期组合")
        least = cells.seconds("间隔至少（天）", 1, least=1, most=MOST_GAP)
        most = cells.seconds("间隔至多（天）", 1, least=1, most=MOST_GAP)
        if len(cells.checks.found) == before:
            plain = Series(id=id_, job_ids=tuple(jobs), patterns=patterns)
            yield Series(
                id=id_,
                job_ids=plain.job_ids,
                patterns=patterns,
                gap_from_days=least or plain.gap_from_days,
                gap_to_days=most or plain.gap_to_days,
            )


def locks_of(book: Book, teams: Mapping[str, Team]) -> Iterator[Lock]:
    """Yield what must stay where it is."""
    for cells in book.cells(columns.LOCKS):
        before = len(cells.checks.found)
        job_id, team_id = cells.code("工单号"), cells.code("队伍")
        book.remember(LOCK, [job_id, team_id], columns.LOCKS, cells.row)
        on, clock = cells.day("日期", is_needed=True), cells.clock("开始时间")
        tolerance_s = cells.seconds("可移动（分钟）", MINUTE_S, most=DAY_MIN)
        shift = _shift_on(cells, teams.get(team_id), on, clock)
        if len(cells.checks.found) == before and on is not None:
            yield Lock(
                job_id=job_id,
                team_id=team_id,
                shift=shift,
                start_at=None if clock is None else midnight(on) + clock,
                tolerance_s=TOLERANCE_S if tolerance_s is None else tolerance_s,
            )


def _shift_on(cells: Cells, team: Team | None, on: date | None, clock: timedelta | None) -> int:
    """Return the number of the shift that a team has on a day; the engine tells unknown teams."""
    if team is None or on is None or not team.shifts:
        return 0
    days = [shift.window.start.astimezone(SHANGHAI).date() for shift in team.shifts]
    found = [number for number, day in enumerate(days) if day == on]
    if len(found) > 1 and clock is not None:
        at = midnight(on) + clock
        found = [number for number in found if at in team.shifts[number].window] or found
    if not found:
        known = "、".join(sorted({day.isoformat() for day in days}))
        cells.complain("日期", f"{team.id} 在 {on} 没有班次（有：{known}）。")
    elif len(found) > 1:
        cells.complain("开始时间", f"{team.id} 在 {on} 有 {len(found)} 个班次，请写明开始时间。")
    return found[0] if found else 0
