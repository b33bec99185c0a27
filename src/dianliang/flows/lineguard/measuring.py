"""Run labelled films through the watch and score what it told."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dianliang.engines.vision import Detector, Event
from dianliang.flows.lineguard.configuration import Watched
from dianliang.flows.lineguard.evaluating import Score, Visit, scored
from dianliang.flows.lineguard.watching import Guard
from dianliang.integrations.cameras import (
    Feed,
    Notice,
    Taken,
    UnreadableSourceError,
    follow,
    source_of,
)

STARTS_AT_S = 1_000_000.0
"""Films of the same labels begin at the same time, so that runs can be compared."""


def measured(
    watched: Sequence[Watched],
    labels: Mapping[str, Sequence[Visit]],
    *,
    detector: Detector,
    folder: Path | None,
) -> dict[str, Score]:
    """Return the score of each camera's film; evidence of each event goes to `folder`.

    Raises:
        UnreadableSourceError: a film cannot be read, or is a camera that never ends.
    """
    return {
        one.camera.id: _measured(one, labels[one.camera.id], detector, folder) for one in watched
    }


def _measured(
    watched: Watched, visits: Sequence[Visit], detector: Detector, folder: Path | None
) -> Score:
    source = source_of(
        watched.source,
        rate_hz=watched.camera.detection.rate_hz,
        clock_hz=watched.clock_hz,
        starts_at_s=STARTS_AT_S,
    )
    if source.is_live:
        words = f"{watched.camera.id}：评测要用录像文件或画面目录，不能用实时地址。"
        raise UnreadableSourceError(words)
    guard = Guard([watched], detector=detector, folder=folder, say=lambda _: None)
    events: list[Event] = []
    for told in follow([Feed(watched.camera.id, source)]):
        if isinstance(told, Taken) and told.at_s is not None:
            events += guard.take(told, at_s=told.at_s).events
        elif isinstance(told, Notice) and told.kind == "broken":
            raise UnreadableSourceError(f"{watched.camera.id}：{told.words}")
    figures = guard.figures[watched.camera.id]
    return scored(
        watched,
        events,
        visits,
        starts_at_s=STARTS_AT_S,
        watched_s=figures.watched_s,
        cpu_s=figures.cpu_s,
    )
