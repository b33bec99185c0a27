"""A plan as a workbook to read, print and hand out: overview, routes, what is left out, teams."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from dianliang.core import blanks
from dianliang.engines.routing import Bound, Plan, Route, Stretch, covers_of
from dianliang.integrations.plan_files.figures import (
    Line,
    bound_words,
    cover_words,
    day_of_route,
    figures_of,
    in_order,
    left_out,
    lines_of,
    local,
    objective_words,
)
from dianliang.integrations.plan_files.loaded import Loaded
from dianliang.integrations.plan_files.workbooks.columns import PRIORITIES

A4 = 9
ROUTES_SCALE = 78
"""Per cent. Excel forgets page breaks on a sheet that is fitted to the page's width."""
LATE_SHOWN_S = 30
ROUTES = (
    ("队伍", 12),
    ("日期", 11),
    ("序", 5),
    ("内容", 6),
    ("工单号", 14),
    ("事项", 16),
    ("地址", 20),
    ("到达", 12),
    ("开始", 12),
    ("离开", 12),
    ("行车（分）", 7),
    ("公里", 7),
    ("超承诺（分）", 8),
    ("为什么", 26),
)
LEFT_OUT = (
    ("工单号", 14),
    ("事项", 18),
    ("优先级", 8),
    ("原因", 48),
    ("最省的办法", 36),
    ("代价（折合行车分钟）", 12),
    ("其他办法", 48),
)
TEAMS = (
    ("队伍", 14),
    ("班次", 7),
    ("出班", 7),
    ("工单", 7),
    ("在岗（小时）", 9),
    ("行车（小时）", 9),
    ("作业（小时）", 9),
    ("加班（分）", 9),
    ("超承诺（分）", 9),
    ("公里", 9),
    ("利用率", 9),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How a checked plan came about: from which file, when, after how long; what is proven."""

    source: str
    at: datetime
    searched_s: float
    bound: Bound | None = None


def plan_workbook(loaded: Loaded, plan: Plan, making: Making) -> bytes:
    """Return a plan as a workbook. Times are those of Shanghai."""
    out = BytesIO()
    book = _Book(blanks.workbook(out))
    _overview(book, loaded, plan, making)
    _routes(book, loaded, plan)
    _left_out(book, loaded, plan)
    _teams(book, loaded, plan)
    book.file.close()
    return out.getvalue()


class _Book:
    """A workbook with its formats; whatever came from people is written as text."""

    def __init__(self, file: Any) -> None:
        self.file = file
        wrapped = {"text_wrap": True, "valign": "top", "border": 4}
        self.heading = file.add_format({**blanks.HEADING, "border": 1})
        self.text = file.add_format({**wrapped, "num_format": "@"})
        self.time = file.add_format({**wrapped, "num_format": "mm-dd hh:mm", "align": "left"})
        self.day = file.add_format({**wrapped, "num_format": "yyyy-mm-dd", "align": "left"})
        self.number = file.add_format({**wrapped, "num_format": "0"})
        self.tenth = file.add_format({**wrapped, "num_format": "0.0"})
        self.share = file.add_format({**wrapped, "num_format": "0%"})

    def page(self, name: str, columns: Sequence[tuple[str, int]]) -> Any:
        """Add a sheet that prints well: A4 across, as wide as the page, headings on each."""
        page = self.file.add_worksheet(name)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_footer("&L&A&R第 &P 页，共 &N 页")
        for number, (heading, width) in enumerate(columns):
            page.set_column(number, number, width)
            page.write_string(0, number, heading, self.heading)
        page.repeat_rows(0)
        page.freeze_panes(1, 0)
        return page

    def write(self, page: Any, row: int, cells: Sequence[Any]) -> None:
        """Write a row: text as text, times as times, so that both can be sorted and edited."""
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row, column, cell, self.text)
            elif isinstance(cell, datetime):
                page.write_datetime(row, column, cell, self.time)
            elif cell is None:
                page.write_blank(row, column, None, self.text)
            else:
                self._write_number(page, row, column, cell)

    def _write_number(self, page: Any, row: int, column: int, cell: Any) -> None:
        if isinstance(cell, int | float):
            as_whole = self.number if isinstance(cell, int) else self.tenth
            page.write_number(row, column, cell, as_whole)
        else:
            page.write_datetime(row, column, cell, self.day)


def _overview(book: _Book, loaded: Loaded, plan: Plan, making: Making) -> None:
    page = book.page("总览", (("项目", 34), ("内容", 90)))
    stops = sum(len(route.stops) for route in plan.routes)
    rows = [
        ("输入", making.source),
        ("编排时间", f"{local(making.at):%Y-%m-%d %H:%M}"),
        ("工单", f"排进 {stops} 张，没排 {len(plan.unassigned)} 张"),
        ("队伍", f"{len(loaded.problem.teams)} 支，{len(plan.routes)} 条线路"),
        *cover_words(loaded.problem, plan),
        *objective_words(plan),
        *bound_words(plan, making.bound),
        ("独立核对", "已逐条核对，没有不符"),
        ("计算", f"{making.searched_s:.0f} 秒，{plan.iterations} 轮，种子 {plan.seed}"),
        ("引擎", plan.version),
        *(("请留意", notice) for notice in loaded.notices),
    ]
    for number, row in enumerate(rows, start=1):
        book.write(page, number, row)


def _routes(book: _Book, loaded: Loaded, plan: Plan) -> None:
    page = book.page("线路", ROUTES)
    stretches = [each for cover in covers_of(loaded.problem, plan) for each in cover.stretches]
    heads = {each.job_ids[0]: each for each in stretches}
    walked_on = {id_ for each in stretches for id_ in each.job_ids[1:]}
    number, breaks, last = 1, list[int](), ""
    for route in in_order(loaded.problem, plan):
        if last and route.team_id != last:
            breaks.append(number)
        last = route.team_id
        for line in lines_of(route):
            id_ = line.stop.job_id if line.stop else ""
            if id_ not in walked_on:
                book.write(page, number, [*_route_cells(loaded, route, line, heads.get(id_))])
                number += 1
    page.set_print_scale(ROUTES_SCALE)
    page.set_h_pagebreaks(breaks)
    page.autofilter(0, 0, max(1, number - 1), len(ROUTES) - 1)


def _route_cells(
    loaded: Loaded, route: Route, line: Line, stretch: Stretch | None
) -> Iterator[Any]:
    """Yield the cells of a line of a day; parts of a line in a row are one stretch."""
    stop = line.stop
    yield route.team_id
    yield day_of_route(loaded.problem, route)
    if stop is None:
        taken = "、".join(f"{kind}×{count}" for kind, count in route.gear.items())
        title = f"至少带 {taken}" if taken and line.what == "出发" else None
        yield from (None, line.what, None, title, None)
        yield from (local(line.begin_at) if line.what == "收工" else None,)
        yield from (local(line.begin_at) if line.what == "午休" else None,)
        yield from (local(line.begin_at) if line.what == "出发" else None,)
    else:
        label = loaded.labels.get(stop.job_id)
        ids = stretch.job_ids if stretch else (stop.job_id,)
        yield from (line.order, line.what, ids[0] if len(ids) == 1 else f"{ids[0]}…{ids[-1]}")
        title = label.title if label else None
        if stretch:
            id_ = stretch.line_id
            metres = f"{stretch.from_m:.0f}→{stretch.to_m:.0f} 米"
            title = f"{loaded.title(id_) or id_} {metres}"
        yield from (title, label.address if label else None)
        end_at = stretch.end_at if stretch else stop.depart_at
        yield from (local(stop.arrive_at), local(stop.start_at), local(end_at))
    moves = line.what not in {"出发", "午休"}
    yield round(line.travel_s / 60) if moves else None
    yield round(line.travel_m / 1000, 1) if moves else None
    yield round(stop.late_s / 60) if stop and stop.late_s >= LATE_SHOWN_S else None
    yield stop.why if stop else None


def _left_out(book: _Book, loaded: Loaded, plan: Plan) -> None:
    page = book.page("未排", LEFT_OUT)
    words = {value: label for label, value in PRIORITIES.items()}
    jobs = {job.id: job for job in loaded.problem.jobs}
    for number, left in enumerate(left_out(loaded.problem, plan), start=1):
        cells = (
            left.job_id,
            loaded.title(left.job_id),
            words[jobs[left.job_id].priority],
            "\n".join(reason.words for reason in left.reasons),
            left.fix.words if left.fix else "没有找到单独一步就行的办法",
            round(left.fix.price_s / 60) if left.fix else None,
            "\n".join(fix.words for fix in left.others),
        )
        book.write(page, number, cells)
    if not plan.unassigned:
        book.write(page, 1, ("全部工单都排进去了",))


def _teams(book: _Book, loaded: Loaded, plan: Plan) -> None:
    page = book.page("队伍", TEAMS)
    number = 0
    for number, row in enumerate(figures_of(loaded.problem, plan), start=1):
        cells = (
            row.team_id,
            row.shifts,
            row.used,
            row.jobs,
            row.on_duty_s / 3600,
            row.travel_s / 3600,
            row.work_s / 3600,
            round(row.overtime_s / 60),
            round(row.late_s / 60),
            row.travel_m / 1000,
        )
        book.write(page, number, cells)
        page.write_number(number, len(cells), row.utilisation, book.share)
    last = max(1, number)
    page.conditional_format(1, len(TEAMS) - 1, last, len(TEAMS) - 1, {"type": "data_bar"})
