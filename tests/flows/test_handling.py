"""What dispatchers and alliance units do, and what they may not."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import ClockPause, Decision
from dianliang.domain.intake.operations.handling import UnableToHandleError
from dianliang.flows import handling, posting
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)
from tests.town import NOON


@pytest.fixture
def need(town):
    return town.post("余村村家里没电了", area_code="V1")


def test_accepting_is_the_first_response_and_agrees_with_the_suggestion(town, need):
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON + timedelta(minutes=4))

    need.refresh_from_db()
    assert need.first_response_at == NOON + timedelta(minutes=4)
    assert Decision.objects.get().chosen == "PWR-OUTAGE"


@pytest.mark.parametrize(
    ("unit", "role"),
    [("S2", Role.DISPATCHER), ("WTR", Role.ALLIANCE_UNIT), ("S1", Role.AUDITOR)],
)
def test_neighbours_strangers_and_readers_find_nothing_to_act_on(town, need, unit, role):
    with pytest.raises(NotVisibleError):
        handling.accept(number=need.number, by=town.actor(unit, role), at=NOON)


def test_the_second_dispatcher_is_told_that_the_need_has_moved(town, need, monkeypatch):
    from dianliang.domain.intake import access

    as_seen_on_another_screen = access.need_to_handle(need.number, by=town.actor())
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON)
    monkeypatch.setattr(access, "need_to_handle", lambda *_, **__: as_seen_on_another_screen)

    with pytest.raises(StaleStateError):
        handling.accept(number=need.number, by=town.actor(), at=NOON)

    assert AuditEvent.objects.filter(verb="intake.need.accept").count() == 1


@pytest.mark.row("001-01")
def test_a_need_handed_over_is_never_nobodys(town, need):
    station, water = town.actor("S1"), town.actor("WTR", Role.ALLIANCE_UNIT)

    handling.hand_over(number=need.number, unit_code="WTR", reason="是水的事", by=station, at=NOON)
    with pytest.raises(NotVisibleError):
        handling.accept(number=need.number, by=station, at=NOON)
    handling.hand_back(number=need.number, reason="不是水", by=water, at=NOON)
    handling.hand_over(number=need.number, unit_code="WTR", reason="再看看", by=station, at=NOON)
    handling.take(number=need.number, by=water, at=NOON)

    need.refresh_from_db()
    assert (need.unit.code, need.status) == ("WTR", "ACCEPTED")


@pytest.mark.row("001-01")
def test_a_need_of_two_elements_becomes_one_job_each_under_one_promise(town, need):
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    parts = (
        handling.Part(service_code="PWR-OUTAGE"),
        handling.Part(service_code="WTR-OUTAGE", detail="顺便看水压"),
    )

    jobs = handling.split(number=need.number, parts=parts, by=town.actor(), at=NOON)

    assert [job.unit.code for job in jobs] == ["S1", "WTR"]
    assert {job.due_at for job in jobs} == {need.on_site_due_at}
    with pytest.raises(UnableToHandleError, match="2 张工单"):
        handling.resolve(number=need.number, words="好了", by=town.actor(), at=NOON)


def test_the_clock_stands_still_while_we_wait_and_runs_on_after(town):
    need = town.post("想给车位装充电桩", area_code="V1")
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    due = need.due_at

    handling.ask(number=need.number, question="哪个小区？", by=by, at=NOON)
    posting.add_words(token=town.token(), text="余村小区", photos=(), at=NOON + timedelta(days=1))

    need.refresh_from_db()
    assert need.status == "ACCEPTED"
    assert need.due_at == due + timedelta(days=1)
    assert ClockPause.objects.get().until_at == NOON + timedelta(days=1)


def test_an_urgent_clock_moves_by_every_minute_of_the_pause(town, need):
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    handling.pause(number=need.number, reason="洪水封路", by=by, at=NOON + timedelta(minutes=30))
    handling.resume(number=need.number, by=by, at=NOON + timedelta(minutes=50))

    due = need.on_site_due_at
    need.refresh_from_db()
    assert need.on_site_due_at == due + timedelta(minutes=20)


def test_correcting_the_service_moves_unit_and_promises(town, need):
    handling.classify(number=need.number, service_code="WTR-OUTAGE", by=town.actor(), at=NOON)

    need.refresh_from_db()
    assert (need.service.code, need.unit.code) == ("WTR-OUTAGE", "WTR")
    decision = Decision.objects.get()
    assert (decision.proposed, decision.chosen) == ("PWR-OUTAGE", "WTR-OUTAGE")


def test_merging_takes_everybody_along(town, need):
    other = town.post("余村村也没电", area_code="V1")

    handling.merge(number=other.number, into=need.number, by=town.actor(), at=NOON)

    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("MERGED", need)
    assert need.participants.count() == 2
    assert need.participants.filter(is_first=True).count() == 1


def test_a_need_is_not_merged_into_itself(town, need):
    with pytest.raises(UnableToHandleError):
        handling.merge(number=need.number, into=need.number, by=town.actor(), at=NOON)


@pytest.mark.parametrize("act", [handling.decline, handling.pause, handling.cancel])
def test_a_refusal_needs_a_reason(town, need, act):
    if act is handling.pause:
        handling.accept(number=need.number, by=town.actor(), at=NOON)

    with pytest.raises(InvalidInputError) as refusal:
        act(number=need.number, reason="  ", by=town.actor(), at=NOON)

    assert refusal.value.field == "reason"


def test_what_is_not_accepted_cannot_be_resolved(town, need):
    with pytest.raises(IllegalTransitionError):
        handling.resolve(number=need.number, words="好了", by=town.actor(), at=NOON)


def test_looking_at_a_phone_is_on_record_with_its_reason(town):
    need = town.post(area_code="V1", phone="13812345678")
    asker = need.participants.get()

    phone = handling.reveal_phone(
        number=need.number, participant_id=asker.pk, reason="约时间", by=town.actor(), at=NOON
    )

    assert phone == "13812345678"
    event = AuditEvent.objects.get(verb="intake.need.reveal")
    assert (event.reason, event.actor_id) == ("约时间", "user:LM")
    assert "138" not in event.after + event.reason
