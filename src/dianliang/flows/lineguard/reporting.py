"""Write down an evaluation: a table, for each camera a timeline, and pictures of what went wrong.

On a timeline each zone is a row. Above its line are visits (green told, red not told, grey too
short to be told), below it what was told (green rightly, orange falsely).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np

from dianliang.core import disk
from dianliang.engines.vision import Covered
from dianliang.flows.lineguard.album import COLOURS, Album, Colour, Outcome, Shot
from dianliang.flows.lineguard.calibrating import interval
from dianliang.flows.lineguard.configuration import Watched
from dianliang.flows.lineguard.evaluating import EARLY_S, LATE_S, Score, Visit, summed
from dianliang.integrations.detecting import keep_snapshot
from dianliang.integrations.documents.model import (
    Block,
    Document,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Table,
)
from dianliang.integrations.documents.pdf import pdf
from dianliang.kernel.errors import InvalidInputError, reason
from dianliang.kernel.phrases import Phrase

REPORT = "report.pdf"
WIDTH_PX, LEFT_PX, ROW_PX, FOOT_PX, BAR_PX = 1200, 60, 56, 36, 16
PAPER, INK, LINE = (255, 255, 255), (60, 60, 60), (200, 200, 200)
TICKS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200)
MOST_TICKS = 12
MOST_SHOTS = {Outcome.FALSE: 24, Outcome.MISSED: 24, Outcome.HIT: 6}
"""Of each kind in the report; the folder has all."""
WORDS = {Outcome.HIT: "命中", Outcome.FALSE: "误报", Outcome.MISSED: "漏报"}
COLUMNS = ("摄像机", "命中", "误报", "漏报", "查准（95% 区间）", "查全（95% 区间）", "F1")
MORE = ("误报/天", "延迟 p90", "最迟（秒）", "单核 %")
HOW = (
    f"一次来访满停留时间，应在满时前 {EARLY_S:g} 秒到离开后 {LATE_S:g} 秒之间报一次；"
    "重复的、来访太短的、没有人的都算误报。延迟是满停留时间之后到报出的秒数；算力是单核占用，不含解码。画面里每个人头都已打码。"
)
LEGEND = "上排来访：绿为报了，红为漏报，灰为不满停留时间；下排报出：绿为命中，橙为误报。单位秒。"


def write(
    folder: Path,
    scores: Mapping[str, Score],
    albums: Mapping[str, Album],
    labels: Mapping[str, Sequence[Visit]],
    *,
    at: datetime,
) -> list[Path]:
    """Write the report with its pictures; return what was written, the report first.

    Raises:
        InvalidInputError: the folder cannot be written to.
        UnableToKeepError: a picture cannot be written.
        MissingFontError: the Chinese font of documents is not there.
    """
    shots = {id_: albums[id_].shots(score) for id_, score in scores.items()}
    lines = {
        id_: timeline(albums[id_].watched, labels[id_], score) for id_, score in scores.items()
    }
    written = []
    for id_, own in shots.items():
        for number, shot in enumerate(own, 1):
            written.append(folder / f"{_safe(id_)}-{number:03d}-{shot.outcome}.jpg")
            keep_snapshot(written[-1], shot.picture)
        written.append(folder / f"{_safe(id_)}-timeline.png")
        _write(written[-1], _png(lines[id_]))
    paper = document(scores, {id_: one.watched for id_, one in albums.items()}, shots, lines)
    _write(folder / REPORT, pdf([paper], title=paper.title, made_at=at))
    return [folder / REPORT, *written]


def document(
    scores: Mapping[str, Score],
    watched: Mapping[str, Watched],
    shots: Mapping[str, Sequence[Shot]],
    lines: Mapping[str, np.ndarray],
) -> Document:
    """Describe an evaluation."""
    rows = [*scores.values(), *([summed(scores)] if len(scores) > 1 else [])]
    table = Table(
        columns=(*COLUMNS, *MORE),
        rows=[_cells(one) for one in rows],
        numbers=frozenset({1, 2, 3, 6, 7, 8, 9, 10}),
        widths=(1.6, 1, 1, 1, 2.2, 2.2, 1, 1.2, 1.2, 1.3, 1.1),
    )
    blocks: list[Block] = [table]
    for id_, own in shots.items():
        zones = [zone.id for zone in watched[id_].camera.zones]
        named = "；".join(f"{number} {zone}" for number, zone in enumerate(zones, 1))
        line = Picture(_png(lines[id_]), f"各行区域：{named}。{LEGEND}")
        blocks += [Heading(id_), Pictures(pictures=[line], columns=1)]
        shown = [
            one
            for outcome, most in MOST_SHOTS.items()
            for one in [shot for shot in own if shot.outcome is outcome][:most]
        ]
        if shown:
            blocks.append(Pictures(pictures=[_picture(one) for one in shown]))
        left = len(own) - len(shown)
        if left:
            blocks.append(Paragraph(f"另有 {left} 幅在目录里。", is_note=True))
    blocks.append(Paragraph(HOW, is_note=True))
    return Document(title="线路守护评测", blocks=blocks)


def timeline(watched: Watched, visits: Sequence[Visit], score: Score) -> np.ndarray:
    """Draw the film of one camera as rows of visits and alarms, blue green red."""
    zones = [zone.id for zone in watched.camera.zones]
    long_s = max([1.0, score.watched_s, *(one.until_s for one in visits)])
    sheet = np.full((ROW_PX * len(zones) + FOOT_PX, WIDTH_PX, 3), PAPER, np.uint8)

    def x(at_s: float) -> int:
        return LEFT_PX + round((WIDTH_PX - 2 * LEFT_PX) * at_s / long_s)

    _ticks(sheet, x, long_s)
    for row, zone in enumerate(zones):
        y = row * ROW_PX + ROW_PX // 2
        cv2.line(sheet, (LEFT_PX, y), (WIDTH_PX - LEFT_PX, y), INK, 1)
        _text(sheet, f"{row + 1}", (LEFT_PX // 3, y + 5))
        for one in (one for one in visits if one.zone_id == zone):
            above = (x(one.from_s), y - 4 - BAR_PX), (max(x(one.from_s) + 1, x(one.until_s)), y - 4)
            cv2.rectangle(sheet, *above, _colour(one, score), -1)
        told = ((Outcome.HIT, score.right_alarms), (Outcome.FALSE, score.false_alarms))
        for outcome, alarms in told:
            for at_s in (at_s for id_, at_s in alarms if id_ == zone):
                below = (x(at_s) - 1, y + 4), (x(at_s) + 1, y + 4 + BAR_PX)
                cv2.rectangle(sheet, *below, COLOURS[outcome], -1)
    return sheet


def _colour(visit: Visit, score: Score) -> Colour:
    if visit in score.told_visits:
        return COLOURS[Outcome.HIT]
    return COLOURS[Outcome.MISSED] if visit in score.missed_visits else LINE


def _ticks(sheet: np.ndarray, x: Callable[[float], int], long_s: float) -> None:
    step = next((one for one in TICKS_S if long_s / one <= MOST_TICKS), TICKS_S[-1])
    bottom = len(sheet) - FOOT_PX
    for at_s in np.arange(0, long_s + 1e-6, step):
        cv2.line(sheet, (x(at_s), 0), (x(at_s), bottom + 6), LINE, 1)
        _text(sheet, f"{at_s:.0f}", (x(at_s) - 8, bottom + 24))


def _text(sheet: np.ndarray, words: str, at: tuple[int, int]) -> None:
    cv2.putText(sheet, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)


def _cells(one: Score) -> tuple[str, ...]:
    shares = [
        "—" if not of else f"{one.hits / of:.2f}（{low:.2f}—{high:.2f}）"
        for of in (one.hits + one.false, one.hits + one.missed)
        for low, high in [interval(one.hits, of)]
    ]
    share = one.cpu_share
    figures = (one.f1, one.false_a_day, one.latency_s(90), one.latency_s(100))
    return (
        one.camera_id,
        *(f"{count}" for count in (one.hits, one.false, one.missed)),
        *shares,
        *("—" if value is None else f"{value:.2f}" for value in figures),
        "—" if share is None else f"{100 * share:.1f}",
    )


def _picture(shot: Shot) -> Picture:
    done, content = cv2.imencode(".jpg", _half(shot.picture), [cv2.IMWRITE_JPEG_QUALITY, 80])
    assert done  # noqa: S101 (eight-bit pictures of three colours can be written)
    return Picture(content.tobytes(), f"{WORDS[shot.outcome]}：{shot.zone_id}，{shot.at_s:.1f} 秒")


def _half(picture: Covered) -> np.ndarray:
    """Return a picture as small as half the width of a page needs it."""
    scale = min(1.0, 640 / picture.shape[1])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _png(sheet: np.ndarray) -> bytes:
    done, content = cv2.imencode(".png", sheet)
    assert done  # noqa: S101 (eight-bit pictures of three colours can be written)
    return content.tobytes()


def _write(path: Path, content: bytes) -> None:
    try:
        disk.replace(path, content)
    except OSError as error:
        raise InvalidInputError(
            Phrase("写不了 %(path)s：%(why)s。", path=str(path), why=reason(error))
        ) from error


def _safe(name: str) -> str:
    """Return a file's name for a camera; no two cameras share one."""
    return "".join(c if c.isalnum() or c in "-_." else f"%{ord(c):02x}" for c in name)
