"""Labelled pictures as people keep them: COCO (JSON), YOLO (a text file a picture), MOT (CSV).

What cannot be is named by file and row, all of it at once. Pictures must lie in the folder given:
a label file from outside names none elsewhere.
"""

import json
import math
import re
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from dianliang.engines.vision import Picture
from dianliang.integrations.detecting.nanodet import Floats
from dianliang.kernel.errors import InvalidInputError, reason
from dianliang.kernel.text import decoded

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})
PERSON_NAMES = frozenset({"person", "people", "pedestrian", "人", "行人", "人员"})
MOST_PICTURES, MOST_BYTES = 20_000, 200 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_TOLD = 12
LARGEST = 1e9
"""No side of a box is longer; JSON may write numbers that no computer can count with."""
FORMATS = ("JPEG", "PNG", "BMP", "WEBP")
BROKEN = (
    *(UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, LookupError),
    *(ArithmeticError, EOFError, struct.error),
)
"""What decoding a damaged or hostile picture raises."""
VISIBLE = 0.5
"""A person of whom less lies in the picture is neither demanded nor taught."""
BEYOND = 0.02
"""So much of the picture's side a box may stick out, as people draw; trackers' may by any."""
DAY = re.compile(r"^(20\d{6})\d{6,}$")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """A picture, the recording that it is of, and its persons in pixels: sure (n, 4), unsure."""

    path: Path
    clip: str
    boxes: Floats
    unsure: Floats


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """One picture while its labels are read."""

    path: Path
    size: tuple[int, int]
    boxes: list[tuple[float, ...]] = field(default_factory=list)
    unsure: list[tuple[float, ...]] = field(default_factory=list)

    def add(
        self, box: Sequence[float], where: str, errors: list[str], *, is_sure: bool, may_pass: bool
    ) -> None:
        """Take left, top, width and height in pixels, or say why not."""
        left, top, wide, high = box
        width, height = self.size
        if not all(math.isfinite(one) for one in box) or wide <= 0 or high <= 0:
            errors.append(f"{where}：框的宽、高应是大于 0 的数，现为 {wide:g} × {high:g}。")
            return
        room = (math.inf, math.inf) if may_pass else (BEYOND * width, BEYOND * height)
        out = max(-left, left + wide - width) > room[0] or max(-top, top + high - height) > room[1]
        right, bottom = min(left + wide, width), min(top + high, height)
        inner = (max(0.0, left), max(0.0, top), right, bottom)
        seen = max(0.0, right - inner[0]) * max(0.0, bottom - inner[1])
        if out or (seen == 0 and not may_pass):
            errors.append(f"{where}：框超出画面（{width} × {height}）。")
        elif seen > 0:
            whole = seen >= VISIBLE * wide * high
            (self.boxes if is_sure and whole else self.unsure).append(inner)


def labelled(pictures: Path, labels: Path) -> tuple[Labelled, ...]:
    """Return pictures with their persons, in the order of their names.

    `labels` is COCO JSON, a folder of YOLO texts, or MOT CSV for pictures named by number.

    Raises:
        InvalidInputError: some label or picture cannot be; files and rows are named.
    """
    if not labels.exists():
        raise InvalidInputError(f"没有标注 {labels}。", field="labels")
    sheets = _sheets(pictures)
    errors: list[str] = []
    if labels.is_dir():
        _yolo(sheets, labels, pictures, errors)
    elif labels.suffix.lower() == ".json":
        _coco(sheets, labels, pictures, errors)
    else:
        _mot(sheets, labels, errors)
    if errors:
        more = f"\n……另有 {len(errors) - MOST_TOLD} 处。" if len(errors) > MOST_TOLD else ""
        raise InvalidInputError("\n".join(errors[:MOST_TOLD]) + more)
    if not any(sheet.boxes or sheet.unsure for sheet in sheets.values()):
        words = (
            f"{labels} 里没有一个标在 {pictures} 的画面上的人。请先标注，或看看画面名称是否对得上。"
        )
        raise InvalidInputError(words, field="labels")
    return tuple(
        Labelled(
            path=sheet.path,
            clip=_clip(sheet.path.relative_to(pictures)),
            boxes=_array(sheet.boxes),
            unsure=_array(sheet.unsure),
        )
        for sheet in sheets.values()
    )


