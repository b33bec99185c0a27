"""What the engine does not look at: faults that would end badly, and what looks like a slip."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from dianliang.engines.routing import Job, Plan, Problem, Shift, Team, TravelTable
from dianliang.integrations.plan_files.loaded import JOB, LINE, MOST_PLACES, TEAM, Spots
from dianliang.kernel.geo import GeoPoint

MOST_POINTS = 15_000
"""Every place has a way to every other: more of them do not fit into the memory of an office PC."""
MOST_NAMED = 12
Wanted = tuple[str, str, str]
"""A sentence about something that a job wants, the job, and the field that says so."""


def doubts_of(problem: Problem, spots: Spots) -> tuple[list[str], tuple[str, ...]]:
    """Return faults of a problem that is sound to the engine, and notices.

    A skill that no team has may be a slip or a sad fact: it is a notice, and the plan says why the
    job was left out.
    """
    faults = [*_no_team(problem), *_places(problem, spots)]
    wanted = chain.from_iterable(_unmet(problem, job) for job in problem.jobs)
    return faults, tuple(_gathered(wanted, spots))


def _no_team(problem: Problem) -> Iterator[str]:
    if not problem.teams:
        yield "一支队伍也没有，请至少填写一支队伍和它的班次。"


def shifts_of(team: Team) -> tuple[Shift, ...]:
    """Return the shifts of a team and those that could be opened."""
    return (*team.shifts, *(team.spare or ()))


def _places(problem: Problem, spots: Spots) -> Iterator[str]:
    wanted: dict[GeoPoint, tuple[str, str, str]] = {}
    for team in problem.teams:
        for shift in shifts_of(team):
            for point in (shift.start, shift.end or shift.start):
                wanted.setdefault(point, (TEAM, team.id, "shifts"))
    for job in problem.jobs:
        wanted.setdefault(job.at, (JOB, job.id, "at"))
        wanted.setdefault(job.exit, (JOB, job.id, "ends_at"))
    if len(wanted) > MOST_POINTS:
        yield f"共有 {len(wanted)} 个地点，最多 {MOST_POINTS} 个，请按区域或日期拆开再排。"
    if isinstance(problem.travel, TravelTable):
        known = {*problem.travel.points}
        lines = {job.id: job.part.line_id for job in problem.jobs if job.part}
        lacking = {point: place for point, place in wanted.items() if point not in known}
        for line_id in dict.fromkeys(lines.get(id_, "") for _, id_, _ in lacking.values()):
            if line_id:
                words = (
                    f"线路 {line_id} 各段的端点不在 travel 的 points 里：请先不写 travel，"
                    "用 --problem 写出分好段的文件，再按其中的地点补上路程表。"
                )
                yield _at(spots, LINE, line_id, "", words)
        for point, (kind, id_, name) in lacking.items():
            if id_ not in lines:
                words = f"地点（{point.lat}, {point.lon}）不在 travel 的 points 里，请补上。"
                yield _at(spots, kind, id_, name, words)


def _unmet(problem: Problem, job: Job) -> Iterator[Wanted]:
    """Yield what a job wants and nobody has, one sentence for all jobs that want it."""
    teams = problem.teams
    skills = {skill for team in teams for skill in team.skills}
    skills |= {skill for team in teams for shift in team.shifts for skill in shift.skills or ()}
    for skill in sorted({*job.skills, *job.levels} - skills):
        words = f"没有一支队伍具备技能“{skill}”（队伍有：{_listed(skills)}）"
        yield words, job.id, "skills"
    for skill, level in job.levels.items():
        if skill in skills and all(team.levels.get(skill, 0) < level for team in teams):
            yield f"没有一支队伍的“{skill}”达到 {level} 级", job.id, "skills"
    taken = [team.gear_on(shift) for team in teams for shift in team.shifts]
    room = [team.room_on(shift) for team in teams for shift in team.shifts]
    collected = {kind for other in problem.jobs for kind in other.returns} if job.gear else set()
    for name, wanted in (("gear", job.gear), ("returns", job.returns)):
        for kind, count in wanted.items():
            is_taken = name == "gear" and kind not in collected
            if all(aboard.get(kind, 0) < count for aboard in (taken if is_taken else room)):
                yield f"没有一支队伍有 {count} 件装备“{kind}”", job.id, name
    if job.area and all(team.areas is not None and job.area not in team.areas for team in teams):
        yield f"没有一支队伍服务区域“{job.area}”", job.id, "area"
    ids = {team.id for team in teams}
    for name, named in (
        ("allowed_teams", job.allowed_teams or frozenset()),
        ("forbidden_teams", job.forbidden_teams),
        ("preferred_team", frozenset({job.preferred_team} - {None})),
    ):
        for id_ in sorted(str(each) for each in named if each not in ids):
            yield f"队伍“{id_}”不在本次的队伍里（有：{_listed(ids)}）", job.id, name


def _gathered(wanted: Iterable[Wanted], spots: Spots) -> Iterator[str]:
    where: dict[str, list[str]] = {}
    for words, job_id, name in wanted:
        where.setdefault(words, []).append(spots.of(JOB, job_id, name) or f"工单 {job_id}")
    for words, named in where.items():
        places = [*dict.fromkeys(named)]
        more = f" 等 {len(places)} 处" if len(places) > MOST_PLACES else ""
        yield f"{'、'.join(places[:MOST_PLACES])}{more}：{words}。"


def _at(spots: Spots, kind: str, id_: str, name: str, words: str) -> str:
    place = spots.of(kind, id_, name)
    return f"{place}：{words}" if place else words


def _listed(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = "……" if len(ordered) > MOST_NAMED else ""
    return "、".join(ordered[:MOST_NAMED]) + more if ordered else "无"


def strange_in(plan: Plan, problem: Problem) -> Iterator[str]:
    """Yield what a plan names that its problem does not have, or what it names twice."""
    jobs = {job.id for job in problem.jobs}
    shifts = {(team.id, number) for team in problem.teams for number in range(len(team.shifts))}
    lanes = Counter((route.team_id, route.shift) for route in plan.routes)
    for number, route in enumerate(plan.routes):
        at, lane = f"/plan/routes/{number}", (route.team_id, route.shift)
        if lane not in shifts:
            yield f"{at}：队伍“{route.team_id}”第 {route.shift} 个班次（从 0 数起）不在输入里。"
        elif lanes[lane] > 1:
            yield f"{at}：队伍“{route.team_id}”第 {route.shift} 个班次有两条线路。"
        if not route.stops:
            yield f"{at}/stops：线路没有上门，请删去这条线路。"
        for place, stop in enumerate(route.stops):
            if stop.job_id not in jobs:
                yield f"{at}/stops/{place}/job_id：工单“{stop.job_id}”不在输入里。"
    for number, left in enumerate(plan.unassigned):
        if left.job_id not in jobs:
            yield f"/plan/unassigned/{number}/job_id：工单“{left.job_id}”不在输入里。"
