"""Two rows become one person: nothing is lost, nothing counts twice, old numbers still lead."""

import json
from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent, User
from dianliang.domain.workforce import merging, twin_book
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.merging import UnableToMergeError
from dianliang.domain.workforce.models import (
    Absence,
    Attendance,
    Certificate,
    Charge,
    ChargeKind,
    GridWorker,
    Guardian,
    Membership,
    Person,
    PersonMerge,
    PersonRole,
    RoleKind,
    WeeklySlot,
)
from dianliang.domain.workforce.periods import Span, folded
from dianliang.domain.workforce.twins import Known, twins
from dianliang.kernel.actor import Role
from tests.staff import DAY, NOON, TODAY, certificate, identity_card, member, person


def join(town, kept, gone, *take, by=None, folds=(), reason="同一电话"):
    return merging.merge(
        kept=kept,
        gone=gone,
        take=take,
        reason=reason,
        folds=folds,
        by=by or town.actor("S1"),
        at=NOON,
    )


def test_everything_moves_and_the_old_number_finds_the_kept_person(town):
    kept, gone = person(town, "P1", "周明", phone="13800000001"), person(town, "P2", "周明明")
    team = town.team("D1", "S1")
    member(team, gone)
    certificate(gone)
    Attendance.objects.create(person=gone, team=team, on=TODAY, checked_in_at=NOON)
    other = team.members.get(is_captain=True).person
    Attendance.objects.create(person=other, team=team, on=TODAY, replaces=gone)
    Charge.objects.create(
        area=town.areas["V1"],
        kind=ChargeKind.objects.get(code="manager"),
        from_on=TODAY,
        person=gone,
        reason="x",
        decided_at=NOON,
        decided_by="x",
    )
    Absence.objects.create(person=gone, first_on=TODAY + DAY, last_on=TODAY + DAY, reason="假")
    WeeklySlot.objects.create(person=gone, weekday=1, starts=time(8), ends=time(18))
    GridWorker.objects.create(person=gone, recruited_on=TODAY)
    PersonRole.objects.create(
        person=gone, kind=RoleKind.objects.get(code="lecturer"), valid_from=TODAY
    )

    row = join(town, kept, gone, "name")

    kept.refresh_from_db()
    assert (kept.name, kept.phone) == ("周明明", "13800000001")
    assert not Person.objects.filter(number="P2").exists()
    assert merging.found_by("P2") == kept
    assert row.moved == {
        "证书": 1,
        "队员": 1,
        "签到": 2,
        "责任区": 1,
        "缺勤": 1,
        "每周可服务时间": 1,
        "网协员": 1,
        "人员身份": 1,
    }
    event = AuditEvent.objects.get(verb="workforce.person.merge")
    assert (event.target_id, event.before, event.after) == ("P1", "P2", "P1")
    assert "同一电话" in event.reason
    assert json.loads(row.gone_record)["record"]["number"] == "P2"
    assert row.number.startswith("RH")  # HB are swaps of turns


def test_who_was_merged_twice_is_still_found_by_his_first_number(town):
    first, second, third = (person(town, f"P{n}") for n in (1, 2, 3))
    join(town, second, first)
    second.refresh_from_db()
    join(town, third, second)

    assert {merging.found_by(number).number for number in ("P1", "P2", "P3")} == {"P3"}
    assert set(PersonMerge.objects.values_list("gone_number", "into_number")) == {
        ("P1", "P2"),
        ("P2", "P3"),
    }


def test_members_of_one_team_are_one_member_and_a_captain_stays_captain(town):
    team = town.team("D1", "S1")
    Membership.objects.filter(team=team).update(is_captain=False)
    kept, gone = person(town, "P1"), person(town, "P2")
    member(team, kept, since=-100, until=-40)
    member(team, kept, since=-30)
    member(team, gone, since=-60, leads=True)

    join(town, kept, gone)

    spans = Membership.objects.filter(team=team, person=kept).order_by("valid_from")
    assert [
        ((m.valid_from - TODAY).days, m.valid_until and (m.valid_until - TODAY).days, m.is_captain)
        for m in spans
    ] == [(-100, -61, False), (-60, None, True)]


