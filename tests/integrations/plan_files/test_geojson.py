"""A plan on a map: lines from base to base, points with what a person wants to know."""

import json

from dianliang.integrations.plan_files.geojson import plan_geojson
from tests.integrations.plan_files.solved import solved


def features():
    made = json.loads(plan_geojson(*solved()))
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
