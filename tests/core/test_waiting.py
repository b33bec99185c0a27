"""Who waits in the queue is told how much is before him, and when it is his turn."""

from datetime import timedelta

import pytest

from dianliang.core import jobs, waiting
from dianliang.core.models import BackgroundJob
from dianliang.core.waiting import Place, note_of, place_of
from dianliang.kernel.actor import SYSTEM
from tests.english import left_in_chinese

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def queue(noon):
    """Work of a kind of its own, put into the queue one after the other."""

    @jobs.handler("test.wait")
    def wait(context):
        return {}

    def put(*, expected_s=None, after=timedelta()):
        return jobs.enqueue(
            "test.wait", {}, by=SYSTEM, at=noon, run_after=noon + after, expected_s=expected_s
        )

    return put


def begun(job, *, share=0.0):
    job.status, job.progress_share = BackgroundJob.Status.RUNNING, share
    job.save()


def ended(job, *, at, seconds):
    job.status, job.started_at = BackgroundJob.Status.DONE, at
    job.finished_at = at + seconds * SECOND
    job.save()


def test_what_is_ahead_is_counted_and_what_is_done_of_it_is_not_waited_for(queue):
    begun(queue(expected_s=60), share=0.5)
    queue(expected_s=20)
    mine, later = queue(expected_s=5), queue(expected_s=500)

    assert place_of(mine) == Place(ahead=2, wait_s=50)
    assert place_of(later) == Place(ahead=3, wait_s=55)


def test_two_workers_share_what_is_ahead(queue):
    begun(queue(expected_s=60))
    begun(queue(expected_s=40))

    assert place_of(queue()) == Place(ahead=2, wait_s=50)


def test_what_was_not_told_is_learnt_from_the_past(queue, noon):
    begun(queue())
    assert place_of(mine := queue()) == Place(ahead=1, wait_s=None)

    for seconds in (10, 30, 500):
        ended(queue(), at=noon, seconds=seconds)

    assert place_of(mine) == Place(ahead=1, wait_s=30)


def test_work_for_a_later_hour_is_not_ahead(queue):
    queue(expected_s=60, after=timedelta(hours=1))

    assert place_of(queue()) == Place(ahead=0, wait_s=0)


def test_work_that_runs_or_has_ended_has_no_place_and_says_how_far_it_is(queue):
    mine = queue()
    begun(mine, share=0.2)
    mine.progress_note = "第 3 轮"

    assert place_of(mine) is None
    assert note_of(mine) == "第 3 轮"
    assert (place_of(None), note_of(None)) == (None, "")


def test_the_wait_is_said_in_words_of_the_reader(queue, noon):
    told = [note_of(first := queue(expected_s=30))]
    told.append(note_of(queue(expected_s=600)))
    told.append(note_of(queue()))
    told.append(note_of(queue()))

    assert told == [
        "排队等待，马上开始",
        "排队等待：前面还有 1 项，约 30 秒后开始",
        "排队等待：前面还有 2 项，约 11 分钟后开始",
        "排队等待：前面还有 3 项，要等多久还说不准",
    ]
    assert left_in_chinese(told) == []
    assert jobs.run_next(owner="w", clock=lambda: noon)
    first.refresh_from_db()
    assert first.started_at == noon


def test_a_long_queue_is_told_as_more_than_was_looked_at(queue, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_AHEAD", 2)
    for _ in range(3):
        queue(expected_s=10)

    told = note_of(queue())

    assert told == "排队等待：前面还有 2 多项，要等多久还说不准"
    assert left_in_chinese([told]) == []


def test_work_that_was_put_off_does_not_say_that_it_begins_at_once(queue):
    told = note_of(queue(after=timedelta(hours=1)))

    assert told.startswith("排队等待，最早 ")
    assert "13:00" in told
    assert left_in_chinese([told]) == []
