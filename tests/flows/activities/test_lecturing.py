"""Lectures on demand: who asks, who could give it and why, who gives it."""

from datetime import timedelta

import pytest

from dianliang.domain.catalog.models import Skill
from dianliang.domain.programs.models import (
    Lecturer,
    LectureRequest,
    LectureTopic,
    Participation,
    Session,
)
from dianliang.domain.programs.operations import attending, lectures, sessions, signing
from dianliang.domain.programs.operations.attending import Noted
from dianliang.domain.programs.operations.lectures import UnableToArrangeError
from dianliang.domain.workforce.models import Absence, Certificate, Membership
from dianliang.flows.activities import lecture_pages, lecturing, planning
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from tests.sessions import lecture_of, session_of, somebody
from tests.town import NOON


@pytest.fixture
def desk(town):
    return town.actor("S1", Role.PARTY_AFFAIRS)


def lecturer(town, desk, name, *, topics=("SAFETY",), most=4):
    person = somebody(town, name)
    lecturing.enter_lecturer(
        who=person.number,
        topic_codes=topics,
        most_a_month=most,
        words="",
        is_active=True,
        by=desk,
        at=NOON,
    )
    return person


def gave(town, person, *, days_ago):
    """Have somebody give a lecture some days ago."""
    then = NOON - timedelta(days=days_ago)
    session = session_of(town, kind="lecture", starts_at=then, at=then - timedelta(days=1))
    signing.sign_up(
        session=session,
        person=person,
        role="lecturer",
        channel="console",
        by=SYSTEM,
        at=then - timedelta(days=1),
    )
    return session


def order(town, request, desk):
    page = lecture_pages.request_page(number=request.number, by=desk, at=NOON)
    return [(one.name, one.wish) for one in page.ranking]


def arrange(request, person, desk, *, wish=0, reason=""):
    return lecturing.arrange(
        number=request.number, lecturer=person.number, wish=wish, reason=reason, by=desk, at=NOON
    )


def test_of_those_who_can_whoever_spoke_least_lately_is_first_and_the_reason_is_said(town, desk):
    often, rarely = lecturer(town, desk, "常讲"), lecturer(town, desk, "少讲")
    lecturer(town, desk, "别的主题", topics=("GREEN",))
    for days in (10, 20):
        gave(town, often, days_ago=days)
    gave(town, rarely, days_ago=30)
    request = lecture_of(town)

    page = lecture_pages.request_page(number=request.number, by=desk, at=NOON)

    assert [one.name for one in page.ranking] == ["少讲", "常讲"]
    assert "近 90 天讲过 2 场" in "".join(page.ranking[1].reasons)
    assert all(one.can for one in page.ranking)


def test_whoever_is_busy_away_or_has_had_enough_this_month_is_listed_with_why(town, desk):
    busy, away, full, free = (
        lecturer(town, desk, name, most=1) for name in ("忙", "外出", "满", "空")
    )
    request = lecture_of(town, wishes=[NOON + timedelta(days=5)])
    elsewhere = session_of(town, title="义诊", starts_at=NOON + timedelta(days=5))
    signing.sign_up(session=elsewhere, person=busy, channel="console", by=SYSTEM, at=NOON)
    on = (NOON + timedelta(days=5)).date()
    Absence.objects.create(person=away, first_on=on, last_on=on, reason="培训")
    gave(town, full, days_ago=2)

    page = lecture_pages.request_page(number=request.number, by=desk, at=NOON)
    why = {one.name: "".join(one.reasons) for one in page.ranking if not one.can}

    assert page.ranking[0].name == "空"
    assert "义诊" in why["忙"]
    assert "培训" in why["外出"]
    assert "当月已满 1 场" in why["满"]
    with pytest.raises(UnableToArrangeError, match="义诊"):
        arrange(request, busy, desk, reason="就他")
    assert arrange(request, free, desk)


def test_whoever_can_come_at_the_first_wish_goes_before_one_who_suits_the_second(town, desk):
    second, first = lecturer(town, desk, "第二"), lecturer(town, desk, "第一")
    gave(town, first, days_ago=3)
    request = lecture_of(town)
    on = (NOON + timedelta(days=5)).date()
    Absence.objects.create(person=second, first_on=on, last_on=on, reason="培训")

    assert order(town, request, desk) == [("第一", 0), ("第二", 1)]


