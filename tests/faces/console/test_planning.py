"""The planning pages: choose, look, change; quick with a whole county on them."""

import re
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.core import jobs as background
from dianliang.domain.work.models import Job, Plan, PlannedStop, Visit
from dianliang.domain.workforce.models import Absence, Person
from dianliang.faces.ui.requests import now, today
from dianliang.flows.planning import drafting
from dianliang.kernel.actor import Role
from tests.flows.planning.test_planning import job
from tests.town import NOON, PASSWORD


@pytest.fixture
def desk(client, town):
    town.user("desk", Role.DISPATCHER)
    client.login(username="desk", password=PASSWORD)
    town.team("A", "S1", "repair", near="V1")
    town.team("B", "S1", "repair", "care", near="V2")
    return client


def tomorrow():
    return today() + timedelta(days=1)


def ask(jobs, teams=("A", "B"), **rest):
    day = tomorrow().isoformat()
    numbers = [j.number for j in jobs]
    return {"job": numbers, "team": teams, "first_on": day, "last_on": day, "seconds": 1, **rest}


def planned(desk, jobs, **rest):
    answer = desk.post("/console/plans/new/", ask(jobs, **rest))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert background.run_next(owner="test", clock=now)
    return Plan.objects.latest("pk")


def press(desk, plan, verb, **fields):
    plan.refresh_from_db()
    body = {"revision": plan.revision, **fields}
    return desk.post(f"/console/plans/{plan.number}/do/{verb}/", body)


def test_the_choice_says_why_who_and_with_what(desk, town):
    job(town, "电杆歪了", priority=Job.Priority.MUST, gear={"梯子": 1})
    Absence.objects.create(
        person=Person.objects.get(number="B-0"), first_on=today(), last_on=tomorrow(), reason="培训"
    )

    page = desk.get("/console/plans/new/").content.decode()

    for words in ("开单时定为必须", "梯子×1", "没有时限", "2 人在岗", "请假：B员0", "抢修"):
        assert words in page


def test_teams_follow_the_chosen_days(desk, town):
    for person in Person.objects.filter(number__startswith="B"):
        Absence.objects.create(
            person=person, first_on=tomorrow(), last_on=tomorrow(), reason="培训"
        )
    later = tomorrow() + timedelta(days=2)

    both = [
        desk.get("/console/plans/new/teams/", {"first_on": day, "last_on": day}).content.decode()
        for day in (tomorrow().isoformat(), later.isoformat())
    ]

    assert ["无人在岗" in text for text in both] == [True, False]


def test_an_impossible_job_is_said_before_computing_and_can_be_computed_all_the_same(desk, town):
    wanted = [job(town), job(town, "燃气报修", skill="gas")]

    checked = desk.post("/console/plans/new/check/", ask(wanted)).content.decode()
    refused = desk.post("/console/plans/new/", ask(wanted))

    assert "燃气报修" in checked
    assert refused.status_code == 422
    assert "怎么排都排不进去" in refused.content.decode()
    assert not Plan.objects.exists()
    assert planned(desk, wanted, sure="1").stops.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first_on": "2020-01-01", "last_on": "2020-01-01"}, "已经过去"),
        ({"last_on": "9999-12-31"}, "最多 7 天"),
        ({"first_on": "nonsense"}, "请选择日期"),
        ({"first_on": ""}, "请选择日期"),
        ({"job": []}, "至少选择一张工单"),
        ({"team": []}, "至少选择一支队伍"),
        ({"team": ["\x00"]}, "支队伍不存在"),
        ({"job": ["' OR 1=1"]}, "张工单不存在"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words_and_the_choice_is_kept(
    desk, town, change, words
):
    first, second = job(town), job(town, "不要的")
    body = {**ask([first]), **change}

    answer = desk.post("/console/plans/new/", body)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{second.number}" checked' not in page
    assert not Plan.objects.exists()


def test_a_second_press_makes_no_second_plan_and_another_choice_does(desk, town):
    first, second = job(town), job(town, "电杆歪了")
    key = re.search(r'name="key" value="(\w+)"', desk.get("/console/plans/new/").content.decode())[
        1
    ]

    pressed = [desk.post("/console/plans/new/", ask([first], key=key)).url for _ in range(2)]
    gone_back = desk.post("/console/plans/new/", ask([first, second], key=key)).url

    assert pressed[0] == pressed[1] != gone_back
    assert Plan.objects.count() == 2


def test_the_page_of_a_plan_tells_everything_about_a_stop(desk, town):
    wanted = job(town, "装表", gear={}, due_at=NOON + timedelta(days=365))
    plan = planned(desk, [wanted, job(town, "燃气", skill="gas")], sure="1")

    page = desk.get(f"/console/plans/{plan.number}/").content.decode()

    for words in (
        "装表",
        "抢修",
        "承诺",
        "最省的办法",
        "代价约",
        "就这么办",
        "随机种子 1",
        "引擎 routing",
    ):
        assert words in page
    assert page.count(f'data-job="{wanted.number}"') == 2


def test_every_change_can_be_made_by_form(desk, town):
    wanted, other = job(town), job(town, "另一户")
    plan = planned(desk, [wanted, other])
    lane = f"B@{tomorrow().isoformat()}"

    for verb, fields in (
        ("move", {"job": wanted.number, "lane": lane, "position": 1}),
        ("lock", {"job": wanted.number}),
        ("unlock", {"job": wanted.number}),
        ("remove", {"job": other.number}),
        ("move", {"job": other.number, "lane": lane, "position": 2}),
    ):
        assert press(desk, plan, verb, **fields).status_code == 302, verb

    assert list(plan.stops.order_by("sequence").values_list("job", "team__code")) == [
        (wanted.pk, "B"),
        (other.pk, "B"),
    ]


@pytest.mark.parametrize("verb", ["move", "lock", "remove", "fix", "unfix", "replan"])
def test_a_stale_screen_is_told(desk, town, verb):
    wanted = job(town)
    plan = planned(desk, [wanted])
    body = {"revision": 1, "job": wanted.number, "lane": f"A@{tomorrow()}", "position": 1}

    answer = desk.post(f"/console/plans/{plan.number}/do/{verb}/", body)

    assert answer.status_code == 409
    assert "刚被他人修改或发布" in answer.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        {"lane": "A@never"},
        {"lane": "Z@2026-01-01"},
        {"lane": "\x00"},
        {"job": "nope", "lane": "A@2030-01-01"},
        {"job": "\x00", "lane": "A@2030-01-01"},
        {"lane": "\x00@2030-01-01"},
        {"position": "99999999999999999999"},
        {"revision": "-1"},
    ],
)
def test_odd_changes_are_refused_and_nothing_moves(desk, town, body):
    wanted = job(town)
    plan = planned(desk, [wanted])
    before = list(plan.stops.values_list("job", "team", "start_at"))

    answer = press(
        desk, plan, "move", **{"job": wanted.number, "lane": f"B@{today()}", "position": 1, **body}
    )

    assert answer.status_code in {409, 422}
    assert list(plan.stops.values_list("job", "team", "start_at")) == before


