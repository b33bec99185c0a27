"""Work along lines: shared by teams, priced by the metre, covered exactly once."""

from dataclasses import replace
from itertools import pairwise, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.routing import (
    ErrorCode,
    Fix,
    FixKind,
    InvalidProblemError,
    Line,
    MaxIterations,
    Priority,
    Problem,
    Team,
    Unassigned,
    Weights,
    apply_fix,
    check,
    covers_of,
    insert_job,
    recommend,
    solve,
    split_lines,
    validate,
)
from tests.engines.routing.laying import laid_over
from tests.engines.routing.test_solve import planned, skeleton
from tests.engines.routing.worlds import (
    SEAT,
    at,
    dike,
    job,
    km_east,
    lined,
    problems,
    shift,
    team,
    window,
)

SHORT = MaxIterations(limit=400)


def home_at(km: float) -> tuple[Team]:
    """Return a team that starts at the seat and is to end somewhere east of it."""
    return (replace(team(), shifts=(replace(shift(), end=km_east(km)),)),)


def divided(*lines, teams=None, jobs=(), weights=None) -> Problem:
    """Return a problem of lines that are cut into parts."""
    return split_lines(
        Problem(jobs=jobs, teams=teams or (team(),), lines=lines, weights=weights or Weights())
    )


def rules(problem, plan):
    return {violation.rule for violation in check(problem, plan)}


@settings(max_examples=60, deadline=None)
@given(problems(along_lines=True) | lined(max_lines=2))
def test_plans_with_lines_keep_every_rule(problem):
    assert validate(problem) == ()
    assert check(problem, solve(problem, stop=MaxIterations(limit=80))) == ()


def best_by_brute_force(problem: Problem) -> float:
    """Try every order and every direction of every split of the jobs over the shifts."""
    lanes = [(t.id, i) for t in problem.teams for i in range(len(t.shifts))]
    best, lay = float("inf"), laid_over(problem)
    for owners in product(range(-1, len(lanes)), repeat=len(problem.jobs)):
        groups = [
            [j for j, o in zip(problem.jobs, owners, strict=True) if o == lane]
            for lane in range(len(lanes))
        ]
        for orders in product(*(permutations(group) for group in groups)):
            plan = skeleton(lanes, orders)
            free = [job.id for order in orders for job in order if job.either_way]
            for directions in product((False, True), repeat=len(free)):
                turned = dict(zip(free, directions, strict=True))
                laid = lay(with_directions(plan, turned))
                if planned(laid) == planned(plan):
                    best = min(best, laid.objective.total)
    return best


def with_directions(plan, turned):
    return replace(
        plan,
        routes=tuple(
            replace(
                route,
                stops=tuple(
                    replace(stop, is_turned=turned.get(stop.job_id, False)) for stop in route.stops
                ),
            )
            for route in plan.routes
        ),
    )


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(problems(max_jobs=3, max_teams=1, along_lines=True) | lined(max_jobs=1, max_parts=3))
def test_small_plans_along_lines_are_optimal(problem):
    found = solve(problem, stop=MaxIterations(limit=400)).objective.total

    assert found == pytest.approx(best_by_brute_force(problem), rel=1e-9, abs=1e-6)


@settings(deadline=None)
@given(
    metres=st.floats(300, 60_000),
    measured=st.none() | st.floats(300, 60_000),
    least=st.floats(50, 290),
    most=st.integers(1, 90),
    lamps=st.floats(0, 40),
)
def test_parts_make_up_the_whole_line(metres, measured, least, most, lamps):
    bend = (km_east(2), km_east(2 + metres / 2000), km_east(2 + metres / 2000, metres / 2000))
    line = dike(
        path=bend,
        measured_m=measured,
        s_per_km=900.0,
        least_part_m=least,
        most_parts=most,
        gear_per_km={"lamp": lamps},
        value_per_km=1000.0,
    )

    problem = divided(line)
    parts = problem.jobs

    km = line.length_m / 1000
    assert validate(problem) == ()
    assert sum(part.value for part in parts) == pytest.approx(1000 * km)
    assert abs(sum(part.duration_s for part in parts) - 900 * km) <= 1
    assert -1e-5 <= sum(part.gear["lamp"] for part in parts) - lamps * km < 1
    assert line.length_m / len(parts) >= least - 1e-3
    assert len(parts) <= most
    assert [part.part.from_m for part in parts[1:]] == [part.part.to_m for part in parts[:-1]]
    assert (parts[0].at, parts[-1].ends_at) == (line.path[0], line.path[-1])
    assert all(a.ends_at == b.at for a, b in pairwise(parts))
    assert split_lines(problem) is problem


