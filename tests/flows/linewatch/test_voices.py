"""Loudspeakers of registered cameras: heard before pictures are kept, and somebody goes if not."""

import json
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag

import cv2
import pytest
from django.db import connection

from dianliang.core import files, jobs
from dianliang.domain.linewatch.models import Camera, Event
from dianliang.domain.linewatch.operations import spot
from dianliang.domain.linewatch.spot_models import Speaker
from dianliang.flows.lineguard import watching as guarding_flow
from dianliang.flows.linewatch import keeping, recording, speakers, speaking
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.flows.linewatch import guarding
from tests.flows.linewatch.guarding import Ear
from tests.integrations.loudspeakers.test_speakers import device  # noqa: F401 (a fixture)
from tests.town import NOON
from tests.watchworld import happened, horn, registered, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
SOON = NOON + timedelta(seconds=20)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    cv2.imwrite(str(folder / "0.png"), guarding.place())
    return folder


@pytest.fixture
def folder():
    with files.workshop() as name:
        yield Path(name)


def guarded(town, source, **rules):
    """Register a camera whose zone is a danger after four seconds."""
    camera = registered(town, source=str(source))
    values = {"dwell_s": 4} | rules
    keeping.set_rules(number=camera.number, values=values, reason="", by=town.actor("S1"), at=NOON)
    return camera


def watched(camera, source, folder, monkeypatch, ears):
    """Let somebody stay under the line; `ears` are what speaks, in the order of registration."""
    left = iter(ears)
    monkeypatch.setattr(speaking, "speaker_of", lambda *_, **__: next(left))
    made = guarding.runner(folder, source)
    guarding.stay(made, camera.number)
    made.end()
    return Event.objects.get()


def test_the_voice_leaves_before_pictures_are_kept_and_its_answer_is_on_the_event(
    town, source, folder, monkeypatch
):
    camera, ear, in_time = guarded(town, source), Ear(), []
    horn(camera, town)
    ear.has_heard, keep = Flag(), guarding_flow.keep_snapshot

    def kept_after_the_voice(path, covered):
        in_time.append(ear.has_heard.wait(10))
        keep(path, covered)

    monkeypatch.setattr(guarding_flow, "keep_snapshot", kept_after_the_voice)

    event = watched(camera, source, folder, monkeypatch, [ear])

    assert in_time == [True]
    told = json.loads(ear.heard[0])
    assert (told["level"], told["camera"], told["people"]) == ("voice", camera.number, 1)
    assert (event.warning, event.voice, event.job) == ("voice", "spoken", None)
    assert "东岸喇叭" in event.voice_words
    assert event.snapshot is not None
    assert Speaker.objects.get().outcome == "spoken"


def test_where_no_loudspeaker_answers_the_steward_goes_at_once(town, source, folder, monkeypatch):
    steward(town)
    camera = guarded(town, source)
    horn(camera, town)

    event = watched(camera, source, folder, monkeypatch, [Ear(deaf=True)])

    assert (event.voice, event.warning, event.job is not None) == ("failed", "steward", True)
    assert "没有接受预警" in event.voice_words
    assert Speaker.objects.get().outcome == "failed"


def test_one_of_two_that_speaks_is_enough(town, source, folder, monkeypatch):
    camera = guarded(town, source)
    horn(camera, town)
    horn(camera, town)

    event = watched(camera, source, folder, monkeypatch, [Ear(deaf=True), Ear()])

    assert (event.voice, event.job) == ("spoken", None)
    assert {row.outcome for row in Speaker.objects.all()} == {"spoken", "failed"}


@pytest.mark.parametrize(
    ("rules", "warning"),
    [
        ({"quiet_from_min": 0, "quiet_until_min": 1440}, "steward"),
        ({"least_people": 2}, "console"),
    ],
)
def test_quiet_hours_and_too_few_people_silence_the_voice(
    town, source, folder, monkeypatch, rules, warning
):
    camera, ear = guarded(town, source, **rules), Ear()
    horn(camera, town)

    event = watched(camera, source, folder, monkeypatch, [ear])

    assert (event.warning, event.voice, ear.heard) == (warning, "", [])


def test_an_answer_that_nobody_heard_counts_as_none_when_the_watch_begins_again(town):
    camera = registered(town)
    recent = happened(camera, voice="waiting")
    old = happened(camera, voice="waiting", at=NOON - timedelta(hours=3))

    recording.give_up_voices(number=camera.number, at=SOON)

    recent.refresh_from_db()
    old.refresh_from_db()
    assert (recent.voice, recent.job is not None) == ("failed", True)
    assert (old.voice, old.job) == ("failed", None)


def test_a_stay_that_was_only_noted_is_not_escalated(town):
    camera = registered(town)
    happened(camera, warning="console")

    assert recording.take_escalation(number=camera.number, zone="导线下方", at=SOON) is None


@pytest.mark.enable_socket
def test_a_trial_speaks_on_the_spot_and_the_answer_is_shown(town, device):  # noqa: F811
    camera = registered(town)
    serial = horn(camera, town, address=device.url, secret="geheim")
    device.answers = [204, 503]
    outcomes = []
    for _ in range(2):
        speakers.try_out(number=camera.number, serial=serial, by=town.actor("S1"), at=NOON)
        outcomes.append(Speaker.objects.get().outcome)
        assert jobs.run_next(owner="test", clock=lambda: SOON)
        outcomes.append(Speaker.objects.get().outcome)

    assert outcomes == ["trying", "spoken", "trying", "failed"]
    assert json.loads(device.heard[0][0])["type"] == "test"
    assert "503" in Speaker.objects.get().answer
    assert Camera.objects.get().status == "REGISTERED"


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("ftp://192.0.2.3/x", "k"),
        ("http://192.0.2.3/x", ""),
        ("http://169.254.169.254/latest", "k"),
        ("http://192.0.2.3:99999/x", "k"),
        ("mqtt://192.0.2.3/", ""),
        ("mqtt://192.0.2.3/line/%23", ""),
    ],
)
def test_an_address_that_cannot_speak_is_refused(town, address, secret):
    camera = registered(town)

    with pytest.raises(InvalidInputError):
        horn(camera, town, address=address, secret=secret)
    assert not Speaker.objects.exists()


def test_address_and_secret_are_sealed_and_forgotten_with_the_loudspeaker(town):
    camera = registered(town)
    serial = horn(camera, town, address="mqtts://user@192.0.2.3/line", secret="geheim")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, secret FROM linewatch_speaker")
        assert not {"geheim", "192.0.2.3"} & set("".join(cursor.fetchone()).split("/"))
    with pytest.raises(NotVisibleError):
        speakers.remove(number=camera.number, serial=serial, by=town.actor("S2"), at=NOON)

    speakers.remove(number=camera.number, serial=serial, by=town.actor("S1"), at=NOON)

    row = Speaker.objects.get()
    assert (row.is_active, row.secret) == (False, "")
    with pytest.raises(spot.UnableToKeepSpeakerError):
        spot.remove_speaker(speaker=row, by=town.actor("S1"), at=NOON)
