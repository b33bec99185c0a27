"""What dispatchers and alliance units do, and what they may not."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.intake import search
from dianliang.domain.intake.models import ClockPause, Decision
from dianliang.domain.intake.operations.handling import UnableToHandleError
from dianliang.domain.intake.queries.detail import need_page, standing
from dianliang.domain.intake.reporting import Reporter
from dianliang.domain.work.models import Job
from dianliang.flows import deciding, handling, posting
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)
from tests.meeting import while_open
from tests.town import NOON


@pytest.fixture
def need(town):
    return town.post("余村村家里没电了", area_code="V1")


def test_accepting_is_the_first_response_and_agrees_with_the_suggestion(town, need):
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON + timedelta(minutes=4))

    need.refresh_from_db()
    assert need.first_response_at == NOON + timedelta(minutes=4)
    chosen = dict(Decision.objects.values_list("aspect", "chosen"))
    assert chosen == {"service": "PWR-OUTAGE", "unit": "S1", "urgency": need.urgency}


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
def test_what_was_offered_is_taken_back_as_long_as_nobody_took_it(town, need):
    station, water = town.actor("S1"), town.actor("WTR", Role.ALLIANCE_UNIT)
    handling.hand_over(number=need.number, unit_code="WTR", reason="水", by=station, at=NOON)
    with pytest.raises(NotVisibleError):
        handling.recall(number=need.number, by=water, at=NOON)
    with pytest.raises(NotVisibleError):
        handling.recall(number=need.number, by=town.actor("S2"), at=NOON)

    handling.recall(number=need.number, by=station, at=NOON)

    need.refresh_from_db()
    assert (need.unit.code, need.status, need.handed_over_from) == ("S1", "RECEIVED", None)
    handling.hand_over(number=need.number, unit_code="WTR", reason="水", by=station, at=NOON)
    handling.take(number=need.number, by=water, at=NOON)
    with pytest.raises(NotVisibleError):
        handling.recall(number=need.number, by=station, at=NOON)


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


def test_a_pause_while_work_goes_on_leads_back_to_work(town, need):
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    handling.split(number=need.number, parts=(), by=by, at=NOON)
    handling.pause(number=need.number, reason="洪水封路", by=by, at=NOON)

    handling.resume(number=need.number, by=by, at=NOON + timedelta(minutes=20))

    need.refresh_from_db()
    assert need.status == "IN_PROGRESS"


def test_a_pause_over_the_weekend_costs_a_slow_promise_only_working_time(town):
    need = town.post("想给车位装充电桩", area_code="V1")
    by = town.actor()
    friday, monday = NOON + timedelta(days=3), NOON + timedelta(days=6)
    handling.accept(number=need.number, by=by, at=NOON)
    due = need.due_at
    handling.pause(number=need.number, reason="等物业", by=by, at=friday)

    handling.resume(number=need.number, by=by, at=monday)

    need.refresh_from_db()
    assert need.due_at == due + timedelta(days=1)


def test_cancelling_while_the_clock_stands_ends_the_pause(town, need):
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    handling.pause(number=need.number, reason="等", by=by, at=NOON)

    handling.cancel(number=need.number, reason="自己好了", by=by, at=NOON + timedelta(hours=1))

    assert ClockPause.objects.get().until_at == NOON + timedelta(hours=1)


def test_urgency_is_changed_with_a_reason_and_waiting_jobs_follow(town):
    need = town.post("想给车位装充电桩", area_code="V1")
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    (job,) = handling.split(number=need.number, parts=(), by=by, at=NOON)

    handling.set_urgency(number=need.number, urgency="emergency", reason="线在冒烟", by=by, at=NOON)

    need.refresh_from_db()
    job.refresh_from_db()
    assert (need.urgency, need.is_danger, job.priority) == ("emergency", True, "must")
    event = AuditEvent.objects.get(verb="intake.need.urgency")
    assert (event.before, event.after) == ("normal", "emergency")
    assert "线在冒烟" in event.reason
    made = Decision.objects.filter(aspect="urgency").order_by("pk").last()
    assert (made.proposed, made.chosen) == ("normal", "emergency")
    for wrong in ({"urgency": "normal", "reason": " "}, {"urgency": "x", "reason": "y"}):
        with pytest.raises(InvalidInputError):
            handling.set_urgency(number=need.number, **wrong, by=by, at=NOON)


def test_whose_screen_is_old_is_told_who_was_quicker(town, need):
    by, seen = town.actor(), standing(need)
    handling.set_urgency(number=need.number, urgency="normal", reason="已断电", by=by, at=NOON)

    with pytest.raises(StaleStateError, match="要素联盟在 12:00 处理过"):
        handling.perform(verb="accept", number=need.number, fields={}, seen=seen, by=by, at=NOON)

    need.refresh_from_db()
    assert need.status == "RECEIVED"
    handling.perform(
        verb="accept", number=need.number, fields={}, seen=standing(need), by=by, at=NOON
    )


def test_correcting_the_service_moves_unit_and_promises(town, need):
    handling.classify(number=need.number, service_code="WTR-OUTAGE", by=town.actor(), at=NOON)

    need.refresh_from_db()
    assert (need.service.code, need.unit.code) == ("WTR-OUTAGE", "WTR")
    assert need.pk in search.matching("停水")
    decision = Decision.objects.get()
    assert (decision.proposed, decision.chosen) == ("PWR-OUTAGE", "WTR-OUTAGE")


def test_merging_takes_everybody_along(town, need):
    other = town.post("余村村也没电", area_code="V1")

    handling.merge(number=other.number, into=need.number, by=town.actor(), at=NOON)

    other.refresh_from_db()
    assert (other.status, other.merged_into) == ("MERGED", need)
    assert need.participants.count() == 2
    assert need.participants.filter(is_first=True).count() == 1


def test_a_merge_by_mistake_is_undone_and_everybody_is_back_where_he_was(town, need):
    by = town.actor()
    other = town.post("余村村也没电", area_code="V1", phone="13812345678")
    posting.join_need(
        number=other.number,
        text="我也是",
        reporter=Reporter(),
        key="j" * 32,
        follow_token="joiner-token-00000001",
        at=NOON,
    )
    handling.merge(number=other.number, into=need.number, by=by, at=NOON)

    handling.unmerge(number=other.number, reason="不是一处", by=by, at=NOON + timedelta(hours=1))

    other.refresh_from_db()
    assert (other.status, other.merged_into, other.closed_at) == ("RECEIVED", None, None)
    assert [p.is_first for p in other.participants.order_by("pk")] == [True, False]
    assert other.participants.order_by("pk").first().phone == "13812345678"
    assert need.participants.count() == 1
    trail = AuditEvent.objects.filter(target_id=need.number).order_by("id")
    assert [event.verb for event in trail][-2:] == ["intake.need.absorb", "intake.need.release"]


def test_undoing_one_of_two_merges_takes_along_who_came_with_it(town, need):
    by = town.actor()
    second, third = [town.post(f"余村村也没电{i}", area_code="V1") for i in range(2)]
    handling.merge(number=third.number, into=second.number, by=by, at=NOON)
    handling.merge(number=second.number, into=need.number, by=by, at=NOON)
    assert need.participants.count() == 3

    handling.unmerge(number=second.number, reason="两回事", by=by, at=NOON)
    assert (need.participants.count(), second.participants.count()) == (1, 2)
    handling.unmerge(number=third.number, reason="三回事", by=by, at=NOON)

    for one in (need, second, third):
        assert one.participants.get().is_first


def test_a_merge_that_was_proposed_is_kept_with_its_evidence(town, need):
    other = town.post("余村村家里没电了", area_code="V1")

    handling.merge(number=other.number, into=need.number, by=town.actor(), at=NOON)

    decision = Decision.objects.get(aspect="duplicate")
    assert (decision.proposed, decision.chosen) == (need.number, need.number)
    assert decision.suggestion.body["duplicate"]["reasons"]


def test_what_was_told_apart_is_not_proposed_again_and_leaves_the_categories_alone(town, need):
    other = town.post("余村村家里没电了", area_code="V1")
    by = town.actor()
    assert [d.number for d in deciding.duplicates(number=other.number, by=by, at=NOON)] == [
        need.number
    ]

    deciding.keep_apart(number=other.number, other=need.number, by=by, at=NOON)

    assert deciding.duplicates(number=other.number, by=by, at=NOON) == ()
    assert need_page(other.number, by=by, at=NOON).proposed[0].code == "PWR-OUTAGE"
    with pytest.raises(InvalidInputError):
        deciding.keep_apart(number=other.number, other="XQ-nope", by=by, at=NOON)


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


def test_what_a_person_made_urgent_stays_so_with_another_service(town):
    need = town.post("想给车位装充电桩", area_code="V1")
    by = town.actor()
    handling.set_urgency(number=need.number, urgency="urgent", reason="老人在家", by=by, at=NOON)

    handling.classify(number=need.number, service_code="PWR-LIGHT", by=by, at=NOON)

    need.refresh_from_db()
    assert (need.service.code, need.urgency) == ("PWR-LIGHT", "urgent")


def test_what_was_only_agreed_to_follows_the_service(town):
    need = town.post("想给车位装充电桩", area_code="V1")
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)

    handling.classify(number=need.number, service_code="PWR-OUTAGE", by=by, at=NOON)

    need.refresh_from_db()
    assert need.urgency == "urgent"


def test_accepting_is_tacit_and_agreeing_afterwards_is_said(town):
    need = town.post("余村村停电了", area_code="V1")
    by = town.actor("S1")

    handling.accept(number=need.number, by=by, at=NOON)
    deciding.agree(number=need.number, aspect="service", by=by, at=NOON)

    rows = Decision.objects.filter(suggestion__need=need, aspect="service").order_by("pk")
    assert [row.is_tacit for row in rows] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_who_splits_a_need_that_is_just_made_urgent_is_told(town):
    """He has read it before the other's change is in force; that he waited for it must count."""
    need = town.post("想给车位装充电桩", area_code="V1")
    by = town.actor("S1")
    accepted = handling.accept(number=need.number, by=by, at=NOON)
    seen = standing(accepted)

    def hurry():
        handling.set_urgency(
            number=need.number, urgency="urgent", reason="老人在家", by=by, at=NOON
        )

    def split():
        handling.split(number=need.number, parts=(), seen=seen, by=by, at=NOON)

    outcomes = while_open(hurry, split)

    assert isinstance(outcomes[1], StaleStateError)
    assert not Job.objects.exists()
