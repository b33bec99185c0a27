"""Whatever happens to the pictures of one camera has its word, and the other one is watched."""

import errno
from pathlib import Path

import cv2
import numpy as np
import pytest

from dianliang.core import files
from dianliang.domain.linewatch.models import Camera, Event, WatchDay
from dianliang.flows.linewatch import keeping
from tests.flows.linewatch import guarding
from tests.flows.linewatch.guarding import place, show, stirred
from tests.town import NOON
from tests.watchworld import registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
CALM, SECONDS = 5, 45


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    cv2.imwrite(str(folder / "0.png"), place())
    return folder


@pytest.fixture
def folder():
    with files.workshop() as name:
        yield Path(name)


def rain(picture, n):
    """Return a picture with short bright lines all over it, never twice at the same place."""
    rng, wet = np.random.default_rng(n), picture.copy()
    for x, y in zip(rng.integers(0, 400, 900), rng.integers(0, 290, 900), strict=True):
        cv2.line(wet, (int(x), int(y)), (int(x) + 2, int(y) + 12), (255, 255, 255), 2)
    return wet


def elsewhere():
    """Return another place: its outlines do not lie on the same grid."""
    return np.roll(place(seed=7), (10, 10), axis=(0, 1))


FILMS = {
    "night": lambda n: stirred((place() * 0.15).astype(np.uint8), n),
    "rain": lambda n: rain(place(), n),
    "shaking": lambda n: stirred(np.roll(place(), 14 * (n % 2), axis=1), n),
    "black": lambda n: stirred(np.zeros((300, 400, 3), np.uint8), n),
    "frozen": lambda _n: place(),
    "moved": lambda n: stirred(elsewhere(), n),
}
STATES = {"black": "FAULTY", "frozen": "FAULTY", "moved": "MOVED"}


@pytest.mark.parametrize("trouble", FILMS)
def test_what_is_wrong_is_said_of_that_camera_and_of_no_other(town, source, folder, trouble):
    ill, well = (registered(town, source=str(source), name=name) for name in ("病", "好"))
    made = guarding.runner(folder, source)
    for n in range(SECONDS):
        show(made, ill.number, FILMS[trouble](n) if n >= CALM else stirred(place(), n), n)
        show(made, well.number, stirred(place(), n), n)
    made.end()

    ill.refresh_from_db()
    well.refresh_from_db()
    assert trouble in {one["trouble"] for one in ill.troubles}
    assert ill.status == STATES.get(trouble, "WATCHING")
    assert (well.status, well.troubles) == ("WATCHING", [])
    assert WatchDay.objects.get(camera=well).pictures == SECONDS


def test_a_clock_that_jumps_is_told_and_begins_no_stay_of_an_hour(town, source, folder):
    camera, told = registered(town, source=str(source)), []
    made = guarding.runner(folder, source, told=told)
    person = guarding.walker()
    for n in range(6):
        show(made, camera.number, stirred(person, n), n + 3600 * (n >= 3))
    made.end()

    assert any("时间跳变" in line for line in told)
    assert not Event.objects.exists()
    assert Camera.objects.get().status == "WATCHING"


def test_a_full_disk_costs_the_pictures_and_not_the_warning(town, source, folder, monkeypatch):
    camera, told = registered(town, source=str(source)), []
    keeping.set_rules(
        number=camera.number, values={"dwell_s": 4}, reason="", by=town.actor("S1"), at=NOON
    )

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "keep_made", full)
    made = guarding.runner(folder, source, told=told)
    guarding.stay(made, camera.number)
    made.end()

    event = Event.objects.get()
    assert (event.warning, event.job is not None) == ("steward", True)
    assert (event.snapshot, event.strip, event.clip) == (None, None, None)
    assert any("没有存下" in line for line in told)
    assert Camera.objects.get().status == "WATCHING"