def test_a_part_follows_the_bends_of_its_line():
    line = dike(path=(km_east(0), km_east(1), km_east(1, 2)))

    assert line.points_at([line.length_m / 2])[0].lon == pytest.approx(km_east(1).lon)
    assert line.way(0, line.length_m) == line.path
    there = line.way(500, line.length_m - 500)
    assert there[1] == km_east(1)
    assert line.way(line.length_m - 500, 500) == there[::-1]
    assert line.way(100, 400) == tuple(line.points_at([100, 400]))


def test_everything_that_is_wrong_with_lines_is_told_at_once():
    endless = float("nan")
    lines = (
        dike(id="短", measured_m=-5.0, s_per_km=0.0, most_parts=0),
        dike(id="缺", path=(SEAT,)),
        dike(id="点", path=(SEAT, SEAT), setup_s=-1),
        dike(id="数", s_per_km=endless, value_per_km=-1.0, gear_per_km={"灯": float("inf")}),
        dike(id="段", least_part_m=6_500.0),
        dike(id="久", least_part_m=5_900.0, s_per_km=20_000.0),
        dike(id="好"),
    )
    problem = Problem(jobs=(job("J", minutes=-5),), teams=(team(days=0),), lines=lines)

    found = [(error.code, error.id) for error in validate(problem)]
    with pytest.raises(InvalidProblemError) as refusal:
        split_lines(problem)

    ids = ["短"] * 3 + ["缺"] + ["点"] * 2 + ["数"] * 3 + ["段", "久"]
    assert found == [
        (ErrorCode.BAD_DURATION, "J"),
        (ErrorCode.EMPTY_SHIFTS, "A"),
        *((ErrorCode.BAD_LINE, id_) for id_ in ids),
    ]
    assert [error.id for error in refusal.value.errors] == ids


def test_parts_that_do_not_make_up_their_line_are_refused():
    problem = divided(dike())
    first, second, *rest = problem.jobs
    moved = replace(second, at=km_east(40))
    stray = replace(first, id="S", part=replace(first.part, line_id="E"))

    for jobs in ((first, *rest), (first, first, second, *rest), (first, moved, *rest), ()):
        found = {error.id for error in validate(replace(problem, jobs=jobs))}
        assert "D" in found
    (error,) = validate(replace(problem, jobs=(*problem.jobs, stray)))
    assert (error.code, error.id) == (ErrorCode.UNKNOWN_LINE, "E")


def changed(problem, name, **facts):
    """Return the problem with other facts of one job, as a faulty solver might have had them."""
    jobs = tuple(replace(each, **facts) if each.id == name else each for each in problem.jobs)
    return replace(problem, jobs=jobs)


@pytest.mark.parametrize(
    ("rule", "facts"),
    [
        ("cover", {"from_m": 900.0, "to_m": 1500.0}),
        ("cover", {"from_m": 1100.0, "to_m": 1500.0}),
        ("least_part", {"from_m": 1000.0, "to_m": 1300.0}),
        ("ends", {"from_m": 1000.0, "to_m": 1400.0}),
    ],
)
def test_the_checker_sees_gaps_overlaps_and_short_parts(rule, facts):
    problem = divided(dike(measured_m=3000.0, least_part_m=500.0))
    plan = solve(problem, stop=SHORT)
    part = problem.jobs[2].part

    assert rules(problem, plan) == set()
    assert rule in rules(changed(problem, "D#3", part=replace(part, **facts)), plan)


