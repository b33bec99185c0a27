"""One person, many roles; minors are sealed; whoever is away gives back what cannot be done."""

from datetime import date, datetime, time

import pytest

from dianliang.core.files import keep_image
from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations.qualifying import UnqualifiedError
from dianliang.domain.work.operations.visits import accept
from dianliang.domain.workforce import merging, register, registering
from dianliang.domain.workforce.availability import available
from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    Guardian,
    Membership,
    Person,
    PersonRole,
)
from dianliang.domain.workforce.registering import UnableToRegisterError
from dianliang.flows.staffing import people, revealing
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.periods import TimeWindow
from tests.core.test_files import photo
from tests.flows.staffing.test_teams import visit
from tests.staff import DAY, NOON, TODAY, certificate, identity_card, person

pytestmark = pytest.mark.django_db
MINOR = {
    "born_on": date(2012, 3, 4),
    "guardian_name": "端木大江",
    "guardian_phone": "13900000000",
    "agreed_on": date(2026, 11, 1),
}


def take_in(town, name="王芳", *roles, by=None, **fields):
    asked = people.Asked(name=name, unit_code="S1", **fields)
    return people.take_in(asked=asked, role_codes=roles, by=by or town.actor("S1"), at=NOON)


def window(start, end, on=TODAY):
    return TimeWindow(
        datetime.combine(on, time(start), SHANGHAI), datetime.combine(on, time(end), SHANGHAI)
    )


@pytest.mark.row("002-20")
def test_one_person_serves_as_many_things_each_for_its_time(town):
    who = take_in(town, "王芳", "volunteer", "publicist", "attendant", "informant")
    by = {"number": who.number, "by": town.actor("S1"), "at": NOON}
    role = people.give_role(
        kind_code="lecturer",
        valid_from=TODAY - 60 * DAY,
        valid_until=TODAY - 30 * DAY,
        note="春季班",
        **by,
    )
    with pytest.raises(UnableToRegisterError, match="已是讲师"):
        people.give_role(
            kind_code="lecturer",
            valid_from=TODAY - 40 * DAY,
            valid_until=None,
            note="",
            **by,
        )
    people.give_role(
        kind_code="party_member", valid_from=TODAY - DAY, valid_until=None, note="", **by
    )

    (row,) = register.rows_of([who], on=TODAY)
    assert row.roles == ("志愿者", "党员", "宣传员", "服务员", "信息员")
    (then,) = register.rows_of([who], on=TODAY - 40 * DAY)
    assert then.roles == ("讲师",)
    who.refresh_from_db()
    assert who.is_party_member
    party = PersonRole.objects.get(person=who, kind__code="party_member")
    people.end_role(role_id=str(party.pk), on=TODAY - DAY, **by)
    who.refresh_from_db()
    assert not who.is_party_member
    with pytest.raises(UnableToRegisterError, match="已于"):
        people.end_role(role_id=str(role.pk), on=TODAY, **by)
    for text in ("公众", "0", "99999999999999999999"):
        with pytest.raises(NotVisibleError):
            people.end_role(role_id=text, on=TODAY, **by)


def test_a_document_is_somebodys_once_and_its_number_must_be_possible(town):
    card = identity_card()
    who = take_in(town, document_kind="identity_card", document=f" {card[:6]} {card[6:].lower()}")
    assert who.document == card
    assert Person.objects.get().born == "1960-01-01"
    with pytest.raises(UnableToRegisterError, match=who.number):
        take_in(town, "王方", document_kind="identity_card", document=card)
    with pytest.raises(InvalidInputError, match="校验位"):
        take_in(town, "王方", document_kind="identity_card", document=card[:-1] + "9")
    with pytest.raises(InvalidInputError, match="证件类型"):
        take_in(town, "王方", document="G1234567")
    with pytest.raises(InvalidInputError, match="本单位"):
        take_in(town, by=town.actor("S2"))
    assert Person.objects.count() == 1


