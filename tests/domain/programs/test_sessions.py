"""Sessions: announced, signed up for, waited for, held, accounted for, called off."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Skill
from dianliang.domain.insight.volunteering import volunteering
from dianliang.domain.programs.gate import LacksCertificateError
from dianliang.domain.programs.lifecycle import HOLDS_A_PLACE
from dianliang.domain.programs.models import Activity, Participation, SessionNotice, Signup
from dianliang.domain.programs.operations import attending, sessions, signing
from dianliang.domain.programs.operations.attending import Noted, UnableToAttendError
from dianliang.domain.programs.operations.sessions import (
    Change,
    UnableToAccountError,
    UnableToPlanSessionError,
)
from dianliang.domain.programs.operations.signing import (
    UnableToSignUpError,
    UnableToWithdrawError,
)
from dianliang.domain.programs.queries import attendances
from dianliang.domain.workforce.models import Certificate
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.geo import GeoPoint
from tests.sessions import STARTS, session_of, somebody, soon
from tests.town import NOON, TODAY

HERE = GeoPoint(30.51, 119.61)
FAR_OFF = GeoPoint(30.55, 119.61)


@pytest.fixture
def desk(town):
    return town.actor("S1", Role.PARTY_AFFAIRS)


def sign_up(session, person, *, at=NOON, **changes):
    known = {"channel": "console", "by": SYSTEM}
    return signing.sign_up(session=session, person=person, at=at, **{**known, **changes})


def come(signup, *, minutes=-10, point=HERE, accuracy_m=20, way="code", **changes):
    at = soon(minutes, signup.session)
    noted = Noted(way=way, happened_at=at, point=point, accuracy_m=accuracy_m, **changes)
    return attending.check_in(signup=signup, noted=noted, by=SYSTEM, at=at)


def go(signup, *, minutes=120, point=HERE, way="code"):
    at = soon(minutes, signup.session)
    noted = Noted(way=way, happened_at=at, point=point, accuracy_m=20)
    return attending.check_out(signup=signup, noted=noted, by=SYSTEM, at=at)


def held(session):
    session.refresh_from_db()
    sessions.begin(session=session, by=SYSTEM, at=session.starts_at)
    return sessions.end(session=session, by=SYSTEM, at=session.ends_at)


def notices(person):
    return list(
        SessionNotice.objects.filter(signup__person=person)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def test_whoever_comes_after_the_last_place_waits_and_is_told_how_many_are_ahead(town):
    session = session_of(town, places=1)
    first, second, third = (somebody(town) for _ in range(3))

    statuses = [sign_up(session, person).status for person in (first, second, third)]

    assert statuses == ["PLACED", "WAITING", "WAITING"]
    words = SessionNotice.objects.get(signup__person=third).words
    assert "前面还有 1 人" in words


def test_when_somebody_withdraws_the_first_who_waits_moves_up_and_is_told(town):
    session = session_of(town, places=1)
    first, second, third = (somebody(town) for _ in range(3))
    placed, *_ = (sign_up(session, person) for person in (first, second, third))

    signing.withdraw(signup=placed, reason="有事", by=SYSTEM, at=NOON)

    standing = dict(Signup.objects.values_list("person_id", "status"))
    assert standing == {first.pk: "WITHDRAWN", second.pk: "PLACED", third.pk: "WAITING"}
    assert notices(second) == ["waiting", "moved_up"]
    assert AuditEvent.objects.get(verb="programs.signup.move_up").actor_id == SYSTEM.id


def test_somebody_who_has_withdrawn_may_sign_up_again_and_stands_last(town):
    session = session_of(town, places=1)
    first, second = somebody(town), somebody(town)
    placed = sign_up(session, first)
    sign_up(session, second)
    signing.withdraw(signup=placed, reason="", by=SYSTEM, at=NOON)

    assert sign_up(session, first).status == "WAITING"


def test_nobody_signs_up_twice_nor_for_two_things_at_once(town):
    morning = session_of(town)
    overlapping = session_of(town, title="义诊", starts_at=STARTS + timedelta(minutes=90))
    after = session_of(town, title="晚会", starts_at=STARTS + timedelta(hours=2))
    person = somebody(town, "章一")
    sign_up(morning, person)

    with pytest.raises(UnableToSignUpError, match="已经报过"):
        sign_up(morning, person)
    with pytest.raises(UnableToSignUpError, match="章一同一时间已报名“独居老人用电检查”"):
        sign_up(overlapping, person)

    assert sign_up(after, person).status == "PLACED"


def test_a_certificate_that_ends_before_the_day_bars_the_way(town):
    skill = Skill.objects.get(code="care")
    session = session_of(town, skills=[skill])
    bare, lapsing, valid = (somebody(town) for _ in range(3))
    for person, until in ((lapsing, TODAY + timedelta(days=2)), (valid, TODAY + timedelta(days=9))):
        Certificate.objects.create(
            person=person, skill=skill, issued_on=TODAY - timedelta(days=9), expires_on=until
        )

    for person in (bare, lapsing):
        with pytest.raises(LacksCertificateError, match=skill.name):
            sign_up(session, person)

    assert sign_up(session, valid).status == "PLACED"


def test_a_certificate_that_was_taken_back_meanwhile_bars_check_in_and_moving_up(town):
    skill = Skill.objects.get(code="care")
    session = session_of(town, skills=[skill], places=1)
    people = [somebody(town) for _ in range(3)]
    for person in people:
        Certificate.objects.create(
            person=person,
            skill=skill,
            issued_on=TODAY - timedelta(days=9),
            expires_on=TODAY + timedelta(days=99),
        )
    placed, waiting, last = (sign_up(session, person) for person in people)
    Certificate.objects.filter(person__in=people[:2]).update(
        withdrawn_on=TODAY, withdrawn_why="收回"
    )

    with pytest.raises(LacksCertificateError):
        come(placed)
    signing.withdraw(signup=placed, reason="", by=SYSTEM, at=NOON)

    waiting.refresh_from_db()
    last.refresh_from_db()
    assert (waiting.status, last.status) == ("WAITING", "PLACED")


def test_sign_up_closes_in_time_and_only_what_is_announced_is_open(town, desk):
    draft = session_of(town, draft=True)
    closed = session_of(town, title="早截止", signup_until=NOON + timedelta(hours=1))
    person = somebody(town)

    with pytest.raises(UnableToSignUpError, match="草稿"):
        sign_up(draft, person)
    with pytest.raises(UnableToSignUpError, match="截止"):
        sign_up(closed, person, at=NOON + timedelta(hours=2))


def test_nobody_withdraws_once_it_has_begun(town):
    session = session_of(town)
    signup = sign_up(session, somebody(town))

    with pytest.raises(UnableToWithdrawError, match="已经开始"):
        signing.withdraw(signup=signup, reason="", by=SYSTEM, at=session.starts_at)


def test_calling_off_needs_a_reason_and_tells_everybody_who_signed_up(town, desk):
    session = session_of(town, places=1)
    first, second = somebody(town), somebody(town)
    sign_up(session, first)
    sign_up(session, second)

    with pytest.raises(InvalidInputError):
        sessions.cancel(session=session, reason=" ", by=desk, at=NOON)
    told = sessions.cancel(session=session, reason="台风", by=desk, at=NOON)

    assert told == 2
    assert set(Signup.objects.values_list("status", flat=True)) == {"CALLED_OFF"}
    assert notices(second)[-1] == "cancelled"
    assert "台风" in SessionNotice.objects.filter(signup__person=first).last().words


def test_a_session_that_moves_tells_everybody_and_names_who_has_two_things_now(town, desk):
    session = session_of(town)
    other = session_of(town, title="义诊", starts_at=STARTS + timedelta(hours=5))
    busy, free = somebody(town, "忙人"), somebody(town)
    for person in (busy, free):
        sign_up(session, person)
    sign_up(other, busy)
    moved = Change(
        starts_at=other.starts_at, ends_at=other.ends_at, place="礼堂", places=None, reason="场地"
    )

    clashing = sessions.change(session=session, change=moved, by=desk, at=NOON)

    assert clashing == ("忙人",)
    assert notices(free)[-1] == "changed"
    session.refresh_from_db()
    assert (session.starts_at, session.signup_until) == (other.starts_at, other.starts_at)


def test_places_that_are_added_go_to_those_who_wait_and_taken_ones_cannot_be_cut(town, desk):
    session = session_of(town, places=1)
    people = [somebody(town) for _ in range(3)]
    for person in people:
        sign_up(session, person)

    def with_places(places):
        return Change(
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            place=session.place,
            places=places,
            reason="加名额",
        )

    sessions.change(session=session, change=with_places(2), by=desk, at=NOON)
    assert Signup.objects.filter(status="PLACED").count() == 2
    with pytest.raises(UnableToPlanSessionError, match="已有 2 人"):
        sessions.change(session=session, change=with_places(1), by=desk, at=NOON)


def test_a_check_in_with_code_place_and_time_leaves_no_doubt(town):
    signup = sign_up(session_of(town), somebody(town))

    attendance = come(signup)
    again = come(signup, minutes=5)

    assert attendance.doubts == []
    assert again.checked_in_at == attendance.checked_in_at
    assert go(signup).doubts == []


@pytest.mark.parametrize(
    ("noted", "doubts"),
    [
        ({"point": None}, ["no_place"]),
        ({"point": FAR_OFF}, ["far"]),
        ({"accuracy_m": 900}, ["unsure"]),
        ({"way": "captain", "point": None}, ["no_code", "no_place"]),
        ({"doubts": ["by_phone"]}, ["by_phone"]),
    ],
)
def test_what_lacks_a_place_counts_and_is_marked(town, noted, doubts):
    signup = sign_up(session_of(town), somebody(town))

    attendance = come(signup, **noted)

    signup.refresh_from_db()
    assert (attendance.doubts, signup.status) == (doubts, "ATTENDED")


@pytest.mark.parametrize("minutes", [-61, 151])
def test_a_check_in_at_a_wrong_time_is_refused_in_words(town, minutes):
    signup = sign_up(session_of(town), somebody(town))

    with pytest.raises(UnableToAttendError, match="请在"):
        come(signup, minutes=minutes)


def test_nobody_goes_before_he_has_come_or_long_after_the_end(town):
    signup = sign_up(session_of(town), somebody(town))

    with pytest.raises(UnableToAttendError, match="还没有签到"):
        go(signup)
    come(signup)
    with pytest.raises(UnableToAttendError, match="三小时"):
        go(signup, minutes=120 + 181)


def test_who_waits_checks_in_by_himself_only_where_a_place_is_free(town):
    session = session_of(town, places=1)
    placed, waiting = sign_up(session, somebody(town)), sign_up(session, somebody(town))

    with pytest.raises(UnableToAttendError, match="候补"):
        come(waiting)
    assert come(waiting, way="captain").doubts == ["no_code"]
    come(placed)

    assert Signup.objects.filter(status="ATTENDED").count() == 2


def test_accounting_counts_who_gave_time_and_marks_who_did_not_come(town, desk):
    team = town.team("XH", "S1")
    team.is_volunteer = True
    team.save()
    session = session_of(town, team=team)
    came, guest, absent = (somebody(town) for _ in range(3))
    for person, role in ((came, "volunteer"), (guest, "guest"), (absent, "volunteer")):
        sign_up(session, person, role=role)
    for signup in Signup.objects.filter(person__in=[came, guest]):
        come(signup)
    session = held(session)
    after = session.ends_at + timedelta(hours=1)

    session = sessions.account(
        session=session, served_people=12, result="走访 12 户", by=desk, at=after
    )

    activity = Activity.objects.get()
    assert session.activity == activity
    assert [row.person for row in Participation.objects.all()] == [came]
    assert Signup.objects.get(person=absent).status == "ABSENT"
    figures = volunteering(by=desk, start=NOON, end=after).whole
    assert (figures.actions, figures.person_times, figures.served_people) == (1, 1, 12)


def test_a_session_to_which_nobody_came_cannot_be_accounted_for(town, desk):
    session = session_of(town)
    sign_up(session, somebody(town))
    session = held(session)

    with pytest.raises(UnableToAccountError, match="没有任何人签到"):
        sessions.account(session=session, served_people=0, result="", by=desk, at=session.ends_at)

    assert Signup.objects.get().status == "PLACED"


def test_hours_are_reckoned_from_who_was_there_and_what_is_doubtful(town, desk):
    session = session_of(town)
    sure, unsure = sign_up(session, somebody(town)), sign_up(session, somebody(town))
    come(sure)
    come(unsure, point=None)
    go(sure)
    held(session)

    rows = {row.person_id: row for row in attendances(NOON, NOON + timedelta(days=9))}

    assert rows[sure.person_id].doubts == ()
    assert rows[sure.person_id].checked_out_at == soon(120, session)
    assert (rows[unsure.person_id].doubts, rows[unsure.person_id].checked_out_at) == (
        ("no_place",),
        None,
    )
    assert {row.unit_code for row in rows.values()} == {"S1"}
    assert attendances(NOON, session.starts_at) == ()


def test_who_was_there_speaks_once(town):
    session = session_of(town)
    there, absent = sign_up(session, somebody(town)), sign_up(session, somebody(town))
    come(there)

    def say(signup, *, at):
        signup = Signup.objects.select_related("session").get(pk=signup.pk)
        return attending.give_feedback(signup=signup, stars=5, words="好", by=SYSTEM, at=at)

    with pytest.raises(UnableToAttendError, match="结束后"):
        say(there, at=session.starts_at)
    held(session)
    say(there, at=session.ends_at)
    for signup, words in ((there, "已经评价过"), (absent, "到场签到")):
        with pytest.raises(UnableToAttendError, match=words):
            say(signup, at=session.ends_at)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": STARTS}, "ends_at"),
        ({"ends_at": STARTS + timedelta(hours=25)}, "ends_at"),
        ({"starts_at": NOON - timedelta(hours=3)}, "starts_at"),
        ({"places": 0}, "places"),
        ({"radius_m": 5}, "radius_m"),
        ({"kind": "party"}, "kind"),
        ({"signup_until": STARTS + timedelta(days=1)}, "signup_until"),
    ],
)
def test_a_session_that_cannot_be_is_refused_by_its_field(town, changes, field):
    with pytest.raises(UnableToPlanSessionError) as refusal:
        session_of(town, **changes)

    assert refusal.value.field == field


@given(
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from(["up", "down"]), st.integers(0, 4)), max_size=14),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_people_do_places_hold_and_nobody_waits_beside_a_free_one(town, places, presses):
    session = session_of(town, places=places)
    people = [somebody(town) for _ in range(5)]
    for verb, n in presses:
        current = session.signups.filter(person=people[n], status__in=["PLACED", "WAITING"])
        try:
            if verb == "up":
                sign_up(session, people[n])
            elif (signup := current.first()) is not None:
                signing.withdraw(signup=signup, reason="", by=SYSTEM, at=NOON)
        except UnableToSignUpError:
            continue

    taken = session.signups.filter(status__in=HOLDS_A_PLACE).count()
    waiting = session.signups.filter(status="WAITING").count()
    assert taken <= places
    assert waiting == 0 or taken == places


def test_nobody_has_come_or_gone_before_it_happened(town):
    session = session_of(town)
    signup = sign_up(session, somebody(town))
    later = Noted(way="desk", happened_at=soon(120, session))

    with pytest.raises(UnableToAttendError, match="还没到"):
        attending.check_in(signup=signup, noted=later, by=SYSTEM, at=soon(5, session))
    come(signup)
    with pytest.raises(UnableToAttendError, match="还没到"):
        attending.check_out(signup=signup, noted=later, by=SYSTEM, at=soon(5, session))


def test_going_with_a_place_that_may_be_anywhere_is_marked(town):
    session = session_of(town)
    signup = sign_up(session, somebody(town))
    come(signup)
    vague = Noted(way="code", happened_at=session.ends_at, point=HERE, accuracy_m=5000)

    gone = attending.check_out(signup=signup, noted=vague, by=SYSTEM, at=session.ends_at)

    assert gone.doubts == ["out_unsure"]


def test_a_change_of_places_is_on_record(town, desk):
    session = session_of(town, places=5)
    changed = Change(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        places=8,
        reason="多来几人",
    )
    sessions.change(session=session, change=changed, by=desk, at=NOON)

    event = AuditEvent.objects.get(verb="programs.session.change")
    assert (event.before[-4:], event.after[-4:]) == ("名额 5", "名额 8")
