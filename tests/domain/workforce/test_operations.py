"""Who is on duty: check-in, absence, and a swap that keeps the skills the day needs."""

from datetime import date, timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Skill
from dianliang.domain.workforce import crews, operations
from dianliang.domain.workforce.models import Absence, Attendance, Certificate


def crew(world, team=0):
    return [member.number for member in crews.crew(world.teams[team], on=world.today)]


def check_in(world, number, team=0):
    return operations.check_in(
        team=world.teams[team],
        person=world.people[number],
        on=world.today,
        by=world.actor("P1"),
        at=world.at,
    )


def be_away(world, number, **changes):
    return operations.report_absence(
        **{
            "person": world.people[number],
            "first_on": world.today,
            "last_on": world.today,
            "reason": "病假",
            "by": world.actor("P1"),
            "at": world.at,
            **changes,
        }
    )


def swap(world, leaving, coming, skills=("repair",)):
    return operations.swap(
        team=world.teams[0],
        leaving=world.people[leaving],
        coming=world.people[coming],
        on=world.today,
        needed_skills=skills,
        by=world.actor("P1"),
        at=world.at,
    )


def test_a_member_checks_in_once_however_often_he_presses(world):
    assert check_in(world, "P2").pk == check_in(world, "P2").pk
    assert AuditEvent.objects.filter(verb="workforce.person.check_in").count() == 1


def test_nobody_checks_in_with_another_team(world):
    with pytest.raises(operations.UnableToCheckInError, match="换人"):
        check_in(world, "P3")


def test_nobody_on_leave_checks_in(world):
    be_away(world, "P2")
    with pytest.raises(operations.UnableToCheckInError, match="请假"):
        check_in(world, "P2")


def test_an_absence_is_noted_once_and_takes_him_off_the_crew(world):
    be_away(world, "P2")
    be_away(world, "P2")

    assert Absence.objects.count() == 1
    assert crew(world) == ["P1"]
    assert [row.number for row in crews.away(world.teams[0], on=world.today)] == ["P2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": " "},
        {"reason": "长" * 81},
        {"last_on": date(2026, 11, 23)},
        {"last_on": date(2028, 11, 23)},
    ],
)
def test_an_absence_without_sense_is_refused(world, changes):
    with pytest.raises(operations.UnableToReportAbsenceError):
        be_away(world, "P2", **changes)


def test_a_stand_in_takes_the_place_and_the_other_leaves_the_crew(world):
    swap(world, "P2", "P4")

    assert crew(world) == ["P1", "P4"]
    assert crews.teams_of("P4", on=world.today) == {"XH"}
    assert crews.teams_of("P4", on=world.today + timedelta(days=1)) == frozenset()


def test_a_stand_in_of_a_stand_in_replaces_the_first(world):
    swap(world, "P2", "P4")
    swap(world, "P4", "P3")

    assert crew(world) == ["P1", "P3"]
    assert Attendance.objects.get(person=world.people["P3"]).replaces == world.people["P2"]
    assert crew(world, team=1) == []


def test_a_swap_that_loses_a_needed_skill_is_refused_by_name(world):
    live = Skill.objects.create(code="live", name="带电作业")
    world.certify(world.people["P2"], live, until=world.today + timedelta(days=30))
    with pytest.raises(operations.UnableToSwapError, match="带电作业"):
        swap(world, "P2", "P4", skills=("repair", "live"))

    assert crew(world) == ["P1", "P2"]


def test_an_expired_certificate_is_no_certificate(world):
    Certificate.objects.filter(person__number__in=["P1", "P4"]).update(expires_on=world.today)
    with pytest.raises(operations.UnableToSwapError, match="抢修"):
        swap(world, "P2", "P4")


@pytest.mark.parametrize(
    ("leaving", "coming", "words"),
    [("P3", "P4", "不在薪火队"), ("P1", "P2", "本来就在")],
)
def test_a_swap_of_the_wrong_people_is_refused(world, leaving, coming, words):
    with pytest.raises(operations.UnableToSwapError, match=words):
        swap(world, leaving, coming)


def test_somebody_on_duty_elsewhere_or_on_leave_cannot_come(world):
    check_in(world, "P3", team=1)
    with pytest.raises(operations.UnableToSwapError, match="连心桥队"):
        swap(world, "P2", "P3")

    be_away(world, "P4")
    with pytest.raises(operations.UnableToSwapError, match="请假"):
        swap(world, "P2", "P4")


def test_stand_ins_are_free_people_of_the_unit(world):
    be_away(world, "P9")

    assert {p.number for p in crews.stand_ins(world.teams[0], on=world.today)} == {"P3", "P4"}
