"""A volunteer from outside: signs up, finds his page, comes; nobody reads another's page."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from dianliang.core.models import AuditEvent
from dianliang.domain.programs.models import PersonalLink, SessionNotice, Signup, Volunteer
from dianliang.domain.programs.operations.attending import UnableToAttendError
from dianliang.domain.programs.operations.signing import UnableToSignUpError
from dianliang.domain.workforce.models import Person
from dianliang.flows.activities import arriving, joining, personal, planning
from dianliang.flows.activities.arriving import Spot
from dianliang.flows.activities.joining import Joining
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import (
    DomainError,
    InvalidInputError,
    KeyReusedError,
    NotVisibleError,
)
from dianliang.kernel.geo import GeoPoint
from tests.sessions import STARTS, session_of, somebody, soon
from tests.town import NOON

PHONE = "13905720001"
HERE = Spot(point=GeoPoint(30.51, 119.61), accuracy_m=15)


def token(n=1):
    return f"volunteer-token-{n:08d}"


def join(session, *, n=1, name="章小禾", phone=PHONE, own="", at=NOON, agreed=True):
    return joining.join(
        number=session.number,
        joining=Joining(name=name, phone=phone, has_agreed=agreed),
        key=f"form-key-{n:012d}",
        token=token(n),
        own=own,
        at=at,
    )


def arrive(session, *, own="", spot=HERE, by=None, at=None, who=None, n=99, ticket="", code=None):
    at = at or soon(-5, session)
    return arriving.arrive(
        code=code or arriving.code_of(session, at=at),
        ticket=ticket,
        joining_as=who,
        token=token(n),
        own=own,
        spot=spot,
        by=by,
        at=at,
    )


def test_a_form_that_is_sent_twice_signs_up_once(town):
    session = session_of(town)

    first, again = join(session), join(session)

    assert first == again
    assert (Signup.objects.count(), Person.objects.count()) == (1, 1)
    with pytest.raises(KeyReusedError):
        join(session, name="别人")


def test_the_same_name_and_number_is_the_same_person_under_his_own_number(town):
    join(session_of(town))
    join(
        session_of(town, title="二", starts_at=STARTS + timedelta(days=1)),
        n=2,
        phone="139 0572 0001",
    )

    person = Person.objects.get()
    assert person.number.startswith("ZY")
    assert person.roles.get().kind.code == "volunteer"
    assert person.phone == PHONE
    assert Volunteer.objects.get().person == person


def test_a_family_that_shares_a_telephone_is_two_people(town):
    session = session_of(town)
    join(session)
    join(session, n=2, name="章大禾")

    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": "章"}, "name"), ({"phone": "12"}, "phone"), ({"agreed": False}, "agreed")],
)
def test_what_is_missing_is_named_and_nothing_is_kept(town, changes, field):
    with pytest.raises(InvalidInputError) as refusal:
        join(session_of(town), **changes)

    assert refusal.value.field == field
    assert not Person.objects.exists()


def test_a_refused_sign_up_leaves_no_person_behind(town):
    session = session_of(town, signup_until=NOON + timedelta(hours=1))

    with pytest.raises(UnableToSignUpError):
        join(session, at=NOON + timedelta(hours=2))

    assert not Person.objects.exists()
    assert not PersonalLink.objects.exists()


def test_whoever_knows_a_name_and_number_does_not_read_the_page_behind_them(town):
    """The second link shows what was signed up through it, until its holder was on site."""
    first = session_of(town)
    second = session_of(town, title="义诊", starts_at=STARTS + timedelta(days=1))
    join(first)
    join(second, n=2)

    mine, theirs = (personal.page(token=token(n), at=NOON) for n in (1, 2))

    assert [row.title for row in mine.ahead] == ["独居老人用电检查", "义诊"]
    assert [row.title for row in theirs.ahead] == ["义诊"]
    assert not theirs.is_confirmed
    with pytest.raises(NotVisibleError):
        joining.withdraw(token=token(2), number=first.number, reason="", at=NOON)

    arrive(second, own=token(2))
    assert len(personal.page(token=token(2), at=second.starts_at).ahead) == 2


def test_a_phone_that_holds_the_link_signs_up_without_asking_again(town):
    join(session_of(town))
    later = session_of(town, title="义诊", starts_at=STARTS + timedelta(days=1))

    joined = join(later, n=2, own=token(1), name="", phone="", agreed=False)

    assert (joined.status, joined.is_new_link) == ("PLACED", False)
    assert Person.objects.count() == 1


def test_the_page_says_who_moved_up_and_a_notice_is_new_once(town):
    session = session_of(town, places=1)
    join(session)
    join(session, n=2, name="李二", phone="13905720002")
    assert personal.page(token=token(2), at=NOON).ahead[0].rank == 1

    joining.withdraw(token=token(1), number=session.number, reason="出差", at=NOON)

    news = personal.page(token=token(2), at=NOON).news[0]
    assert (news.is_new, "候补转为正式" in news.words) == (True, True)
    assert not personal.page(token=token(2), at=NOON).news[0].is_new


def test_a_called_off_session_lists_whom_to_call_until_they_have_read_it(town):
    session = session_of(town)
    join(session)
    join(session, n=2, name="李二", phone="13905720002")
    desk = town.actor("S1", Role.PARTY_AFFAIRS)
    planning.cancel(number=session.number, reason="台风", by=desk, at=NOON)

    personal.page(token=token(1), at=NOON)
    unread = SessionNotice.objects.filter(kind="cancelled", seen_at=None)
    assert [notice.signup.person.name for notice in unread] == ["李二"]
    number = unread.get().signup.person.number
    planning.told(number=session.number, person=number, by=desk, at=NOON)

    assert unread.get().told_by == desk.name


def test_the_code_on_site_checks_in_and_out_by_the_link(town):
    session = session_of(town)
    join(session)

    came = arrive(session, own=token(1))
    gone = arriving.leave(
        code=arriving.code_of(session, at=NOON),
        ticket="",
        own=token(1),
        spot=HERE,
        by=None,
        at=soon(110, session),
    )

    assert (came.doubts, gone.doubts) == ((), ())
    assert personal.page(token=token(1), at=soon(110, session)).minutes == 115


def test_without_a_place_the_check_in_counts_and_says_what_is_marked(town):
    session = session_of(town)
    join(session)

    assert arrive(session, own=token(1), spot=None).doubts == ("没有位置",)


def test_somebody_who_comes_without_having_signed_up_is_taken_in_and_marked(town):
    session = session_of(town)

    came = arrive(session, who=Joining(name="路人甲", phone="13905720009", has_agreed=True))

    assert came.doubts == ("按姓名电话识别", "未报名到场")
    assert Signup.objects.get().channel == "on_site"


def test_a_walk_in_finds_no_place_where_all_are_taken_and_leaves_nothing_behind(town):
    session = session_of(town, places=1)
    join(session)

    with pytest.raises(UnableToAttendError, match="名额已满"):
        arrive(session, who=Joining(name="路人甲", phone="13905720009", has_agreed=True))

    assert Person.objects.count() == 1


def test_a_closed_session_takes_nobody_in_from_the_street(town):
    session = session_of(town, is_public=False)

    with pytest.raises(UnableToAttendError, match="不公开报名"):
        arrive(session, who=Joining(name="路人甲", phone="13905720009", has_agreed=True))
    with pytest.raises(NotVisibleError):
        join(session)


def test_staff_check_in_by_their_account(town):
    session = session_of(town)
    person = somebody(town, "周电工")
    by = Actor(id="u", name="周电工", role=Role.STEWARD, person_number=person.number)
    joining.join_as_staff(number=session.number, by=by, at=NOON)

    assert arrive(session, by=by).doubts == ()


def test_a_changing_code_that_was_sent_on_is_refused_but_an_opened_page_has_its_time(town):
    session = session_of(town, is_changing_code=True)
    join(session)
    at = soon(-5, session)
    code = arriving.code_of(session, at=at)
    page = arriving.arrival(code=code, own=token(1), at=at + timedelta(seconds=60))

    late = at + timedelta(minutes=5)
    with pytest.raises(UnableToAttendError, match="过期"):
        arrive(session, own=token(1), at=late, code=code)
    assert arrive(session, own=token(1), at=late, code=code, ticket=page.ticket).doubts == ()


def test_a_printed_code_cannot_stand_for_a_changing_one(town):
    fixed = session_of(town)
    code = arriving.code_of(fixed, at=NOON)
    type(fixed).objects.update(is_changing_code=True)

    with pytest.raises(UnableToAttendError, match="过期"):
        arrive(fixed, code=code, at=soon(-5, fixed))


@pytest.mark.parametrize("code", ["HD261124-0001~0.forged", "x", ""])
def test_nobody_can_make_a_code_up(town, code):
    with pytest.raises(NotVisibleError):
        arriving.scanned(code, at=NOON)


def test_the_clock_begins_and_ends_sessions_by_itself(town):
    session = session_of(town)

    assert planning.follow_clock(at=NOON) == 0
    assert planning.follow_clock(at=session.ends_at) == 2
    session.refresh_from_db()
    assert session.status == "ENDED"


@pytest.mark.django_db(transaction=True)
def test_of_thirty_who_press_at_once_one_gets_the_last_place_and_the_others_wait(town):
    session = session_of(town, places=2)
    join(session)
    refusals: list[DomainError] = []
    start = threading.Barrier(30)

    def press(n):
        try:
            start.wait(20)
            join(session, n=n, name=f"志愿者{n}", phone=f"139057{n:05d}")
        except DomainError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(n,)) for n in range(100, 130)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    standing = list(Signup.objects.order_by("signed_at", "pk").values_list("status", flat=True))
    assert refusals == []
    assert (standing.count("PLACED"), standing.count("WAITING")) == (2, 29)
    ahead = {notice.words for notice in SessionNotice.objects.filter(kind="waiting")}
    assert len(ahead) == 29


@pytest.mark.django_db(transaction=True)
def test_one_person_who_presses_in_two_places_at_once_gets_one_of_them(town):
    join(session_of(town, title="先前", starts_at=STARTS + timedelta(days=9)))
    one = session_of(town)
    other = session_of(town, title="义诊")
    start = threading.Barrier(2)

    def press(session, n):
        try:
            start.wait(20)
            join(session, n=n, own=token(1))
        except UnableToSignUpError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=pair) for pair in ((one, 11), (other, 12))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert Signup.objects.filter(session__in=[one, other]).count() == 1


def test_a_stranger_who_types_a_name_after_its_owner_has_come_gets_no_page_of_his(town):
    session = session_of(town)
    join(session)
    arrive(session, own=token(1))

    who = Joining(name="章小禾", phone=PHONE, has_agreed=True)
    arrive(session, who=who, spot=None, n=7)
    arrive(session, own=token(7))

    page = personal.page(token=token(7), at=session.starts_at)
    assert (page.is_confirmed, page.ahead) == (False, ())


def test_a_link_that_did_not_sign_up_is_marked_coming_and_going(town):
    first = session_of(town)
    second = session_of(town, title="义诊", starts_at=STARTS + timedelta(days=1))
    join(first)
    join(second, n=2)

    came = arrive(first, own=token(2))
    gone = arriving.leave(
        code=arriving.code_of(first, at=NOON),
        ticket="",
        own=token(2),
        spot=HERE,
        by=None,
        at=first.ends_at,
    )

    assert came.doubts == ("按姓名电话识别",)
    assert gone.doubts == ("按姓名电话识别", "签退按姓名电话识别")
    assert not personal.page(token=token(2), at=first.ends_at).is_confirmed


def test_a_page_that_is_opened_again_and_again_runs_out_of_time(town):
    session = session_of(town, is_changing_code=True)
    at = soon(-20, session)
    code = arriving.code_of(session, at=at)
    ticket = ""
    for minutes in (1, 8, 15):
        at_minute = at + timedelta(minutes=minutes)
        ticket = arriving.arrival(code=code, ticket=ticket, at=at_minute).ticket

    with pytest.raises(UnableToAttendError, match="过期"):
        arriving.arrival(code=code, ticket=ticket, at=at + timedelta(minutes=17))


def test_the_trail_names_nobody_from_the_street(town):
    session = session_of(town)
    join(session)
    arrive(session, own=token(1))

    told = "".join(f"{row.actor_name}{row.before}{row.after}" for row in AuditEvent.objects.all())
    assert "章小禾" not in told


def test_what_else_somebody_has_signed_up_for_is_not_told_to_who_knows_his_number(town):
    join(session_of(town))
    same_time = session_of(town, title="义诊")

    with pytest.raises(UnableToSignUpError) as refusal:
        join(same_time, n=2)
    assert "独居老人用电检查" not in refusal.value.message
    with pytest.raises(UnableToSignUpError, match="独居老人用电检查"):
        join(same_time, n=3, own=token(1))


def test_the_figures_of_a_page_count_what_it_has_no_room_for(town, monkeypatch):
    monkeypatch.setattr(personal, "MOST_ROWS", 1)
    first = session_of(town)
    second = session_of(town, title="义诊", starts_at=STARTS + timedelta(days=1))
    join(first)
    join(second, n=2, own=token(1))
    for session in (first, second):
        arrive(session, own=token(1))

    assert personal.page(token=token(1), at=second.starts_at).times == 2
