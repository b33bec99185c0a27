"""Alerts and the incidents that follow them: found by themselves, decided by a person."""

import itertools

import pytest

from dianliang.domain.incidents.models import IncidentAlert
from dianliang.domain.incidents.operations.incidents import UnableToLeadError
from dianliang.flows.incidents import leading, opening, situation
from dianliang.kernel.errors import IllegalTransitionError, StaleStateError
from tests.flows.alerts.test_reading import AT, good, rain, take_in
from tests.flows.incidents.things import asked, seen

pytestmark = pytest.mark.django_db


def follow_rain(town, **changed):
    """An incident opened from the alert of the rainstorm."""
    (alert,) = take_in(town, rain())
    return opened_from(town, alert.number, **changed)


def opened_from(town, alert, **changed):
    known = {"alert": alert, "commander": "", **changed}
    return opening.open_incident(asked=asked(**known), by=town.actor("S1"), at=AT)


def answer(town, incident, alert, verb, revision=None):
    leading.answer_alert(
        number=incident.number,
        alert=alert,
        verb=verb,
        reason="会商决定",
        revision=seen(incident) if revision is None else revision,
        by=town.actor("S1"),
        at=AT,
    )
    incident.refresh_from_db()


def test_an_alert_fills_in_the_form(town):
    (alert,) = take_in(town, rain())
    told = opening.suggest(alert=alert.number, by=town.actor("S1"))

    assert (told.kind, told.level, told.is_drill) == ("flood", 1, False)
    assert told.shapes.count("\n") == 1
    assert "圆 30.63,119.68 12.5" in told.shapes


@pytest.mark.parametrize("order", list(itertools.permutations(["update.xml", "cancel.xml"])))
@pytest.mark.parametrize("is_before", [True, False])
def test_later_messages_wait_for_a_person_in_whatever_order_they_come(town, order, is_before):
    if is_before:
        (alert,) = take_in(town, rain())
        for name in order:
            take_in(town, good(name))
        incident = opened_from(town, alert.number)
    else:
        incident = follow_rain(town)
        for name in order:
            take_in(town, good(name))

    incident.refresh_from_db()
    states = list(IncidentAlert.objects.order_by("alert__sent_at").values_list("status", flat=True))
    assert states == ["FOLLOWED", "WAITING", "WAITING"]
    assert incident.status == "WATCHING"


def test_following_an_update_takes_its_area_and_following_a_cancellation_ends_the_watch(town):
    incident = follow_rain(town)
    (update,) = take_in(town, good("update.xml"))
    (cancel,) = take_in(town, good("cancel.xml"))
    with pytest.raises(StaleStateError):
        answer(town, incident, update.number, "follow", revision=99)
    answer(town, incident, cancel.number, "keep")
    assert incident.status == "WATCHING"
    answer(town, incident, update.number, "follow")

    assert incident.shapes
    with pytest.raises(IllegalTransitionError):
        answer(town, incident, update.number, "keep")


def test_a_cancellation_that_is_followed_calls_the_watch_off(town):
    incident = follow_rain(town)
    take_in(town, good("update.xml"))
    (cancel,) = take_in(town, good("cancel.xml"))
    answer(town, incident, cancel.number, "follow")

    assert incident.status == "CANCELLED"
    (update,) = IncidentAlert.objects.filter(status="WAITING")
    with pytest.raises(UnableToLeadError, match="不能再改"):
        answer(town, incident, update.alert.number, "keep")
    page = situation.situation(number=incident.number, by=town.actor("S1"), at=AT)
    assert not any(one.is_waiting for one in page.followed)


def test_an_exercise_opens_a_drill_and_reaches_no_real_incident(town):
    incident = follow_rain(town, is_drill=True)
    assert incident.is_drill is False
    name, content = good("update.xml")
    take_in(town, (name, content.replace(b">Actual<", b">Exercise<")))
    assert not IncidentAlert.objects.filter(status="WAITING").exists()

    (drill,) = take_in(town, good("exercise_utc.xml"))
    made = opened_from(town, drill.number, is_drill=False)
    assert made.is_drill is True
    page = situation.situation(number=made.number, by=town.actor("S1"), at=AT)
    assert page.row.name.startswith("【演练】")


def test_no_incident_is_opened_from_a_cancellation(town):
    take_in(town, rain())
    (cancel,) = take_in(town, good("cancel.xml"))
    with pytest.raises(UnableToLeadError, match="解除"):
        opened_from(town, cancel.number)