def test_the_checker_sees_parts_done_too_fast_or_against_the_only_direction():
    problem = divided(dike(either_way=False))
    plan = solve(problem, stop=SHORT)

    assert "pace" in rules(changed(problem, "D#2", duration_s=60), plan)
    assert "direction" in rules(changed(problem, "D#2", either_way=True), plan)


def test_the_checker_sees_who_begins_on_a_line_without_setting_up():
    """The same plan is too hasty for a line where to set up takes half an hour longer."""
    problem = divided(dike(setup_s=60))
    plan = solve(problem, stop=SHORT)
    slow = replace(problem, lines=(replace(problem.lines[0], setup_s=1860),))

    assert rules(problem, plan) == set()
    assert rules(slow, plan) == {"travel"}


def test_a_team_sets_up_once_and_walks_on():
    problem = divided(dike(km=4, setup_s=600), teams=home_at(6))
    bare = divided(dike(km=4, setup_s=0), teams=home_at(6))

    plan, quick = (solve(each, stop=SHORT) for each in (problem, bare))
    (route,) = plan.routes

    assert plan.objective.travel_s == quick.objective.travel_s + 600
    assert [stop.travel_s for stop in route.stops[1:]] == [0] * (len(route.stops) - 1)


def test_a_far_line_is_worth_the_way_though_no_part_of_it_is():
    """To go there and back takes twice what leaving one part out costs."""
    line = dike(path=(km_east(20), km_east(22)), value_per_km=12_000.0, s_per_km=1800.0)
    problem = divided(line)
    way_s = problem.travel.between(SEAT, line.path[0])[0]

    plan = solve(problem, stop=SHORT)

    assert 2 * way_s > 1.5 * problem.jobs[0].value
    assert plan.unassigned == ()


def test_two_teams_share_a_line_and_one_stretch_is_left():
    """Fifteen kilometres at an hour each; two teams have eight hours each, less the way."""
    line = dike(km=15, value_per_km=20_000.0)
    problem = divided(line, teams=(team("A"), team("B")))

    plan = solve(problem, stop=MaxIterations(limit=3000))
    (cover,) = covers_of(problem, plan)

    assert check(problem, plan) == ()
    left_m = sum(gap.to_m - gap.from_m for gap in cover.gaps)
    assert cover.done_m + left_m == pytest.approx(line.length_m)
    assert 0 < left_m < 2000
    assert plan.objective.total - plan.objective.travel_s == pytest.approx(20 * left_m)
    assert {stretch.team_id for stretch in cover.stretches} == {"A", "B"}
    assert len(cover.stretches) <= 3  # whole stretches, not patches here and there
    named = [id_ for gap in cover.gaps for id_ in gap.job_ids]
    assert sorted(named) == sorted(left.job_id for left in plan.unassigned)


@settings(max_examples=25, deadline=None)
@given(lined(max_lines=2))
def test_stretches_and_gaps_cover_each_line_exactly_once(problem):
    plan = solve(problem, stop=MaxIterations(limit=80))

    for cover in covers_of(problem, plan):
        spans = [sorted((each.from_m, each.to_m)) for each in (*cover.stretches, *cover.gaps)]
        spans.sort()
        assert [low for low, _ in spans] == [0.0, *(high for _, high in spans[:-1])]
        assert spans[-1][1] == pytest.approx(cover.line.length_m)
        assert all(high - low >= cover.line.least_part_m - 1e-6 for low, high in spans)


def test_a_part_that_nobody_can_do_is_explained_like_any_job():
    problem = divided(dike(km=1, measured_m=1000.0, skills=frozenset({"dive"})))

    left = solve(problem, stop=SHORT).unassigned

    assert [each.job_id for each in left] == [f"D#{number}" for number in (1, 2, 3, 4)]
    assert all(isinstance(each, Unassigned) and "dive" in each.reasons[0].words for each in left)
    assert all(each.fix is not None for each in left)


