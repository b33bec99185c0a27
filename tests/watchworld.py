"""A camera over the pond of 余村 with zones, its steward, and what it sees, for tests."""

from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np

from dianliang.core import files
from dianliang.domain.linewatch.models import Camera
from dianliang.domain.linewatch.operations.events import Seen
from dianliang.domain.workforce.models import Charge, ChargeKind, Person
from dianliang.flows.linewatch import answering, keeping, recording, speakers
from tests.core.test_files import photo
from tests.integrations.detecting.test_detecting import figure
from tests.town import NOON

SOURCE = "rtsp://admin:geheim@192.0.2.10:554/stream2"
ZONE = "导线下方"
ZONES = (
    '[{"id": "导线下方", "kind": "danger",'
    ' "corners": [[0.1, 0.5], [0.9, 0.5], [0.9, 0.95], [0.1, 0.95]]}]'
)


def registered(town, *, by=None, at=NOON, source=SOURCE, **changed) -> Camera:
    """Register a camera of station S1 in 余村 and draw its zones."""
    by = by or town.actor("S1")
    known = {
        "name": "余村荷塘",
        "line_name": "110kV 安余线",
        "span": "12#–13#",
        "voltage_kv": 110.0,
        "area_code": "V1",
        "source": source,
    }
    camera = keeping.register(asked=keeping.Asked(**(known | changed)), by=by, at=at)
    keeping.draw(number=camera.number, zones=ZONES, reason="首次划定", by=by, at=at)
    return camera


def film(folder: Path) -> Path:
    """Make a folder of pictures, 5 a second: nobody for 2 s, then somebody who stands for 5 s."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    person, empty = figure()[0], np.full((300, 400, 3), 150, np.uint8)
    person[:40, ::8] = empty[:40, ::8] = 60  # a fence: a view without any outline counts as black
    for n in range(36):
        stirred = (person if n >= 10 else empty) + rng.integers(0, 3, person.shape, dtype=np.uint8)
        cv2.imwrite(str(folder / f"{n:03d}.png"), stirred)
    return folder


def steward(town, *, at=NOON, village="V1") -> Person:
    """Put a member of a team of station S1 in charge of the village."""
    if "XH" not in town.teams:
        town.team("XH", "S1")
    person = Person.objects.get(number="XH-1")
    Charge.objects.create(
        area=town.areas[village],
        kind=ChargeKind.objects.get(code="manager"),
        person=person,
        from_on=date(2026, 1, 1),
        reason="年度任命",
        decided_at=at,
        decided_by="x",
    )
    return person


def seen(at=NOON, *, warning="voice", confidence=0.7, kind="fishing", people=1, **changed) -> Seen:
    """What the guard tells of somebody who stayed for ten seconds."""
    known = {
        "zone": ZONE,
        "kind": kind,
        "happened_at": at,
        "since_at": at - timedelta(seconds=10),
        "people": people,
        "confidence": confidence,
        "reasons": [{"code": "stay", "words": "在危险区停留 10 秒"}],
        "warning": warning,
        "warned_at": at + timedelta(seconds=1) if warning in {"voice", "steward"} else None,
        "latency_s": 3.0 if warning in {"voice", "steward"} else None,
    }
    return Seen(**(known | changed))


def happened(camera, *, at=NOON, pictured=False, **given):
    """Let the guard tell of an event; return it as it is kept."""
    more = {"snapshot": files.keep_image(photo(), at=at)} if pictured else {}
    return recording.take_event(number=camera.number, seen=seen(at, **more, **given), at=at)


def horn(camera, town, *, address="mqtt://192.0.2.30/line/{camera}", secret="") -> int:
    """Put a loudspeaker beside a camera."""
    return speakers.add(
        number=camera.number,
        name="东岸喇叭",
        address=address,
        secret=secret,
        by=town.actor("S1"),
        at=NOON,
    )


def objects(town) -> dict:
    """One of each kind for station S1, with what their addresses hold."""
    camera, station = registered(town), town.actor("S1")
    shown = files.keep_image(photo(), at=NOON)
    recording.take_beat(number=camera.number, pictures=50, watched_s=10.0, at=NOON, picture=shown)
    keeping.check_sign(
        number=camera.number, code="B01", photo=photo(), note="", by=station, at=NOON
    )
    event = happened(camera, pictured=True)
    for minutes in range(1, 6):
        other = happened(camera, at=NOON + timedelta(minutes=minutes))
        answering.answer(number=other.number, verdict="FALSE", note="", by=station, at=NOON)
    return {
        "watch camera": {
            "number": camera.number,
            "verb": "retire",
            "code": "B01",
            "proposal": 1,
            "kind": "pdf",
        },
        "watch speaker": {"number": camera.number, "serial": horn(camera, town), "verb": "remove"},
        "watch event": {"number": event.number, "part": "snapshot"},
        "own watch event": {"number": event.number},
    }
