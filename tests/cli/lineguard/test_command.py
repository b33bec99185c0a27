"""``dianliang lineguard``: from a film and zones to events on lines and a table of figures."""

import json

import cv2
import numpy as np
import pytest
from pypdf import PdfReader

from dianliang.cli.lineguard.command import run
from dianliang.engines.vision import ZoneKind
from dianliang.flows.lineguard.album import COLOURS, ZONES, Outcome
from dianliang.flows.lineguard.configuration import EXAMPLE
from dianliang.flows.lineguard.reporting import PAPER
from dianliang.kernel.errors import DomainError
from tests.integrations.detecting.test_detecting import figure


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Ten seconds of pictures: nobody, then a walker who stands still; and what is true of them."""
    folder = tmp_path_factory.mktemp("guard")
    pictures, rng = folder / "pictures", np.random.default_rng(1)
    pictures.mkdir()
    person, empty = figure()[0], np.full((300, 400, 3), 150, np.uint8)
    person[:40, ::8] = empty[:40, ::8] = 60  # a fence: a view without any outline counts as black
    for n in range(20):
        stirred = (person if n >= 4 else empty) + rng.integers(0, 3, person.shape, dtype=np.uint8)
        cv2.imwrite(str(pictures / f"{n:03d}.png"), stirred)
    zone = {
        "id": "水边",
        "kind": "danger",
        "corners": [[0.2, 0.5], [0.9, 0.5], [0.9, 1], [0.2, 1]],
        "dwell_s": 4,
    }
    cameras = {
        "cameras": [
            {
                "id": "C1",
                "source": str(pictures),
                "clock_hz": 2,
                "zones": [zone],
                "detection": {"rate_hz": 2, "person_share": 0.5},
            }
        ]
    }
    (folder / "cameras.json").write_text(json.dumps(cameras), "utf-8")
    visits = [{"zone": "水边", "from_s": 2, "until_s": 9.5}]
    (folder / "labels.json").write_text(json.dumps({"cameras": {"C1": visits}}), "utf-8")
    return folder


def is_near(pixels, colour):
    """Tell whether pixels, compressed perhaps, have a colour."""
    return (np.abs(pixels.astype(int) - np.array(colour)).max(axis=-1) < 60).all()


def share_of_skin(picture):
    """Return how much of where the drawn walker's head is looks like it."""
    return (np.abs(picture[60:85, 188:213].astype(int) - (120, 150, 200)).max(axis=-1) < 6).mean()


def test_a_film_is_watched_and_measured(files, capsys, tmp_path):
    words = ["eval", str(files / "cameras.json"), str(files / "labels.json")]
    assert run([*words, "--json", "--out", str(tmp_path)]) == 0
    (found,) = json.loads(capsys.readouterr().out)

    assert (found["hits"], found["false"], found["missed"], found["f1"]) == (1, 0, 0, 1.0)
    assert 0 <= found["late_p90_s"] <= 1
    assert found["false_a_day"] == 0
    assert found["core_percent"] > 0
    names = sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("C1-2"))
    names = [name for name in names if not name.startswith("C1-1970")]
    assert names == ["C1-001-hit.jpg", "C1-timeline.png", "report.pdf"]
    picture, bands = cv2.imread(str(tmp_path / "C1-001-hit.jpg")), [0, 100, 300, 399]
    assert is_near(picture[3, bands], COLOURS[Outcome.HIT]), "the frame says what it was"
    edge = picture[int(0.5 * 300), 100:340]
    assert (np.abs(edge - np.array(ZONES[ZoneKind.DANGER])).max(axis=1) < 60).mean() > 0.5
    line = cv2.imread(str(tmp_path / "C1-timeline.png"))
    share = [int(60 + 1080 * at_s / 9.5) for at_s in (1.5, 2.5, 9.0)]
    assert is_near(line[15, share[:1]], PAPER)
    assert is_near(line[15, share[1:]], COLOURS[Outcome.HIT]), "the visit that was told"
    told_s = 6.0 + found["late_most_s"]
    assert is_near(line[40, [int(60 + 1080 * told_s / 9.5)]], COLOURS[Outcome.HIT])
    (page, *_) = PdfReader(tmp_path / "report.pdf").pages
    words = "".join(page.extract_text().split())
    assert all(one in words for one in ("线路守护评测", "1.00（0.21—1.00）", "命中：水边"))
    assert len(page.images) == 2


def test_what_went_wrong_is_shown_with_every_head_covered(files, capsys, tmp_path):
    cameras = json.loads((files / "cameras.json").read_text("utf-8"))
    far = {"id": "对岸", "kind": "water_edge", "corners": [[0, 0.2], [0.3, 0.2], [0.3, 0.4]]}
    cameras["cameras"][0]["zones"].append({**far, "dwell_s": 4})
    (tmp_path / "cameras.json").write_text(json.dumps(cameras), "utf-8")
    visits = [{"zone": "对岸", "from_s": 1, "until_s": 9}]
    (tmp_path / "labels.json").write_text(json.dumps({"cameras": {"C1": visits}}), "utf-8")
    out = tmp_path / "out"
    words = ["eval", *(str(tmp_path / name) for name in ("cameras.json", "labels.json"))]
    assert run([*words, "--out", str(out)]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert dict(zip(head.split("\t"), row.split("\t"), strict=True))["误报"] == "1"

    missed, false = cv2.imread(str(out / "C1-001-missed.jpg")), out / "C1-002-false.jpg"
    assert is_near(missed[3, [0, 200, 399]], COLOURS[Outcome.MISSED])
    shown = cv2.imread(str(false))
    assert is_near(shown[3, [0, 200, 399]], COLOURS[Outcome.FALSE])
    assert share_of_skin(figure()[0]) > 0.7
    assert share_of_skin(shown) < 0.1, "no tile lies within the head alone"
    line = cv2.imread(str(out / "C1-timeline.png"))
    assert line.shape[0] > 2 * 56, "a row for each zone"
    assert is_near(line[56 + 15, [int(60 + 1080 * 5 / 9.5)]], COLOURS[Outcome.MISSED])


def test_events_come_as_lines_of_json(files, capsys):
    assert run(["run", str(files / "cameras.json")]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [one["type"] for one in told] == ["event", "source"]
    assert (told[0]["camera"], told[0]["zone"], told[0]["evidence"]) == ("C1", "水边", [])


def test_the_example_is_a_configuration(capsys):
    assert run(["example"]) == 0
    assert json.loads(capsys.readouterr().out) == EXAMPLE


def test_what_cannot_be_watched_is_refused_in_words(files, tmp_path):
    (tmp_path / "bad.json").write_bytes(b"\xff\xfe\x00")
    for name in ("none.json", "bad.json"):
        with pytest.raises(DomainError):
            run(["run", str(tmp_path / name)])
    live = json.loads((files / "cameras.json").read_text("utf-8"))
    live["cameras"][0]["source"] = "rtsp://192.0.2.1/x"
    (tmp_path / "live.json").write_text(json.dumps(live), "utf-8")
    with pytest.raises(DomainError, match="评测要用录像"):
        run(["eval", str(tmp_path / "live.json"), str(files / "labels.json")])
