"""A plan in figures: what is counted is what the plan holds."""

from dataclasses import fields, replace

import pytest

from dianliang.engines.routing import Bound, Job, Objective, Priority, Problem, Unassigned
from dianliang.integrations.plan_files.figures import (
    OBJECTIVE,
    bound_words,
    figures_of,
    left_out,
    lines_of,
    objective_words,
    span,
)
from dianliang.kernel.geo import GeoPoint
from tests.integrations.plan_files.solved import solved


def test_every_part_of_the_objective_has_its_words():
    """A part that is added to the engine's objective must be told to people, too."""
    assert [*OBJECTIVE] == [each.name for each in fields(Objective)]


def test_figures_of_teams_add_up_to_those_of_the_plan():
    loaded, plan = solved()
    rows = figures_of(loaded.problem, plan)

    assert [row.team_id for row in rows] == [team.id for team in loaded.problem.teams]
    assert sum(row.jobs for row in rows) == sum(len(route.stops) for route in plan.routes) == 4
    assert sum(row.travel_s for row in rows) == plan.objective.travel_s
    assert sum(row.late_s for row in rows) == plan.objective.late_s
    assert sum(row.work_s for row in rows) == (45 + 45 + 60 + 30) * 60
    busy = rows[0]
    assert busy.utilisation == (busy.travel_s + busy.work_s) / (2 * 9 * 3600)


def test_a_day_is_told_in_order_with_lunch_and_the_way_home():
    _, plan = solved()
    for route in plan.routes:
        lines = [*lines_of(route)]
        assert [line.begin_at for line in lines] == sorted(line.begin_at for line in lines)
        assert (lines[0].what, lines[-1].what) == ("出发", "收工")
        assert sum(line.travel_s for line in lines) == route.travel_s
        assert sum(line.travel_m for line in lines) == route.travel_m
        assert ("午休" in {line.what for line in lines}) == (route.lunch_at is not None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 分"), (59, "1 分"), (3599, "1 小时 0 分"), (12_300, "3 小时 25 分")],
)
def test_a_span_is_told_in_hours_and_minutes(seconds, words):
    assert span(seconds) == words


def test_the_objective_is_told_in_words():
    _, plan = solved()
    told = dict(objective_words(replace(plan, objective=replace(plan.objective, late_s=3_900))))

    assert told["超承诺合计"] == "1 小时 5 分"
    assert told["没排的“应当”（张）"] == "1"


def test_what_is_left_out_is_told_the_dearest_first():
    dear = Job(id="dear", at=GeoPoint(30.0, 119.0), duration_s=60, priority=Priority.MUST)
    own = replace(dear, id="own", priority=Priority.MAY, value=1e6)
    cheap = replace(dear, id="cheap", priority=Priority.MAY)
    problem = Problem(jobs=(cheap, dear, own), teams=())
    _, plan = solved()
    outs = tuple(Unassigned(job_id=job.id, reasons=(), fix=None) for job in problem.jobs)

    found = left_out(problem, replace(plan, unassigned=outs))

    assert [left.job_id for left in found] == ["own", "dear", "cheap"]


@pytest.mark.parametrize(
    ("share", "words"), [(0.75, "25.0%"), (0.8333, "16.7%"), (1.0, "0.0%"), (0.0, "没能证明")]
)
def test_how_much_better_a_plan_could_be_is_rounded_up_or_not_claimed(share, words):
    _, plan = solved()
    proven = Bound(total=plan.objective.total * share, unassigned_must=0, methods=("", ""))

    ((_, told),) = bound_words(plan, proven)

    assert told.startswith(words)
    assert [*bound_words(plan, None)] == []


def test_musts_that_nobody_can_fit_in_are_told():
    _, plan = solved()
    proven = Bound(total=plan.objective.total, unassigned_must=2, methods=("", ""))

    assert [figure for _, figure in bound_words(plan, proven)][1] == "至少 2"
