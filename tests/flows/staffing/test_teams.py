"""Teams with a life-span: below each other, counted once, ended when nothing is left to do."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.customers.models import Customer
from dianliang.domain.intake.models import Need
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce import trees
from dianliang.domain.workforce.models import Membership, Team
from dianliang.domain.workforce.teaming import UnableToTeamError
from dianliang.flows.staffing import teams
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, NotYourTurnError
from tests.staff import DAY, NOON, TODAY, member, person

pytestmark = pytest.mark.django_db


def asked(name="临时抢修队", **fields):
    return teams.Asked(name=name, unit_code="S1", lat=30.5, lon=119.6, **fields)


def found(town, code, **fields):
    return teams.found(code=code, asked=asked(**fields), by=town.actor("S1"), at=NOON)


def visit(town, team, number, *, on=TODAY + DAY, status="SCHEDULED"):
    job = Job.objects.create(
        number=f"GD{number}",
        title=f"第{number}户报修",
        area=town.areas["V1"],
        lat=30.5,
        lon=119.6,
        duration_min=30,
        unit=town.units["S1"],
        status="SCHEDULED",
        opened_at=NOON,
    )
    return Visit.objects.create(
        number=f"SM{number}",
        job=job,
        team=team,
        on=on,
        sequence=1,
        arrive_at=NOON,
        depart_at=NOON,
        status=status,
    )


def end(town, code="T1", *, on=TODAY, reason="任务完成"):
    return teams.end(code=code, on=on, reason=reason, by=town.actor("S1"), at=NOON)


def test_a_person_in_three_teams_of_a_tree_is_one_person_and_three_places(town):
    top, mid, low = (found(town, code, name=f"{code}队") for code in ("A", "B", "C"))
    for child, parent in ((mid, "A"), (low, "B")):
        fields = asked(name=child.name, parent_code=parent)
        teams.amend(code=child.code, asked=fields, by=town.actor("S1"), at=NOON)
    both, one = person(town, "P1"), person(town, "P2")
    for team in (top, mid, low):
        member(team, both, leads=team is low)
    member(low, one)
    member(top, person(town, "P3"), since=-90, until=-1)

    tree = trees.tree(by=town.actor("S1"), on=TODAY)

    assert [(t.code, t.depth, t.own_people, t.people, t.places) for t in tree.lines] == [
        ("A", 0, 1, 2, 4),
        ("B", 1, 1, 2, 3),
        ("C", 2, 2, 2, 2),
    ]
    assert (tree.people, tree.places, tree.captains) == (2, 4, 1)
    assert trees.below("B") == {mid.pk, low.pk}
    fields = asked(name="A队", parent_code="C")
    with pytest.raises(UnableToTeamError, match="之下"):
        teams.amend(code="A", asked=fields, by=town.actor("S1"), at=NOON)


def test_a_team_that_still_has_work_is_told_what_and_does_not_end(town):
    team = found(town, "T1")
    member(team, person(town, "P1"), leads=True)
    visit(town, team, 1)
    waiting = visit(town, found(town, "T2", name="乙队"), 2).job
    Job.objects.filter(pk=waiting.pk).update(preferred_team=team)
    Customer.objects.create(
        number="K1",
        kind="resident",
        name="某",
        area=town.areas["V1"],
        unit=town.units["S1"],
        preferred_team_code="T1",
    )

    with pytest.raises(UnableToTeamError, match=r"SM1.*GD2.*1 户.*先移交"):
        end(town)
    assert Team.objects.get(code="T1").is_active
    with pytest.raises(NotYourTurnError):
        teams.hand_over(code="T1", to_code="T2", by=town.actor("S1", Role.PARTY_AFFAIRS), at=NOON)
    with pytest.raises(InvalidInputError, match="另一支"):
        teams.hand_over(code="T1", to_code="T1", by=town.actor("S1"), at=NOON)

    assert teams.hand_over(code="T1", to_code="T2", by=town.actor("S1"), at=NOON) == ("SM1",)
    assert Job.objects.get(number="GD1").status == "OPEN"
    assert Job.objects.get(number="GD2").preferred_team.code == "T2"
    assert Customer.objects.get().preferred_team_code == "T2"
    assert end(town) == 1
    row = Membership.objects.get(team=team)
    assert (row.valid_until, Team.objects.get(code="T1").is_active) == (TODAY, True)
    assert teams.end_due(at=NOON) == 0
    assert teams.end_due(at=NOON + DAY) == 1
    assert not Team.objects.get(code="T1").is_active
    assert AuditEvent.objects.filter(verb="workforce.team.end").count() == 2


def test_a_temporary_team_ends_by_itself_when_its_last_day_has_passed(town):
    team = found(town, "T1", ends_on=TODAY + 3 * DAY)
    below = found(town, "T2", name="分队", parent_code="T1", ends_on=TODAY + 3 * DAY)
    who = person(town, "P1")
    member(team, who)
    member(below, who)
    last = visit(town, team, 1, on=TODAY + 2 * DAY)

    assert teams.end_due(at=NOON + 3 * DAY) == 0
    assert teams.end_due(at=NOON + 4 * DAY) == 1
    assert Team.objects.get(code="T1").is_active
    Visit.objects.filter(pk=last.pk).update(status="DONE")
    assert teams.end_due(at=NOON + 4 * DAY) == 1
    assert not Team.objects.filter(is_active=True).exists()
    assert set(Membership.objects.values_list("valid_until", flat=True)) == {TODAY + 3 * DAY}


def test_what_makes_no_sense_about_a_team_is_refused_in_words(town):
    found(town, "T1", ends_on=TODAY + 9 * DAY, founded_on=TODAY)
    for code, fields, words in (
        ("T1", {}, "已有"),
        ("T2", {"ends_on": TODAY - DAY}, "不能早于"),
        ("T2", {"parent_code": "T1"}, "到 2026-12-03 为止"),
        ("T2", {"parent_code": "X"}, "没有这支上级"),
        ("T2", {"name": ""}, "队伍名称"),
    ):
        with pytest.raises((UnableToTeamError, InvalidInputError), match=words):
            found(town, code, **fields)
    found(town, "T3", name="分队", parent_code="T1", ends_on=TODAY + 9 * DAY)
    with pytest.raises(UnableToTeamError, match="下级队伍（分队）"):
        end(town)
    with pytest.raises(UnableToTeamError, match="才成立"):
        end(town, on=TODAY - DAY)
    with pytest.raises(NotVisibleError):
        teams.end(code="T1", on=TODAY, reason="完成", by=town.actor("S2"), at=NOON)


def test_a_captain_whose_last_day_is_set_is_followed_and_may_still_change_it(town):
    found(town, "T1")
    person(town, "P1"), person(town, "P2")
    by = {"code": "T1", "by": town.actor("S1"), "at": NOON}
    teams.join(person_number="P1", on=TODAY - 30 * DAY, is_captain=True, **by)
    teams.join(person_number="P2", on=TODAY - 20 * DAY, is_captain=False, **by)
    teams.leave(person_number="P1", on=TODAY + 9 * DAY, **by)

    teams.appoint(person_number="P2", on=TODAY, **by)

    captains = Membership.objects.filter(is_captain=True, valid_until=None)
    assert [row.person.number for row in captains] == ["P2"]
    ahead = Membership.objects.get(person__number="P1", valid_from=TODAY)
    assert (ahead.is_captain, ahead.valid_until) == (False, TODAY + 9 * DAY)
    teams.leave(person_number="P1", on=TODAY + 3 * DAY, **by)
    ahead.refresh_from_db()
    assert ahead.valid_until == TODAY + 3 * DAY


def test_a_team_that_is_to_end_may_change_its_captain_until_then(town):
    found(town, "T1")
    person(town, "P1")
    by = {"code": "T1", "by": town.actor("S1"), "at": NOON}
    teams.join(person_number="P1", on=TODAY - 20 * DAY, is_captain=False, **by)
    teams.end(on=TODAY + 5 * DAY, reason="任务完成", **by)

    teams.appoint(person_number="P1", on=TODAY, **by)

    row = Membership.objects.get(is_captain=True)
    assert (row.person.number, row.valid_until) == ("P1", TODAY + 5 * DAY)


def test_who_joined_after_the_last_day_that_is_noted_late_stays_on_record(town):
    team = found(town, "T1", founded_on=TODAY - 90 * DAY)
    who = member(team, person(town, "P1"), since=-3)

    teams.end(code="T1", on=TODAY - 9 * DAY, reason="补记", by=town.actor("S1"), at=NOON)

    who.refresh_from_db()
    assert who.valid_until == who.valid_from


def test_a_team_that_was_forgotten_for_years_ends_and_stops_no_other(town):
    for code in ("T1", "T2"):
        found(town, code, ends_on=TODAY + DAY)
    Team.objects.filter(code="T1").update(ends_on=TODAY - 900 * DAY)

    assert teams.end_due(at=NOON + 4 * DAY) == 2


def test_a_team_does_not_end_before_a_team_below_it(town):
    found(town, "T1")
    found(town, "T2", name="分队", parent_code="T1")
    with pytest.raises(UnableToTeamError, match="下级队伍分队"):
        teams.amend(code="T1", asked=asked(ends_on=TODAY + DAY), by=town.actor("S1"), at=NOON)


def test_captains_follow_each_other_and_members_come_and_go(town):
    team = found(town, "T1")
    first, second = person(town, "P1"), person(town, "P2")
    by = {"code": "T1", "by": town.actor("S1"), "at": NOON}
    teams.join(person_number="P1", on=TODAY - 30 * DAY, is_captain=True, **by)
    teams.join(person_number="P2", on=TODAY - 20 * DAY, is_captain=False, **by)
    with pytest.raises(UnableToTeamError, match="已在"):
        teams.join(person_number="P2", on=TODAY, is_captain=False, **by)

    teams.appoint(person_number="P2", on=TODAY - 10 * DAY, **by)

    rows = Membership.objects.filter(team=team).order_by("person__number", "valid_from")
    told = [
        (m.person.number, (m.valid_from - TODAY).days, m.valid_until and -10, m.is_captain)
        for m in rows
    ]
    assert told == [
        ("P1", -30, -10, True),
        ("P1", -10, None, False),
        ("P2", -20, -10, False),
        ("P2", -10, None, True),
    ]
    teams.leave(person_number="P1", on=TODAY, **by)
    with pytest.raises(UnableToTeamError, match="不在"):
        teams.appoint(person_number="P1", on=TODAY, **by)
    with pytest.raises(UnableToTeamError, match="已经是"):
        teams.appoint(person_number="P2", on=TODAY, **by)
    assert first.memberships.filter(valid_until=None).count() == 0
    assert second.memberships.filter(is_captain=True, valid_until=None).count() == 1
    assert not Need.objects.exists()
