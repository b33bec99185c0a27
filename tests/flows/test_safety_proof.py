"""Who may say that a hazard is right: only somebody on site, on the visit that is for it."""

from datetime import timedelta
from threading import Barrier, Thread
from time import sleep

import pytest
from django.db import DatabaseError, connection, transaction

from dianliang.core.models import StoredFile
from dianliang.domain.safety.models import Hazard
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.work.operations import jobs
from dianliang.flows import fieldwork, safety, safety_desk
from dianliang.flows.safety_desk import Sent
from tests import fieldworld, hazards
from tests.fieldworld import NOON, op

DAY = timedelta(days=1)


@pytest.fixture
def steward(world):
    return world.actor("P2")


def send(by, verb, visit, hazard, **body):
    key = f"{verb}{visit.number}{len(body)}{visit.status}"
    sent = op(key, verb, visit.number, hazard=hazard.number, **body)
    (result,) = fieldwork.sync([sent], by=by, at=NOON + DAY)
    return result


def ours(world, steward):
    """A hazard that we ourselves put right, with its repair waiting for the team."""
    (hazard,) = hazards.inspected(world, steward, at=NOON - DAY, wrong=("H01",))
    Hazard.objects.filter(pk=hazard.pk).update(party="us")
    hazard.refresh_from_db()
    job = safety.open_repair(hazard=hazard, by=world.actor("P1"), at=NOON + DAY)
    return hazard, world.visit(job=job)


@pytest.mark.parametrize("status", ["SCHEDULED", "ACCEPTED", "EN_ROUTE", "DECLINED", "WITHDRAWN"])
def test_nobody_puts_right_or_judges_before_he_has_arrived(world, steward, dispatcher, status):
    hazard, visit = ours(world, steward)
    Visit.objects.filter(pk=visit.pk).update(status=status)
    shown = [hazards.picture(NOON).token]
    claimed = send(steward, "rectify", visit, hazard, photos=shown)
    hazard.refresh_from_db()
    safety.claim(hazard=hazard, photo=hazards.picture(NOON), words="", by=dispatcher, at=NOON + DAY)
    again = world.visit(job=hazard.recheck_job, status=status)
    judged = send(steward, "recheck", again, hazard, passed=True, photos=shown)

    for result in (claimed, judged):
        assert result.outcome in {"refused", "conflict"}
    hazard.refresh_from_db()
    assert hazard.status == "RECHECK"
    assert hazard.claimed_by == dispatcher.name


def test_who_repaired_does_not_close_on_the_same_visit(world, steward):
    hazard, visit = ours(world, steward)
    Visit.objects.filter(pk=visit.pk).update(status="ARRIVED")
    shown = [hazards.picture(NOON).token]
    assert send(steward, "rectify", visit, hazard, photos=shown).outcome == "applied"
    other = [hazards.picture(NOON).token]
    refused = send(steward, "recheck", visit, hazard, passed=True, photos=other)
    assert refused.outcome == "refused"
    hazard.refresh_from_db()
    assert (hazard.status, hazard.recheck_job.status) == ("RECHECK", "OPEN")

    again = world.visit(job=hazard.recheck_job, status="ARRIVED")
    same = send(steward, "recheck", again, hazard, passed=True, photos=shown)
    assert (same.outcome, same.field) == ("refused", "photo")
    assert send(steward, "rectify", again, hazard, photos=other).outcome == "refused"
    closed = send(steward, "recheck", again, hazard, passed=True, words="好", photos=other)
    assert closed.outcome == "applied", closed.words
    hazard.refresh_from_db()
    assert (hazard.status, hazard.after.token) == ("CLOSED", other[0])


def test_an_escalated_hazard_of_ours_still_waits_for_the_photo_of_its_repair(world, steward):
    hazard, visit = ours(world, steward)
    Visit.objects.filter(pk=visit.pk).update(status="ARRIVED")
    Job.objects.filter(pk=visit.job_id).update(status="SCHEDULED", checklist=[])
    assert safety.escalate_overdue(at=NOON + 100 * DAY) == 1
    (result,) = fieldwork.sync([op("c1", "complete", visit.number)], by=steward, at=NOON + DAY)

    assert (result.outcome, result.field) == ("refused", "hazards")
    shown = [hazards.picture(NOON).token]
    assert send(steward, "rectify", visit, hazard, photos=shown).outcome == "applied"


def test_the_desk_extends_to_the_last_day_that_the_class_allows(world, steward, dispatcher):
    (hazard,) = hazards.inspected(world, steward, at=NOON, wrong=("H09",))
    words = {"reason": "等料", "until": f"{NOON + 3 * DAY:%Y-%m-%d}"}
    safety_desk.perform(
        number=hazard.number, verb="extend", sent=Sent(words=words), by=dispatcher, at=NOON
    )

    hazard.refresh_from_db()
    assert hazard.due_at == NOON + 3 * DAY


@pytest.mark.django_db(transaction=True)
def test_two_hazards_of_one_house_claimed_at_once_share_one_recheck(transactional_db, monkeypatch):
    world = fieldworld.build()
    by = world.actor("P2")
    found = hazards.inspected(world, by, at=NOON, wrong=("H07", "H08"))
    photos = [hazards.picture(NOON) for _ in found]
    start, refusals = Barrier(2), []
    open_job = jobs.open_job

    def open_slowly(**asked):
        sleep(0.5)  # while the one opens the job, the other looks whether there is one
        return open_job(**asked)

    monkeypatch.setattr(jobs, "open_job", open_slowly)

    def claim(hazard: Hazard, photo: StoredFile) -> None:
        try:
            start.wait()
            with transaction.atomic():
                safety.claim(hazard=hazard, photo=photo, words="", by=by, at=NOON + DAY)
        except DatabaseError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=claim, args=pair) for pair in zip(found, photos, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refusals == []
    assert Job.objects.filter(title__startswith="隐患复查").count() == 1
    assert set(Hazard.objects.values_list("status", flat=True)) == {"RECHECK"}
