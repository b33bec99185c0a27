"""Teams and their shifts, from the sheets 队伍 and 班次."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from dianliang.engines.routing import Lunch, Shift, Team
from dianliang.integrations.plan_files.loaded import SHIFT, TEAM
from dianliang.integrations.plan_files.workbooks import columns
from dianliang.integrations.plan_files.workbooks.book import Book
from dianliang.integrations.plan_files.workbooks.cells import DAY_MIN, HOUR_S, MINUTE_S, Cells
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MOST_DAYS = 366
LONGEST_SHIFT_H, LONGEST_TOTAL_H = 72, 8784
Base = tuple[GeoPoint, GeoPoint | None]
Moved = Callable[[GeoPoint], GeoPoint]


def teams_of(book: Book, moved: Moved) -> dict[str, Team]:
    """Return the sound teams with their sound shifts, in the order of time."""
    teams: list[Team] = []
    bases: dict[str, Base] = {}
    for cells in book.cells(columns.TEAMS):
        team, base = _team(book, cells, moved)
        if base is not None:
            teams.append(team)
            bases[team.id] = base
    worked: dict[str, list[Shift]] = {}
    spare: dict[str, list[Shift]] = {}
    for cells in book.cells(columns.SHIFTS):
        id_ = cells.code("队伍")
        if id_ and (TEAM, id_) not in book.spots.found:
            cells.complain("队伍", f"“队伍”表里没有“{id_}”，请补上那一行或改正。")
        book.remember(SHIFT, [id_], columns.SHIFTS, cells.row)
        lane = spare if cells.is_yes("备用") else worked
        lane.setdefault(id_, []).extend(_shifts(cells, bases.get(id_), moved))
    return {
        team.id: replace(
            team,
            shifts=tuple(sorted(worked.get(team.id, ()), key=lambda shift: shift.window)),
            spare=tuple(spare[team.id]) if team.id in spare else None,
        )
        for team in teams
    }


def _team(book: Book, cells: Cells, moved: Moved) -> tuple[Team, Base | None]:
    """Return a team without shifts; no place to start from when something is wrong with it."""
    before = len(cells.checks.found)
    id_ = cells.code("队伍")
    book.remember(TEAM, [id_], columns.TEAMS, cells.row)
    cells.once(book.spots, TEAM, id_, "队伍")
    skills, levels = cells.levels("技能")
    start = cells.point("出发纬度", "出发经度", moved, is_needed=True)
    end = cells.point("收工纬度", "收工经度", moved)
    team = Team(
        id=id_,
        shifts=(),
        skills=skills,
        levels=levels,
        gear=cells.counts("装备"),
        areas=cells.code_set("服务区域"),
        shift_limit_s=cells.seconds("每班上限（小时）", HOUR_S, least=0.1, most=LONGEST_SHIFT_H),
        total_limit_s=cells.seconds("总工时上限（小时）", HOUR_S, least=0.1, most=LONGEST_TOTAL_H),
        shift_price=cells.seconds("出班代价（分钟）", MINUTE_S) or 0,
    )
    is_sound = start is not None and len(cells.checks.found) == before
    return team, (start, end) if is_sound and start else None


def _shifts(cells: Cells, base: Base | None, moved: Moved) -> Iterator[Shift]:
    """Yield a shift for each day of a row, or complain."""
    before = len(cells.checks.found)
    opens, closes = cells.clock("上班", is_needed=True), cells.clock("下班", is_needed=True)
    overtime_s = cells.seconds("加班上限（分钟）", MINUTE_S, most=DAY_MIN)
    skills, only_for = cells.code_set("当日技能"), cells.code_set("只做工单")
    start = cells.point("出发纬度", "出发经度", moved)
    end = cells.point("收工纬度", "收工经度", moved)
    for day in _days(cells):
        if opens is None or closes is None:
            return
        window = cells.span("下班", day, opens, closes)
        lunch = _lunch(cells, day, window)
        if window is None or base is None or len(cells.checks.found) > before:
            return
        yield Shift(
            window=window,
            start=start or base[0],
            end=end or base[1],
            lunch=lunch,
            overtime_limit_s=overtime_s or 0,
            skills=skills,
            only_for=only_for,
        )


def _days(cells: Cells) -> list[date]:
    """Return the days of a row, from the first to the last."""
    first, last = cells.day("日期", is_needed=True), cells.day("至")
    if first is None:
        return []
    count = ((last or first) - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        cells.complain("至", f"“至”应不早于“日期”，且不超过 {MOST_DAYS} 天。")
        return []
    return [first + timedelta(days=number) for number in range(count)]


def _lunch(cells: Cells, day: date, shift: TimeWindow | None) -> Lunch | None:
    begin, end = cells.clock("午休从"), cells.clock("午休到")
    duration_s = cells.seconds("午休（分钟）", MINUTE_S, least=1, most=DAY_MIN)
    given = [heading for heading in ("午休从", "午休到", "午休（分钟）") if cells.row.get(heading)]
    if not given:
        return None
    if len(given) < 3:
        cells.complain(given[0], "午休的三格要么都填，要么都留空。")
    if begin is None or end is None or duration_s is None or shift is None:
        return None
    window = cells.span("午休到", day, begin, end)
    if window is None:
        return None
    if window.duration < timedelta(seconds=duration_s):
        cells.complain("午休（分钟）", "午休比“午休从”到“午休到”还长，请改短或放宽时段。")
    if not window.overlaps(shift):
        cells.complain("午休从", "午休不在班次之内，请改正或清空。")
    return Lunch(window=window, duration_s=duration_s)