def test_a_topic_that_takes_a_certificate_bars_who_has_none(town, desk):
    LectureTopic.objects.filter(code="SAFETY").update(skill=Skill.objects.get(code="care"))
    lecturer(town, desk, "无证")
    request = lecture_of(town)

    (ranked,) = lecture_pages.request_page(number=request.number, by=desk, at=NOON).ranking

    assert not ranked.can
    assert "证书" in ranked.reasons[0]


def test_whoever_is_not_first_takes_a_reason_and_the_ranking_is_kept(town, desk):
    first, second = lecturer(town, desk, "甲"), lecturer(town, desk, "乙")
    request = lecture_of(town)

    with pytest.raises(UnableToArrangeError, match="理由"):
        arrange(request, second, desk)
    arrange(request, second, desk, reason="学校点名")

    request.refresh_from_db()
    assert (request.status, request.reason) == ("ARRANGED", "学校点名")
    assert [row[0] for row in request.ranking] == [first.number, second.number]
    page = lecture_pages.request_page(number=request.number, by=desk, at=NOON)
    assert [one.name for one in page.ranking] == ["甲", "乙"]


@pytest.mark.row("001-13")
@pytest.mark.row("003-05")
def test_a_lecture_from_the_request_to_the_lecturers_record(town, desk):
    """Asked for by a unit, given by a lecturer of a team, counted once for both."""
    team = town.team("XH", "S1")
    team.is_volunteer = True
    team.save()
    person = lecturer(town, desk, "讲师")
    Membership.objects.create(team=team, person=person, valid_from=NOON.date())
    request = lecture_of(town)
    number = arrange(request, person, desk)
    session = Session.objects.get(number=number)
    assert (session.kind, session.team, session.starts_at) == (
        "lecture",
        team,
        NOON + timedelta(days=5),
    )

    noted = Noted(way="desk", happened_at=session.starts_at)
    signup = session.signups.get()
    attending.check_in(signup=signup, noted=noted, by=desk, at=session.starts_at)
    sessions.begin(session=session, by=SYSTEM, at=session.starts_at)
    sessions.end(session=session, by=SYSTEM, at=session.ends_at)
    planning.account(number=number, served_people=45, result="", by=desk, at=session.ends_at)

    assert Participation.objects.get().person == person
    (row,) = lecture_pages.pool(by=desk)
    assert (row.given, row.promised) == (1, 0)


def test_two_who_arrange_the_same_request_get_one_lecture(town, desk):
    person = lecturer(town, desk, "讲师")
    other = lecturer(town, desk, "另一位")
    request = lecture_of(town)
    stale = LectureRequest.objects.get(pk=request.pk)
    arrange(request, person, desk)

    with pytest.raises(StaleStateError):
        lectures.arrange(
            request=stale,
            lecturer=Lecturer.objects.get(person=other),
            wish=0,
            ranking=lecturing.ranking(stale, at=NOON),
            reason="再来",
            team=None,
            by=desk,
            at=NOON,
        )
    assert Session.objects.count() == 1


def test_a_station_asks_the_company_and_only_the_company_answers(town):
    asker = town.actor("S2", Role.DISPATCHER)
    request = lecture_of(town, by=asker, unit_code="AJ")
    company = town.actor("AJ", Role.PARTY_AFFAIRS)
    person = lecturer(town, company, "讲师")

    with pytest.raises(NotVisibleError):
        arrange(request, person, asker)
    with pytest.raises(NotVisibleError):
        lecture_pages.request_page(number=request.number, by=town.actor("S1"), at=NOON)
    arrange(request, person, company)
    assert lecture_pages.request_list(by=asker)[0].lecturer_name == "讲师"


