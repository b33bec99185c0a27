"""From what a camera saw to the steward's job, to what he says of it, to other thresholds."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.db import connection

from dianliang.core import files, jobs
from dianliang.core.models import AuditEvent, StoredFile
from dianliang.domain.linewatch.models import Camera, Deletion, Event, RuleProposal, RuleVersion
from dianliang.domain.linewatch.operations import events as operations
from dianliang.domain.linewatch.operations.cameras import UnableToKeepCameraError
from dianliang.domain.linewatch.operations.events import UnableToAnswerError
from dianliang.domain.linewatch.queries import cameras as queries
from dianliang.domain.work.models import Job, Visit
from dianliang.flows.linewatch import answering, keeping, reading, recording, retaining
from dianliang.flows.linewatch.sending import NOBODY, UnableToSendError
from dianliang.integrations.messaging.model import Outcome
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    StaleStateError,
)
from tests.outreachworld import channel
from tests.town import NOON
from tests.watchworld import SOURCE, ZONE, happened, registered, seen, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
LATER = NOON + timedelta(minutes=2)


def test_a_warning_without_a_loudspeaker_sends_the_steward_of_the_cell_at_once(town):
    person = steward(town)
    event = happened(registered(town))

    visit = Visit.objects.get(job=event.job)
    assert event.warning == "steward"
    assert (event.job.priority, event.job.status, event.job.area.code) == (
        "must",
        "SCHEDULED",
        "V1",
    )
    assert (visit.team.code, visit.status, visit.plan) == ("XH", "SCHEDULED", None)
    assert event.told_name == person.name


def test_with_a_loudspeaker_somebody_goes_only_where_people_are_still_there(town):
    steward(town)
    camera = registered(town)
    event = happened(camera, voice="waiting")
    assert (event.warning, event.job) == ("voice", None)

    recording.take_escalation(number=camera.number, zone=ZONE, at=LATER, reason="仍有人")
    again = recording.take_escalation(number=camera.number, zone=ZONE, at=LATER)

    event.refresh_from_db()
    assert event.job is not None
    assert again is None


def test_two_events_of_a_camera_need_one_walk_and_after_it_another(town):
    steward(town)
    camera = registered(town)
    first, second = happened(camera), happened(camera, at=LATER)
    assert first.job == second.job
    assert Visit.objects.count() == 1

    Job.objects.filter(pk=first.job_id).update(status="DONE", done_at=LATER)
    assert happened(camera, at=LATER).job != first.job


def test_without_a_steward_the_job_waits_for_the_dispatcher(town):
    event = happened(registered(town))

    assert (event.job.status, event.told_how) == ("OPEN", NOBODY)


def test_fewer_people_than_asked_for_are_only_noted(town):
    camera = registered(town)
    station = town.actor("S1")
    keeping.set_rules(
        number=camera.number, values={"least_people": 2}, reason="单人巡视", by=station, at=NOON
    )

    assert (happened(camera).warning, happened(camera, people=2).warning) == ("console", "steward")


def test_a_dispatcher_sends_somebody_for_what_was_only_noted(town):
    event = happened(registered(town), warning="console")
    assert event.job is None

    answering.send(number=event.number, reason="看着像", by=town.actor("S1"), at=LATER)
    with pytest.raises(UnableToSendError):
        answering.send(number=event.number, reason="", by=town.actor("S1"), at=LATER)


def test_nobody_goes_for_a_false_alarm_any_more_and_somebody_may_be_sent_again(town):
    steward(town)
    camera = registered(town)
    first, second = happened(camera), happened(camera, at=LATER)
    desk = {"by": town.actor("S1"), "at": LATER}
    false = {"verdict": "FALSE", "note": "", **desk}

    answering.answer(number=first.number, **false)
    assert Visit.objects.get().status == "SCHEDULED", "the other event needs the walk"
    assert reading.event_page(number=first.number, by=desk["by"]).is_needless

    answering.answer(number=second.number, **false)
    visit = Visit.objects.select_related("job").get()
    assert (visit.status, visit.job.status) == ("WITHDRAWN", "CANCELLED")
    assert second.number in visit.reason
    page = reading.event_page(number=second.number, by=desk["by"])
    assert (page.is_needless, page.may_send) == (False, True)

    answering.answer(number=second.number, verdict="TRUE", note="", **desk)
    again = answering.send(number=second.number, reason="", **desk)
    assert again.job.status == "SCHEDULED"


def test_a_team_on_the_spot_ends_the_visit_to_a_false_alarm_itself(town):
    steward(town)
    event = happened(registered(town))
    Visit.objects.update(status="ARRIVED", accepted_at=LATER, arrived_at=LATER)

    told = {"number": event.number, "by": town.actor("S1")}
    answering.answer(**told, verdict="FALSE", note="", at=LATER)

    assert Visit.objects.get().status == "ARRIVED"
    assert reading.event_page(**told).is_needless


def test_while_the_view_counts_as_moved_nothing_is_kept_until_somebody_looks(town):
    camera = registered(town)
    recording.take_beat(number=camera.number, pictures=50, watched_s=10.0, at=NOON)
    told = {"number": camera.number, "trouble": "moved", "words": "镜头被移动", "at": NOON}
    recording.take_trouble(**told, is_over=False)
    recording.take_trouble(**told, is_over=False)
    camera.refresh_from_db()
    assert camera.status == "MOVED"
    assert happened(camera) is None
    recording.take_silence(number=camera.number, words="断线", at=NOON)
    recording.take_beat(number=camera.number, pictures=50, watched_s=10.0, at=LATER)
    camera.refresh_from_db()
    assert camera.status == "MOVED"

    keeping.move(number=camera.number, verb="accept_view", reason="", by=town.actor("S1"), at=LATER)
    recording.take_beat(number=camera.number, pictures=50, watched_s=10.0, at=LATER)

    camera.refresh_from_db()
    assert (camera.status, camera.troubles, camera.pictures_hz) == ("WATCHING", [], 5.0)
    assert camera.days.get().watched_s == 30.0
    assert happened(camera) is not None


def test_zones_drawn_anew_accept_the_view_and_keep_the_old_ones(town):
    camera = registered(town)
    told = {"number": camera.number, "trouble": "moved", "words": "镜头被移动"}
    recording.take_trouble(**told, is_over=False, at=NOON)
    zones = camera.zone_versions.get().zones

    keeping.draw(
        number=camera.number,
        zones=str(zones).replace("'", '"').replace("0.95", "0.9"),
        reason="镜头转了",
        by=town.actor("S1"),
        at=LATER,
    )

    camera.refresh_from_db()
    assert camera.status == "REGISTERED"
    assert [row.number for row in camera.zone_versions.order_by("number")] == [1, 2]
    assert camera.zone_versions.get(number=1).zones == zones


def test_silence_ends_with_the_next_picture_and_black_with_its_end(town):
    camera = registered(town)
    states = []
    for trouble, is_over in (("black", False), ("black", True)):
        recording.take_trouble(
            number=camera.number, trouble=trouble, words="全黑", is_over=is_over, at=NOON
        )
        states.append(Camera.objects.get().status)
    recording.take_silence(number=camera.number, words="15 秒没有画面", at=NOON)
    states.append(Camera.objects.get().status)
    recording.take_beat(number=camera.number, pictures=1, watched_s=0.0, at=LATER)

    assert [*states, Camera.objects.get().status] == ["FAULTY", "WATCHING", "SILENT", "WATCHING"]


def test_a_retired_camera_sees_nothing(town):
    camera, station = registered(town), town.actor("S1")
    keeping.move(number=camera.number, verb="retire", reason="拆除", by=station, at=NOON)

    assert happened(camera) is None
    with pytest.raises(IllegalTransitionError):
        keeping.move(number=camera.number, verb="accept_view", reason="", by=station, at=NOON)


def test_an_answer_may_be_corrected_and_the_trail_keeps_both(town):
    event = happened(registered(town))
    for verdict in ("FALSE", "TRUE"):
        answering.answer(
            number=event.number, verdict=verdict, note="", by=town.actor("S1"), at=LATER
        )

    event.refresh_from_db()
    assert (event.status, event.answered_by) == ("TRUE", "天荒坪供电所")
    trail = AuditEvent.objects.filter(target_id=event.number, verb__in=VERDICTS)
    assert [row.after for row in trail.order_by("id")] == ["FALSE", "TRUE"]
    with pytest.raises(UnableToAnswerError):
        answering.answer(
            number=event.number, verdict="MAYBE", note="", by=town.actor("S1"), at=LATER
        )


VERDICTS = ("linewatch.event.dismiss", "linewatch.event.confirm")


@pytest.mark.parametrize(
    ("unit", "role"),
    [("S2", Role.DISPATCHER), ("S1", Role.AUDITOR), ("S1", Role.RESIDENT), ("S1", Role.STEWARD)],
)
def test_nobody_else_answers_at_the_desk(town, unit, role):
    event = happened(registered(town))

    with pytest.raises(NotVisibleError):
        answering.answer(
            number=event.number, verdict="TRUE", note="", by=town.actor(unit, role), at=LATER
        )


def answered(camera, town, *, true=(), false=()):
    for verdict, sure in [*(("TRUE", one) for one in true), *(("FALSE", one) for one in false)]:
        event = happened(camera, confidence=sure)
        answering.answer(
            number=event.number, verdict=verdict, note="", by=town.actor("S1"), at=NOON
        )


def test_false_alarms_speak_for_a_threshold_that_a_person_applies(town):
    camera = registered(town)
    answered(camera, town, true=(0.8, 0.85), false=(0.52, 0.55, 0.6))
    made = RuleProposal.objects.get()
    assert made.changes == {"least_confidence": [0.5, 0.61]}
    assert RuleVersion.objects.count() == 1, "nothing changes by itself"

    decided = {"number": camera.number, "proposal": 1, "reason": "", "by": town.actor("S1")}
    keeping.decide(**decided, is_applied=True, at=LATER)

    latest = camera.rule_versions.order_by("-number")[0]
    assert (latest.number, latest.least_confidence) == (2, 0.61)
    with pytest.raises(StaleStateError):
        keeping.decide(**decided, is_applied=False, at=LATER)


def test_where_confidence_does_not_tell_a_longer_stay_is_asked_for():
    rules = Mock(spec=RuleVersion, least_confidence=0.5, dwell_s=8.0)

    changes, reason = answering.proposed(rules, true=(0.55, 0.6), false=(0.7, 0.72, 0.75))

    assert changes == {"dwell_s": (8.0, 12.0)}
    assert "属实 2，误报 3" in reason


@pytest.mark.parametrize(
    ("true", "false"),
    [((), (0.6, 0.6)), ((0.7,) * 12, (0.6,) * 3), ((0.7,), (0.6, 0.6, 0.6))],
)
def test_too_few_answers_and_a_good_camera_speak_for_nothing(true, false):
    rules = Mock(spec=RuleVersion, least_confidence=0.5, dwell_s=8.0)

    assert answering.proposed(rules, true=true, false=false) is None


def test_pictures_go_when_their_time_is_over_and_the_register_says_so(
    town, django_capture_on_commit_callbacks
):
    camera = registered(town)
    event = happened(camera, pictured=True)
    path = files.path_of(event.snapshot.sha256)
    fingerprint, days = event.snapshot.sha256, timedelta(days=30)
    retaining.delete_due(at=NOON + days - timedelta(seconds=1))
    assert path.exists()
    with pytest.raises(UnableToAnswerError):
        operations.delete_pictures(event=event, kept_days=30, at=LATER)

    with django_capture_on_commit_callbacks(execute=True):
        assert retaining.delete_due(at=NOON + days) == 1
    assert retaining.delete_due(at=NOON + days) == 0

    row, event = Deletion.objects.get(), Event.objects.get()
    assert (row.files, row.fingerprints, row.event) == (1, [fingerprint], event.number)
    assert (event.snapshot, event.deleted_at) == (None, NOON + days)
    assert not path.exists()
    assert not StoredFile.objects.exists()


def test_a_steward_with_a_telephone_gets_a_message_that_names_nobody(town, monkeypatch):
    person = steward(town)
    person.phone = "19900000009"
    person.save()
    channel(kind="sms")
    sent = Letters()
    monkeypatch.setitem(settings.OUTREACH_CARRIERS, "sms", f"{__name__}.letters")
    monkeypatch.setattr(f"{__name__}.letters", lambda **_: sent, raising=False)
    event = happened(registered(town))

    assert jobs.run_next(owner="test", clock=lambda: LATER)

    event.refresh_from_db()
    ((message,),) = sent.batches
    assert (message.phone, event.job.number in message.text) == ("19900000009", True)
    assert person.name not in message.text
    assert event.told_how.startswith("手机工单、")


class Letters:
    """A carrier that keeps what it is given, as the port asks for."""

    def __init__(self):
        self.batches = []

    def hand_over(self, batch, messages, *, again):
        assert batch
        assert again
        self.batches.append(messages)
        return Outcome()


def test_the_source_with_its_password_is_sealed_in_the_database(town):
    registered(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT source FROM linewatch_camera")
        (stored,) = cursor.fetchone()

    assert "geheim" not in stored
    assert seen().zone == ZONE


def test_pictures_are_kept_thirty_days_at_most_and_never_longer_than_was_said(town):
    camera, by = registered(town), town.actor("S1")
    told = {"number": camera.number, "reason": "缩短", "by": by, "at": NOON}
    with pytest.raises(UnableToKeepCameraError, match="1 到 30"):
        keeping.set_rules(values={"retention_days": 90.0}, **told)
    keeping.set_rules(values={"retention_days": 7.0}, **told)
    with pytest.raises(UnableToKeepCameraError, match="现在是 7 天"):
        keeping.set_rules(values={"retention_days": 8.0}, **told)

    RuleVersion.objects.filter(camera=camera).update(retention_days=30)
    event = happened(camera, pictured=True)
    assert retaining.delete_due(at=NOON + timedelta(days=31)) == 1
    assert Deletion.objects.get(event=event.number).kept_days == 30


def test_a_station_registers_cameras_only_where_it_serves(town):
    with pytest.raises(InvalidInputError, match="不归您的单位") as refused:
        registered(town, area_code="V3")
    assert refused.value.field == "area_code"
    with pytest.raises(InvalidInputError, match="不归您的单位"):
        registered(town, by=replace(town.actor("S1"), area_path=town.areas["V2"].path))

    assert registered(town, by=town.actor("AJ"), area_code="V3").unit.code == "AJ"
    assert registered(town).unit.code == "S1"


@pytest.mark.parametrize("source", ["rtsp://admin:12#geheim@10.0.0.7/", "http://127.0.0.1/x"])
def test_a_source_that_cannot_be_is_refused_when_registered_and_when_changed(town, source):
    camera = registered(town)
    with pytest.raises(InvalidInputError):
        registered(town, source=source)
    told = {"number": camera.number, "by": town.actor("S1"), "at": NOON}
    with pytest.raises(InvalidInputError):
        keeping.redirect(source=source, **told)

    assert Camera.objects.get().source == SOURCE
    Camera.objects.update(source="rtsp://admin:geheim@10.0.0.7:99999/")
    (row,) = queries.rows(Camera.objects.all())
    assert row.source == "地址看不懂"
