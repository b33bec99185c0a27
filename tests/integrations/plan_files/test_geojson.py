"""A plan on a map: lines from base to base, points with what a person wants to know."""

import json

import pytest

from dianliang.engines.routing import covers_of
from dianliang.integrations.plan_files.geojson import plan_geojson
from tests.integrations.plan_files.solved import lit, solved


def features(made=solved):
    made = json.loads(plan_geojson(*made()))
    assert made["type"] == "FeatureCollection"
    return made["features"]


def test_every_route_is_a_line_from_its_start_over_its_stops_to_its_end():
    loaded, plan = solved()
    lines = [each for each in features() if each["geometry"]["type"] == "LineString"]
    jobs = {job.id: job for job in loaded.problem.jobs}

    assert len(lines) == len(plan.routes)
    for line in lines:
        told = line["properties"]
        (route,) = [
            each
            for each in plan.routes
            if (each.team_id, each.shift) == (told["team"], told["shift"])
        ]
        way = line["geometry"]["coordinates"]
        base = loaded.problem.teams[0].shifts[0].start
        places = [jobs[stop.job_id].at for stop in route.stops]
        assert way == [
            [round(place.lon, 7), round(place.lat, 7)] for place in (base, *places, base)
        ]
        assert told["stops"] == len(route.stops)
        assert told["km"] == round(route.travel_m / 1000, 1)


def test_every_job_is_a_point_with_its_time_or_its_reason():
    loaded, plan = solved()
    points = [each["properties"] for each in features() if each["geometry"]["type"] == "Point"]

    assert {point["job"] for point in points} == {job.id for job in loaded.problem.jobs}
    (left,) = [point for point in points if point["kind"] == "unassigned"]
    assert left["job"] == "J3"
    assert "dive" in left["reasons"][0]
    for point in points:
        if point["kind"] == "stop":
            found = plan.stop_of(point["job"])
            assert found is not None
            assert point["start_at"].endswith("+08:00")
            assert point["why"] == found[1].why


def told_as(kind):
    return [each for each in features(lit) if each["properties"]["kind"] == kind]


def test_what_is_done_of_a_line_is_a_line_from_metre_to_metre_in_the_direction_of_the_work():
    loaded, plan = lit()
    (cover,) = covers_of(loaded.problem, plan)
    stretches, gaps = told_as("stretch"), told_as("gap")

    assert len(stretches) == len(cover.stretches) > 1
    for each, stretch in zip(stretches, cover.stretches, strict=True):
        told = each["properties"]
        assert (told["line"], told["title"], told["team"]) == ("D", "圩堤亮灯", stretch.team_id)
        assert (told["from_m"], told["to_m"]) == (round(stretch.from_m), round(stretch.to_m))
        way = each["geometry"]["coordinates"]
        first, last = cover.line.points_at([stretch.from_m, stretch.to_m])
        assert way[0] == pytest.approx([first.lon, first.lat], abs=1e-7)
        assert way[-1] == pytest.approx([last.lon, last.lat], abs=1e-7)
    told = [each["properties"] for each in (*stretches, *gaps)]
    assert sum(abs(each["to_m"] - each["from_m"]) for each in told) == 15_000
    assert gaps
    assert all(each["properties"]["reasons"] for each in gaps)
    parts = {job.id for job in loaded.problem.jobs if job.part}
    assert {id_ for each in told for id_ in each["jobs"]} == parts
    assert [each["properties"]["job"] for each in told_as("stop")] == ["J0"]


def test_a_route_goes_along_the_line_and_not_straight_to_its_end():
    loaded, plan = lit()
    corner = loaded.problem.lines[0].path[1]

    ways = [each["geometry"]["coordinates"] for each in told_as("route")]

    assert any([round(corner.lon, 7), round(corner.lat, 7)] in way for way in ways)
    assert all(way[0] == way[-1] for way in ways)  # home again
    assert len(ways) == len(plan.routes)