def test_a_request_is_declined_or_taken_back_with_a_reason(town, desk):
    request = lecture_of(town)

    with pytest.raises(InvalidInputError):
        lecturing.decline(number=request.number, verb="decline", reason="", by=desk, at=NOON)
    lecturing.decline(number=request.number, verb="decline", reason="年底排满", by=desk, at=NOON)

    request.refresh_from_db()
    assert (request.status, request.reason) == ("DECLINED", "年底排满")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"topic_code": "X"}, "topic"),
        ({"unit_code": "S2"}, "unit"),
        ({"site_code": "", "area_code": ""}, "area"),
        ({"wishes": []}, "wishes"),
        ({"wishes": [NOON - timedelta(days=1)]}, "wishes"),
        ({"minutes": 5}, "minutes"),
        ({"asked_for": "校"}, "asked_for"),
        ({"audience": 99999}, "audience"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_by_its_field(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        lecture_of(town, **changes)

    assert refusal.value.field == field
    assert not LectureRequest.objects.exists()


def test_a_lecturer_is_not_sent_at_a_time_that_does_not_suit_him(town, desk):
    person = lecturer(town, desk, "甲")
    request = lecture_of(town)
    day = (NOON + timedelta(days=6)).date()
    Absence.objects.create(person=person, first_on=day, last_on=day, reason="体检")

    with pytest.raises(UnableToArrangeError, match="新的排序"):
        arrange(request, person, desk, wish=1)
    assert arrange(request, person, desk, wish=0)


def test_a_wish_that_is_over_gives_way_to_the_next(town, desk):
    person = lecturer(town, desk, "甲")
    request = lecture_of(town)
    at = NOON + timedelta(days=5, hours=3)

    page = lecture_pages.request_page(number=request.number, by=desk, at=at)

    assert [(one.name, one.wish) for one in page.ranking] == [("甲", 1)]
    assert person


def test_who_asks_reads_nothing_of_who_is_away_and_why(town):
    company = town.actor("AJ", Role.PARTY_AFFAIRS)
    station = town.actor("S1", Role.PARTY_AFFAIRS)
    lecturer(town, company, "甲")
    request = lecture_of(town, by=station, unit_code="AJ")

    assert lecture_pages.request_page(number=request.number, by=company, at=NOON).ranking
    assert lecture_pages.request_page(number=request.number, by=station, at=NOON).ranking == ()


def test_the_time_that_is_named_first_is_the_dearest(town, desk):
    lecturer(town, desk, "甲")
    later, sooner = NOON + timedelta(days=6), NOON + timedelta(days=5)
    request = lecture_of(town, wishes=[later, sooner])

    page = lecture_pages.request_page(number=request.number, by=desk, at=NOON)

    assert page.row.wishes == (later, sooner)
    assert [one.wish for one in page.ranking] == [0]


def test_a_certificate_that_runs_out_before_a_time_bars_that_time(town, desk):
    topic = LectureTopic.objects.get(code="SAFETY")
    topic.skill = Skill.objects.get(code="care")
    topic.save()
    person = lecturer(town, desk, "甲")
    ends = (NOON + timedelta(days=6)).date()
    Certificate.objects.create(
        person=person, skill=topic.skill, issued_on=ends - timedelta(days=90), expires_on=ends
    )
    request = lecture_of(town, wishes=[NOON + timedelta(days=6), NOON + timedelta(days=5)])

    assert order(town, request, desk) == [("甲", 1)]


def test_a_lecture_whose_session_is_off_waits_again_and_is_arranged_at_another_time(town, desk):
    ill, other = lecturer(town, desk, "病了"), lecturer(town, desk, "替补")
    request = lecture_of(town)
    first = arrange(request, ill, desk, reason="就他")

    planning.cancel(number=first, reason="讲师生病", by=desk, at=NOON)

    (row,) = lecture_pages.request_list(by=desk)
    assert (row.status, row.session_number, row.lecturer_name) == ("ASKED", "", "")
    assert "讲师生病" in lecture_pages.request_page(number=row.number, by=desk, at=NOON).reason
    later = NOON + timedelta(days=30)
    lecturing.set_wishes(number=row.number, wishes=[later], by=desk, at=NOON)
    second = arrange(request, other, desk, reason="就他")
    request.refresh_from_db()
    assert (request.session.number, request.session.starts_at) == (second, later)
    assert Session.objects.get(number=first).status == "CANCELLED"
    with pytest.raises(UnableToArrangeError, match="待安排"):
        lecturing.set_wishes(number=row.number, wishes=[later], by=desk, at=NOON)
