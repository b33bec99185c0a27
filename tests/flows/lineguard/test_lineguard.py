"""Configurations are refused with all that is wrong; a watch is scored by its events."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.vision import Detections, Event, EventKind
from dianliang.flows.lineguard.configuration import EXAMPLE, cameras_of
from dianliang.flows.lineguard.evaluating import Visit, labels_of, scored, summed
from dianliang.flows.lineguard.watching import Guard, run
from dianliang.integrations.cameras import Taken
from dianliang.kernel.errors import InvalidInputError

TEXT = json.dumps(EXAMPLE)
ZONE = "导线下方"
START_S = 1_000_000.0


def watched(**changes):
    given = json.loads(TEXT)
    given["cameras"][0].update(changes)
    return cameras_of(json.dumps(given))


def test_the_example_can_be_watched():
    (one,) = cameras_of(TEXT)

    assert (one.camera.zones[0].dwell_s, one.camera.warning.quiet_from_min) == (8.0, 1320)


def test_everything_that_is_wrong_with_a_configuration_is_told_at_once():
    with pytest.raises(InvalidInputError) as refused:
        watched(
            colour="red",
            clock_hz=-1,
            zones=[{"id": "a", "kind": "sky", "corners": [[0, 0, 1]]}],
            dwell={"grace": 1, "grace_s": "long"},
            rod={"pictures": 2.5},
        )

    words = refused.value.message
    for part in ("colour", "clock_hz", "kind", "corners", "grace。", "grace_s", "pictures"):
        assert part in words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "第 1 行"),
        ("[]", "cameras"),
        ('{"cameras": [{"id": ""}]}', "id"),
        ('{"cameras": [{"id": "C1"}]}', "至少要划一个"),
        ("[" * 100_000, "嵌套"),
        ("[" + "9" * 5_000 + "]", "几千位"),
        (TEXT.replace("C001", "C\\u0000"), "控制字符"),
        (TEXT.replace("C001", "C\\ud800"), "控制字符"),
        (TEXT.replace("C001", "C" * 61), "不超过 60 字"),
        (TEXT.replace("rtsp:", "a\\u0000"), "source 应是"),
        ('{"cameras": [{"id": "C1", "zones": 5}]}', "zones 应是一列"),
        (TEXT.replace("0.95", "9.5"), "0 到 1"),
    ],
)
def test_what_is_no_configuration_is_refused_in_words(text, words):
    with pytest.raises(InvalidInputError, match=words):
        cameras_of(text)


def event(at_s, zone_id=ZONE):
    return Event(
        camera_id="C001",
        zone_id=zone_id,
        track_id=1,
        kind=EventKind.STAY,
        at_s=START_S + at_s,
        since_s=START_S + at_s - 8,
        people=1,
        confidence=0.7,
        box=(0, 0, 1, 1),
        reasons=(),
    )


def score(times, visits):
    (one,) = cameras_of(TEXT)
    return scored(
        one,
        [event(at_s) for at_s in times],
        [Visit(zone_id=ZONE, from_s=a, until_s=b) for a, b in visits],
        starts_at_s=START_S,
        watched_s=3600.0,
    )


def test_each_visit_is_told_once_and_all_else_is_false():
    """One hit a half second late, its duplicate, one for a visit too short, one visit missed."""
    found = score([18.5, 25.0, 107.0], [(10, 40), (100, 106), (200, 230)])

    assert (found.hits, found.false, found.missed) == (1, 2, 1)
    assert (found.precision, found.recall) == (pytest.approx(1 / 3), 0.5)
    assert found.latency_s(100) == pytest.approx(0.5)
    assert found.false_a_day == pytest.approx(48)
    assert [visit.from_s for visit in found.missed_visits] == [200]


def test_two_at_once_can_be_told_by_two_events_in_either_order():
    assert score([20.0, 25.0], [(0, 30), (1, 12)]).hits == 1
    assert score([9.0, 13.0], [(0, 30), (1, 12)]).hits == 2


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(0, 300), max_size=6),
    st.lists(st.tuples(st.floats(0, 250), st.floats(1, 60)), max_size=5),
)
def test_nothing_is_counted_twice_or_lost(times, spans):
    visits = [(a, a + length) for a, length in spans]
    found = score(times, visits)
    due = sum(b - a >= 8 for a, b in visits)

    assert found.hits + found.false == len(times)
    assert found.hits + found.missed == due
    assert summed({"a": found, "b": found}).hits == 2 * found.hits


def test_labels_of_unknown_cameras_zones_and_times_are_refused_together():
    text = json.dumps(
        {"cameras": {"C9": [], "C001": [{"zone": "x", "from_s": 1, "until_s": 2}, {"zone": ZONE}]}}
    )
    with pytest.raises(InvalidInputError) as refused:
        labels_of(text, cameras_of(TEXT))

    assert all(part in refused.value.message for part in ("C9", "区域 x", "第 2 条"))


@pytest.mark.parametrize("zone", [[], {}, 1, "长" * 900])
def test_a_label_whose_zone_is_no_name_is_refused_in_few_words(zone):
    text = json.dumps({"cameras": {"C001": [{"zone": zone, "from_s": 1, "until_s": 20}]}})

    with pytest.raises(InvalidInputError, match="不在配置里") as refused:
        labels_of(text, cameras_of(TEXT))
    assert len(refused.value.message) < 100


class Angler:
    """A detector that sees one person under the line, whatever it is shown."""

    def __call__(self, picture):
        box = np.array([[90, 60, 110, 110]], np.float32)
        return Detections(boxes=box, scores=np.array([0.8], np.float32))


def guarded(folder, warn=None):
    """Return what a watch says of a person who sits under a line for twelve seconds."""
    said, rng = [], np.random.default_rng(1)
    whole = [
        {"id": ZONE, "kind": "danger", "corners": [[0, 0], [1, 0], [1, 1], [0, 1]], "dwell_s": 4}
    ]
    guard = Guard(
        watched(zones=whole), detector=Angler(), folder=folder, say=said.append, warn=warn
    )
    place = rng.integers(40, 200, (160, 200, 3)).astype(np.uint8)
    for n in range(30):
        picture = place + rng.integers(0, 4, place.shape, dtype=np.uint8)
        guard.take(Taken(camera_id="C001", picture=picture, at_s=None), at_s=START_S + n * 0.4)
    return said, guard


def test_an_event_comes_with_a_picture_and_a_clip_whose_heads_are_covered(tmp_path):
    import cv2

    said, guard = guarded(tmp_path)
    (told,) = [one for one in said if one["type"] == "event"]
    names = sorted(path.name for path in tmp_path.iterdir())
    picture = cv2.imread(str(tmp_path / names[0]))

    assert (sorted(told["evidence"]), told["warning"]) == (names, "voice")
    head, below = picture[62:76, 93:107], picture[100:110, 93:107]
    assert head.std(axis=(0, 1)).mean() < 0.6 * below.std(axis=(0, 1)).mean()
    assert guard.figures["C001"].events == 1


def test_a_full_disk_costs_the_evidence_and_not_the_warning(tmp_path):
    said, _ = guarded(tmp_path / "gone")
    by_type = {one["type"]: one for one in said}

    assert "检查磁盘" in by_type["storage"]["words"]
    assert (by_type["event"]["evidence"], by_type["event"]["warning"]) == ([], "voice")


def test_the_warning_is_out_before_any_picture_is_kept(tmp_path):
    before = []
    guarded(tmp_path, warn=lambda one: before.append((one.level, list(tmp_path.iterdir()))))

    assert before == [("voice", [])]


def test_eight_cameras_are_watched_in_one_process_and_a_broken_one_stops_none(tmp_path):
    import av

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for n in range(40):
            picture = np.full((96, 128, 3), 90, np.uint8)
            picture[20:90:7] = 150 + n % 5
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    (tmp_path / "broken.mp4").write_bytes(path.read_bytes()[:600])
    sources = {f"C{n}": str(path) for n in range(8)} | {"bad": str(tmp_path / "broken.mp4")}
    zone = {"id": "z", "kind": "danger", "corners": [[0, 0], [1, 0], [1, 1], [0, 1]], "dwell_s": 4}
    cameras = [{"id": id_, "source": s, "zones": [zone]} for id_, s in sources.items()]
    said, warned = [], []
    figures = run(
        cameras_of(json.dumps({"cameras": cameras})),
        detector=Angler(),
        folder=None,
        say=said.append,
        now=lambda: START_S,
        starts_at_s=START_S,
        warn=lambda one: warned.append(one.event.camera_id),
    )

    assert {id_: one.pictures for id_, one in figures.items()} == {
        id_: 0 if id_ == "bad" else 40 for id_ in sources
    }
    assert sorted(warned) == [f"C{n}" for n in range(8)]
    assert [one["state"] for one in said if one.get("camera") == "bad"] == ["broken"]
