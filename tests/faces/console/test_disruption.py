"""Say on the plan's page what happened, look at what that changes, publish; ask why this team."""

import time
from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from tests.faces.console.test_planning import desk, planned, press, tomorrow
from tests.flows.planning.test_planning import job
from tests.town import PASSWORD

__all__ = ["desk"]


@pytest.fixture
def published(desk, town):
    jobs = [job(town, f"第{n}户", area=area) for n, area in enumerate(("V1", "V2", "V1", "V2"))]
    plan = planned(desk, jobs)
    answer = desk.post(f"/console/plans/{plan.number}/publish/", {"revision": plan.revision})
    assert answer.status_code == 302
    return plan


def say(desk, plan, **fields):
    body = {"most_changes": "5", "cut_km": "1", "cut_shape": "line", **fields}
    return desk.post(f"/console/plans/{plan.number}/happened/", body)


def fitted(desk, plan, **fields):
    answer = say(desk, plan, **fields)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert background.run_next(owner="test", clock=now)
    made = Plan.objects.latest("pk")
    assert answer["Location"] == f"/console/plans/{made.number}/"
    return made


def page_of(desk, plan):
    return desk.get(f"/console/plans/{plan.number}/").content.decode()


def lost(code="A"):
    return {"lost_team": code, "lost_on": tomorrow().isoformat(), "lost_from": ""}


def test_a_lost_team_goes_from_report_to_difference_to_publication(desk, published):
    Visit.objects.update(status="ACCEPTED")
    mine = Visit.objects.filter(team__code="A").count()
    assert f"/console/plans/{published.number}/happened/" in page_of(desk, published)

    after = fitted(desk, published, **lost())
    page = page_of(desk, after)

    for words in ("全天不能出勤", "情况迫使的改动", "A队不能出勤", f"情况迫使改动 {mine} 个上门"):
        assert words in page
    answer = desk.post(f"/console/plans/{after.number}/publish/", {"revision": after.revision})
    assert answer.status_code == 302
    waiting = Visit.objects.filter(status__in=["SCHEDULED", "ACCEPTED"])
    assert set(waiting.values_list("team__code", flat=True)) == {"B"}


def test_everything_may_be_said_at_once(desk, town, published):
    first, second = Visit.objects.filter(team__code="B").order_by("arrive_at")[:2]
    urgent = job(town, "断线", priority=Job.Priority.MUST, area="V1")

    after = fitted(
        desk,
        published,
        longer_job=first.job.number,
        longer_minutes="30",
        withdrawn=second.job.number,
        urgent=urgent.number,
        cut_village="V3",
        cut_km="0.5",
        cut_points="30.40,119.50;30.41,119.52",
    )

    said = after.outcome["repair"]["words"]
    assert len(said) == 5
    page = page_of(desk, after)
    for words in ("要多做 30 分钟", "石龙村周围 0.5 公里道路中断", "撤下", "急单：", "过不去"):
        assert words in page
    assert after.stops.filter(job=urgent).exists()
    assert not after.stops.filter(job=second.job).exists()


