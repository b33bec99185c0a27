"""Nothing closes without evidence, whatever is pressed in whatever order."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core import files
from dianliang.core.models import AuditEvent, StoredFile
from dianliang.domain.safety.lifecycle import HAZARD, OPEN
from dianliang.domain.safety.models import Hazard, Notice
from dianliang.domain.safety.operations import rectifying
from dianliang.domain.safety.operations.rectifying import (
    EvidenceMissingError,
    UnableToMoveHazardError,
)
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, IllegalTransitionError
from tests import hazards
from tests.fieldworld import NOON

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
        {"claimed_at": NOON - DAY},
        {"status": "WITHDRAWN", "reason": "误报", "ended_at": NOON - DAY},
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
    asked = {"reason": "已订料", "by": dispatcher}
    for until in (hazard.due_at, NOON + 91 * DAY):
        with pytest.raises(UnableToMoveHazardError, match="一般隐患从发现起最多 90 天"):
            rectifying.extend(hazard=hazard, until=until, at=NOON, **asked)
    rectifying.extend(hazard=hazard, until=NOON + 60 * DAY, at=NOON, **asked)
    with pytest.raises(UnableToMoveHazardError, match="新期限"):  # a later day opens no new days
        rectifying.extend(hazard=hazard, until=NOON + 91 * DAY, at=NOON + 59 * DAY, **asked)
    rectifying.extend(hazard=hazard, until=NOON + 90 * DAY, at=NOON + 59 * DAY, **asked)

    assert (hazard.status, hazard.due_at) == ("RECTIFYING", NOON + 90 * DAY)


def test_the_trail_names_both_deadlines_by_the_calendar_of_the_county(hazard, dispatcher):
    """At 07:00 of the 3rd here it is still the 2nd where instants are kept."""
    was = datetime(2027, 1, 3, 7, 0, tzinfo=SHANGHAI)
    Hazard.objects.filter(pk=hazard.pk).update(due_at=was)
    hazard.refresh_from_db()
    until = (was + 5 * DAY).astimezone(UTC)
    rectifying.extend(hazard=hazard, until=until, reason="等料", by=dispatcher, at=NOON)

    event = AuditEvent.objects.get(verb="safety.hazard.extend")
    assert event.reason == "2027-01-03 → 2027-01-08：等料"


def test_a_grave_hazard_waits_three_days_at_most_however_often_it_is_tried(
    world, steward, dispatcher
):
    (grave,) = hazards.inspected(world, steward, at=NOON, wrong=("H09",))
    with pytest.raises(UnableToMoveHazardError, match="重大隐患从发现起最多 3 天"):
        rectifying.extend(hazard=grave, until=NOON + 4 * DAY, reason="等料", by=dispatcher, at=NOON)
    for tries in range(5):
        at = NOON + tries * DAY
        to_recheck(grave, world, steward, at=at)
        rectifying.fail(hazard=grave, words="还在用", by=steward, at=at)
        assert grave.due_at <= NOON + 3 * DAY


def test_what_was_escalated_stays_so_until_it_is_right(hazard, world, steward, dispatcher):
    rectifying.escalate(hazard=hazard, reason="不肯改", by=dispatcher, at=NOON)
    until = NOON + 60 * DAY
    rectifying.extend(hazard=hazard, until=until, reason="已订料", by=dispatcher, at=NOON)
    assert (hazard.status, hazard.reason, hazard.due_at) == ("ESCALATED", "不肯改", until)

    to_recheck(hazard, world, steward)
    rectifying.fail(hazard=hazard, words="接线松", by=steward, at=NOON + DAY)
    hazard.refresh_from_db()
    assert (hazard.status, hazard.reason) == ("ESCALATED", "不肯改")

    to_recheck(hazard, world, steward, at=NOON + 2 * DAY)
    photo = hazards.picture(NOON)
    rectifying.close(hazard=hazard, photo=photo, by=steward, at=NOON + 3 * DAY)
    assert hazard.status == "CLOSED"


def test_a_phone_with_a_wrong_clock_ends_nothing_before_it_began(hazard, world, steward):
    early = NOON - 20 * DAY
    rectifying.rectify(
        hazard=hazard, photo=hazards.picture(NOON), words="", by=steward, at=NOON + DAY,
        device_at=early,
    )  # fmt: skip
    assert hazard.claimed_at == hazard.found_at

    rectifying.plan_recheck(hazard=hazard, job=world.visit().job, by=steward, at=NOON + DAY)
    Hazard.objects.filter(pk=hazard.pk).update(claimed_at=NOON + DAY)
    hazard.refresh_from_db()
    photo = hazards.picture(NOON)
    rectifying.close(hazard=hazard, photo=photo, by=steward, at=NOON + 2 * DAY, device_at=early)
    assert hazard.ended_at == hazard.claimed_at == NOON + DAY


def test_the_photo_of_the_claim_proves_no_recheck_not_even_sent_again(hazard, world, steward):
    to_recheck(hazard, world, steward)
    again = files.keep_image(files.read(hazard.claim), at=NOON)
    StoredFile.objects.filter(pk=again.pk).update(sha256=hazard.claim.sha256)
    again.refresh_from_db()
    for shown in (hazard.claim, again):
        with pytest.raises(EvidenceMissingError, match="与报整改的照片是同一张"):
            rectifying.close(hazard=hazard, photo=shown, by=steward, at=NOON + DAY)

    hazard.refresh_from_db()
    assert hazard.status == "RECHECK"


def test_one_photo_ends_what_was_put_right_before_our_eyes(hazard, steward):
    photo = hazards.picture(NOON)
    rectifying.put_right_at_once(hazard=hazard, photo=photo, by=steward, at=NOON)

    hazard.refresh_from_db()
    assert (hazard.status, hazard.claim, hazard.after) == ("CLOSED", photo, photo)


def test_of_two_who_deliver_a_notice_the_first_signature_stays(world, steward, dispatcher):
    (hazard,) = hazards.inspected(
        world, steward, at=NOON, signature=None, unsigned_reason="无人在家"
    )
    first, second = (Notice.objects.get(pk=hazard.notice_id) for _ in range(2))
    rectifying.deliver(notice=first, how="户主签收", by=dispatcher, at=NOON)
    with pytest.raises(UnableToMoveHazardError, match="已经送达"):
        rectifying.deliver(notice=second, how="邻居代收", by=dispatcher, at=NOON + DAY)

    kept = Notice.objects.get(pk=hazard.notice_id)
    assert (kept.received_how, kept.received_at) == ("户主签收", NOON)


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
        st.sampled_from(["none", "before", "after", "later"]),
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
    shown = {"none": None, "before": hazard.before}
    shown |= {name: hazards.picture(NOON) for name in ("after", "later")}
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
        assert hazard.after.sha256 not in {hazard.before.sha256, hazard.claim.sha256}
    assert (hazard.ended_at is None) == (hazard.status in OPEN)


VERBS = {row.verb for row in HAZARD}
