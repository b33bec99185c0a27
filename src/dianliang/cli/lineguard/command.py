"""Watch, measure, or show how to begin: one run of ``dianliang lineguard``."""

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dianliang.cli.clock import now
from dianliang.cli.lineguard import models
from dianliang.cli.lineguard.arguments import Asked, asked
from dianliang.cli.lineguard.texts import text_of
from dianliang.kernel.errors import InvalidInputError, reason

if TYPE_CHECKING:
    from dianliang.flows.lineguard.configuration import Watched
    from dianliang.flows.lineguard.evaluating import Score
    from dianliang.integrations.detecting import NanoDet

NEEDED = ("cv2", "onnxruntime", "av", "paho")
HEADINGS = (
    "摄像机",
    "命中",
    "误报",
    "漏报",
    "查准",
    "查全",
    "F1",
    "误报/天",
    "延迟p90",
    "最迟",
    "单核%",
)


def run(words: Sequence[str]) -> int:
    """Do what was asked for; return 0.

    Raises:
        DomainError: configuration, labels, weights or a source cannot be used.
    """
    wish = asked(words)
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise InvalidInputError(
            f"线路守护缺 {'、'.join(lacking)}。请安装：pip install 'dianliang[lineguard]'。"
        )
    verbs = {
        "example": _example,
        "run": _run,
        "eval": _eval,
        "calibrate": _calibrate,
        "train": models.train,
        "model": models.model,
    }
    verbs[wish.verb](wish)
    return 0


def _example(wish: Asked) -> None:
    from dianliang.flows.lineguard.configuration import EXAMPLE  # noqa: PLC0415 (heavy)

    del wish
    _say(json.dumps(EXAMPLE, ensure_ascii=False, indent=2))


def _run(wish: Asked) -> None:
    from dianliang.flows.lineguard import outputs, warning, watching  # noqa: PLC0415 (heavy)

    def say(record: dict[str, Any]) -> None:
        _say(watching.line(record))

    watched = _watched(wish)
    assert wish.cameras is not None  # noqa: S101 (run has them)
    outlets = warning.Outlets(
        outputs.outputs_of(text_of(wish.cameras), watched),
        folder=wish.cameras.parent,
        now=lambda: now().timestamp(),
        say=say,
    )
    try:
        figures = watching.run(
            watched,
            detector=_detector(wish),
            folder=_folder(wish),
            say=say,
            now=lambda: now().timestamp(),
            starts_at_s=now().timestamp(),
            warn=outlets.warn,
        )
    finally:
        outlets.close()
    for id_, one in figures.items():
        sys.stderr.write(
            f"{id_}：画面 {one.pictures}，查看 {one.looks}，事件 {one.events}，"
            f"看守 {one.watched_s:.0f} 秒，CPU {one.cpu_s:.1f} 秒\n"
        )


def _eval(wish: Asked) -> None:
    from dianliang.flows.lineguard import (  # noqa: PLC0415 (heavy)
        album,
        evaluating,
        measuring,
        reporting,
    )

    watched = _watched(wish)
    assert wish.labels is not None  # noqa: S101 (eval has them)
    labels = evaluating.labels_of(text_of(wish.labels), watched)
    folder, begun_s = _folder(wish), measuring.STARTS_AT_S
    albums = {
        one.camera.id: album.Album(one, labels[one.camera.id], begun_s)
        for one in (watched if folder is not None else ())
    }
    scores = measuring.measured(
        watched, labels, detector=_detector(wish), folder=folder, albums=albums
    )
    _tell_scores(wish, scores)
    if folder is not None:
        report, *pictures = reporting.write(folder, scores, albums, labels, at=now())
        sys.stderr.write(f"写好了 {report}，另有 {len(pictures)} 幅画面。\n")


def _tell_scores(wish: Asked, scores: "Mapping[str, Score]") -> None:
    from dianliang.flows.lineguard import evaluating  # noqa: PLC0415 (heavy)

    rows = [*scores.values(), evaluating.summed(scores)] if len(scores) > 1 else [*scores.values()]
    if wish.is_json:
        _say(json.dumps([_figures(one) for one in rows], ensure_ascii=False, indent=2))
        return
    _say("\t".join(HEADINGS))
    for one in rows:
        figures = [*_figures(one).values()]
        _say("\t".join(_cell(value) for value in figures))


def _calibrate(wish: Asked) -> None:
    from dianliang.flows.lineguard import calibrating, evaluating  # noqa: PLC0415 (heavy)

    watched = _watched(wish)
    assert wish.labels is not None  # noqa: S101 (calibrate has them)
    labels = evaluating.labels_of(text_of(wish.labels), watched)
    found = calibrating.calibrated(watched, labels, detector=_detector(wish))
    _say(f"{'':8s}\t查准（95% 区间）\t查全（95% 区间）\tF1")
    for name, one in (("原来", found.before), ("校准后", found.held_out)):
        shares = [
            f"{one.hits}/{of}（{low:.2f}—{high:.2f}）"
            for of in (one.hits + one.false, one.hits + one.missed)
            for low, high in [calibrating.interval(one.hits, of)]
        ]
        _say("\t".join([name, *shares, _cell(one.f1)]))
    _say("“校准后”一行：每段录像用其余录像选出的阈值，没有参与选择。")
    if not found.is_better:
        _say("没有更好：请保留原来的阈值。")
        return
    chosen = {"tracking": {"sure": found.sure, "unsure": found.unsure}}
    _say(f"建议写进配置：{json.dumps(chosen)}")


def _figures(one: "Score") -> dict[str, Any]:
    share = one.cpu_share
    return {
        "camera": one.camera_id,
        "hits": one.hits,
        "false": one.false,
        "missed": one.missed,
        "precision": one.precision,
        "recall": one.recall,
        "f1": one.f1,
        "false_a_day": one.false_a_day,
        "late_p90_s": one.latency_s(90),
        "late_most_s": one.latency_s(100),
        "core_percent": None if share is None else 100 * share,
    }


def _cell(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _watched(wish: Asked) -> "tuple[Watched, ...]":
    from dianliang.flows.lineguard.configuration import cameras_of  # noqa: PLC0415 (heavy)

    assert wish.cameras is not None  # noqa: S101 (run and eval have it)
    return cameras_of(text_of(wish.cameras))


def _detector(wish: Asked) -> "NanoDet":
    from dianliang.integrations.detecting import NanoDet  # noqa: PLC0415 (heavy)

    return NanoDet(weights=models.weights_of(wish.weights))


def _folder(wish: Asked) -> Path | None:
    if wish.out is not None:
        try:
            wish.out.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise InvalidInputError(f"建不了目录 {wish.out}：{reason(error)}。") from error
    return wish.out


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