def test_an_urgent_job_that_fits_nowhere_may_move_a_few_visits(desk, town):
    crowd = [job(town, f"长活{n}", duration_min=110) for n in range(8)]
    plan = planned(desk, crowd)
    desk.post(f"/console/plans/{plan.number}/publish/", {"revision": plan.revision})
    urgent = job(town, "断线", priority=Job.Priority.MUST, duration_min=110)

    page = desk.get(f"/console/plans/{plan.number}/urgent/", {"job": urgent.number})
    assert "最多改动几个上门" in page.content.decode()
    after = fitted(desk, plan, urgent=urgent.number)

    assert after.stops.filter(job=urgent).exists()
    assert "为腾出位置而改" in page_of(desk, after)
    assert len(after.outcome["repair"]["chosen"]) <= 5


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "happened"),
        ({"lost_team": "A", "lost_on": "x"}, "lost_on"),
        ({**lost(), "lost_from": "25:99"}, "lost_from"),
        ({"longer_job": "x", "longer_minutes": "很久"}, "longer_minutes"),
        ({"cut_village": "nowhere"}, "cut_village"),
        ({"cut_village": "V1", "cut_km": "nan"}, "cut_km"),
        ({"cut_points": "1,2"}, "cut_points"),
        ({"cut_points": "nan,2;3,nan"}, "cut_points"),
        ({"cut_points": "99,200;3,4"}, "cut_points"),
        ({"cut_points": "30,119;30,119", "cut_shape": "circle"}, "cut_points"),
        ({**lost(), "most_changes": "999"}, "most_changes"),
        ({**lost(), "most_changes": ""}, "most_changes"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field_and_what_was_filled_in_stays(
    desk, published, fields, field
):
    visit = Visit.objects.select_related("job").first()
    answer = say(desk, published, **({"withdrawn": visit.job.number, **fields} if fields else {}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in page
    assert f'data-field="{field}"' in page
    assert not fields or f'value="{visit.job.number}" selected' in page
    assert Plan.objects.count() == 1


def test_a_superseded_plan_sends_to_the_latest(desk, published):
    Plan.objects.update(status="SUPERSEDED")

    answer = say(desk, published, **lost())

    assert answer.status_code == 422
    assert "请打开最新的计划" in answer.content.decode()


def test_the_slower_of_two_dispatchers_is_told(desk, published):
    mine, theirs = fitted(desk, published, **lost("A")), fitted(desk, published, **lost("B"))
    desk.post(f"/console/plans/{mine.number}/publish/", {"revision": mine.revision})

    answer = desk.post(f"/console/plans/{theirs.number}/publish/", {"revision": theirs.revision})

    assert answer.status_code == 409
    assert published.number in answer.content.decode()


def test_why_this_team_is_answered_with_the_other_teams(desk, published):
    visit = Visit.objects.select_related("team").first()
    other = {"A": "B队", "B": "A队"}[visit.team.code]

    page = page_of(desk, published)
    answer = desk.get(f"/console/plans/{published.number}/why/{visit.job.number}/")

    assert f"/why/{visit.job.number}/" in page
    assert answer.status_code == 200
    assert other in answer.content.decode()
    gone = desk.get(f"/console/plans/{published.number}/why/GD0/")
    assert gone.status_code == 422


def test_a_late_visit_offers_a_way_to_be_in_time_and_one_press_takes_it(desk, town):
    early = now() + timedelta(hours=1)
    wanted = job(town, "要赶的", due_at=early, duration_min=60)
    plan = planned(desk, [wanted, job(town, "别的")])
    assert plan.stops.get(job=wanted).late_s

    page = desk.get(f"/console/plans/{plan.number}/why/{wanted.number}/").content.decode()

    assert "为什么超承诺" in page
    assert "无论如何都赶不上" in page
    assert press(desk, plan, "ontime", job=wanted.number, choice="0").status_code == 422


def test_an_alliance_unit_says_it_for_its_own_plans_only(client, published, town):
    town.user("water", Role.ALLIANCE_UNIT, "WTR")
    client.login(username="water", password=PASSWORD)

    assert say(client, published, **lost()).status_code == 404
    assert client.get(f"/console/plans/{published.number}/happened/").status_code == 404


def test_a_day_of_thirty_teams_is_fitted_within_five_seconds(desk, town):
    for n in range(28):
        town.team(f"T{n}", "S1", "repair", near=("V1", "V2", "V3")[n % 3])
    places = ("V1", "V2", "V3")
    jobs = [job(town, f"第{n}户", area=places[n % 3], duration_min=30) for n in range(300)]
    codes = list(town.teams)
    plan = planned(desk, jobs, teams=codes)
    desk.post(f"/console/plans/{plan.number}/publish/", {"revision": plan.revision})
    code = plan.stops.first().team.code

    began = time.perf_counter()
    after = fitted(desk, plan, **lost(code))

    assert time.perf_counter() - began < 5
    assert after.stops.count() == plan.stops.count()
    assert len(after.outcome["repair"]["chosen"]) <= 5
