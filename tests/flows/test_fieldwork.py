"""A phone that was offline: in order, once, nothing lost, and conflicts in plain words."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent, IdempotencyRecord, StoredFile
from dianliang.domain.intake.models import Message, Need
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import visits
from dianliang.flows import fieldwork
from dianliang.kernel.errors import InvalidInputError
from tests.core.test_files import photo
from tests.fieldworld import op, ticked


def send(world, *operations, who="P2"):
    results = fieldwork.sync(list(operations), by=world.actor(who), at=world.at)
    return [result.outcome.value for result in results]


def story(number, *, tag="a", **body):
    """Write what a steward does from yes to done."""
    return [
        op(f"{tag}1", "accept", number),
        op(f"{tag}2", "depart", number, after=f"{tag}1", minutes=5),
        op(f"{tag}3", "arrive", number, after=f"{tag}2", minutes=20),
        op(
            f"{tag}4",
            "complete",
            number,
            after=f"{tag}3",
            minutes=60,
            **{"checklist": ticked(), "findings": "空开烧毁，已更换", **body},
        ),
    ]


def state():
    """Return all that must be equal whatever the network does."""
    return {
        "visits": list(
            Visit.objects.order_by("number").values_list(
                "number",
                "status",
                "accepted_at",
                "departed_at",
                "arrived_at",
                "ended_at",
                "findings",
                "reason",
            )
        ),
        "jobs": list(Job.objects.order_by("number").values_list("number", "status", "done_at")),
        "needs": list(Need.objects.order_by("number").values_list("number", "status")),
        "acts": sorted(AuditEvent.objects.values_list("verb", "target_id", "device_at", "outcome")),
        "messages": sorted(Message.objects.values_list("text", flat=True)),
    }


def test_a_day_offline_arrives_whole_and_the_need_is_resolved(world):
    visit = world.visit(need=world.need())

    assert send(world, *story(visit.number)) == ["applied"] * 4

    done = Visit.objects.get(pk=visit.pk)
    assert (done.status, done.job.status) == ("DONE", "DONE")
    assert done.ended_at == world.at - timedelta(minutes=60)
    need = Need.objects.get()
    assert (need.status, need.resolved_at) == ("RESOLVED", world.at)


def test_a_need_waits_for_the_last_of_its_jobs(world):
    need = world.need()
    first, second = world.visit(need=need), world.visit(need=need)

    send(world, *story(first.number, tag="a"))
    assert Need.objects.get().status == "IN_PROGRESS"

    send(world, *story(second.number, tag="b"))
    assert Need.objects.get().status == "RESOLVED"


@pytest.mark.parametrize("verb", ["decline", "miss"])
def test_a_visit_that_came_to_nothing_goes_back_and_the_dispatcher_reads_why(world, verb):
    visit = world.visit(need=world.need())
    steps = story(visit.number)[: 1 if verb == "decline" else 3]
    last = op("zz", verb, visit.number, after=steps[-1]["key"], minutes=70, reason="家中无人")

    assert set(send(world, *steps, last)) == {"applied"}

    assert Job.objects.get().status == "OPEN"
    message = Message.objects.get()
    assert message.is_internal
    assert "家中无人" in message.text


def test_a_batch_sent_twice_acts_once(world):
    visit = world.visit(need=world.need())
    batch = story(visit.number)
    send(world, *batch)
    before = state()

    assert send(world, *batch) == ["already"] * 4
    assert state() == before


def test_an_operation_that_overtakes_waits_and_is_not_stored(world):
    visit = world.visit()
    accept, depart, *_ = story(visit.number)

    assert send(world, depart) == ["waiting"]
    assert not IdempotencyRecord.objects.exists()
    assert send(world, accept) == ["applied"]
    assert send(world, depart) == ["applied"]


def test_two_phones_of_a_team_may_both_press(world):
    visit = world.visit()

    assert send(world, op("a1", "accept", visit.number)) == ["applied"]
    assert send(world, op("b1", "accept", visit.number), who="P1") == ["already"]


def test_work_on_a_visit_that_was_withdrawn_meanwhile_is_a_conflict_that_keeps_both_sides(
    world, dispatcher
):
    visit = world.visit(need=world.need())
    visits.withdraw(visit=visit, reason="改派雷电队", by=dispatcher, at=world.at)
    by = world.actor("P2")

    results = fieldwork.sync(story(visit.number), by=by, at=world.at)

    assert {result.outcome for result in results} == {fieldwork.Outcome.CONFLICT}
    assert "改派雷电队" in results[0].words
    assert "调度员" in results[0].words
    assert results[3].server["label"] == "已撤回"
    assert IdempotencyRecord.objects.get(key="a4______").answer["mine"]["findings"]
    assert AuditEvent.objects.filter(outcome="failed", target_id=visit.number).count() == 4


def test_a_replan_does_not_undo_what_the_same_team_did_offline(world, dispatcher):
    old = world.visit(need=world.need())
    visits.withdraw(visit=old, reason="计划调整", by=dispatcher, at=world.at)
    Job.objects.update(status="SCHEDULED")
    new = world.visit(job=old.job)

    assert send(world, *story(old.number)) == ["applied"] * 4

    new.refresh_from_db()
    old.refresh_from_db()
    assert (old.status, new.status, Job.objects.get().status) == ("WITHDRAWN", "DONE", "DONE")


def test_a_job_that_went_to_another_team_is_a_conflict(world, dispatcher):
    old = world.visit()
    visits.withdraw(visit=old, reason="改派", by=dispatcher, at=world.at)
    Job.objects.update(status="SCHEDULED")
    new = world.visit(job=old.job, team=1)

    assert send(world, *story(old.number)) == ["conflict"] * 4
    new.refresh_from_db()
    assert new.status == "SCHEDULED"


def test_the_phones_side_of_a_conflict_can_be_handed_to_the_dispatcher(world, dispatcher):
    visit = world.visit(need=world.need())
    visits.withdraw(visit=visit, reason="改派", by=dispatcher, at=world.at)
    kept = fieldwork.keep_photo(photo(), key="photo-0001", by=world.actor("P2"), at=world.at)
    report = op(
        "r1",
        "report",
        visit.number,
        findings="已修好",
        checklist=ticked(),
        photos=[kept],
        reason="到达时未见撤回",
    )

    assert send(world, report) == ["applied"]

    stored = Visit.objects.get()
    assert stored.status == "WITHDRAWN"
    assert "已修好" in stored.findings
    assert stored.photos.get().token == kept
    assert "周电工补报" in Message.objects.get().text


def test_a_refused_step_stops_the_ones_after_it(world):
    visit = world.visit()
    accept, _, _, complete = story(visit.number)
    hasty = complete | {"after": accept["key"]}
    report = op("r1", "miss", visit.number, after=hasty["key"], reason="无人", minutes=70)

    assert send(world, accept, hasty, report) == ["applied", "conflict", "conflict"]


def test_a_hole_in_the_checklist_is_refused_by_name_and_changes_nothing(world):
    visit = world.visit()
    *steps, complete = story(visit.number, checklist=ticked()[:2])
    send(world, *steps)

    (result,) = fieldwork.sync([complete], by=world.actor("P2"), at=world.at)

    assert result.outcome is fieldwork.Outcome.REFUSED
    assert "告知原因" in result.words
    assert result.field == "checklist"
    assert Visit.objects.get().status == "ARRIVED"


def test_a_photo_comes_before_the_words_that_name_it(world):
    by = world.actor("P2")
    visit = world.visit()
    *steps, complete = story(visit.number, photos=["not-there-yet"])
    assert send(world, *steps, complete)[-1] == "refused"

    token = fieldwork.keep_photo(photo(), key="photo-0001", by=by, at=world.at)
    assert fieldwork.keep_photo(photo(), key="photo-0001", by=by, at=world.at) == token
    again = op(
        "again",
        "complete",
        visit.number,
        minutes=61,
        checklist=ticked(),
        photos=[token],
        signature=[token],
    )
    assert send(world, again) == ["applied"]
    assert Visit.objects.get().signature.token == token
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("who", ["P3", "P4"])
def test_a_neighbour_or_stranger_is_refused_as_if_it_were_absent(world, who):
    visit = world.visit()
    foreign = fieldwork.sync([op("a1", "accept", visit.number)], by=world.actor(who), at=world.at)
    absent = fieldwork.sync([op("a2", "accept", "SM-NONE")], by=world.actor(who), at=world.at)

    assert foreign[0].outcome is absent[0].outcome is fieldwork.Outcome.REFUSED
    assert foreign[0].words.replace(visit.number, "") == absent[0].words.replace("SM-NONE", "")
    assert foreign[0].server is None
    assert Visit.objects.get().status == "SCHEDULED"


def test_a_key_of_another_account_reveals_nothing(world):
    visit = world.visit()
    send(world, op("a1", "accept", visit.number))

    assert send(world, op("a1", "accept", visit.number), who="P3") == ["refused"]


def test_the_same_key_for_something_else_is_refused(world):
    visit = world.visit()

    assert send(world, op("a1", "accept", visit.number)) == ["applied"]
    assert send(world, op("a1", "decline", visit.number, reason="不去")) == ["refused"]


def test_a_wrong_clock_is_corrected_by_the_time_of_sending(world):
    visit, ahead = world.visit(), timedelta(days=400)
    accept = op("a1", "accept", visit.number, at=world.at + ahead)
    fieldwork.sync(
        [accept], sent_at=(world.at + ahead).isoformat(), by=world.actor("P2"), at=world.at
    )

    assert Visit.objects.get().accepted_at == world.at - timedelta(hours=2)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        {},
        {"key": "x"},
        {"verb": 3},
        {"number": "SM\x00"},
        {"device_at": "yesterday"},
        {"device_at": "2026-11-24T10:00:00"},
        {"device_at": "0001-01-01T00:00:00+14:00"},
        {"device_at": 1e999},
        {"body": [1]},
        {"body": {"reason": "\x00"}},
        {"body": {"\ud800": 1}},
        {"body": {"n": float("inf")}},
        {"body": {"n": [["x"] * 99]}},
        {"body": {"n": [[[[[[]]]]]]}},
        {"body": {"findings": "长" * 9000}},
        {"after": 5},
        {"verb": "fly"},
    ],
)
def test_one_bad_line_harms_no_other(world, bad):
    visit = world.visit()
    wrong = op("bad", "accept", visit.number)
    wrong = wrong | bad if isinstance(bad, dict) and bad else bad

    outcomes = send(world, wrong, op("good", "accept", visit.number))

    assert outcomes == ["refused", "applied"]


@pytest.mark.parametrize("reason", ["\x00", "\ud800", 5, ["a"], None, "长" * 300])
def test_words_that_cannot_be_kept_are_refused(world, reason):
    visit = world.visit()

    assert send(world, op("a1", "decline", visit.number, reason=reason)) == ["refused"]
    assert Visit.objects.get().status == "SCHEDULED"


def test_an_endless_batch_is_refused_whole(world):
    with pytest.raises(InvalidInputError):
        send(world, *[op("a", "accept", "SM")] * (fieldwork.BATCH_MAX + 1))


@st.composite
def deliveries(draw, operations):
    """Shuffle operations, send some again, and cut the stream into batches."""
    again = draw(st.lists(st.sampled_from(operations), max_size=6))
    stream = draw(st.permutations([*operations, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(stream) - 1), max_size=5)))
    return [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_shuffled_and_repeated_deliveries_end_where_the_straight_one_does(world, data):
    """Whatever the network does, once everything is answered the stored state is the same."""
    operations = one_day_of_work(world)
    with transaction.atomic():
        send(world, *operations)
        straight = state()
        transaction.set_rollback(True)
    with transaction.atomic():
        deliver(world, data.draw(deliveries(operations)))
        shuffled = state()
        transaction.set_rollback(True)

    assert shuffled == straight


def one_day_of_work(world):
    """Publish three visits once; return what a steward did with them, one declined."""
    if not Visit.objects.exists():
        need = world.need()
        world.visit(need=need)
        world.visit(need=need)
        world.visit(need=world.need())
    one, two, three = Visit.objects.order_by("number").values_list("number", flat=True)
    return [
        *story(one, tag="a"),
        *story(two, tag="b"),
        op("c1", "accept", three, minutes=70),
        op("c2", "decline", three, after="c1", minutes=80, reason="车坏了"),
    ]


def deliver(world, batches):
    """Send batches as a phone does: what must wait is sent again until everything is settled."""
    left = []
    for batch in [*batches, [], [], [], []]:
        pending = [*left, *batch]
        outcomes = send(world, *pending)
        left = [o for o, outcome in zip(pending, outcomes, strict=True) if outcome == "waiting"]
    assert left == []
