"""From labelled pictures to a model that the watch uses: a broken head finds people again."""

import json

import cv2
import numpy as np
import pytest

from dianliang.cli.lineguard.arguments import MINIMUMS
from dianliang.cli.lineguard.command import run
from dianliang.engines.fitting import Judgement, Occasion, _splitting, alarms
from dianliang.flows.lineguard import model_cards, training
from dianliang.flows.lineguard.configuration import EXAMPLE
from dianliang.integrations.detecting import NanoDet
from dianliang.integrations.detecting.nanodet import WEIGHTS
from dianliang.integrations.detecting.teachable import Teachable
from dianliang.kernel.errors import DomainError

CLIPS, EACH, PERSONS = ("day1", "day2", "day3"), (7, 4, 6), 3
VISITS, PERIOD_S = 5, 10
"""Of a film: nobody for half of a period, then somebody for the other half."""


def crowd(rng):
    """Return a generated place with drawn people of several sizes, and their boxes."""
    picture = np.full((300, 400, 3), 150, np.uint8)
    picture += rng.integers(0, 20, picture.shape, dtype=np.uint8)
    rows = []
    for n in range(PERSONS):
        unit = float(rng.uniform(13, 21))
        x, top = int(70 + 125 * n + rng.integers(-15, 15)), int(rng.integers(20, 110))
        cv2.circle(picture, (x, int(top + unit / 2)), int(unit / 2), (120, 150, 200), -1)
        body = (int(x - unit), int(top + unit)), (int(x + unit), int(top + 4.5 * unit))
        cv2.rectangle(picture, *body, (60, 40, 30), -1)
        for side in (-1, 1):
            hip, foot = (
                (x + side * 0.4 * unit, top + 4.5 * unit),
                (x + side * 0.9 * unit, top + 8 * unit),
            )
            cv2.line(
                picture, *(tuple(map(int, p)) for p in (hip, foot)), (40, 30, 90), int(0.8 * unit)
            )
            arm = (x + side * unit, top + 1.3 * unit), (x + side * 1.9 * unit, top + 4.2 * unit)
            cv2.line(picture, *(tuple(map(int, p)) for p in arm), (60, 40, 30), int(0.6 * unit))
        rows.append([x - 2 * unit, top, 4 * unit, 8 * unit])
    return picture, rows


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Three generated days with labels, and our weights with the scores of people destroyed."""
    folder, rng = tmp_path_factory.mktemp("training"), np.random.default_rng(5)
    images, rows = [], []
    for clip, count in zip(CLIPS, EACH, strict=True):
        (folder / "pictures" / clip).mkdir(parents=True)
        for n in range(count):
            picture, boxes = crowd(rng)
            images.append({"id": len(images), "file_name": f"{clip}/{n:03d}.png"})
            cv2.imwrite(str(folder / "pictures" / images[-1]["file_name"]), picture)
            rows += [
                {"image_id": images[-1]["id"], "category_id": 1, "bbox": [max(0.0, b[0]), *b[1:]]}
                for b in boxes
            ]
    labels = {"images": images, "annotations": rows, "categories": [{"id": 1, "name": "人"}]}
    (folder / "labels.json").write_text(json.dumps(labels), "utf-8")
    teachable = Teachable(WEIGHTS.read_bytes())
    broken = {
        stride: (weights, np.concatenate([[bias[0] - 6.0], bias[1:]]).astype(np.float32))
        for stride, (weights, bias) in teachable.layers.items()
    }
    (folder / "broken.onnx").write_bytes(teachable.written(broken))
    return folder


def words(place, *more):
    return [
        "train",
        *("--pictures", str(place / "pictures"), "--labels", str(place / "labels.json")),
        *("--weights", str(place / "broken.onnx"), "--out", str(place / "new.onnx")),
        *("--by", "测试员", "--on", "生成的画面", *more),
    ]


@pytest.fixture(scope="module")
def films(place):
    """A film of five visits of six seconds by somebody drawn, two pictures a second; its labels."""
    folder, rng = place / "films", np.random.default_rng(7)
    (folder / "evening").mkdir(parents=True)
    there, (_left, (left, top, wide, tall), _right) = crowd(rng)
    nobody = np.full_like(there, 150)
    nobody[:40, ::8] = there[:40, ::8] = 60  # a fence: a view without any outline counts as black
    for n in range(VISITS * 2 * PERIOD_S):
        picture = there if n % (2 * PERIOD_S) >= PERIOD_S else nobody
        stirred = picture + rng.integers(0, 3, picture.shape, dtype=np.uint8)
        cv2.imwrite(str(folder / "evening" / f"{n:03d}.png"), stirred)
    x, y = (left + wide / 2) / 400, (top + tall) / 300
    corners = [[x - 0.1, y - 0.1], [x + 0.1, y - 0.1], [x + 0.1, y + 0.1], [x - 0.1, y + 0.1]]
    camera = {
        "id": "C1",
        "source": "evening",
        "clock_hz": 2,
        "zones": [{"id": "水边", "kind": "danger", "corners": corners, "dwell_s": 3}],
        "detection": {"rate_hz": 2, "person_share": 0.6},
    }
    visits = [
        {"zone": "水边", "from_s": begin + PERIOD_S / 2, "until_s": begin + PERIOD_S - 0.5}
        for begin in range(0, VISITS * PERIOD_S, PERIOD_S)
    ]
    (folder / "cameras.json").write_text(json.dumps({"cameras": [camera]}), "utf-8")
    (folder / "labels.json").write_text(json.dumps({"cameras": {"C1": visits}}), "utf-8")
    return folder


@pytest.mark.row("001-15")
def test_a_broken_model_learns_from_labels_tells_better_and_is_then_used(
    place, films, capsys, monkeypatch
):
    for name, least in (("LEARN", 20), ("STOP", 10), ("JUDGE", 10)):
        monkeypatch.setattr(f"dianliang.engines.fitting._splitting.LEAST_{name}", least)
    monkeypatch.setattr(training, "LEAST_OF_A_BLOCK", 1)
    monkeypatch.setattr("dianliang.engines.fitting._alarming.LEAST_DUE", VISITS)
    quick = training.FitRules(steps=120, rate=0.05, keep=0.0, views_a_step=8)
    monkeypatch.setattr("dianliang.engines.fitting.FitRules", lambda **_: quick)
    monkeypatch.setenv("DIANLIANG_HOME", str(place / "home"))

    assert run(words(place, "--films", str(films))) == 0
    told = capsys.readouterr().out
    card = (place / "new.md").read_text("utf-8")
    assert all(one in card for one in ("测试员", "| day3 | 6 | 18 |"))
    for text in (told, card):
        assert "框更准" in text
        assert "来访 5 次，命中 0 → 5，误报 0 → 0；5 处中变好 5 处、变差 0 处：更好" in text

    picture = cv2.imread(str(place / "pictures" / "day3" / "000.png"))
    assert len(NanoDet(weights=place / "broken.onnx")(picture)) == 0
    assert len(NanoDet(weights=place / "new.onnx")(picture)) >= 2

    assert run(["model", "import", str(place / "new.onnx"), "--licence", "本公司所有"]) == 0
    assert run(["model", "use", "M001"]) == 0
    assert run(["model", "export", "M001", str(place / "out.onnx")]) == 0
    assert (place / "out.onnx").read_bytes() == (place / "new.onnx").read_bytes()
    assert (place / "out.md").read_text("utf-8") == card
    capsys.readouterr()
    assert run(["model", "list"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("在用：M001")


def test_better_boxes_alone_make_no_better_model():
    boxes = Judgement(before=0.6, after=0.8, low=0.1, high=0.3, by_height={})
    assert model_cards.verdict(boxes).endswith("框更准")
    assert "不说更好" in model_cards.verdict_of_alarms(None)

    same = [Occasion(due=1, hits=(1, 1), false=(0, 0))] * 30
    assert model_cards.verdict_of_alarms(alarms(same)).endswith("分不出好坏")
    few = [Occasion(due=1, hits=(0, 1), false=(1, 0))] * 6
    assert "太少，不下结论" in model_cards.verdict_of_alarms(alarms(few))


def test_films_of_what_was_learnt_from_judge_nothing(place, films, monkeypatch):
    for name, least in (("LEARN", 20), ("STOP", 10), ("JUDGE", 10)):
        monkeypatch.setattr(f"dianliang.engines.fitting._splitting.LEAST_{name}", least)
    monkeypatch.setattr(training, "LEAST_OF_A_BLOCK", 1)
    cameras = (films / "cameras.json").read_text("utf-8")
    known = place / "known"
    known.mkdir()
    for name, source, words_ in (
        ("day1", "day1", "和训练用的片段同名"),
        ("C1", "../pictures", "要放在"),
    ):
        text = cameras.replace('"C1"', f'"{name}"').replace('"evening"', f'"{source}"')
        (known / "cameras.json").write_text(text, "utf-8")
        (known / "labels.json").write_text(json.dumps({"cameras": {name: []}}), "utf-8")
        with pytest.raises(DomainError, match=words_):
            run(
                [
                    word.replace("new.onnx", "never.onnx")
                    for word in words(place, "--films", str(known))
                ]
            )
    assert not (place / "never.onnx").exists()


@pytest.mark.parametrize(
    ("out", "words_"),
    [("labels.json", "写成 .onnx"), ("new.md", "写成 .onnx"), ("no/a.onnx", "没有")],
)
def test_a_place_where_no_model_can_be_written_is_refused_before_learning(place, out, words_):
    before = (place / "labels.json").read_bytes()

    with pytest.raises(DomainError, match=words_):
        run([word.replace("new.onnx", out) for word in words(place)])
    assert (place / "labels.json").read_bytes() == before


def test_too_few_labels_are_refused_and_nothing_is_written(place):
    with pytest.raises(DomainError, match="训练部分至少要 100 个标注框，现有 21 个（day1）"):
        run([word.replace("new.onnx", "never.onnx") for word in words(place)])
    assert not (place / "never.onnx").exists()


def test_help_says_how_much_is_needed():
    for name in ("CLIPS", "LEARN", "STOP", "JUDGE"):
        assert f" {getattr(_splitting, f'LEAST_{name}')} " in MINIMUMS


def test_weights_from_outside_are_vetted_before_they_watch(place):
    (place / "cameras.json").write_text(json.dumps(EXAMPLE), "utf-8")
    (place / "hidden.onnx").write_bytes(WEIGHTS.read_bytes() + b"\x3a\x00")
    with pytest.raises(DomainError, match="出现了两次"):
        run(["run", str(place / "cameras.json"), "--weights", str(place / "hidden.onnx")])


def test_the_shipped_model_is_handed_on_with_its_card(tmp_path):
    assert run(["model", "export", "shipped", str(tmp_path / "own.onnx")]) == 0
    assert (tmp_path / "own.onnx").read_bytes() == WEIGHTS.read_bytes()
    assert "RangiLyu" in (tmp_path / "own.md").read_text("utf-8")


def test_a_file_that_differs_from_what_was_learnt_is_not_offered(place):
    base = WEIGHTS.read_bytes()
    teachable = Teachable(base)
    wrong = {
        stride: training.Layer(weights=weights, bias=bias + 1)
        for stride, (weights, bias) in teachable.layers.items()
    }
    picture = cv2.imread(str(place / "pictures" / "day1" / "000.png"))
    with pytest.raises(DomainError, match="不一致"):
        training.check(base, wrong, teachable, picture)


def test_what_is_cut_out_keeps_its_people_where_they_are(place):
    rows = training.labelled(place / "pictures", place / "labels.json")
    rng = np.random.default_rng(3)
    picture = training.picture_of(rows[0].path)
    for _ in range(20):
        part, boxes, unsure = training.cut_out(picture, rows[0], rng)
        turned, mirrored, _ = training.flipped(part, boxes, unsure)
        limits = [part.shape[1], part.shape[0]] * 2
        assert ((boxes >= 0) & (boxes <= limits)).all()
        assert (turned[:, ::-1] == part).all()
        assert np.allclose(mirrored[:, 0] + boxes[:, 2], part.shape[1])
