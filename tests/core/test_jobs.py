"""Background jobs: done once when all goes well, again when a worker dies, never for ever."""

from datetime import timedelta

import pytest

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
Status = BackgroundJob.Status


@pytest.fixture
def runs():
    """A handler of its own that notes what it was given."""
    seen = []

    @jobs.handler("test.note")
    def note(context):
        context.progress(0.5, "半途")
        seen.append(context.payload)
        if context.payload.get("fails"):
            raise ValueError("bad luck")
        return {"seen": len(seen)}

    return seen


def run(at, owner="w1"):
    return jobs.run_next(owner=owner, clock=lambda: at)


def test_a_job_is_done_once_and_keeps_its_result(noon, runs):
    job = jobs.enqueue("test.note", {"n": 1}, by=SYSTEM, at=noon)

    assert run(noon)
    assert not run(noon)

    job.refresh_from_db()
    assert (job.status, job.result, job.progress_share) == (Status.DONE, {"seen": 1}, 1.0)


def test_a_job_waits_for_its_time(noon, runs):
    jobs.enqueue("test.note", {}, by=SYSTEM, at=noon, run_after=noon + timedelta(hours=1))

    assert not run(noon)
    assert run(noon + timedelta(hours=1))


def test_a_job_with_a_key_is_queued_once(noon, runs):
    first = jobs.enqueue("test.note", {}, by=SYSTEM, at=noon, key="once")
    second = jobs.enqueue("test.note", {}, by=SYSTEM, at=noon, key="once")

    assert first.pk == second.pk


def test_the_job_of_a_dead_worker_is_taken_over_when_its_lease_ends(noon, runs):
    job = jobs.enqueue("test.note", {}, by=SYSTEM, at=noon)
    BackgroundJob.objects.filter(pk=job.pk).update(
        status=Status.RUNNING, lease_owner="dead", lease_until=noon + timedelta(seconds=30)
    )

    assert not run(noon)
    assert run(noon + timedelta(seconds=31), owner="w2")

    job.refresh_from_db()
    assert job.status == Status.DONE


def test_a_failing_job_is_tried_again_later_and_given_up_in_the_end(noon, runs):
    job = jobs.enqueue("test.note", {"fails": True}, by=SYSTEM, at=noon, max_attempts=2)

    assert run(noon)
    assert not run(noon)
    assert run(noon + timedelta(minutes=5))

    job.refresh_from_db()
    assert (job.status, len(runs)) == (Status.FAILED, 2)
    assert "bad luck" in job.error


def test_a_cancelled_job_stops_at_its_next_report(noon):
    @jobs.handler("test.long")
    def long(context):
        jobs.cancel(context.job_id, at=noon)
        context.progress(0.9)
        raise AssertionError("went on after the cancellation")

    job = jobs.enqueue("test.long", {}, by=SYSTEM, at=noon)
    run(noon)

    job.refresh_from_db()
    assert job.status == Status.CANCELLED


def test_who_waits_for_a_job_is_told_when_it_is_given_up(noon):
    told = []

    @jobs.handler("test.hopeless", given_up=lambda context: told.append(context.payload))
    def hopeless(context):
        raise ValueError("bad luck")

    jobs.enqueue("test.hopeless", {"n": 1}, by=SYSTEM, at=noon, max_attempts=1)
    killed = jobs.enqueue("test.hopeless", {"n": 2}, by=SYSTEM, at=noon, max_attempts=1)
    BackgroundJob.objects.filter(pk=killed.pk).update(
        status=Status.RUNNING, attempts=1, lease_owner="dead", lease_until=noon
    )

    run(noon)
    run(noon + timedelta(seconds=1))

    assert sorted(payload["n"] for payload in told) == [1, 2]
    assert set(BackgroundJob.objects.values_list("status", flat=True)) == {Status.FAILED}


def test_a_job_given_up_does_not_hold_up_the_next_one(noon, runs):
    dead = jobs.enqueue("test.note", {}, by=SYSTEM, at=noon, max_attempts=1)
    BackgroundJob.objects.filter(pk=dead.pk).update(
        status=Status.RUNNING, attempts=1, lease_owner="dead", lease_until=noon
    )
    jobs.enqueue("test.note", {"n": 2}, by=SYSTEM, at=noon)

    assert run(noon + timedelta(seconds=1))

    assert runs == [{"n": 2}]


def test_a_job_is_asked_to_end_early_at_its_next_report(noon):
    @jobs.handler("test.patient")
    def patient(context):
        first = context.progress(0.1)
        jobs.wrap_up(context.job_id, at=noon)
        return {"first": first, "second": context.progress(0.2)}

    job = jobs.enqueue("test.patient", {}, by=SYSTEM, at=noon)
    run(noon)

    job.refresh_from_db()
    assert (job.status, job.result) == (Status.DONE, {"first": True, "second": False})