def test_captains_of_two_teams_lead_both_afterwards(town):
    one, two = town.team("D1", "S1"), town.team("D2", "S1")
    first = one.members.get(is_captain=True).person
    second = two.members.get(is_captain=True).person

    join(town, first, second)

    led = Membership.objects.filter(person=first, is_captain=True, valid_until=None)
    assert set(led.values_list("team__code", flat=True)) == {"D1", "D2"}


def test_both_were_captain_of_one_team_one_after_the_other(town):
    team = town.team("D1", "S1")
    gone = team.members.get(is_captain=True).person
    Membership.objects.filter(team=team, person=gone).update(valid_until=TODAY - DAY)
    kept = person(town, "P1")
    member(team, kept, since=0, leads=True)

    join(town, kept, gone)

    row = Membership.objects.get(team=team, person=kept)
    assert (row.valid_from, row.valid_until, row.is_captain) == (TODAY - 100 * DAY, None, True)


def test_one_certificate_of_two_for_one_day_and_withdrawn_stays_withdrawn(town):
    kept, gone = person(town, "P1"), person(town, "P2")
    certificate(kept, until=10)
    certificate(gone, until=90, number="ZS-2", withdrawn_on=TODAY, withdrawn_why="违章")

    join(town, kept, gone)

    row = Certificate.objects.get(person=kept)
    assert (row.number, row.expires_on) == ("ZS-2", TODAY + 90 * DAY)
    assert row.withdrawn_on == TODAY


def test_one_check_in_a_day_the_one_that_took_place(town):
    one, two = town.team("D1", "S1"), town.team("D2", "S1")
    kept, gone = person(town, "P1"), person(town, "P2")
    Attendance.objects.create(person=kept, team=one, on=TODAY, replaces=gone)
    Attendance.objects.create(person=gone, team=two, on=TODAY, checked_in_at=NOON)

    join(town, kept, gone)

    row = Attendance.objects.get(person=kept)
    assert (row.team, row.checked_in_at, row.replaces) == (two, NOON, None)


def test_two_accounts_need_an_administrator_and_one_is_closed(town):
    kept, gone = person(town, "P1"), person(town, "P2")
    for who in (kept, gone):
        who.user = town.user(who.number.lower(), Role.STEWARD, "S1")
        who.save()
    with pytest.raises(UnableToMergeError, match="管理员"):
        join(town, kept, gone, "account")
    admin = town.actor("S1", Role.ADMINISTRATOR)

    join(town, kept, gone, "account", by=admin)

    kept.refresh_from_db()
    assert kept.user.username == "p2"
    assert dict(User.objects.values_list("username", "is_active")) == {"p1": False, "p2": True}
    assert kept.user.roles.count() == 1
    assert AuditEvent.objects.get(verb="account.close").target_id == "p1"


def test_the_only_account_comes_along(town):
    kept, gone = person(town, "P1"), person(town, "P2")
    gone.user = town.user("p2", Role.STEWARD, "S1")
    gone.save()

    join(town, kept, gone)

    kept.refresh_from_db()
    assert (kept.user.username, kept.user.is_active) == ("p2", True)


def test_different_documents_are_different_people(town):
    kept = person(town, "P1", card=identity_card())
    gone = person(town, "P2", card=identity_card("33052319700101123"))

    with pytest.raises(UnableToMergeError, match="不同的证件号码"):
        join(town, kept, gone)
    with pytest.raises(UnableToMergeError, match="不用合并"):
        join(town, kept, kept)
    with pytest.raises(UnableToMergeError, match="依据"):
        join(town, kept, gone, reason="")


def test_both_on_a_cell_is_refused_and_nothing_has_moved(town):
    kept, gone = person(town, "P1"), person(town, "P2")
    for who, area in ((kept, "V1"), (gone, "V2")):
        GridWorker.objects.create(
            person=who,
            status="PLACED",
            area=town.areas[area],
            recruited_on=TODAY,
            placed_on=TODAY,
        )
    certificate(gone)

    with pytest.raises(UnableToFoldError, match="余村村委会、大溪村委会"):
        join(town, kept, gone)
    assert Certificate.objects.get().person == gone
    GridWorker.objects.filter(person=gone).update(status="TRAINED", area=None, placed_on=None)
    join(town, kept, gone)

    assert GridWorker.objects.get().area == town.areas["V1"]