def test_a_minor_is_sealed_shown_for_a_reason_and_grows_up(town):
    with pytest.raises(UnableToRegisterError, match="未满 18"):
        take_in(town, "端木小鱼", born_on=MINOR["born_on"])
    who = take_in(town, "端木小鱼", "volunteer", phone="13800000001", **MINOR)
    (row,) = register.rows_of([who], on=TODAY)
    assert (row.name, row.phone, row.is_minor) == ("端***", "", True)
    with pytest.raises(NotVisibleError):
        revealing.reveal(number=who.number, reason="核对", by=town.actor("S1"), at=NOON)
    party = town.actor("S1", Role.PARTY_AFFAIRS)
    with pytest.raises(InvalidInputError, match="事由"):
        revealing.reveal(number=who.number, reason="", by=party, at=NOON)
    shown = revealing.reveal(number=who.number, reason="核对", by=party, at=NOON)
    assert (shown.name, shown.guardian_name) == ("端木小鱼", "端木大江")
    assert AuditEvent.objects.get(verb="workforce.person.reveal").reason == "核对"
    same = people.Asked(name="端***", unit_code="S1", title="小小志愿者")
    people.amend(number=who.number, asked=same, by=party, at=NOON)
    who.refresh_from_db()
    assert (who.whole_name, who.phone, who.title) == ("端木小鱼", "13800000001", "小小志愿者")

    assert registering.release_grown_up(on=date(2030, 3, 31), by=party, at=NOON) == 0
    assert registering.release_grown_up(on=date(2030, 4, 1), by=party, at=NOON) == 1
    who.refresh_from_db()
    assert (who.name, who.full_name, who.minor_until) == ("端木小鱼", "", None)
    assert not Guardian.objects.exists()


def test_a_scan_of_a_minor_is_closed_to_whoever_may_not_know_him_and_reading_is_on_record(town):
    who = take_in(town, "端木小鱼", "volunteer", **MINOR)
    paper = certificate(who, evidence=keep_image(photo(), at=NOON))
    asked = {"number": who.number, "token": paper.evidence.token, "at": NOON}

    for role in (Role.DISPATCHER, Role.COMMANDER, Role.AUDITOR):
        with pytest.raises(NotVisibleError):
            revealing.evidence(by=town.actor("S1", role), **asked)
    with pytest.raises(NotVisibleError):
        revealing.evidence(by=town.actor("S2", Role.PARTY_AFFAIRS), **asked)
    body, media_type = revealing.evidence(by=town.actor("S1", Role.PARTY_AFFAIRS), **asked)

    assert (bool(body), media_type) == (True, "image/jpeg")
    assert AuditEvent.objects.filter(verb="workforce.person.read_evidence").count() == 1


def test_whoever_was_merged_away_meanwhile_is_not_written_back(town):
    who, kept = take_in(town), take_in(town, "王方")
    known = people.details_of(people.Asked(name="王芳", unit_code="S1"), by=town.actor("S1"))
    merging.merge(
        kept=kept, gone=who, take=(), reason="核实", folds=(), by=town.actor("S1"), at=NOON
    )

    with pytest.raises(UnableToRegisterError, match="刚被他人合并"):
        registering.amend_person(person=who, details=known, by=town.actor("S1"), at=NOON)
    assert Person.objects.get() == kept


def test_what_somebody_else_changed_meanwhile_is_not_undone(town):
    who = take_in(town)
    stale = Person.objects.get(pk=who.pk)
    people.leave_office(number=who.number, on=TODAY, reason="退休", by=town.actor("S1"), at=NOON)
    details = people.details_of(
        people.Asked(name="王芳芳", unit_code="S1"), by=town.actor("S1"), known=stale
    )

    registering.amend_person(person=stale, details=details, by=town.actor("S1"), at=NOON)

    who.refresh_from_db()
    assert (who.name, who.is_active) == ("王芳芳", False)


def test_a_party_member_is_one_from_the_first_to_the_last_day_of_his_role(town):
    who, marked = take_in(town), person(town, "P9", is_party_member=True)
    people.give_role(
        number=who.number,
        kind_code="party_member",
        valid_from=TODAY + DAY,
        valid_until=TODAY + 3 * DAY,
        note="",
        by=town.actor("S1"),
        at=NOON,
    )

    def is_member(days):
        people.follow_the_clock(at=NOON + days * DAY)
        who.refresh_from_db()
        return who.is_party_member

    assert [is_member(days) for days in range(5)] == [False, True, True, True, False]
    marked.refresh_from_db()
    assert marked.is_party_member


def test_who_is_free_is_asked_of_hours_days_away_and_other_teams(town):
    who = person(town, "P1", "周电工")
    assert available(who, window(0, 23)).is_free
    by = {"number": "P1", "by": town.actor("S1"), "at": NOON}
    tuesday = TODAY.weekday()
    morning = [(tuesday, time(8), time(10)), (tuesday, time(10), time(12))]
    people.tell_hours(slots=morning, **by)
    assert available(who, window(8, 12)).is_free
    assert available(who, window(9, 13)).words == "周电工周二只有 08:00–10:00、10:00–12:00 可服务"
    assert available(who, window(9, 10, TODAY + DAY)).words == "周电工周三不能服务"
    for slots, words in (
        ([(1, time(9), time(9))], "晚于"),
        ([(1, time(9), time(11)), (1, time(10), time(12))], "重叠"),
    ):
        with pytest.raises(UnableToRegisterError, match=words):
            people.tell_hours(slots=slots, **by)
    people.tell_hours(slots=[], **by)
    people.report_absence(first_on=TODAY, last_on=TODAY, reason="体检", **by)
    assert "体检" in available(who, window(9, 10)).words
    row = Absence.objects.get()
    people.cancel_absence(absence_id=str(row.pk), **by)
    team = town.team("D1", "S1")
    Attendance.objects.create(person=who, team=team, on=TODAY)
    assert "D1队" in available(who, window(9, 10)).words
    assert available(who, window(9, 10), team_code="D1").is_free
    Person.objects.filter(pk=who.pk).update(is_active=False)
    who.refresh_from_db()
    assert "离岗" in available(who, window(9, 10)).words


