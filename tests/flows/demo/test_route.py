"""The demo's steward has something to do the moment he logs in."""

from datetime import timedelta
from itertools import pairwise

from dianliang.domain.work.models import Job, Visit
from dianliang.flows.demo.route import STOPS, publish_route


def test_a_team_gets_its_nearest_open_jobs_in_an_order_that_can_be_driven(world, dispatcher):
    for _ in range(STOPS + 2):
        world.visit()
    Visit.objects.all().delete()
    Job.objects.update(status="OPEN")

    route = publish_route(world.teams[0], by=dispatcher, at=world.at)

    assert [visit.sequence for visit in route] == list(range(1, STOPS + 1))
    assert all(a.depart_at <= b.arrive_at for a, b in pairwise(route))
    assert Visit.objects.filter(status="SCHEDULED", on=world.today).count() == STOPS
    assert Visit.objects.filter(on=world.today + timedelta(days=1)).count() == 2
    assert not Job.objects.filter(status="OPEN").exists()


def test_a_job_beyond_the_teams_skills_is_left_to_others(world, dispatcher):
    live = type(world.skill).objects.create(code="live", name="带电作业")
    world.visit(skill=live).delete()
    Job.objects.update(status="OPEN")

    assert publish_route(world.teams[0], by=dispatcher, at=world.at) == []
