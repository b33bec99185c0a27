"""One gate on certificates: who may go is decided in one place, and said with the date."""

from datetime import time

import pytest

from dianliang.domain.workforce import certifying, crews, gate
from dianliang.domain.workforce.certifying import Proof, UnableToCertifyError
from dianliang.domain.workforce.models import Absence, Attendance, Certificate, WeeklySlot
from dianliang.domain.workforce.operations import UnableToCheckInError, check_in
from dianliang.domain.workforce.queries import teams_on_duty
from tests.staff import DAY, NOON, TODAY, certificate, member, person


@pytest.mark.row("001-04")
@pytest.mark.parametrize(
    ("since", "until", "withdrawn", "state", "words"),
    [
        (-10, 1, None, "", ""),
        (-10, 0, None, "expired", "失效日期是 2026-11-24"),
        (-400, -30, None, "expired", "失效日期是 2026-10-25"),
        (3, 300, None, "not_yet", "自 2026-11-27 起有效"),
        (-10, 300, -1, "withdrawn", "已于 2026-11-23 收回"),
        (-10, 300, 1, "", ""),
    ],
)
def test_a_certificate_counts_from_its_first_day_until_the_day_before_its_last(
    town, since, until, withdrawn, state, words
):
    who = person(town, "P1", "周电工")
    on = None if withdrawn is None else TODAY + withdrawn * DAY
    certificate(
        who,
        since=since,
        until=until,
        number="ZS-7",
        withdrawn_on=on,
        withdrawn_why="违章" if on else "",
    )

    lacks = gate.qualified(who, ["repair"], TODAY)

    assert [lack.state for lack in lacks] == ([state] if state else [])
    if lacks:
        assert words in lacks[0].words
        assert "周电工的“抢修”证书（ZS-7）" in lacks[0].words


def test_who_never_had_a_certificate_is_told_so_and_a_newer_one_heals(town):
    who = person(town, "P1", "周电工")
    assert [lack.state for lack in gate.qualified(who, ["repair", "line"], TODAY)] == ["none"] * 2
    certificate(who, until=-5)
    certificate(who, since=-4, until=50)

    (lack,) = gate.qualified(who, ["repair", "line"], TODAY)

    assert lack.words == "周电工没有登记“线路作业”证书，2026-11-24 不能承担，请先取证"


def test_a_level_that_is_too_low_is_not_enough(town):
    who = person(town, "P1")
    certificate(who, level=1)

    (lack,) = gate.qualified(who, ["repair"], TODAY, levels={"repair": 2})

    assert lack.state == "level"
    certificate(who, since=-20, level=3)
    assert gate.qualified(who, ["repair"], TODAY, levels={"repair": 2}) == ()


def test_one_of_the_crew_is_enough_and_the_closest_is_named_when_nobody_is(town):
    team = town.team("D1", "S1")
    first, second = (m.person for m in team.members.order_by("person__number"))
    certificate(first, since=-300, until=-200)
    row = certificate(second, until=-2)

    (lack,) = gate.team_lacks(team, ["repair"], TODAY)
    assert (lack.person_name, lack.until) == (second.name, row.expires_on)
    Certificate.objects.filter(pk=row.pk).update(expires_on=TODAY + DAY)

    assert gate.team_lacks(team, ["repair"], TODAY) == ()
    assert gate.team_lacks(team, ["repair"], TODAY + DAY)


def test_a_crew_without_a_valid_certificate_cannot_check_in(town):
    team = town.team("D1", "S1")
    captain = team.members.get(is_captain=True).person
    row = certificate(captain, until=0, number="ZS-9")
    asked = {"team": team, "person": captain, "on": TODAY, "by": town.actor("S1"), "at": NOON}

    with pytest.raises(UnableToCheckInError, match=r"ZS-9.*2026-11-24"):
        check_in(**asked, needed_skills=["repair"])
    assert not Attendance.objects.exists()
    Certificate.objects.filter(pk=row.pk).update(expires_on=TODAY + DAY)
    assert check_in(**asked, needed_skills=["repair"]).checked_in_at


def test_certificates_are_renewed_and_withdrawn_but_never_twice(town):
    who, by = person(town, "P1"), town.actor("S1")
    skill = certificate(who, until=-1).skill

    def add(since, until, **fields):
        proof = Proof(
            skill=skill, issued_on=TODAY + since * DAY, expires_on=TODAY + until * DAY, **fields
        )
        return certifying.add_certificate(person=who, proof=proof, by=by, at=NOON)

    for since, until, words in ((1, 9, "晚于今天"), (-3, -3, "晚于发证"), (-100, 9, "已经登记")):
        with pytest.raises(UnableToCertifyError, match=words):
            add(since, until)
    with pytest.raises(UnableToCertifyError, match="30 年"):
        add(-1, 366 * 40)
    with pytest.raises(UnableToCertifyError, match="等级"):
        add(-1, 9, level=0)
    new = add(-1, 365)
    assert gate.qualified(who, ["repair"], TODAY) == ()
    withdraw = {"certificate": new, "by": by, "at": NOON}
    with pytest.raises(UnableToCertifyError, match="之间"):
        certifying.withdraw_certificate(**withdraw, on=TODAY + DAY, reason="违章")
    certifying.withdraw_certificate(**withdraw, on=TODAY, reason="违章")
    with pytest.raises(UnableToCertifyError, match="已经收回"):
        certifying.withdraw_certificate(**withdraw, on=TODAY, reason="违章")

    assert [lack.state for lack in gate.qualified(who, ["repair"], TODAY)] == ["withdrawn"]


def test_members_who_cannot_come_that_day_are_not_counted_on(town):
    team = town.team("D1", "S1", "repair")
    first, second = (m.person for m in team.members.order_by("person__number"))
    WeeklySlot.objects.create(person=first, weekday=TODAY.weekday(), starts=time(9), ends=time(12))
    extra = person(town, "P9")
    member(team, extra)
    Absence.objects.create(person=extra, first_on=TODAY, last_on=TODAY, reason="出差")

    (duty,) = teams_on_duty(teams=[team], on=TODAY)
    assert (duty.member_names, set(duty.absent_names)) == ((second.name,), {first.name, extra.name})
    assert [row.number for row in crews.crew(team, on=TODAY)] == [second.number]
    reasons = {row.number: row.reason for row in crews.away(team, on=TODAY)}
    assert reasons == {extra.number: "出差", first.number: "周二只有 09:00–12:00 可服务"}
    check_in(team=team, person=first, on=TODAY, by=town.actor("S1"), at=NOON)

    assert len(crews.crew(team, on=TODAY)) == 2
    (duty,) = teams_on_duty(teams=[team], on=TODAY)
    assert set(duty.member_names) == {first.name, second.name}
    assert {row.number for row in crews.stand_ins(town.team("D2", "S1"), on=TODAY)} == {
        second.number
    }
