"""A need is rated by those who asked; who did it badly does not do it again."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction

import dianliang
from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import Participant, Rating
from dianliang.domain.intake.operations.handling import UnableToHandleError
from dianliang.domain.intake.operations.posting import UnableToRateError
from dianliang.domain.work.models import Job, PlannedStop
from dianliang.domain.work.operations import plans, publishing
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.flows import handling, posting, rating
from tests.town import NOON


def resolved(town, **asked):
    need = town.post(area_code="V1", **asked)
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    return handling.resolve(number=need.number, words="已修好", by=by, at=NOON + timedelta(hours=1))


def test_a_good_rating_closes_and_is_given_once(town):
    need = resolved(town)

    rating.rate_need(token=town.token(), stars=5, words="很快", at=NOON)

    need.refresh_from_db()
    assert need.status == "CLOSED"
    with pytest.raises(UnableToRateError):
        rating.rate_need(token=town.token(), stars=1, words="", at=NOON)


def test_an_unhappy_rating_has_it_done_again_under_new_promises(town):
    need = resolved(town)
    later = NOON + timedelta(hours=5)

    rating.rate_need(token=town.token(), stars=1, words="修了又坏", at=later)

    need.refresh_from_db()
    assert (need.status, need.reopened_count, need.handler) == ("RECEIVED", 1, None)
    assert need.due_at > later


def test_each_who_asked_rates_for_himself(town):
    need = town.post(area_code="V1")
    posting.join_need(
        number=need.number,
        text="",
        reporter=posting.Reporter(),
        key="j" * 20,
        follow_token="neighbour-token-123",
        at=NOON,
    )
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    handling.resolve(number=need.number, words="好了", by=town.actor(), at=NOON)

    rating.rate_need(token=town.token(), stars=5, words="", at=NOON)
    rating.rate_need(token="neighbour-token-123", stars=4, words="", at=NOON)

    given = sorted(Participant.objects.values_list("ratings__stars", flat=True))
    assert given == [4, 5]


def test_it_cannot_be_rated_before_it_is_done(town):
    town.post(area_code="V1")

    with pytest.raises(UnableToRateError):
        rating.rate_need(token=town.token(), stars=5, words="", at=NOON)


def test_who_did_it_badly_does_not_get_it_again(town):
    need = resolved(town)
    rating.rate_need(token=town.token(), stars=1, words="没人来", at=NOON)

    with pytest.raises(UnableToHandleError):
        handling.accept(number=need.number, by=town.actor(), at=NOON)
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON)
    with pytest.raises(UnableToHandleError):
        handling.resolve(number=need.number, words="好了", by=town.actor(), at=NOON)

    handling.resolve(number=need.number, words="好了", by=town.actor("S1"), at=NOON)


def test_who_did_it_badly_does_not_get_it_through_a_hand_over(town):
    need = resolved(town)
    rating.rate_need(token=town.token(), stars=1, words="没人来", at=NOON)
    handling.hand_over(
        number=need.number, unit_code="AJ", reason="换人", by=town.actor("S1"), at=NOON
    )

    with pytest.raises(UnableToHandleError):
        handling.take(number=need.number, by=town.actor(), at=NOON)


def test_a_complaint_by_phone_also_brings_somebody_else(town):
    need = resolved(town)

    handling.reopen(number=need.number, reason="来电说又坏了", by=town.actor("S1"), at=NOON)

    need.refresh_from_db()
    assert need.avoided_actor == town.actor().id


def test_a_plan_that_sends_the_same_team_again_is_not_published(town):
    team = town.team("A", "S1", "repair")
    town.team("B", "S1", "repair")
    need = town.post("家里突然没电了", area_code="V1")
    by = town.actor()
    handling.accept(number=need.number, by=by, at=NOON)
    (job,) = handling.split(number=need.number, parts=(), by=by, at=NOON)
    Job.objects.filter(pk=job.pk).update(forbidden_team=team)
    plan = plans.draft(
        unit=town.units["S1"],
        first_on=NOON.date(),
        last_on=NOON.date(),
        teams=[team],
        jobs=[job],
        seconds=1,
        seed=1,
        by=by,
        at=NOON,
    )
    PlannedStop.objects.create(
        plan=plan,
        job=job,
        team=team,
        on=NOON.date(),
        sequence=1,
        arrive_at=NOON,
        start_at=NOON,
        travel_s=0,
        travel_m=0,
        depart_at=NOON + timedelta(hours=1),
    )
    type(plan).objects.filter(pk=plan.pk).update(status="READY")
    plan.refresh_from_db()

    with pytest.raises(UnableToPlanError, match="换队"):
        publishing.publish(plan=plan, revision=plan.revision, by=by, at=NOON)


def test_nobody_can_change_a_rating_not_even_in_the_database(town):
    resolved(town)
    given = rating.rate_need(token=town.token(), stars=4, words="还行", at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=given.pk).update(stars=5)

    given.refresh_from_db()
    assert given.stars == 4
    assert AuditEvent.objects.get(verb="intake.need.stars").after == "4"


def test_ratings_are_written_in_one_place_and_shown_on_no_administration_page():
    writes = re.compile(r"(Rating\.objects|ratings)\.(\w*create|update|delete|\w*save)|Rating\(")
    package = Path(dianliang.__file__).parent
    writers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if writes.search(path.read_text("utf-8")) and "migrations" not in path.parts
    }

    assert writers == {
        "domain/intake/operations/posting.py",  # what a participant does
        "domain/intake/models.py",  # the class itself
        "flows/demo/history.py",  # generated data of the demo
    }
    assert Rating not in admin.site._registry
