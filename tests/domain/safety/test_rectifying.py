"""Nothing closes without evidence, whatever is pressed in whatever order."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.safety import queries
from dianliang.domain.safety.lifecycle import HAZARD, OPEN
from dianliang.domain.safety.models import Hazard
from dianliang.domain.safety.operations import rectifying
from dianliang.domain.safety.operations.rectifying import (
    EvidenceMissingError,
    UnableToMoveHazardError,
)
from dianliang.kernel.errors import DomainError, IllegalTransitionError
from tests import hazards
from tests.fieldworld import NOON, TODAY

DAY = timedelta(days=1)


@pytest.fixture
def steward(world):
    return world.actor("P2")


@pytest.fixture
def hazard(world, steward):
    return hazards.inspected(world, steward, at=NOON)[0]


def to_recheck(hazard, world, by, at=NOON):
    rectifying.rectify(hazard=hazard, photo=hazards.picture(at), words="换好了", by=by, at=at)
    job = world.visit().job
    return rectifying.plan_recheck(hazard=hazard, job=job, by=by, at=at)


def test_a_pair_of_photos_closes(hazard, world, steward):
    to_recheck(hazard, world, steward)
    after = hazards.picture(NOON)
    rectifying.close(hazard=hazard, photo=after, by=steward, at=NOON + DAY)

    hazard.refresh_from_db()
    assert (hazard.status, hazard.after, hazard.ended_at) == ("CLOSED", after, NOON + DAY)


def test_no_photo_no_claim_and_no_end(hazard, world, steward):
    with pytest.raises(EvidenceMissingError, match="请附上整改后的照片"):
        rectifying.rectify(hazard=hazard, photo=None, words="好了", by=steward, at=NOON)
    with pytest.raises(EvidenceMissingError, match="同一张"):
        rectifying.rectify(hazard=hazard, photo=hazard.before, words="", by=steward, at=NOON)
    to_recheck(hazard, world, steward)
    with pytest.raises(EvidenceMissingError, match="没有复查照片不能销号"):
        rectifying.close(hazard=hazard, photo=None, by=steward, at=NOON)
    with pytest.raises(EvidenceMissingError, match="同一张"):
        rectifying.close(hazard=hazard, photo=hazard.before, by=steward, at=NOON)

    hazard.refresh_from_db()
    assert hazard.status == "RECHECK"


@pytest.mark.parametrize(
    "values",
    [
        {"status": "CLOSED", "ended_at": NOON, "ended_by": "某人"},
        {"status": "RECTIFIED"},
        {"status": "ESCALATED", "reason": ""},
        {"status": "WITHDRAWN", "ended_at": NOON},
        {"due_at": NOON - DAY},
        {"status": "NOBODY"},
    ],
)
def test_the_database_itself_refuses_an_end_without_evidence(hazard, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(**values)


def test_the_photo_after_cannot_be_the_photo_before(hazard):
    with pytest.raises(IntegrityError), transaction.atomic():
        Hazard.objects.filter(pk=hazard.pk).update(after=hazard.before)


def test_a_failed_recheck_gives_little_time_for_another_try(hazard, world, steward):
    to_recheck(hazard, world, steward, at=NOON + 29 * DAY)
    with pytest.raises(UnableToMoveHazardError, match="哪里还不合格"):
        rectifying.fail(hazard=hazard, words=" ", by=steward, at=NOON)
    rectifying.fail(hazard=hazard, words="接线松", by=steward, at=NOON + 30 * DAY)

    assert (hazard.status, hazard.due_at) == ("RECTIFYING", NOON + 45 * DAY)


def test_more_time_is_given_for_a_reason_and_not_for_ever(hazard, dispatcher):
    for until in (hazard.due_at, NOON + 91 * DAY):
        with pytest.raises(UnableToMoveHazardError, match="新期限"):
            rectifying.extend(hazard=hazard, until=until, reason="等料", by=dispatcher, at=NOON)
    rectifying.escalate(hazard=hazard, reason="不肯改", by=dispatcher, at=NOON)
    until = NOON + 60 * DAY
    rectifying.extend(hazard=hazard, until=until, reason="已订料", by=dispatcher, at=NOON)

    assert (hazard.status, hazard.reason, hazard.due_at) == ("RECTIFYING", "", until)


@pytest.mark.parametrize("verb", [rectifying.escalate, rectifying.withdraw])
def test_nobody_gives_up_or_escalates_without_a_reason(hazard, dispatcher, verb):
    with pytest.raises(UnableToMoveHazardError, match="请写明原因"):
        verb(hazard=hazard, reason="  ", by=dispatcher, at=NOON)


def test_a_withdrawn_hazard_stays_withdrawn(hazard, dispatcher, steward):
    rectifying.withdraw(hazard=hazard, reason="看错了户", by=dispatcher, at=NOON)
    with pytest.raises(IllegalTransitionError):
        rectifying.rectify(
            hazard=hazard, photo=hazards.picture(NOON), words="", by=steward, at=NOON
        )


def press(verb, hazard, world, by, shown):
    act = {
        "start": lambda: rectifying.start(hazard=hazard, by=by, at=NOON),
        "rectify": lambda: rectifying.rectify(hazard=hazard, photo=shown, words="", by=by, at=NOON),
        "plan_recheck": lambda: rectifying.plan_recheck(
            hazard=hazard, job=hazard.inspection.visit.job, by=by, at=NOON
        ),
        "close": lambda: rectifying.close(hazard=hazard, photo=shown, by=by, at=NOON),
        "fail": lambda: rectifying.fail(hazard=hazard, words="没接地", by=by, at=NOON),
        "escalate": lambda: rectifying.escalate(hazard=hazard, reason="逾期", by=by, at=NOON),
        "withdraw": lambda: rectifying.withdraw(hazard=hazard, reason="误报", by=by, at=NOON),
    }
    act[verb]()


PRESSES = st.lists(
    st.tuples(
        st.sampled_from(
            ["start", "rectify", "plan_recheck", "close", "fail", "escalate", "withdraw"]
        ),
        st.sampled_from(["none", "before", "after"]),
    ),
    max_size=10,
)


@given(PRESSES)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_pressed_only_a_pair_of_photos_closes_and_the_trail_retells_it(
    world, steward, dispatcher, presses
):
    (hazard,) = hazards.inspected(world, steward, at=NOON)
    shown = {"none": None, "before": hazard.before, "after": hazards.picture(NOON)}
    for verb, photo in presses:
        try:
            press(verb, hazard, world, dispatcher, shown[photo])
        except DomainError:
            continue

    hazard.refresh_from_db()
    trail = AuditEvent.objects.filter(target_id=hazard.number).order_by("id")
    moves = [event for event in trail if event.verb.rpartition(".")[2] in VERBS]
    story = ["FOUND", *(event.after for event in moves)]
    assert [event.before for event in moves] == story[:-1]
    assert story[-1] == hazard.status
    if hazard.status == "CLOSED":
        assert hazard.after.sha256 != hazard.before.sha256
    assert (hazard.ended_at is None) == (hazard.status in OPEN)


VERBS = {row.verb for row in HAZARD}


def test_an_area_tells_its_hazards_by_class_and_state(hazard, world, dispatcher, steward):
    second = hazards.inspected(world, steward, at=NOON, wrong=("H09",))[0]
    rectifying.withdraw(hazard=second, reason="误报", by=dispatcher, at=NOON + 3 * DAY)

    before = queries.of_area(area=world.area, on=TODAY - DAY)
    assert (before.found, before.inspections) == (0, 0)
    today = queries.of_area(area=world.area, on=TODAY + 2 * DAY)
    assert today.by_class == {"general": 1, "major": 0, "grave": 1}
    assert (today.by_state, today.overdue, today.inspections) == ({"OPEN": 2}, 1, 2)
    later = queries.of_area(area=world.area, on=TODAY + 4 * DAY)
    assert later.by_state == {"OPEN": 1, "WITHDRAWN": 1}
    assert [row.number for row in queries.open_hazards(area=world.area, at=NOON)] == [hazard.number]