def _sheets(pictures: Path) -> dict[str, _Sheet]:
    """Return the pictures of a folder by their path within it."""
    if not pictures.is_dir():
        raise InvalidInputError(f"没有画面文件夹 {pictures}。", field="pictures")
    found = sorted(one for one in pictures.rglob("*") if one.suffix.lower() in PICTURES)
    if not found or len(found) > MOST_PICTURES:
        words = (
            f"{pictures} 里应有 1 到 {MOST_PICTURES} 张画面（jpg、png、bmp），"
            f"现有 {len(found)} 张。"
        )
        raise InvalidInputError(words, field="pictures")
    return {
        path.relative_to(pictures).as_posix(): _Sheet(path=path, size=_opened(path).size)
        for path in found
    }


def picture_of(path: Path) -> Picture:
    """Return a picture, blue, green, red.

    Raises:
        InvalidInputError: it cannot be decoded, or has too many pixels.
    """
    opened = _opened(path, is_whole=True)
    return np.ascontiguousarray(np.asarray(opened, np.uint8)[..., ::-1])


def _opened(path: Path, *, is_whole: bool = False) -> Image.Image:
    """Open a picture; its size is known then, its pixels only if it is to be read whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                return picture.convert("RGB") if is_whole else picture
    except Image.DecompressionBombError as error:
        words = f"{path} 的像素多于 {MOST_PIXELS // 10_000} 万。请换一张小的。"
        raise InvalidInputError(words) from error
    except BROKEN as error:
        raise InvalidInputError(f"{path} 不是能打开的画面。请删掉或换一张。") from error


def _clip(path: Path) -> str:
    """Return which recording a picture is of: its folder, else its name without the number."""
    if path.parent != Path():
        return path.parent.as_posix()
    day = DAY.match(path.stem)
    return day[1] if day else re.sub(r"[-_ ]?\d+$", "", path.stem) or "全部"


def _array(boxes: list[tuple[float, ...]]) -> Floats:
    return np.array(boxes, dtype=np.float32).reshape(-1, 4)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b"\xff"
    except OSError as error:
        raise InvalidInputError(f"读不了 {path}：{reason(error)}。") from error
    text = decoded(content)
    if text is None:
        raise InvalidInputError(f"{path} 不是文本，或大于 {MOST_BYTES >> 20} MB。")
    return text


def _yolo(sheets: dict[str, _Sheet], labels: Path, pictures: Path, errors: list[str]) -> None:
    """Read `class middle_x middle_y width height` in shares of the picture; class 0 is a person."""
    read = 0
    for sheet in sheets.values():
        path = (labels / sheet.path.relative_to(pictures)).with_suffix(".txt")
        if not path.is_file():
            continue
        read += 1
        width, height = sheet.size
        for n, line in enumerate(_text(path).splitlines(), 1):
            row = _row(line.split(), f"{path.name} 第 {n} 行", 5, errors)
            if row and row[0] == 0:
                x, y, wide, high = (
                    row[k] * side for k, side in enumerate((width, height) * 2, start=1)
                )
                sheet.add(
                    (x - wide / 2, y - high / 2, wide, high),
                    f"{path.name} 第 {n} 行",
                    errors,
                    is_sure=True,
                    may_pass=False,
                )
    if not read:
        errors.append(f"{labels} 里没有和画面同名的 .txt 标注。")


def _mot(sheets: dict[str, _Sheet], labels: Path, errors: list[str]) -> None:
    """Read `picture, person, left, top, width, height[, is_counted, class]`; pictures from 1."""
    by_number = {}
    for sheet in sheets.values():
        if (digits := re.search(r"(\d+)$", sheet.path.stem)) is None:
            errors.append(f"{sheet.path.name}：MOT 标注要求画面以序号命名。")
            continue
        if int(digits[1]) in by_number:
            errors.append(f"{sheet.path.name}：序号 {int(digits[1])} 的画面不止一张。")
        by_number[int(digits[1])] = sheet
    for n, line in enumerate(_text(labels).splitlines(), 1):
        where = f"{labels.name} 第 {n} 行"
        row = _row(line.split(","), where, 6, errors)
        if row and (sheet_of := by_number.get(round(row[0]))) is not None:
            is_counted = len(row) < 7 or row[6] != 0
            # The first pixel is (1, 1) in MOT; half a pixel matters to nobody here.
            sheet_of.add(row[2:6], where, errors, is_sure=is_counted, may_pass=True)


def _row(cells: list[str], where: str, least: int, errors: list[str]) -> list[float]:
    if not "".join(cells).strip():
        return []
    try:
        row = [float(cell) for cell in cells]
    except ValueError:
        row = []
    if len(row) < least or not all(math.isfinite(one) for one in row):
        errors.append(f"{where}：应有至少 {least} 个数，现为“{' '.join(cells)[:40]}”。")
        return []
    return row


def _coco(sheets: dict[str, _Sheet], labels: Path, pictures: Path, errors: list[str]) -> None:
    try:
        given = json.loads(_text(labels))
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 列附近有误"
        raise InvalidInputError(f"{labels.name} 不是 JSON：{where}。") from error
    except (ValueError, RecursionError) as error:
        words = f"{labels.name} 里有几千位的数，或嵌套太深，读不了。"
        raise InvalidInputError(words) from error
    parts = ("images", "annotations", "categories")
    if not isinstance(given, dict) or not all(isinstance(given.get(one), list) for one in parts):
        raise InvalidInputError(f"{labels.name} 不是 COCO：要有 {'、'.join(parts)} 三个列表。")
    persons = set[Any]()
    for n, row in enumerate(given["categories"], 1):
        if isinstance(row, dict) and str(row.get("name")).lower() in PERSON_NAMES:
            if isinstance(row.get("id"), int | float | str):
                persons.add(row["id"])
            else:
                errors.append(f"{labels.name} categories 第 {n} 条：id 应是数或文字。")
    if not persons:
        errors.append(f"{labels.name}：categories 里没有 person（人、行人）。")
    by_id: dict[Any, _Sheet] = {}
    for n, row in enumerate(given["images"], 1):
        name = row.get("file_name") if isinstance(row, dict) else None
        if not isinstance(name, str) or Path(name).as_posix() not in sheets:
            errors.append(
                f"{labels.name} images 第 {n} 条：{pictures} 里没有画面 {str(name)[:60]}。"
            )
        elif isinstance(row.get("id"), int | str):
            by_id[row["id"]] = sheets[Path(name).as_posix()]
    for n, row in enumerate(given["annotations"], 1):
        _annotation(row, f"{labels.name} annotations 第 {n} 条", persons, by_id, errors)


def _annotation(
    row: Any, where: str, persons: set[Any], by_id: dict[Any, _Sheet], errors: list[str]
) -> None:
    is_row = isinstance(row, dict) and isinstance(row.get("image_id"), int | str)
    if not is_row or not isinstance(row.get("category_id"), int | float | str):
        errors.append(f"{where}：要有 image_id、category_id（数或文字）和 bbox。")
        return
    if row["category_id"] not in persons:
        return
    box = row.get("bbox")
    sheet = by_id.get(row["image_id"])
    is_box = isinstance(box, list) and len(box) == 4
    if sheet is None:
        errors.append(f"{where}：images 里没有 id {str(row['image_id'])[:40]}。")
    elif not is_box or not all(_is_length(one) for one in box or []):
        errors.append(f"{where}：bbox 应是 [左, 上, 宽, 高] 四个数。")
    else:
        sheet.add(box or [], where, errors, is_sure=not row.get("iscrowd"), may_pass=False)


def _is_length(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= LARGEST
