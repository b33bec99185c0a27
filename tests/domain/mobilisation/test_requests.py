"""A request goes down its ladder; what is promised to it is promised to nobody else."""

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from dianliang.domain.mobilisation import operations, queries
from dianliang.domain.mobilisation.matching import Proposal
from dianliang.domain.mobilisation.models import Assignment, ResourceRequest
from dianliang.domain.mobilisation.operations import Back, Picked, UnableToMobiliseError
from dianliang.domain.resources.operations.things import UnableToAssignError
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    NotYourTurnError,
    StaleStateError,
)
from tests.gear import BRIDGE, HOUR, captain, desk, piece, request
from tests.town import NOON

pytestmark = pytest.mark.django_db


def picked(thing):
    seen = Proposal(id=thing.number, distance_km=1.2, reasons=("近",), why_not="", is_chosen=True)
    return Picked(proposal=seen, resource=thing)


def assigned(town, *things, **more):
    asked = request(town, quantity=max(1, len(things)), **more)
    chosen = [picked(thing) for thing in things]
    return operations.assign(request=asked, picked=chosen, by=desk(town), at=NOON)


def status_of(thing):
    thing.refresh_from_db()
    return thing.status


def test_gear_follows_its_request_from_the_promise_to_the_standing_down(town):
    good, bad, by = piece(town), piece(town), desk(town)
    one = assigned(town, good, bad)
    assert status_of(good) == "PROMISED"
    one = operations.stand_by(request=one, by=captain(town), at=NOON)
    one = operations.mobilise(request=one, by=by, at=NOON)
    assert (status_of(good), good.place) == ("OUT", BRIDGE.place)
    one = operations.begin(request=one, by=captain(town), at=NOON)
    one = operations.demobilise(request=one, words="", by=by, at=NOON)
    with pytest.raises(UnableToMobiliseError, match="请写明"):
        operations.stand_down(
            request=ResourceRequest.objects.get(pk=one.pk),
            back={bad.number: Back(is_damaged=True)},
            by=by,
            at=NOON,
        )
    one = ResourceRequest.objects.get(pk=one.pk)
    back = {bad.number: Back(words="进水", is_damaged=True)}

    one = operations.stand_down(request=one, back=back, by=by, at=NOON)

    assert (one.status, status_of(good), status_of(bad)) == ("STOOD_DOWN", "FREE", "REPAIR")
    assert good.place == "S1物资库"
    assert not Assignment.objects.filter(ended_at=None).exists()
    assert queries.page(one.number, by=by, at=NOON).steps[-1] == ("已归队", True)


def test_nothing_is_promised_twice_and_a_failed_promise_leaves_nothing_behind(town):
    thing, other = piece(town), piece(town)
    assigned(town, thing)
    second = request(town, quantity=2)

    with pytest.raises(UnableToAssignError, match="当前已指派"):
        operations.assign(
            request=second, picked=[picked(other), picked(thing)], by=desk(town), at=NOON
        )

    assert status_of(other) == "FREE"
    assert ResourceRequest.objects.get(pk=second.pk).status == "REQUESTED"
    with pytest.raises(IntegrityError), transaction.atomic():  # also past every operation
        Assignment.objects.create(
            request=second, resource=thing, distance_km=1, assigned_by="x", assigned_at=NOON
        )


def test_what_is_missing_is_asked_for_anew_and_the_numbers_add_up(town):
    asked = request(town, quantity=3)

    led = operations.assign(request=asked, picked=[picked(piece(town))], by=desk(town), at=NOON)

    rest = ResourceRequest.objects.get(rest_of=led)
    assert (led.quantity, rest.quantity, rest.status) == (1, 2, "REQUESTED")
    assert (rest.needed_by_at, rest.place) == (led.needed_by_at, led.place)
    more = [picked(piece(town)) for _ in range(3)]
    with pytest.raises(UnableToMobiliseError, match="只申请了 2"):
        operations.assign(request=rest, picked=more, by=desk(town), at=NOON)


def test_a_failed_piece_is_exchanged_for_another_where_it_stands(town):
    gone, other, by = piece(town), piece(town), desk(town)
    one = assigned(town, gone)
    seen_before = ResourceRequest.objects.get(pk=one.pk)
    operations.mobilise(request=one, by=by, at=NOON)

    operations.exchange(
        request=seen_before, gone=gone, picked=picked(other), words="缸体裂", by=by, at=NOON
    )

    assert (status_of(gone), status_of(other)) == ("REPAIR", "OUT")
    assert other.place == BRIDGE.place
    assert [row.resource for row in operations.live(one)] == [other]


def test_a_cancelled_request_sets_its_gear_free_and_the_ladder_is_kept_in_order(town):
    thing, by = piece(town), desk(town)
    one = assigned(town, thing)
    seen_elsewhere = ResourceRequest.objects.get(pk=one.pk)
    with pytest.raises(IllegalTransitionError):
        operations.begin(request=one, by=by, at=NOON)
    with pytest.raises(NotYourTurnError):
        operations.mobilise(request=one, by=captain(town), at=NOON)
    with pytest.raises(UnableToMobiliseError, match="写明原因"):
        operations.end(request=one, verb="cancel", words="", by=by, at=NOON)

    operations.end(request=one, verb="cancel", words="水退了", by=captain(town), at=NOON)

    assert status_of(thing) == "FREE"
    with pytest.raises(StaleStateError):
        operations.mobilise(request=seen_elsewhere, by=by, at=NOON)


def test_the_board_shows_ages_lateness_and_figures_that_open_their_records(town):
    commander = desk(town, "AJ", Role.COMMANDER)
    one = assigned(town, piece(town))
    request(town, "S2")

    later = NOON + 2 * HOUR
    asked = {"incident": "", "words": "", "at": later}
    rows = queries.chosen(status="", kind="GEN", by=commander, **asked)
    columns = {column.status: column for column in queries.board(rows, at=later)}

    assert [(c.total, c.rows[0].is_late) for c in columns.values() if c.rows] == [(1, True)] * 2
    assert columns["ASSIGNED"].rows[0].age_s == 2 * 3600
    told = queries.figures(by=commander, at=later)
    assert (told.open, told.pieces, told.teams, told.people, told.late) == (2, 1, 0, 0, 2)
    assert queries.holding([one.assignments.get().resource.number]) != {}
    assert list(queries.chosen(status="", kind="", by=desk(town), **asked)) == [one]
    assert queries.chosen(status="late", kind="", by=commander, **asked).count() == told.late
