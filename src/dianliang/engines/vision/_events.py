"""What happened, how sure we are, and why: codes for programs, words for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dianliang.engines.vision._dwell import Stay
from dianliang.engines.vision._identities import Track
from dianliang.engines.vision._model import Zone, ZoneKind
from dianliang.engines.vision._rods import RodEvidence

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
    where = {ZoneKind.DANGER: "危险区", ZoneKind.WATER_EDGE: "水边"}[zone.kind]
    found = [
        Reason(
            code="stay",
            words=f"在{where}“{zone.id}”停留 {stay.dwell_s:.0f} 秒，满 {zone.dwell_s:g} 秒",
        ),
        Reason(
            code="seen",
            words=f"{stay.looks} 次查看中 {stay.seen} 次看到，像人的程度 {track.score:.2f}",
        ),
    ]
    if people > 1:
        found.append(Reason(code="people", words=f"同一区域共 {people} 人"))
    if rod is None:
        found.append(Reason(code="rod-unknown", words="人太小或背景未建立，看不出有没有钓竿"))
    elif rod.is_rod:
        words = f"{rod.pictures} 张画面里手边都有细长物，强度 {rod.strength:.1f}"
        found.append(Reason(code="rod", words=words))
    else:
        found.append(Reason(code="no-rod", words=f"没看到钓竿，强度 {rod.strength:.1f}"))
    return found
