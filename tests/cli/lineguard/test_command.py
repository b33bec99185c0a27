"""``dianliang lineguard``: from a film and zones to events on lines and a table of figures."""

import json

import cv2
import numpy as np
import pytest

from dianliang.cli.lineguard.command import run
from dianliang.flows.lineguard.configuration import EXAMPLE
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


def test_a_film_is_watched_and_measured(files, capsys, tmp_path):
    words = ["eval", str(files / "cameras.json"), str(files / "labels.json")]
    assert run([*words, "--json", "--out", str(tmp_path)]) == 0
    (found,) = json.loads(capsys.readouterr().out)

    assert (found["hits"], found["false"], found["missed"], found["f1"]) == (1, 0, 0, 1.0)
    assert 0 <= found["late_p90_s"] <= 1
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".jpg", ".mp4"]


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
