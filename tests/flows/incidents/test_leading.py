"""An incident led: decided by one at a time, noted for good, in periods with objectives."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.care.models import Alert
from dianliang.domain.incidents.models import Incident, LogEntry, Objective
from dianliang.domain.incidents.operations import periods
from dianliang.domain.incidents.operations.incidents import UnableToLeadError
from dianliang.flows.incidents import leading, opening, situation
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    KeyReusedError,
    NotVisibleError,
    StaleStateError,
)
from tests.flows.incidents.things import asked, led, opened, period, seen
from tests.flows.test_care import customer
from tests.town import NOON

pytestmark = pytest.mark.django_db


def step(town, incident, verb, *, revision=None, reason="依据会商", by=None):
    leading.step(
        number=incident.number,
        verb=verb,
        reason=reason,
        revision=seen(incident) if revision is None else revision,
        by=by or town.actor("S1"),
        at=NOON,
    )
    incident.refresh_from_db()


def objective(town, incident, *, target="10", key="objective-1"):
    number = leading.set_objective(
        key=key,
        number=incident.number,
        words="圩堤照明",
        measure="架设线路",
        target=target,
        counted_in="公里",
        unit="S1",
        by=town.actor("S1"),
        at=NOON,
    )
    return Objective.objects.get(number=number)


def words(incident):
    return list(LogEntry.objects.filter(incident=incident).values_list("words", flat=True))


def test_one_key_opens_one_incident_and_another_body_is_refused(town):
    by = town.actor("S1")
    first, again = (
        opening.open_once(key="k" * 16, asked=asked(), by=by, at=NOON) for _ in range(2)
    )

    assert first == again
    with pytest.raises(KeyReusedError):
        opening.open_once(key="k" * 16, asked=asked(level="2"), by=by, at=NOON)
    assert Incident.objects.count() == 1
    assert "水位超警戒" in words(Incident.objects.get())[0]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"area_codes": []}, "areas"),
        ({"area_codes": ["T2"]}, "areas"),
        ({"shapes": "30.5,119.5 30.6,119.6"}, "shapes"),
        ({"unit": "S2"}, "unit"),
        ({"level": "5"}, "level"),
        ({"kind": "war"}, "kind"),
        ({"commander": "没有这个人"}, "commander"),
    ],
)
def test_a_field_that_makes_no_sense_is_named_and_nothing_is_kept(town, changed, field):
    with pytest.raises(InvalidInputError) as refused:
        opened(town, **changed)

    assert refused.value.field == field
    assert not Incident.objects.exists()


def test_no_response_without_a_commander_and_no_decision_from_an_old_page(town):
    incident = opened(town)
    with pytest.raises(UnableToLeadError, match="指挥长"):
        step(town, incident, "respond")
    town.team("YX", "S1")
    old = seen(incident)
    leading.hand_over(
        number=incident.number,
        commander="YX-0",
        reason="所长带队",
        revision=old,
        by=town.actor("S1"),
        at=NOON,
    )
    with pytest.raises(StaleStateError):
        step(town, incident, "respond", revision=old)
    step(town, incident, "respond")

    assert incident.status == "ACTIVE"
    assert AuditEvent.objects.filter(verb="incidents.incident.respond").count() == 1


def test_the_level_goes_up_and_down_with_reasons_kept(town):
    incident = led(town)
    for level in ("1", "4"):
        leading.set_level(
            number=incident.number,
            level=level,
            reason=f"改到 {level}",
            revision=seen(incident),
            by=town.actor("S1", Role.COMMANDER),
            at=NOON,
        )
    with pytest.raises(UnableToLeadError, match="现在就是 IV 级"):
        leading.set_level(
            number=incident.number,
            level="4",
            reason="再来",
            revision=seen(incident),
            by=town.actor("S1"),
            at=NOON,
        )

    levels = LogEntry.objects.filter(incident=incident, level__isnull=False)
    assert list(levels.values_list("level", flat=True)) == [3, 1, 4]


def test_a_correction_is_a_second_entry(town):
    incident, by = opened(town), town.actor("S1")
    first = leading.note_once(
        key="note-0001", number=incident.number, words="水深 2 米", happened_at=None, by=by, at=NOON
    )
    leading.note_once(
        key="note-0002",
        number=incident.number,
        words="水深 1.2 米",
        happened_at=None,
        corrects=first,
        by=by,
        at=NOON + timedelta(minutes=9),
    )
    page = situation.situation(number=incident.number, by=by, at=NOON)

    newest, wrong = page.entries[:2]
    assert (newest.corrects, wrong.corrected_by) == (first, newest.position)
    assert wrong.words == "水深 2 米"
    with pytest.raises(InvalidInputError, match="不能晚于现在"):
        leading.note_once(
            key="note-0003",
            number=incident.number,
            words="明天的事",
            happened_at=NOON + timedelta(hours=1),
            by=by,
            at=NOON,
        )


def test_the_next_period_begins_where_the_last_ends_and_takes_what_is_not_done(town):
    incident = led(town)
    open_one, done_one = objective(town, incident), objective(town, incident, key="objective-2")
    by = town.actor("S1")
    report = {"number": incident.number, "by": by, "at": NOON}
    leading.report(objective=open_one.number, done="4.5", revision=0, **report)
    leading.report(objective=done_one.number, done="10", revision=0, **report)
    leading.settle(objective=done_one.number, verb="reach", reason="", revision=1, **report)
    stale = Objective.objects.get(pk=open_one.pk)
    second = period(town, incident)

    first = incident.periods.get(position=1)
    (copy,) = second.objectives.all()
    assert second.starts_at == first.ends_at
    assert (copy.copied_from, copy.done, copy.status) == (open_one, Decimal("4.5"), "OPEN")
    open_one.refresh_from_db()
    assert open_one.status == "CARRIED"
    with pytest.raises(UnableToLeadError):
        leading.report(objective=open_one.number, done="6", revision=1, **report)
    with pytest.raises(StaleStateError):
        periods.report(objective=stale, done=Decimal(6), revision=1, by=by, at=NOON)


def test_an_objective_short_of_its_target_is_reached_only_for_a_reason(town):
    incident = led(town)
    one = objective(town, incident)
    ask = {"number": incident.number, "objective": one.number, "verb": "reach"}
    with pytest.raises(UnableToLeadError, match="还没有到目标值"):
        leading.settle(**ask, reason="", revision=0, by=town.actor("S1"), at=NOON)
    leading.settle(**ask, reason="水退了，只需这些", revision=0, by=town.actor("S1"), at=NOON)
    with pytest.raises(StaleStateError):
        leading.settle(
            number=incident.number,
            objective=one.number,
            verb="reopen",
            reason="又涨了",
            revision=0,
            by=town.actor("S1"),
            at=NOON,
        )


def test_nothing_is_closed_while_an_objective_is_open_and_nothing_changes_after(town):
    incident = led(town)
    one = objective(town, incident)
    step(town, incident, "demobilise")
    with pytest.raises(UnableToLeadError, match="还有 1 个目标"):
        step(town, incident, "close")
    leading.settle(
        number=incident.number,
        objective=one.number,
        verb="drop",
        reason="不再需要",
        revision=0,
        by=town.actor("S1"),
        at=NOON,
    )
    step(town, incident, "close")

    with pytest.raises(UnableToLeadError, match="不能再改"):
        step(town, incident, "resume")
    with pytest.raises(UnableToLeadError):
        objective(town, incident, key="objective-3")


def test_whoever_still_sees_it_open_changes_nothing_of_what_was_called_off(town):
    incident = led(town)
    one = objective(town, incident)
    stale, by = Incident.objects.get(pk=incident.pk), town.actor("S1")
    step(town, incident, "cancel")
    ask = {"number": incident.number, "objective": one.number, "revision": 0, "by": by, "at": NOON}
    aim = periods.Aim(words="排涝", measure="泵站", target=Decimal(1), counted_in="座", unit=None)

    for act in (
        lambda: leading.report(done="6", **ask),
        lambda: leading.settle(verb="drop", reason="不再需要", **ask),
        lambda: periods.set_objective(incident=stale, aim=aim, by=by, at=NOON),
    ):
        with pytest.raises(UnableToLeadError, match="不能再改"):
            act()


def test_a_step_that_does_not_follow_is_refused_and_leaves_nothing(town):
    incident = opened(town)
    before = words(incident)
    with pytest.raises(IllegalTransitionError):
        step(town, incident, "close")

    incident.refresh_from_db()
    assert (words(incident), incident.revision) == (before, 0)


def test_orders_go_down_and_nobody_beside_sees_or_leads(town):
    incident = opened(town, by=town.actor("AJ"), unit="AJ")
    own, beside = opened(town), town.actor("S2")

    assert situation.situation(number=incident.number, by=beside, at=NOON).may_lead is False
    with pytest.raises(NotVisibleError):
        step(town, incident, "cancel", by=beside)
    with pytest.raises(NotVisibleError):
        situation.situation(number=own.number, by=beside, at=NOON)
    for role in (Role.PARTY_AFFAIRS, Role.AUDITOR):
        reader = town.actor("S1", role)
        page = situation.situation(number=own.number, by=reader, at=NOON)
        assert (page.may_lead, page.verbs) == (False, ())
        with pytest.raises(NotVisibleError):
            step(town, own, "cancel", by=reader)


def test_special_customers_of_the_area_are_called_and_one_key_makes_one_list(town):
    customer(town, "KH1", lat=30.51, lon=119.60)
    incident = led(town)
    made = {
        situation.call_once(key="c" * 16, number=incident.number, by=town.actor("S1"), at=NOON)
        for _ in range(2)
    }
    other_desk = replace(town.actor("S1"), id="user:other")
    made.add(situation.call_once(key="d" * 16, number=incident.number, by=other_desk, at=NOON))

    assert len(made) == Alert.objects.count() == 1
    assert any("联系清单" in told for told in words(incident))
