"""What happened, how sure we are, and why: codes for programs, words for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dianliang.engines.vision._dwell import Stay
from dianliang.engines.vision._identities import Track
from dianliang.engines.vision._model import Zone, ZoneKind
from dianliang.engines.vision._rods import RodEvidence
from dianliang.kernel.phrases import Phrase

WITHOUT_ROD = 0.75
"""A stay alone never makes us surer than this: it may be a walker who rests."""
ROD_ADDS = 0.5
"""Share of the remaining doubt that a rod takes away."""


class EventKind(StrEnum):
    """What somebody did."""

    STAY = "stay"
    FISHING = "fishing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an event is one."""

    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Somebody stayed in a zone. `confidence` orders events and is no probability.

    `box` is in pixels; times are those of the pictures.
    """

    camera_id: str
    zone_id: str
    track_id: int
    kind: EventKind
    at_s: float
    since_s: float
    people: int
    confidence: float
    box: tuple[float, float, float, float]
    reasons: tuple[Reason, ...]


def event(
    *,
    camera_id: str,
    zone: Zone,
    stay: Stay,
    track: Track,
    people: Sequence[Stay],
    rod: RodEvidence | None,
    at_s: float,
) -> Event:
    """Make an event of a stay that became due; `people` are all stays in the same zone.

    Confidence is the detector's score times the share of looks on which the person was seen, no
    more than `WITHOUT_ROD`; a rod takes away half of the doubt that is left.
    """
    share = stay.seen / stay.looks
    sureness = min(WITHOUT_ROD, track.score * share)
    is_rod = rod is not None and rod.is_rod
    if is_rod:
        sureness += ROD_ADDS * (1 - sureness)
    return Event(
        camera_id=camera_id,
        zone_id=zone.id,
        track_id=track.id,
        kind=EventKind.FISHING if is_rod else EventKind.STAY,
        at_s=at_s,
        since_s=stay.since_s,
        people=len(people),
        confidence=round(sureness, 3),
        box=track.box,
        reasons=tuple(_reasons(zone, stay, track, len(people), rod)),
    )


def _reasons(
    zone: Zone, stay: Stay, track: Track, people: int, rod: RodEvidence | None
) -> list[Reason]:
    where = {ZoneKind.DANGER: Phrase("危险区"), ZoneKind.WATER_EDGE: Phrase("水边")}[zone.kind]
    stayed = Phrase(
        "在%(where)s“%(zone)s”停留 %(stayed)s 秒，满 %(dwell)s 秒",
        where=where,
        zone=zone.id,
        stayed=f"{stay.dwell_s:.0f}",
        dwell=f"{zone.dwell_s:g}",
    )
    seen = Phrase(
        "%(looks)d 次查看中 %(seen)d 次看到，像人的程度 %(score).2f",
        looks=stay.looks,
        seen=stay.seen,
        score=round(track.score, 3),
    )
    found = [Reason(code="stay", words=stayed), Reason(code="seen", words=seen)]
    if people > 1:
        found.append(Reason(code="people", words=Phrase("同一区域共 %(n)d 人", n=people)))
    found.append(_of_the_rod(rod))
    return found


def _of_the_rod(rod: RodEvidence | None) -> Reason:
    if rod is None:
        words = Phrase("人太小或背景未建立，看不出有没有钓竿")
        return Reason(code="rod-unknown", words=words)
    strength = round(rod.strength, 1)
    if rod.is_rod:
        words = Phrase(
            "%(n)d 张画面里手边都有细长物，强度 %(strength).1f", n=rod.pictures, strength=strength
        )
        return Reason(code="rod", words=words)
    return Reason(code="no-rod", words=Phrase("没看到钓竿，强度 %(strength).1f", strength=strength))