def test_a_slot_is_shown_before_an_urgent_job_goes_in(desk, town):
    plan = planned(desk, [job(town), job(town, "另一户", area="V2")])
    desk.post(
        f"/console/plans/{plan.number}/publish/",
        {"revision": Plan.objects.get().revision},
    )
    urgent = job(town, "断线", priority=Job.Priority.MUST)

    page = desk.get(f"/console/plans/{plan.number}/urgent/", {"job": urgent.number})
    day = tomorrow().isoformat()
    sent = press(desk, plan, "insert", job=urgent.number, lane=f"A@{day}", position=1)

    assert "放在这里" in page.content.decode()
    after = Plan.objects.latest("pk")
    assert sent.url == f"/console/plans/{after.number}/"
    assert after.stops.get(job=urgent).sequence == 1


def test_a_day_sheet_lists_a_teams_day_for_paper(desk, town):
    plan = planned(desk, [job(town, "装表"), job(town, "查线", skill="care")])

    page = desk.get(f"/console/plans/{plan.number}/sheets/").content.decode()
    one = desk.get(f"/console/plans/{plan.number}/sheets/", {"lane": f"B@{tomorrow()}"})

    assert "装表" in page
    assert "查线" in page
    assert one.content.decode().count('class="sheet card') == 1


def test_a_plan_that_is_not_wanted_is_thrown_away(desk, town):
    plan = planned(desk, [job(town)])

    assert press(desk, plan, "discard").url == "/console/plans/"

    plan.refresh_from_db()
    assert plan.status == "DISCARDED"
    assert not Visit.objects.exists()


def test_progress_says_how_far_and_when_it_is_over(desk, town):
    desk.post("/console/plans/new/", ask([job(town)]))
    plan = Plan.objects.get()
    address = f"/console/plans/{plan.number}/progress/"

    waiting = desk.get(address)
    background.run_next(owner="test", clock=now)

    assert "排队等待，马上开始" in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    assert desk.get(address)["HX-Refresh"] == "true"


@pytest.mark.parametrize("path", ["%00/", "%00/progress/", "JH%00/sheets/", "JH1/urgent/?job=%00"])
def test_odd_numbers_are_not_found(desk, path):
    assert desk.get(f"/console/plans/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "progress/", "sheets/", "urgent/?job=x"])
def test_a_neighbours_plan_is_not_found(client, town, path):
    town.team("A", "S1", "repair")
    plan = drafting.draft_plan(
        job_numbers=[job(town).number],
        team_codes=["A"],
        first_on=tomorrow(),
        last_on=tomorrow(),
        seconds=1,
        by=town.actor(),
        at=now(),
    )
    town.user("water", Role.ALLIANCE_UNIT, "WTR")
    client.login(username="water", password=PASSWORD)

    assert client.get(f"/console/plans/{plan.number}/{path}").status_code == 404


def fill(town, plan, *, lanes, each):
    """Give a plan a county's worth of stops without computing them."""
    teams = [town.team(f"T{number:02d}", "S1", "repair") for number in range(lanes)]
    plan.teams.add(*teams)
    start, rows = now() + timedelta(days=1), []
    for team in teams:
        for sequence in range(1, each + 1):
            made = job(town, f"{team.code}第{sequence}户")
            when = start + timedelta(minutes=40 * sequence)
            rows.append(
                PlannedStop(
                    plan=plan,
                    job=made,
                    team=team,
                    on=tomorrow(),
                    sequence=sequence,
                    arrive_at=when,
                    start_at=when,
                    depart_at=when + timedelta(minutes=30),
                    travel_s=300,
                    travel_m=2000,
                    late_s=0,
                )
            )
    PlannedStop.objects.bulk_create(rows)


def test_thirty_lanes_of_ten_cost_as_many_queries_as_two_and_open_at_once(desk, town):
    plan = planned(desk, [job(town)])
    path = f"/console/plans/{plan.number}/"

    def queries():
        desk.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(path).status_code == 200
        return len(seen)

    few = queries()
    fill(town, plan, lanes=30, each=10)
    many = queries()
    began = time.perf_counter()
    answer = desk.get(path)
    seconds = time.perf_counter() - began

    assert (many, few <= 20) == (few, True)
    assert answer.content.decode().count('<g class="stop') == 301
    assert seconds < 3
