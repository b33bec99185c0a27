"""Why a visit has its place, and what was found there before."""

from datetime import timedelta

from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.queries import visits
from dianliang.flows import briefing
from dianliang.flows.briefing import Why


def whys(world, **values):
    stops = visits.route(
        ["XH", "LX"], first_on=world.today, last_on=world.today, left_over_since=world.today
    )
    return {number: rows[0].code for number, rows in briefing.reasons(stops).items()}


def test_the_nearest_comes_first_and_the_last_is_last(world):
    near, far = world.visit(), world.visit()

    assert whys(world) == {near.number: "nearest_base", far.number: "last"}


def test_a_promise_that_ends_first_explains_a_detour(world):
    far, near = world.visit(), world.visit()
    Job.objects.filter(pk=far.job_id).update(lat=30.9, due_at=world.at + timedelta(minutes=10))

    assert whys(world) == {far.number: "due_first", near.number: "last"}


def test_an_appointment_outweighs_the_distance(world):
    visit = world.visit()
    world.visit()
    window = [visit.arrive_at - timedelta(hours=1), visit.arrive_at + timedelta(hours=1)]
    Job.objects.filter(pk=visit.job_id).update(windows=[[at.isoformat() for at in window]])

    assert whys(world)[visit.number] == "window"


def test_another_teams_visits_do_not_count(world):
    mine, theirs = world.visit(), world.visit(team=1)

    assert whys(world) == {mine.number: "only", theirs.number: "only"}


def test_a_promise_in_danger_is_said_and_one_of_next_week_is_not(world):
    late, calm = world.visit(), world.visit()
    Job.objects.filter(pk=late.job_id).update(due_at=late.arrive_at - timedelta(minutes=20))
    Job.objects.filter(pk=calm.job_id).update(due_at=calm.arrive_at + timedelta(days=7))
    stops = visits.route(
        ["XH"], first_on=world.today, last_on=world.today, left_over_since=world.today
    )
    reasons = briefing.reasons(stops)

    assert Why(code="late", values={"minutes": 20}) in reasons[late.number]
    assert {why.code for why in reasons[calm.number]} == {"last"}


def test_the_customers_own_team_is_told_so(world):
    visit = world.visit(preferred_team=world.teams[0])
    stops = visits.route(
        ["XH"], first_on=world.today, last_on=world.today, left_over_since=world.today
    )

    assert Why(code="regular_team") in briefing.reasons(stops)[visit.number]


def ended(world, status="DONE", findings="", days=30, **job):
    visit = world.visit(status=status, **job)
    Job.objects.filter(pk=visit.job_id).update(status="DONE", done_at=world.at)
    when = world.at - timedelta(days=days)
    Visit.objects.filter(pk=visit.pk).update(
        findings=findings, ended_at=when, on=when.date(), reason="没人" if status == "UNMET" else ""
    )
    return visit


def past(world, visit):
    rows = briefing.past([visit.job], on=world.today)[visit.job_id]
    return [(row.status, row.words) for row in rows]


def test_earlier_visits_to_the_customer_or_the_address_are_told_latest_first(world):
    customer = world.special_customer()
    ended(world, findings="换过空开", days=60, customer=customer, address="")
    ended(world, findings="插座松", days=9, address="皈山场村1组1号")
    ended(world, findings="别家的事", address="皈山场村2组9号")
    ended(world, findings="太久以前", days=900, customer=customer)
    visit = world.visit(customer=customer, address="皈山场村1组1号")

    assert past(world, visit) == [("DONE", "插座松"), ("DONE", "换过空开")]


def test_a_visit_that_met_nobody_is_told_to_the_next_team_at_the_same_job(world):
    missed = ended(world, status="UNMET", days=1, address="")
    again = world.visit(job=missed.job)

    assert past(world, again) == [("UNMET", "没人")]


def test_places_without_an_address_have_nothing_in_common(world):
    ended(world, findings="别处", address="")

    assert past(world, world.visit(address="")) == []
