"""Run labelled films through the watch and score what it told."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dianliang.engines.vision import Detector, Event
from dianliang.flows.lineguard.album import Album
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
    albums: Mapping[str, Album] | None = None,
) -> dict[str, Score]:
    """Return the score of each camera's film; evidence of each event goes to `folder`.

    Albums, by camera, are filled with what was told and what was due.

    Raises:
        UnreadableSourceError: a film cannot be read, or is a camera that never ends.
    """
    return {
        one.camera.id: compared(
            [one],
            labels[one.camera.id],
            detector=detector,
            folder=folder,
            album=(albums or {}).get(one.camera.id),
        )[0]
        for one in watched
    }


def compared(
    variants: Sequence[Watched],
    visits: Sequence[Visit],
    *,
    detector: Detector,
    folder: Path | None = None,
    album: Album | None = None,
) -> list[Score]:
    """Return the score of each of several ways to watch one film, which is read once.

    An album shows the first of them.

    Raises:
        UnreadableSourceError: the film cannot be read, or is a camera that never ends.
    """
    first = variants[0]
    source = source_of(
        first.source,
        rate_hz=first.camera.detection.rate_hz,
        clock_hz=first.clock_hz,
        starts_at_s=STARTS_AT_S,
    )
    id_ = first.camera.id
    if source.is_live:
        words = f"{id_}：评测要用录像文件或画面目录，不能用实时地址。"
        raise UnreadableSourceError(words)
    guards = [
        Guard([one], detector=detector, folder=folder, say=lambda _: None) for one in variants
    ]
    events: list[list[Event]] = [[] for _ in variants]
    for told in follow([Feed(id_, source)]):
        if isinstance(told, Taken) and told.at_s is not None:
            for guard, own in zip(guards, events, strict=True):
                found = guard.take(told, at_s=told.at_s).events
                own.extend(found)
                if album is not None and guard is guards[0]:
                    album.look(told.picture, found, at_s=told.at_s, cover=guard.covered)
        elif isinstance(told, Notice) and told.kind != "ended":
            words = f"{id_}：{told.words}"
            raise UnreadableSourceError(words)
    return [
        scored(
            one,
            own,
            visits,
            starts_at_s=STARTS_AT_S,
            watched_s=guard.figures[id_].watched_s,
            cpu_s=guard.figures[id_].cpu_s,
        )
        for one, guard, own in zip(variants, guards, events, strict=True)
    ]
