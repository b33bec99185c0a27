"""Who sees which events, in which order, and how much of a person's numbers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core import audit, seal
from dianliang.core.models import AuditEvent
from dianliang.domain.insight import trail
from dianliang.domain.insight.trail import Asked
from dianliang.flows import handling, identity
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.django_db
SPAN = {"start": NOON - timedelta(days=30), "end": NOON + timedelta(days=30)}


def write(by, verb="work.job.open", number="GD261124-0001", **told):
    told = {"at": NOON, "target_type": verb.rpartition(".")[0], "target_id": number, **told}
    return audit.record_about(verb, by=by, **told)


def seen(by, **asked):
    return {entry.number for entry in trail.page(Asked(**SPAN, **asked), by=by).entries}


def auditor(town, code):
    return town.actor(code, Role.AUDITOR)


def test_an_auditor_sees_what_his_units_did_and_not_what_the_neighbour_did(town):
    own, beside = write(town.actor("S1")), write(town.actor("S2"))

    assert seen(auditor(town, "S1")) == {own.pk}
    assert seen(auditor(town, "S2")) == {beside.pk}
    assert seen(auditor(town, "AJ")) == {own.pk, beside.pk}
    assert seen(auditor(town, "WTR")) == set()


@pytest.mark.parametrize("role", set(Role) - {Role.AUDITOR, Role.ADMINISTRATOR})
def test_nobody_else_sees_any_event(town, role):
    event = write(town.actor("S1"))

    assert seen(town.actor("LM", role)) == set()
    assert seen(town.actor("LM", role), number="GD261124-0001") == set()
    with pytest.raises(NotVisibleError):
        trail.detail(event.pk, by=town.actor("LM", role))


def test_what_no_unit_did_is_for_whoever_audits_the_whole_house(town):
    sealing = write(SYSTEM, verb="backup.keep", number="x")

    assert seen(auditor(town, "LM")) == {sealing.pk}
    assert seen(auditor(town, "AJ")) == set()
    assert seen(Actor(id="x", name="无单位", role=Role.AUDITOR)) == set()


def test_a_second_house_keeps_its_events_to_itself(town):
    other = type(town.units["LM"]).objects.create(code="B", name="别家", kind="company", path="/B/")
    by = Actor(id="b", name="别家", role=Role.DISPATCHER, unit_path="/B/", unit_code=other.code)
    theirs, ours = write(by), write(town.actor("S1"))

    assert seen(auditor(town, "LM")) == {ours.pk}
    assert seen(Actor(id="a", name="审", role=Role.AUDITOR, unit_path="/B/")) == {theirs.pk}


def test_a_log_in_belongs_to_the_units_of_its_account(town):
    town.user("zhang", Role.DISPATCHER, "S1")
    identity.record_log_in("zhang", failed=True, at=NOON)
    identity.record_log_in("nobody", failed=True, at=NOON)
    known, unknown = AuditEvent.objects.order_by("pk").values_list("pk", flat=True)

    assert seen(auditor(town, "S1")) == {known}
    assert seen(auditor(town, "S2")) == set()
    assert seen(auditor(town, "LM")) == {known, unknown}


def test_of_an_object_that_one_may_see_one_sees_the_whole_history(town):
    need = town.post("余村村停电了", area_code="V1")
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON + timedelta(minutes=5))
    whole = set(AuditEvent.objects.filter(target_id=need.number).values_list("pk", flat=True))
    posted = AuditEvent.objects.get(verb="intake.need.post")

    assert len(whole) == 2
    assert seen(auditor(town, "S1"), number=need.number) == whole
    assert seen(auditor(town, "S2"), number=need.number) == set()
    assert seen(auditor(town, "LM"), number=need.number) == whole
    assert trail.detail(posted.pk, by=auditor(town, "S1")).entry.action == "提出"
    with pytest.raises(NotVisibleError):
        trail.detail(posted.pk, by=auditor(town, "S2"))


def test_the_history_of_an_object_has_no_period(town):
    long_ago = write(town.actor("S1"), at=NOON - timedelta(days=900))

    assert seen(auditor(town, "LM")) == set()
    assert seen(auditor(town, "LM"), number="GD261124-0001") == {long_ago.pk}


def test_objects_of_two_kinds_with_one_number_are_told_apart(town):
    unit = write(town.actor("S1"), "directory.unit.change", number="4")
    team = write(town.actor("S1"), "workforce.team.change", number="4")

    assert seen(auditor(town, "LM"), number="4") == {unit.pk, team.pk}
    assert seen(auditor(town, "LM"), number="4", kind="directory.unit") == {unit.pk}


def test_each_filter_keeps_what_it_names(town):
    station = town.actor("S1")
    opened = write(station)
    refused = write(town.actor("S2"), "work.visit.accept", outcome="denied")
    unknown = write(SYSTEM, "work.job.odd_thing")
    house = auditor(town, "LM")

    assert seen(house) == {opened.pk, refused.pk, unknown.pk}
    assert seen(house, outcome="denied") == {refused.pk}
    assert seen(house, role="system") == {unknown.pk}
    assert seen(house, who="天荒坪供电所") == {opened.pk}
    assert seen(house, who="荒坪") == set()
    assert seen(house, action="work.job.open") == {opened.pk}
    assert seen(house, action="work.job.*") == {opened.pk, unknown.pk}
    assert seen(house, action="work.job.odd_thing") == {unknown.pk}
    assert seen(house, action="work.job.open", who="梅溪供电所") == set()


def test_part_of_a_name_or_a_log_in_finds_the_people_with_accounts(town):
    town.user("zhangsan", Role.DISPATCHER, "S1")
    identity.record_log_in("zhangsan", failed=False, at=NOON)
    (event,) = AuditEvent.objects.all()

    assert seen(auditor(town, "LM"), who="ngsa") == {event.pk}


@given(minutes=st.lists(st.integers(0, 3), max_size=20), size=st.integers(1, 7))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_show_every_event_once_newest_first(town, monkeypatch, minutes, size):
    """Whatever the order of writing, also many events of one instant."""
    monkeypatch.setattr(trail, "PER_PAGE", size)
    AuditEvent.objects.all().delete()
    for minute in minutes:
        write(town.actor("S1"), at=NOON + timedelta(minutes=minute))
    for asked in (Asked(**SPAN), Asked(**SPAN, number="GD261124-0001")):
        shown, older = [], None
        while True:
            page = trail.page(asked, by=auditor(town, "LM"), older_than=older)
            shown += page.entries
            older = page.older_than
            if older is None:
                break

        assert [(e.at, e.number) for e in shown] == sorted(
            AuditEvent.objects.values_list("at", "pk"), reverse=True
        )


def test_numbers_of_people_are_starred_and_numbers_of_documents_are_not(town):
    words = "电话13812345678，身份证330523199601011234，见GD261124-0001，2026-11-24约好"
    event = write(
        town.actor("S1"), reason=words, number="13812345678", after="139 1234 5678", before="OPEN"
    )

    entry = trail.detail(event.pk, by=auditor(town, "LM")).entry

    assert entry.reason == f"电话{'*' * 11}，身份证{'*' * 18}，见GD261124-0001，2026-11-24约好"
    assert (entry.object_number, entry.has_history) == ("*" * 11, False)
    assert entry.after == "*" * 13
    assert entry.before == "待安排"


def test_an_event_shows_how_late_the_phone_sent_it(town):
    late = write(town.actor("S1"), device_at=NOON - timedelta(minutes=90))
    fast = write(town.actor("S1"), device_at=NOON + timedelta(minutes=2))
    by = auditor(town, "LM")

    assert trail.detail(late.pk, by=by).entry.lag_s == 90 * 60
    assert not trail.detail(late.pk, by=by).entry.is_device_ahead
    assert trail.detail(fast.pk, by=by).entry.is_device_ahead


def test_an_event_names_the_seal_over_it(town):
    first = write(town.actor("S1"))
    seal.seal_settled(at=NOON + timedelta(minutes=11))
    second = write(town.actor("S1"), at=NOON + timedelta(hours=1))
    by = auditor(town, "LM")

    cover = trail.detail(first.pk, by=by).cover
    assert (cover.number, cover.first_id, cover.last_id) == (1, first.pk, first.pk)
    assert trail.detail(second.pk, by=by).cover is None
    seal.seal_settled(at=NOON + timedelta(hours=2))
    assert trail.detail(second.pk, by=by).cover.number == 2


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
def test_an_event_that_is_not_there_is_not_found(town, number):
    with pytest.raises(NotVisibleError):
        trail.detail(number, by=auditor(town, "LM"))


def test_own_readings_are_folded_and_counted_and_those_of_others_stay(town):
    house, colleague = auditor(town, "LM"), Actor(id="li", name="李", role=Role.AUDITOR)
    opened = write(town.actor("S1"))
    write(house, "core.auditevent.read", number="x")
    write(house, "core.auditevent.open", number="7")
    taken = write(house, "core.auditevent.export", number="x")
    watched = write(colleague, "core.auditevent.read", number="x")

    page = trail.page(Asked(**SPAN, folds_own=True), by=house)

    assert {entry.number for entry in page.entries} == {opened.pk, taken.pk, watched.pk}
    assert page.own_readings == 2
    assert len(trail.page(Asked(**SPAN), by=house).entries) == 5


def test_own_readings_that_are_asked_for_by_name_are_listed(town):
    house = auditor(town, "LM")
    read = write(house, "core.auditevent.read", number="x")

    assert seen(house, folds_own=True, action="core.auditevent.read") == {read.pk}
    assert seen(house, folds_own=True, action="core.auditevent.*") == {read.pk}


def test_an_export_is_never_without_own_readings(town):
    house = auditor(town, "LM")
    read = write(house, "core.auditevent.read", number="x")

    assert [e.number for e in trail.every_entry(Asked(**SPAN), by=house)] == [read.pk]


def test_a_day_ends_at_midnight_in_shanghai(town):
    midnight = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    old = write(town.actor("S1"), at=midnight - timedelta(microseconds=1))
    new = write(town.actor("S1"), at=midnight)
    days = {"start": midnight - timedelta(days=1), "end": midnight}
    house = auditor(town, "LM")

    found = trail.page(Asked(**days), by=house).entries
    after = trail.page(Asked(start=midnight, end=midnight + timedelta(days=1)), by=house).entries

    assert [e.number for e in found] == [old.pk]
    assert [e.number for e in after] == [new.pk]


def test_who_logs_in_has_no_role_yet(town):
    town.user("zhang", Role.DISPATCHER, "S1")
    identity.record_log_in("zhang", failed=False, at=NOON)
    write(SYSTEM, verb="backup.keep", number="x")

    labels = [e.role_label for e in trail.page(Asked(**SPAN), by=auditor(town, "LM")).entries]

    assert sorted(labels) == ["", "系统"]
