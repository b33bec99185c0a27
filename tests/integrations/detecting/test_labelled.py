"""Labels in the three common forms say the same, and what cannot be is named by file and row."""

import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from dianliang.integrations.detecting.labelled import labelled, picture_of
from dianliang.kernel.errors import InvalidInputError


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    for name in ("day1/000001.png", "day1/000002.png", "day2/000003.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 80)).save(folder / name)
    return folder


def coco(tmp_path, rows, *, names=("day1/000001.png", "day2/000003.png"), category="person"):
    path = tmp_path / "coco.json"
    images = [{"id": n, "file_name": name} for n, name in enumerate(names, 1)]
    given = {
        "images": images,
        "annotations": rows,
        "categories": [{"id": 1, "name": category}, {"id": 2, "name": "dog"}],
    }
    path.write_text(json.dumps(given), "utf-8")
    return path


def box(bbox, image=1, **more):
    return {"image_id": image, "category_id": 1, "bbox": bbox, **more}


def test_three_forms_say_the_same(pictures, tmp_path):
    of_coco = labelled(pictures, coco(tmp_path, [box([10, 20, 30, 40]), box([1, 2, 3, 4], 2)]))
    mot = tmp_path / "gt.csv"
    mot.write_text("1,7,10,20,30,40,1,1\n3,8,1,2,3,4,1,1\n99,8,1,2,3,4\n", "utf-8")
    yolo = tmp_path / "yolo"
    for name, line in (
        ("day1/000001", "0 0.25 0.5 0.3 0.5\n1 .5 .5 .1 .1"),
        ("day2/000003", "0 0.025 0.05 0.03 0.05"),
    ):
        (yolo / name).parent.mkdir(parents=True)
        (yolo / f"{name}.txt").write_text(line, "utf-8")

    for other in (labelled(pictures, mot), labelled(pictures, yolo)):
        for one, same in zip(of_coco, other, strict=True):
            assert (one.path, one.clip) == (same.path, same.clip)
            assert np.allclose(one.boxes, same.boxes, atol=1e-3)
    assert [one.clip for one in of_coco] == ["day1", "day1", "day2"]
    assert of_coco[0].boxes.tolist() == [[10, 20, 40, 60]]


def test_whoever_is_cut_in_half_or_in_a_crowd_is_unsure(pictures, tmp_path):
    mot = tmp_path / "gt.csv"
    mot.write_text("1,1,-30,0,40,40,1\n2,1,10,10,20,20,0\n3,1,-90,0,40,40,1\n", "utf-8")
    by_mot = labelled(pictures, mot)
    by_coco = labelled(pictures, coco(tmp_path, [box([10, 10, 20, 20], iscrowd=1)]))

    assert [(len(one.boxes), len(one.unsure)) for one in by_mot] == [(0, 1), (0, 1), (0, 0)]
    assert (len(by_coco[0].boxes), len(by_coco[0].unsure)) == (0, 1)


def test_wrong_labels_are_told_all_at_once_by_row(pictures, tmp_path):
    rows = [box([10, 20, 0, 5]), box([1, 2, 3]), box([90, 10, 50, 5]), box([1, 1, 5, 5], 9), "x"]
    with pytest.raises(InvalidInputError) as refusal:
        labelled(pictures, coco(tmp_path, rows))
    for n, words in ((1, "大于 0"), (2, "四个数"), (3, "超出画面"), (4, "没有 id 9"), (5, "要有")):
        assert any(
            f"coco.json annotations 第 {n} 条" in line and words in line
            for line in refusal.value.message.splitlines()
        )
    mot = tmp_path / "gt.csv"
    mot.write_text("1,1,2,3,4,5\n\n1,1,nan,3,4,5\n1,a\n", "utf-8")
    with pytest.raises(InvalidInputError, match=r"gt.csv 第 3 行(.|\n)*gt.csv 第 4 行"):
        labelled(pictures, mot)
    with pytest.raises(InvalidInputError, match="没有和画面同名"):
        labelled(pictures, tmp_path)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "day1/none.png"])
def test_labels_name_no_picture_elsewhere(pictures, tmp_path, name):
    Image.new("RGB", (9, 9)).save(tmp_path / "secret.png")
    with pytest.raises(InvalidInputError, match="里没有画面"):
        labelled(pictures, coco(tmp_path, [], names=[name]))


def test_what_is_no_picture_no_json_and_no_person_is_refused(pictures, tmp_path):
    with pytest.raises(InvalidInputError, match="没有 person"):
        labelled(pictures, coco(tmp_path, [], category="cat"))
    (tmp_path / "broken.json").write_text("{", "utf-8")
    with pytest.raises(InvalidInputError, match="不是 JSON"):
        labelled(pictures, tmp_path / "broken.json")
    (pictures / "bad.png").write_bytes(b"no picture")
    with pytest.raises(InvalidInputError, match=r"bad\.png 不是能打开"):
        labelled(pictures, tmp_path / "broken.json")
    (tmp_path / "none").mkdir()
    with pytest.raises(InvalidInputError, match="现有 0 张"):
        labelled(tmp_path / "none", tmp_path / "broken.json")


def test_what_is_missing_or_empty_is_told_first(pictures, tmp_path):
    (tmp_path / "empty.csv").write_text("", "utf-8")
    for of, labels, words in (
        (tmp_path / "nowhere", "empty.csv", "没有画面文件夹"),
        (pictures, "nowhere.json", "没有标注"),
        (pictures, "empty.csv", r"empty\.csv 里没有一个标在"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            labelled(of, tmp_path / labels)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("77", "1" + "0" * 400, "annotations 第 1 条：bbox"),
        ("77", "1" * 5000, "几千位的数"),
        ('"category_id": 1', '"category_id": [1]', "annotations 第 1 条：要有"),
        ('{"id": 1, "name": "person"}', '{"id": [1], "name": "person"}', "categories 第 1 条"),
        ('{"images"', '{"images",', "第 1 行第 10 列"),
    ],
)
def test_hostile_labels_are_refused_by_row(pictures, tmp_path, old, new, words):
    path = coco(tmp_path, [box([1, 1, 77, 5])])
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(InvalidInputError, match=words):
        labelled(pictures, path)


def chunk(kind, content):
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


BOMB = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 3_000_000))


@pytest.mark.parametrize(
    ("before", "after", "side", "words"),
    [
        (BOMB, b"", 20, "不是能打开"),
        (b"", BOMB, 20, "不是能打开"),
        (chunk(b"IHDR", b""), b"", 20, "不是能打开"),
        (chunk(b"pHYs", b""), b"", 20, "不是能打开"),
        (b"", b"", 13000, "像素多于 5000 万"),
    ],
)
def test_hostile_pictures_are_refused_by_name(tmp_path, before, after, side, words):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    lines = chunk(b"IDAT", zlib.compress((b"\0" + b"\0" * 60) * 20))
    path = tmp_path / "p" / "a_1.png"
    path.parent.mkdir()
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + before + lines + after + chunk(b"IEND", b""))
    (tmp_path / "gt.csv").write_text("1,1,1,1,5,5\n", "utf-8")
    with pytest.raises(InvalidInputError, match=rf"a_1\.png .*{words}"):
        picture_of(labelled(path.parent, tmp_path / "gt.csv")[0].path)