def test_a_line_gets_what_a_must_leaves_of_its_hours():
    """Of an afternoon on the second day a must takes half, in the hands of the only able team."""
    afternoon = (window(13, 17.5, 1),)
    line = dike(
        km=4, skills=frozenset({"line"}), windows=afternoon, priority=Priority.MAY, setup_s=0
    )
    must = job(
        "M",
        minutes=120,
        windows=afternoon,
        priority=Priority.MUST,
        skills=frozenset({"line"}),
        value=400_000.0,
    )
    able, other = team("A", days=2), team("B", days=2, skills=("care",))
    problem = divided(line, teams=(able, other), jobs=(must,))

    plan = solve(problem, stop=SHORT)
    (cover,) = covers_of(problem, plan)

    assert check(problem, plan) == ()
    assert plan.stop_of("M") is not None
    assert {(stretch.team_id, stretch.shift) for stretch in cover.stretches} == {("A", 1)}
    assert all(at(13, 1) <= stretch.start_at for stretch in cover.stretches)
    assert 1800 < cover.done_m <= 2500


def test_a_part_that_makes_room_stays_as_a_gap_that_is_told():
    line = dike(km=8, priority=Priority.MAY, value_per_km=40_000.0, setup_s=0)
    problem = divided(line)
    plan = solve(problem, stop=SHORT)
    part = next(iter(planned(plan)))
    displace = Fix(
        kind=FixKind.DISPLACE, words="", price_s=0.0, team_id="A", shift=0, items=(part,)
    )

    urgent = replace(problem, jobs=(*problem.jobs, job("M", minutes=30)))
    eased = apply_fix(urgent, displace, job_id="M")
    after = insert_job(eased, plan, job("M", minutes=30))
    (cover,) = covers_of(eased, after)

    assert check(eased, after) == ()
    assert part in {id_ for gap in cover.gaps for id_ in gap.job_ids}


def test_a_part_is_offered_the_place_beside_its_neighbours_without_setting_up():
    problem = divided(dike(km=3, setup_s=1200), teams=home_at(5))
    plan = solve(problem, stop=SHORT)
    last = problem.jobs[-1]

    (slot,) = recommend(problem, plan, last)
    (changed_slot,) = recommend(problem, plan, replace(last, duration_s=last.duration_s - 60))

    assert slot.price_s < 30
    assert changed_slot.price_s == pytest.approx(slot.price_s + 1200)


DIKE_KM, PEOPLE, DAYS = 44.6, 30, 3
"""Seed 002: 30 members lit 44.6 km of dike in three days, 0.50 km a person and day."""


def test_the_dike_of_the_seed_is_lit_in_three_days():
    """Ten teams of three, 0.55 km a person in eight hours; the rest of the day is for the way."""
    line = Line(
        id="圩堤",
        path=tuple(km_east(i * 4.2, 3 * (i % 3)) for i in range(9)),
        measured_m=DIKE_KM * 1000,
        s_per_km=8 * 3600 / (0.55 * PEOPLE / 10),
        gear_per_km={"灯": 20},
    )
    bases = line.points_at(line.length_m * share for share in (0.15, 0.5, 0.85))
    crew = tuple(
        Team(
            id=f"{number + 1}队",
            shifts=tuple(shift(day=day, place=bases[number % 3]) for day in range(DAYS)),
            gear={"灯": 60},
        )
        for number in range(10)
    )
    problem = divided(line, teams=crew)

    plan = solve(problem, stop=MaxIterations(limit=30_000))
    (cover,) = covers_of(problem, plan)

    assert check(problem, plan) == ()
    assert cover.gaps == ()
    assert cover.done_m == pytest.approx(DIKE_KM * 1000)
    assert len(cover.stretches) <= 40  # 178 parts on 30 shifts: people walk on
