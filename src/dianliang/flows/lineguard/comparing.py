"""Let two models watch the same labelled films, and say which tells better: by events, not boxes.

A folder holds the films, `cameras.json` and `labels.json` in the forms that `lineguard eval` takes;
sources lie in the folder. No film may be one that the new model learnt from.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from dianliang.engines.fitting import Alarms, Occasion, Parts, alarms
from dianliang.engines.vision import Detector
from dianliang.flows.lineguard.configuration import Watched, cameras_of, refuse
from dianliang.flows.lineguard.evaluating import Score, Visit, labels_of
from dianliang.flows.lineguard.measuring import measured
from dianliang.integrations.cameras import Feed, Taken, UnreadableSourceError, follow, source_of

CAMERAS, LABELS = "cameras.json", "labels.json"
APART_S = 5.0
"""Visits and false alarms closer to each other than this are one occasion."""
Span = tuple[float, float]
Scores = tuple[Score, Score]
"""Of one film: with the model before, and with the one after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Films:
    """Labelled films, and how each is watched."""

    watched: tuple[Watched, ...]
    labels: Mapping[str, Sequence[Visit]]


def films_of(cameras: str, labels: str, *, folder: Path) -> Films:
    """Read what the two files of a folder of films say.

    Raises:
        InvalidInputError: something in them cannot be, or a film lies outside of the folder.
    """
    home = folder.resolve()  # whole, so that no source can be read as an address or a webcam
    watched = tuple(replace(one, source=str(home / one.source)) for one in cameras_of(cameras))
    refuse([
        f"{one.camera.id}：录像要放在 {folder} 里，source 写相对的名称。"
        for one in watched
        if (place := _place(one.source)) is None or not place.is_relative_to(home)
    ])  # fmt: skip
    return Films(watched=watched, labels=labels_of(labels, watched))


def _place(source: str) -> Path | None:
    """Return where a film really lies; None where links lead round in circles."""
    try:
        return Path(source).resolve()
    except (OSError, RuntimeError):
        return None


def refuse_learnt(films: Films, parts: Parts, *, pictures: Path) -> None:
    """Refuse films of recordings that a model learns from: it would know them by heart.

    Raises:
        InvalidInputError: a film, or its camera, is called like such a recording, or is its folder
            or one around or within that.
    """
    learnt = {*parts.learn, *parts.stop}
    folders = [(pictures / clip).resolve() for clip in learnt]
    refuse([
        f"录像 {one.camera.id} 和训练用的片段同名或同一处：评判要用没有参与训练的录像。"
        for one in films.watched
        if {one.camera.id, Path(one.source).stem} & learnt or _overlaps(_place(one.source), folders)
    ])  # fmt: skip


def _overlaps(place: Path | None, folders: Iterable[Path]) -> bool:
    return place is not None and any(
        place.is_relative_to(one) or one.is_relative_to(place) for one in folders
    )


def refuse_unreadable(films: Films) -> None:
    """Refuse films that show nothing, before anybody learns for hours to be judged by them.

    Raises:
        InvalidInputError: the first picture of some film cannot be read; all are named.
    """
    refuse([words for one in films.watched if (words := _unreadable(one))])


def _unreadable(film: Watched) -> str:
    """Return in words why a film shows nothing; empty where it does."""
    try:
        source = source_of(film.source, clock_hz=film.clock_hz)
    except UnreadableSourceError as refusal:
        return f"{film.camera.id}：{refusal.message}"
    with closing(follow([Feed(film.camera.id, source)])) as told:
        first = next(told, None)
    if isinstance(first, Taken):
        return ""
    return f"{film.camera.id}：{first.words if first else ''}，一幅画面也没有。"


def compared_alarms(films: Films, *, before: Detector, after: Detector) -> Alarms:
    """Let both models watch all films with the same zones and thresholds, and compare.

    Raises:
        UnreadableSourceError: a film cannot be read, or is a camera that never ends.
    """
    first, second = (
        measured(films.watched, films.labels, detector=one, folder=None) for one in (before, after)
    )
    pairs = [(first[one.camera.id], second[one.camera.id]) for one in films.watched]
    return alarms([found for pair in pairs for found in occasions(pair)])


def occasions(scores: Scores) -> list[Occasion]:
    """Return the stretches of one film in which a visit was due or something false was told."""
    due = [*scores[0].told_visits, *scores[0].missed_visits]
    spans = [(one.from_s, one.until_s) for one in due]
    spans += [(at_s, at_s) for one in scores for _, at_s in one.false_alarms]
    return [
        Occasion(
            due=sum(_within(span, one.from_s) for one in due),
            hits=_pair(sum(_within(span, v.from_s) for v in one.told_visits) for one in scores),
            false=_pair(sum(_within(span, at) for _, at in one.false_alarms) for one in scores),
        )
        for span in merged(spans)
    ]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans of seconds, those made one that are hardly apart."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin - found[-1][1] < APART_S:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _within(span: Span, at_s: float) -> bool:
    return span[0] <= at_s <= span[1]


def _pair(counts: Iterable[int]) -> tuple[int, int]:
    before, after = counts
    return before, after