def test_whoever_comes_second_is_told_that_the_row_is_gone(town):
    kept, gone, third = (person(town, f"P{n}") for n in (1, 2, 3))
    join(town, kept, gone)

    with pytest.raises(UnableToMergeError, match="刚被他人合并"):
        join(town, third, gone)


def test_a_minor_stays_masked_whichever_name_is_chosen(town):
    kept = person(town, "P1", "欧阳小")
    gone = person(
        town, "P2", "欧**", full_name="欧阳小小", minor_until=date(2030, 1, 1), born="2011-12-05"
    )
    Guardian.objects.create(
        person=gone, name="欧阳大", phone="13900000000", relation="父亲", agreed_on=TODAY
    )

    join(town, kept, gone, "name", "born")

    kept.refresh_from_db()
    assert (kept.name, kept.full_name) == ("欧***", "欧阳小小")
    assert kept.guardian.name == "欧阳大"


def test_once_told_apart_nobody_is_asked_again(town):
    first, second, third = (person(town, f"P{n}", "王芳") for n in (1, 2, 3))
    by = town.actor("S1")
    assert len(twin_book.pairs(by=by, on=TODAY)) == 3
    merging.tell_apart(first=second, second=first, reason="身份证不同", by=by, at=NOON)
    assert len(twin_book.pairs(by=by, on=TODAY)) == 2

    join(town, third, second)

    assert not twin_book.pairs(by=by, on=TODAY)


QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAYS = st.integers(0, 30).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
SPANS = st.lists(
    st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 12)), st.booleans()).map(
        lambda t: Span(
            first=t[0], last=None if t[1] is None else t[0] + timedelta(days=t[1]), leads=t[2]
        )
    ),
    max_size=6,
)


@given(SPANS)
@QUICK
def test_folded_spans_cover_the_same_days_once(spans):
    made = folded(spans)
    for n in range(50):
        day = date(2025, 12, 30) + timedelta(days=n)
        before = [s for s in spans if s.first <= day < s.over_on]
        after = [s for s in made if s.first <= day < s.over_on]
        assert len(after) == bool(before)
        assert any(s.leads for s in before) == any(s.leads for s in after)
    assert all(a.over_on <= b.first for a, b in pairwise(made))


KNOWN = st.lists(
    st.tuples(
        st.sampled_from(["王芳", "王 芳", "王芳芳", "王方芳", "李雷"]),
        st.sampled_from([1, 2]),
        st.sampled_from(["", "a", "b"]),
        st.sampled_from(["", "", "card:x", "card:y", "pass:x"]),
    ),
    max_size=12,
).map(
    lambda rows: [
        Known(key=n, name=name, unit_id=unit, phone=phone, document=document)
        for n, (name, unit, phone, document) in enumerate(rows)
    ]
)


@given(KNOWN)
@QUICK
def test_pairs_share_something_and_never_show_two_documents(people):
    by_key = {p.key: p for p in people}
    found = twins(people)
    assert len({(t.first, t.second) for t in found}) == len(found)
    for twin in found:
        one, other = by_key[twin.first], by_key[twin.second]
        assert len({p.document for p in (one, other) if p.document[:5] == "card:"}) < 2
        assert one.phone == other.phone != "" or one.unit_id == other.unit_id or one.document
    pairs = {(t.first, t.second) for t in found}
    for one in people:
        for other in people:
            same = one.key < other.key and one.document and one.document == other.document
            assert not same or (one.key, other.key) in pairs


def test_a_card_in_one_table_and_a_passport_in_the_other_may_be_one_person(town):
    person(town, "P1", "王芳", card=identity_card(), phone="13800000001")
    person(town, "P2", "王芳", phone="13800000001")
    Person.objects.filter(number="P2").update(
        document_kind="passport", document="E12345678", document_index="x"
    )

    (pair,) = twin_book.pairs(by=town.actor("S1"), on=TODAY)

    assert pair.is_certain
