"""What ``dianliang plan`` prints: the objective in words, what is left out and why, each team."""

from collections.abc import Iterator

from dianliang.engines.routing import Bound, Plan, Unassigned, Violation
from dianliang.integrations.plan_files.figures import (
    bound_words,
    cover_words,
    figures_of,
    left_out,
    objective_words,
    span,
)
from dianliang.integrations.plan_files.loaded import Loaded

MOST_SHOWN = 50


def summary(loaded: Loaded, plan: Plan, *, bound: Bound | None = None) -> Iterator[str]:
    """Yield the lines that tell a plan."""
    stops = sum(len(route.stops) for route in plan.routes)
    yield (
        f"排进 {stops}/{len(loaded.problem.jobs)} 张工单，"
        f"{len(loaded.problem.teams)} 支队伍，{len(plan.routes)} 条线路；独立核对没有不符。"
    )
    for words, figure in cover_words(loaded.problem, plan):
        yield f"  {words}：{figure}"
    for words, figure in objective_words(plan):
        yield f"  {words}：{figure}"
    for words, figure in bound_words(plan, bound):
        yield f"  {words}：{figure}"
    if plan.unassigned:
        yield f"未排 {len(plan.unassigned)} 张："
        for left in left_out(loaded.problem, plan)[:MOST_SHOWN]:
            yield f"  {_left_out(loaded, left)}"
        if len(plan.unassigned) > MOST_SHOWN:
            yield f"  ……另有 {len(plan.unassigned) - MOST_SHOWN} 张，见输出文件"
    yield "队伍："
    for team in figures_of(loaded.problem, plan):
        yield (
            f"  {team.team_id}：出班 {team.used}/{team.shifts}，{team.jobs} 张，"
            f"行车 {span(team.travel_s)}（{team.travel_m / 1000:.1f} 公里），"
            f"作业 {span(team.work_s)}，加班 {span(team.overtime_s)}，"
            f"利用率 {team.utilisation:.0%}"
        )


def _left_out(loaded: Loaded, left: Unassigned) -> str:
    title = loaded.title(left.job_id)
    why = "".join(reason.words for reason in left.reasons)
    fix = "没有找到单独一步就行的办法。"
    if left.fix is not None:
        fix = f"最省的办法：{left.fix.words}（折合行车 {span(left.fix.price_s)}）。"
    return f"{left.job_id}{f' {title}' if title else ''}：{why}{fix}"


def violations_in_words(violations: tuple[Violation, ...]) -> str:
    """Return what a check found, one line each."""
    lines = [f"  {violation.words}" for violation in violations[:MOST_SHOWN]]
    if len(violations) > MOST_SHOWN:
        lines.append(f"  ……另有 {len(violations) - MOST_SHOWN} 处")
    return "\n".join(lines)
