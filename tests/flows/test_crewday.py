"""A captain's day: own team yes, neighbours and strangers no; absences hand visits back."""

from datetime import timedelta

import pytest

from dianliang.domain.catalog.models import Skill
from dianliang.domain.intake.models import Message
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    Membership,
    Person,
)
from dianliang.flows import crewday, fieldwork
from dianliang.kernel.errors import NotVisibleError
from tests.fieldworld import op


def absence(world, number, *, by, days=0):
    return crewday.report_absence(
        person_number=number,
        first_on=world.today,
        last_on=world.today + timedelta(days=days),
        reason="病假",
        by=world.actor(by),
        at=world.at,
    )


def swap(world, *, by, leaving="P2", coming="P4", team="XH"):
    return crewday.swap(
        team_code=team,
        leaving=leaving,
        coming=coming,
        on=world.today,
        by=world.actor(by),
        at=world.at,
    )


def test_a_captain_checks_in_his_team_and_a_steward_himself(world):
    for by, whom in (("P1", "P2"), ("P1", "P1"), ("P2", "P2")):
        crewday.check_in(
            team_code="XH", person_number=whom, on=world.today, by=world.actor(by), at=world.at
        )

    assert Attendance.objects.count() == 2


@pytest.mark.parametrize(
    ("by", "whom", "team"),
    [("P2", "P1", "XH"), ("P3", "P2", "XH"), ("P4", "P4", "XH"), ("P1", "P3", "LX")],
)
def test_nobody_checks_in_others_or_with_a_team_that_is_not_his(world, by, whom, team):
    with pytest.raises(NotVisibleError):
        crewday.check_in(
            team_code=team, person_number=whom, on=world.today, by=world.actor(by), at=world.at
        )


def test_a_check_in_made_offline_is_synced(world):
    batch = [op("ci", "check_in", "P2", team="XH", on=world.today.isoformat())]
    (result,) = fieldwork.sync(batch, by=world.actor("P2"), at=world.at)

    assert result.outcome is fieldwork.Outcome.APPLIED
    assert Attendance.objects.get().checked_in_at == world.at - timedelta(hours=2)


def test_a_swap_looks_at_the_visits_of_the_day(world):
    live = Skill.objects.create(code="live", name="带电作业")
    world.certify(world.people["P2"], live, until=world.today + timedelta(days=9))
    visit = world.visit(skill=live)

    with pytest.raises(crewday.workforce.UnableToSwapError, match="带电作业"):
        swap(world, by="P1")

    Visit.objects.filter(pk=visit.pk).update(status="DONE")
    day = swap(world, by="P1")
    assert [member.number for member in day.crew] == ["P1", "P4"]


@pytest.mark.parametrize(("by", "team"), [("P2", "XH"), ("P3", "XH"), ("P1", "LX")])
def test_only_the_captain_of_the_team_swaps(world, by, team):
    with pytest.raises(NotVisibleError):
        swap(world, by=by, team=team)


def test_the_stand_in_sees_the_route_and_may_act(world):
    visit = world.visit()
    swap(world, by="P1")

    (result,) = fieldwork.sync(
        [op("a1", "accept", visit.number)], by=world.actor("P4"), at=world.at
    )
    assert result.outcome is fieldwork.Outcome.APPLIED


def test_one_member_away_leaves_the_visits_that_others_can_do(world):
    world.visit(skill=world.skill)

    assert absence(world, "P2", by="P2") == ()
    assert Visit.objects.get().status == "SCHEDULED"


def test_visits_that_need_the_absent_members_skill_go_back_to_the_dispatcher(world):
    Certificate.objects.filter(person=world.people["P1"]).delete()
    needs_skill = world.visit(skill=world.skill, need=world.need())
    plain = world.visit()

    assert absence(world, "P2", by="P2") == (needs_skill.number,)

    needs_skill.refresh_from_db()
    assert (needs_skill.status, Job.objects.get(pk=needs_skill.job_id).status) == (
        "WITHDRAWN",
        "OPEN",
    )
    assert "缺勤" in Message.objects.get().text
    assert Visit.objects.get(pk=plain.pk).status == "SCHEDULED"


def test_a_team_with_nobody_left_hands_back_every_day_of_the_absence(world):
    today, tomorrow = world.visit(), world.visit(on=world.today + timedelta(days=1))
    later = world.visit(on=world.today + timedelta(days=2))
    on_site = world.visit(status="ARRIVED")

    absence(world, "P1", by="P1", days=1)
    returned = absence(world, "P2", by="P1", days=1)

    assert set(returned) == {today.number, tomorrow.number}
    on_site.refresh_from_db()
    later.refresh_from_db()
    assert (on_site.status, later.status) == ("ARRIVED", "SCHEDULED")


def test_a_whole_team_goes_off_duty_at_once(world):
    visit = world.visit()
    returned = crewday.report_team_absence(
        team_code="XH", on=world.today, reason="防汛集结", by=world.actor("P1"), at=world.at
    )

    assert returned == (visit.number,)
    assert Absence.objects.count() == 2


@pytest.mark.parametrize(("by", "whom"), [("P2", "P1"), ("P3", "P2"), ("P1", "P3")])
def test_nobody_reports_others_away_who_are_not_his_team(world, by, whom):
    with pytest.raises(NotVisibleError):
        absence(world, whom, by=by)

    assert not Absence.objects.exists()


def test_who_leads_one_team_and_is_a_member_of_another_has_nothing_to_say_there(world):
    person, since = Person.objects.get(number="P1"), world.today - timedelta(days=1)
    Membership.objects.create(team=world.teams[1], person=person, valid_from=since)
    captain = world.actor("P1")
    there = {"on": world.today, "by": captain, "at": world.at}

    for act in (
        lambda: crewday.check_in(team_code="LX", person_number="P3", **there),
        lambda: swap(world, by="P1", leaving="P3", coming="P4", team="LX"),
        lambda: absence(world, "P3", by="P1"),
        lambda: crewday.report_team_absence(team_code="LX", reason="防汛集结", **there),
    ):
        with pytest.raises(NotVisibleError):
            act()
    assert not Absence.objects.exists()
    days = {day.code: day.stand_ins for day in crewday.team_days(by=captain, on=world.today)}
    assert (bool(days["XH"]), days["LX"]) == (True, ())
    crewday.check_in(team_code="LX", person_number="P1", **there)
    assert Attendance.objects.get().team == world.teams[1]
