"""Faults of a JSON file: all at once, each with its pointer and what to do."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.checks import InvalidRowsError
from dianliang.engines.routing import (
    ErrorCode,
    Link,
    Lock,
    Objective,
    Plan,
    Problem,
    Route,
    Series,
    Stop,
    TravelTable,
    check,
    split_lines,
)
from dianliang.integrations.plan_files.checking import strange_in
from dianliang.integrations.plan_files.documents.document import (
    UnreadableDocumentError,
    plan_document,
    problem_document,
    read_plan,
    read_problem,
)
from dianliang.integrations.plan_files.loaded import ABOUT, Label
from dianliang.kernel.coordinates import from_gcj02, to_gcj02
from dianliang.kernel.errors import DomainError
from dianliang.kernel.geo import GeoPoint
from tests.engines.routing.worlds import dike, job, km_east, problems, team, window
from tests.integrations.plan_files.models import any_of

SOUND = Problem(
    jobs=(job("J0", skills=frozenset({"repair"})), job("J1", windows=(window(9, 11),))),
    teams=(team("A"), team("B", days=2)),
)


def body(problem=SOUND):
    return json.loads(problem_document(problem))


def changed(path, value, problem=SOUND):
    """Return the file of a problem in which one part is another."""
    whole = body(problem)
    *way, last = path
    part = whole["problem"]
    for step in way:
        part = part[step]
    part[last] = value
    return json.dumps(whole).replace("Infinity", "1e999").encode()


def faults_of(content):
    with pytest.raises(InvalidRowsError) as refusal:
        read_problem(content, name="明天.json")
    return refusal.value.rows


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("jobs", 0, "at", "lat"), float("nan"), "/problem/jobs/0/at/lat：.*NaN"),
        (("jobs", 0, "at", "lon"), 181, "/problem/jobs/0/at/lon：应为 -180 到 180"),
        (("jobs", 1, "duration_s"), float("inf"), "/problem/jobs/1/duration_s：.*无穷大"),
        (("jobs", 1, "duration_s"), 10**400, "/problem/jobs/1/duration_s：.*极大的整数"),
        (("jobs", 1, "duration_s"), 60.5, "/problem/jobs/1/duration_s：.*整数，现为 60.5"),
        (("jobs", 1, "duration_s"), True, "/problem/jobs/1/duration_s：.*现为 true"),
        (("jobs", 1, "duration_s"), "60", '/problem/jobs/1/duration_s：.*现为 "60"'),
        (("jobs", 1, "id"), 7.0, "/problem/jobs/1/id：应为文字，现为 7.0"),
        (("jobs", 1, "id"), "", "/problem/jobs/1/id：不能为空"),
        (("jobs", 1, "id"), "\ud800", "/problem/jobs/1/id：.*无法保存"),
        (("jobs", 1, "id"), "J0", "/problem/jobs/0/id、/problem/jobs/1/id：工单 J0 出现 2 次"),
        (("jobs", 1, "windos"), [], "/problem/jobs/1/windos：不认识这一项，是不是“windows”"),
        (("jobs", 1, "due_at"), "2026-11-24T15:00:00", "/problem/jobs/1/due_at：.*没有时区"),
        (("jobs", 1, "due_at"), "明天", "/problem/jobs/1/due_at：应形如"),
        (("jobs", 1, "due_at"), "0001-01-01T00:00:00+08:00", "/problem/jobs/1/due_at：年份"),
        (("jobs", 1, "windows", 0, "end"), "2026-11-24T01:00:00Z", "windows/0：.*晚于开始"),
        (("jobs", 1, "priority"), "urgent", "/problem/jobs/1/priority：应为 must、should、may"),
        (("jobs", 1, "gear"), {"梯": -1}, "/problem/jobs/1/gear/梯：应为 0 到"),
        (("jobs", 0, "skills"), ["a", "a"], "/problem/jobs/0/skills：有重复"),
        (("jobs", 0), 5, "/problem/jobs/0：应为对象，现为 5"),
        (("jobs",), {}, "/problem/jobs：应为数组"),
        (("teams",), [], "一支队伍也没有"),
        (("teams", 0, "shifts"), [], "/problem/teams/0/shifts：队伍 A 没有班次"),
        (("teams", 0, "shifts", 0, "window", "end"), "2026-11-24T00:30:00Z", "shifts/0/window：.*"),
        (
            ("teams", 0, "shifts", 0, "lunch", "duration_s"),
            9000,
            "teams/0/shifts：.*午休比午休时段",
        ),
        (("travel",), {"kind": "teleport"}, "/problem/travel/kind：应为 great_circle、table"),
        (("travel", "speed_m_s"), 0, "/problem/travel/speed_m_s：应为 0.1 到 100"),
        (("weights", "travel_per_s"), -1, "/problem/weights/travel_per_s：应为 0 到"),
    ],
)
def test_a_fault_is_told_with_its_pointer(path, value, words):
    (fault,) = faults_of(changed(path, value))

    assert fault.startswith("明天.json ")
    assert re.search(words, fault), fault


TIED = Problem(
    jobs=tuple(job(f"J{number}") for number in range(4)),
    teams=(team("A"),),
    locks=(Lock(job_id="J0", team_id="A", shift=0),),
    links=(Link(first="J0", then="J1"),),
    series=(Series(id="S", job_ids=("J2", "J3")),),
)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("locks", 0, "job_id"), "JX", "/problem/locks/0/job_id：锁定的工单 JX"),
        (("locks", 0, "team_id"), "AX", "/problem/locks/0/team_id：.*队伍 AX"),
        (("locks", 0, "shift"), 5, "/problem/locks/0/shift：.*班次不存在"),
        (("links", 0, "then"), "JX", "/problem/links/0/first：关联的工单 JX"),
        (("links", 0, "lag_from_s"), 60, "/problem/links/0/first：.*自相矛盾"),
        (("series", 0, "job_ids"), ["J2", "JX"], "/problem/series/0/job_ids：系列 S 的工单 JX"),
        (("series", 0, "patterns"), [["2026-11-24"]], "/problem/series/0/job_ids：.*一一对应"),
        (("series", 0, "gap_from_days"), 400, "/problem/series/0/job_ids：.*自相矛盾"),
    ],
)
def test_what_the_engine_refuses_is_told_with_its_pointer(path, value, words):
    faults = faults_of(changed(path, value, TIED))

    assert any(re.search(words, fault) for fault in faults), faults


def test_every_kind_of_error_of_the_engine_has_a_place():
    assert {*ABOUT} == {*ErrorCode}


def test_all_faults_come_at_once_and_one_does_not_make_another():
    whole = body(TIED)
    problem = whole["problem"]
    problem["jobs"][0]["duration_s"] = 0
    problem["jobs"][1]["at"]["lat"] = 99
    problem["teams"][0]["shifts"][0]["window"]["start"] = "2026-11-24T08:30:00"
    problem["locks"].append({"job_id": "J9", "team_id": "A", "shift": 0})

    faults = faults_of(json.dumps(whole).encode())

    assert len(faults) == 4  # the lock of J0, the link to J1 and the team of both are not blamed
    assert "J9" in faults[-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "第 1 行第 1 个字符"),
        (b'{"schema": "dianliang-problem/1", "problem": {', "不是完整的 JSON"),
        ("工单号,纬度\nJ1,30\n".encode("gbk"), "不是完整的 JSON"),
        (b"\x81\x00\xff\x00", "不是文本"),
        (b"[" * 100_000, "层次过深"),
        (b'{"schema": ' + b"9" * 5000 + b"}", "数字过长"),
        (b"[]", "schema 应为 dianliang-problem/1"),
        (b'{"schema": "dianliang-problem/2"}', '现为 "dianliang-problem/2"'),
        (b'{"schema": 1, "schema": "dianliang-problem/1"}', "两个“schema”"),
    ],
)
def test_a_file_that_is_no_problem_is_refused_in_words(content, words):
    with pytest.raises(UnreadableDocumentError, match=r"明天\.json") as refusal:
        read_problem(content, name="明天.json")

    assert words in refusal.value.message


def test_a_key_that_stands_twice_is_told_not_dropped():
    text = problem_document(SOUND).decode().replace('"id": "J1",', '"id": "J1", "id": "J2",')

    assert faults_of(text.encode()) == ("明天.json /problem/jobs/1：“id”出现了两次，请只留一个。",)


def test_positions_of_chinese_maps_are_moved_when_the_file_says_so():
    there = GeoPoint(30.64, 119.68)
    shifted = to_gcj02(there)
    whole = body()
    whole["coordinates"] = "GCJ-02"
    whole["problem"]["jobs"][0]["at"] = {"lat": shifted.lat, "lon": shifted.lon}

    loaded = read_problem(json.dumps(whole).encode(), name="x.json")

    assert loaded.problem.jobs[0].at == from_gcj02(shifted)
    assert loaded.problem.jobs[0].at.distance_m(there) < 0.01
    assert loaded.problem.jobs[1].at != SOUND.jobs[1].at


def test_what_nobody_can_do_is_a_notice_that_names_the_place():
    problem = Problem(
        jobs=(
            job("J0", skills=frozenset({"潜水"}), gear={"船": 1}),
            job("J1", skills=frozenset({"潜水"}), area="北乡", preferred_team="X"),
            job("J2", skills=frozenset({"repair"}), levels={"repair": 3}),
        ),
        teams=(team("A", areas=frozenset({"南乡"})),),
    )

    notices = read_problem(problem_document(problem), name="x.json").notices

    assert [notice.partition("：")[0] for notice in notices] == [
        "/problem/jobs/0/skills、/problem/jobs/1/skills",
        "/problem/jobs/0/gear",
        "/problem/jobs/1/area",
        "/problem/jobs/1/preferred_team",
        "/problem/jobs/2/skills",
    ]
    assert "“潜水”（队伍有：care、inspect、line、meter、repair）" in notices[0]


def test_a_place_that_the_table_of_travel_lacks_is_named():
    here = team("A").shifts[0].start
    table = TravelTable(points=(here,), seconds=np.zeros((1, 1)), metres=np.zeros((1, 1)))
    problem = Problem(jobs=(job("J0"),), teams=(team("A"),), travel=table)

    (fault,) = faults_of(problem_document(problem))

    assert fault.startswith("明天.json /problem/jobs/0/at：地点")


@pytest.mark.parametrize(
    ("seconds", "words"), [([[0, 1]], "1 行 1 列"), ([[0, 1], [1, 0]], "与地点一一对应")]
)
def test_a_table_of_travel_of_another_shape_is_refused(seconds, words):
    way = {"kind": "table", "points": [{"lat": 30, "lon": 119}], "seconds": seconds}

    assert words in faults_of(changed(("travel",), {**way, "metres": [[0]]}))[0]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=3,
)


def places_in(part, way=()):
    """Yield the way to every part of a JSON document."""
    for key in part if isinstance(part, dict) else range(len(part)):
        yield (*way, key)
        if isinstance(part[key], dict | list):
            yield from places_in(part[key], (*way, key))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*places_in(body(TIED))]), ANYTHING)
def test_whatever_stands_in_a_file_the_answer_is_a_problem_or_words(way, value):
    whole = body(TIED)
    part = whole
    for key in way[:-1]:
        part = part[key]
    part[way[-1]] = value

    with suppress(DomainError):
        assert read_problem(json.dumps(whole).encode(), name="x.json").problem.teams


def test_labels_travel_with_the_problem():
    labels = {"J0": Label(title="更换表箱", address="余村1组")}

    loaded = read_problem(problem_document(SOUND, labels=labels), name="x.json")

    assert loaded.labels == labels


LIT = Problem(
    jobs=(job("J0"),),
    teams=(team("A"),),
    lines=(dike(measured_m=6000.0), dike(id="E", path=(km_east(-4), km_east(-6)))),
)


def test_a_line_is_read_as_parts_that_say_their_metres():
    labels = {"D": Label(title="圩堤亮灯", address="西圩")}

    loaded = read_problem(problem_document(LIT, labels=labels), name="x.json")

    assert loaded.problem == split_lines(LIT)
    assert loaded.labels["D#2"] == Label(title="圩堤亮灯 250–500 米", address="西圩")
    again = read_problem(problem_document(loaded.problem, labels=loaded.labels), name="x.json")
    assert again == loaded


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("measured_m", -5, "/problem/lines/0/measured_m：应为 1 到"),
        ("s_per_km", float("nan"), "/problem/lines/0/s_per_km：.*NaN"),
        ("least_part_m", 90_000, "/problem/lines/0：线路 D 的最短分段 90000 米超过全长"),
        ("path", [], "/problem/lines/0：线路 D 至少要有起点和终点"),
        ("id", "E", "/problem/lines/0/id、/problem/lines/1/id：线路 E 出现 2 次"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_with_its_pointer(name, value, words):
    faults = faults_of(changed(("lines", 0, name), value, LIT))

    assert re.search(words, faults[0]), faults
    assert len(faults) == 1


def test_parts_of_a_line_that_was_refused_are_not_blamed():
    whole = body(split_lines(LIT))
    whole["problem"]["lines"][0]["setup_s"] = -1

    (fault,) = faults_of(json.dumps(whole).encode())

    assert fault.startswith("明天.json /problem/lines/0/setup_s：")


def test_what_nobody_can_do_along_a_line_is_one_notice_about_the_line():
    problem = replace(LIT, lines=(dike(skills=frozenset({"潜水"})),))

    (notice,) = read_problem(problem_document(problem), name="x.json").notices

    assert notice.startswith("/problem/lines/0/skills：没有一支队伍具备技能“潜水”")


def test_a_line_beside_a_table_of_travel_says_how_to_make_the_table():
    here = team("A").shifts[0].start
    places = tuple({here, job("J0").at})
    table = TravelTable(points=places, seconds=np.zeros((2, 2)), metres=np.zeros((2, 2)))

    faults = faults_of(problem_document(replace(LIT, travel=table)))

    assert [fault.partition("：")[0] for fault in faults] == [
        "明天.json /problem/lines/0",
        "明天.json /problem/lines/1",
    ]
    assert "--problem" in faults[0]


AT = datetime(2026, 11, 24, 1, tzinfo=UTC)
STOP = Stop(
    job_id="J0",
    arrive_at=AT,
    start_at=AT,
    depart_at=AT,
    travel_s=0,
    travel_m=0,
    late_s=0,
    why="",
)
ROUTE = Route(
    team_id="A",
    shift=0,
    stops=(STOP,),
    leave_at=AT,
    return_at=AT,
    lunch_at=None,
    travel_s=0,
    travel_m=0,
    overtime_s=0,
)
NOTHING = Objective(
    unassigned_must=0,
    unassigned_should=0,
    unassigned_may=0,
    late_s=0,
    overtime_s=0,
    travel_s=0,
    other_team=0,
    total=0,
)
PLAN = Plan(routes=(ROUTE,), unassigned=(), objective=NOTHING, seed=1, iterations=1)


def test_a_plan_with_a_time_without_zone_is_refused():
    text = plan_document(PLAN).decode().replace("+08:00", "", 1)

    with pytest.raises(InvalidRowsError, match=r"/plan/routes/0/stops/0/arrive_at：.*没有时区"):
        read_plan(text.encode(), name="计划.json")


def test_a_problem_given_for_a_plan_is_told_apart():
    with pytest.raises(UnreadableDocumentError, match="应为 dianliang-plan/1"):
        read_plan(problem_document(SOUND), name="计划.json")


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ((replace(ROUTE, team_id="X"),), "/plan/routes/0：队伍“X”"),
        ((replace(ROUTE, shift=7),), "/plan/routes/0：队伍“A”第 7 个班次"),
        ((replace(ROUTE, stops=()),), "/plan/routes/0/stops：线路没有上门"),
        ((replace(ROUTE, stops=(replace(STOP, job_id="X"),)),), "stops/0/job_id：工单“X”"),
        ((ROUTE, ROUTE), "/plan/routes/0：.*两条线路"),
    ],
)
def test_what_a_plan_names_and_its_problem_lacks_is_found_before_it_is_checked(routes, words):
    found = [*strange_in(replace(PLAN, routes=routes), SOUND)]

    assert re.search(words, found[0])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(), st.data())
def test_the_checker_answers_whatever_a_plan_says_about_known_jobs_and_teams(problem, data):
    """A file may hold any nonsense; the checker must answer, not fall over."""
    jobs = st.sampled_from([job.id for job in problem.jobs] or ["?"])
    stops = st.lists(st.builds(replace, any_of(Stop), job_id=jobs), min_size=1, max_size=2)
    route = data.draw(any_of(Route))
    plan = replace(
        PLAN, routes=(replace(route, team_id="T0", shift=0, stops=tuple(data.draw(stops))),)
    )

    if not [*strange_in(plan, problem)]:
        assert check(problem, plan)
