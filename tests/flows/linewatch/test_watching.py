"""The guard over registered cameras: from pictures to events, with heads covered and hours kept."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dianliang.core import files
from dianliang.domain.linewatch.models import Camera, Event, WatchDay
from dianliang.flows.linewatch import keeping, recording, watching
from dianliang.integrations.detecting import NanoDet
from tests.town import NOON
from tests.watchworld import film, registered, steward

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
ZONES = (
    '[{"id": "水边", "kind": "danger", "dwell_s": 4,'
    ' "corners": [[0.2, 0.5], [0.9, 0.5], [0.9, 1], [0.2, 1]]}]'
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return film(tmp_path_factory.mktemp("guard") / "pictures")


@pytest.fixture(scope="module")
def detector():
    return NanoDet()


def watched(camera, detector, **given):
    told = []
    known = {"films": Path(camera.source).parent, "numbers": [], "clock": lambda: NOON}
    count = watching.watch(detector=detector, tell=told.append, **(known | given))
    camera.refresh_from_db()
    return count, told


def test_a_stay_on_film_becomes_an_event_with_pictures_and_a_job(town, pictures, detector):
    steward(town)
    camera = registered(town, source=str(pictures))
    keeping.draw(number=camera.number, zones=ZONES, reason="", by=town.actor("S1"), at=NOON)

    count, told = watched(camera, detector)

    event = Event.objects.get()
    assert count == 1
    assert (event.zone, event.warning, event.people) == ("水边", "steward", 1)
    assert 0 <= event.latency_s <= 1
    assert timedelta(seconds=4) <= event.happened_at - event.since_at <= timedelta(seconds=5)
    assert event.job is not None
    strip = Image.open(BytesIO(files.read(event.strip)))
    assert (strip.width, len(event.frames)) == (4 * 480, 8)
    assert files.read(event.snapshot)[:2] == b"\xff\xd8"
    assert (camera.status, camera.picture is not None) == ("WATCHING", True)
    assert WatchDay.objects.get().watched_s == pytest.approx(7.0, abs=0.3)
    assert WatchDay.objects.get().pictures == 36
    assert any(event.number in line for line in told)


def test_a_source_that_cannot_be_opened_is_silent_and_stops_no_other(town, pictures, detector):
    broken = registered(town, source="/nowhere/none.mp4", name="坏地址")
    camera = registered(town, source=str(pictures))

    few = iter(range(5))
    count, told = watched(camera, detector, is_over=lambda: next(few, None) is None)

    broken.refresh_from_db()
    assert (count, broken.status, camera.status) == (1, "SILENT", "WATCHING")
    assert not any("geheim" in line for line in told)


def test_a_page_cannot_make_the_guard_look_at_other_files(town, pictures, detector):
    camera = registered(town, source=str(pictures))

    for films in (None, pictures / "elsewhere"):
        assert watched(camera, detector, films=films)[0] == 0
        assert camera.status == "SILENT"


def test_new_zones_are_heard_while_the_camera_is_watched(town, pictures, detector, monkeypatch):
    camera = registered(town, source=str(pictures))
    monkeypatch.setattr(watching, "RELOAD_S", 0.0)
    asked = []

    def is_over():
        if not asked:
            keeping.draw(number=camera.number, zones=ZONES, reason="", by=town.actor("S1"), at=NOON)
        asked.append(1)
        return len(asked) > 2

    _count, told = watched(camera, detector, is_over=is_over)

    assert [line for line in told if "新的区域" in line]


def test_what_hampered_a_camera_before_is_told_again_or_over(town):
    camera = registered(town)
    told = {"number": camera.number, "at": NOON, "is_over": False}
    recording.take_trouble(trouble="night", words="光线不足", **told)
    recording.take_trouble(trouble="moved", words="镜头被移动", **told)

    recording.begin(number=camera.number, at=NOON)

    (left,) = Camera.objects.get().troubles
    assert left["trouble"] == "moved"