def test_an_absence_noted_at_the_desk_gives_visits_back(town):
    team = town.team("D1", "S1", "repair")
    first, second = (m.person for m in team.members.order_by("person__number"))
    made = visit(town, team, 1, on=TODAY)
    by = {"first_on": TODAY, "last_on": TODAY, "by": town.actor("S1"), "at": NOON}
    assert people.report_absence(number=first.number, reason="病", **by) == ()
    assert people.report_absence(number=second.number, reason="病", **by) == ("SM1",)
    made.refresh_from_db()
    assert made.status == "WITHDRAWN"


@pytest.mark.row("001-04")
def test_a_team_cannot_accept_a_visit_once_its_certificate_has_expired(town):
    team = town.team("D1", "S1", "repair")
    made = visit(town, team, 1, on=TODAY)
    skill = Certificate.objects.first().skill
    type(made.job).objects.filter(pk=made.job_id).update(skill=skill)
    Certificate.objects.update(expires_on=TODAY)
    captain = town.actor("S1", Role.CAPTAIN)
    again = Visit.objects.select_related("job__skill", "team").get(pk=made.pk)

    with pytest.raises(UnqualifiedError, match=r"“抢修”证书.*2026-11-24"):
        accept(visit=again, by=captain, at=NOON)
    again.refresh_from_db()
    assert again.status == "SCHEDULED"
    shown = people.Shown(
        skill_code="repair", issued_on=TODAY, expires_on=TODAY + 365 * DAY, scan=photo()
    )
    people.certify(number="D1-0", shown=shown, by=town.actor("S1"), at=NOON)
    assert accept(visit=again, by=captain, at=NOON).status == "ACCEPTED"


def test_who_leaves_leaves_his_teams_and_roles(town):
    team = town.team("D1", "S1")
    who = team.members.get(is_captain=True).person
    by = {"number": who.number, "by": town.actor("S1"), "at": NOON}
    people.give_role(kind_code="steward", valid_from=TODAY - DAY, valid_until=None, note="", **by)

    ends = {"valid_from": TODAY - DAY, "valid_until": TODAY + 90 * DAY, "note": ""}
    people.give_role(kind_code="volunteer", **ends, **by)
    Membership.objects.filter(person=who).update(valid_until=TODAY + 90 * DAY)

    people.leave_office(on=TODAY, reason="退休", **by)

    assert Membership.objects.get(person=who).valid_until == TODAY
    assert {role.valid_until for role in PersonRole.objects.filter(person=who)} == {TODAY}
    who.refresh_from_db()
    assert (who.is_active, who.left_on) == (False, TODAY)


def test_the_register_is_cut_by_everything_and_costs_the_same_for_many(
    town, django_assert_max_num_queries
):
    team = town.team("D1", "S1", "repair")
    found = take_in(town, "欧阳锋", "lecturer", phone="138-0000-0001")
    certificate(found, "line", until=20)
    certificate(person(town, "X1", unit="S2"), "line")
    by = town.actor("S1")

    def numbers(**cut):
        page = register.people(register.Search(**cut), by=by, on=TODAY)
        return {row.number for row in page.rows}

    crew = {"D1-0", "D1-1"}
    assert numbers() == crew | {found.number}
    assert numbers(words="欧阳") == numbers(words="13800000001") == {found.number}
    assert numbers(role="lecturer") == numbers(skill="line") == {found.number}
    assert numbers(team="D1") == numbers(skill="repair") == crew
    assert numbers(unit="S2") == numbers(view="minors") == numbers(view="left") == set()
    assert numbers(view="expiring", days=30) == {found.number}
    assert numbers(view="expiring", days=10) == set()
    certificate(found, "line", since=-1, until=400)
    assert numbers(view="expiring", days=30) == set()
    assert register.ending(days=365, by=by, on=TODAY)[0].days_left == 300
    for n in range(60):
        person(town, f"N{n:02}")
    with django_assert_max_num_queries(12):
        page = register.people(register.Search(), by=by, on=TODAY)
        assert (len(page.rows), len(page.rows[50:100])) == (63, 13)
    assert team.code == "D1"
