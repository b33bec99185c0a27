"""Who stays in which zone for how long, by the clock: hidden, lost and found again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dianliang.engines.vision._identities import Track
from dianliang.engines.vision._model import Zone
from dianliang.engines.vision._rules import DwellRules
from dianliang.engines.vision._zones import excluded, guarded, holds, standing

Size = tuple[int, int]
Seen = dict[int, Track]
"""Who is seen on a picture, by name."""
SIZES = (0.6, 1.6)
"""How much the height of whoever takes over a stay may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A person in a zone. `seen` of `looks` pictures since `since_s` showed the person there."""

    zone_id: str
    track_id: int
    since_s: float
    until_s: float
    seen: int
    looks: int
    is_due: bool = False
    """The dwell time is over and the person was seen often enough: told once a stay."""

    @property
    def dwell_s(self) -> float:
        """Return how long the person has been there."""
        return self.until_s - self.since_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one picture means: stays now, those that became due on it, who comes near a zone."""

    stays: tuple[Stay, ...]
    due: tuple[Stay, ...]
    near: tuple[tuple[str, int], ...]
    """Zone and track of those who will be in a zone soon."""


class Stays:
    """Keep the stays of one camera."""

    def __init__(self, zones: Sequence[Zone], rules: DwellRules) -> None:
        self._zones, self._rules = tuple(zones), rules
        self._stays: dict[tuple[str, int], Stay] = {}
        self._last: dict[int, Track] = {}
        self._newest = 0
        """Tracks are numbered upwards: one that comes back from hiding is not new."""

    def forget(self) -> None:
        """Begin anew: the view or the clock is another one."""
        self._stays, self._last = {}, {}

    def step(self, tracks: Sequence[Track], *, at_s: float, size: Size) -> Told:
        """Take in who was seen on a picture; `size` is its height and width in pixels."""
        rules = self._rules
        present = {one.id: one for one in tracks}
        for one in tracks:
            for former in one.absorbed:
                self._unite(former, one.id)
            if one.id > self._newest:
                self._take_over(one, present, at_s)
        places = {one.id: standing(one.feet, size=size) for one in tracks}
        due: list[Stay] = []
        for zone in guarded(self._zones):
            inside = {
                one.id: one
                for one in tracks
                if holds(zone, places[one.id], size=size)
                and not excluded(self._zones, places[one.id], size=size)
            }
            due += self._stayed(zone, inside, present, at_s)
        self._newest = max((self._newest, *present))
        self._last.update({one.id: one for one in tracks})
        kept_s = max(rules.grace_s, rules.hidden_s) + 1
        self._last = {id_: one for id_, one in self._last.items() if at_s - one.seen_at_s <= kept_s}
        now = tuple(one for one in self._stays.values() if at_s - one.until_s <= rules.grace_s)
        return Told(stays=now, due=tuple(due), near=self._near(tracks, at_s, size))

    def _stayed(self, zone: Zone, inside: Seen, present: Seen, at_s: float) -> list[Stay]:
        """Lengthen, begin and end the stays in one zone; return those that are due now."""
        rules, due = self._rules, []
        for key, stay in list(self._stays.items()):
            if key[0] != zone.id:
                continue
            is_outside = key[1] in present and key[1] not in inside
            left_s = rules.grace_s if is_outside else max(rules.grace_s, rules.hidden_s)
            if at_s - stay.until_s > left_s:
                del self._stays[key]
            elif key[1] in inside:
                longer = replace(stay, until_s=at_s, seen=stay.seen + 1, looks=stay.looks + 1)
                if not stay.is_due and self._is_due(longer, zone, inside[key[1]]):
                    longer = replace(longer, is_due=True)
                    due.append(longer)
                self._stays[key] = longer
            else:
                self._stays[key] = replace(stay, looks=stay.looks + 1)
        for id_ in sorted(inside):
            if (zone.id, id_) not in self._stays:
                self._stays[zone.id, id_] = Stay(
                    zone_id=zone.id, track_id=id_, since_s=at_s, until_s=at_s, seen=1, looks=1
                )
        return due

    def _is_due(self, stay: Stay, zone: Zone, track: Track) -> bool:
        over_s = stay.dwell_s - zone.dwell_s
        is_clear = track.is_settled or over_s >= self._rules.doubt_s
        return over_s >= 0 and is_clear and stay.seen >= self._rules.least_seen * stay.looks

    def _unite(self, former: int, id_: int) -> None:
        """Make one stay of two where two names turned out to be one person."""
        for zone_id in [zone_id for zone_id, other in self._stays if other == former]:
            one = self._stays.pop((zone_id, former))
            other = self._stays.get((zone_id, id_))
            if other is not None:
                looks = max(one.looks, other.looks)
                one = replace(
                    one,
                    since_s=min(one.since_s, other.since_s),
                    seen=min(one.seen + other.seen, looks),
                    looks=looks,
                    is_due=one.is_due or other.is_due,
                )
            self._stays[zone_id, id_] = replace(one, track_id=id_)

    def _take_over(self, new: Track, present: Seen, at_s: float) -> None:
        """Give a new track the stays of a lost one at the same place: it is the same person."""
        rules = self._rules
        staying = {key[1] for key in self._stays}
        best: tuple[float, int] | None = None
        for id_, lost in self._last.items():
            gap = at_s - lost.seen_at_s
            if id_ in present or id_ not in staying or not 0 < gap <= rules.handover_s:
                continue
            away = np.hypot(new.feet[0] - lost.feet[0], new.feet[1] - lost.feet[1])
            share = float(away / max(new.height, 1.0))
            like = SIZES[0] < new.height / max(lost.height, 1.0) < SIZES[1]
            if like and share < rules.handover * (1 + gap) and (best is None or share < best[0]):
                best = (share, id_)
        if best is None:
            return
        for key in [key for key in self._stays if key[1] == best[1]]:
            self._stays[key[0], new.id] = replace(self._stays.pop(key), track_id=new.id)

    def _near(
        self, tracks: Sequence[Track], at_s: float, size: Size
    ) -> tuple[tuple[str, int], ...]:
        """Return who is outside of a zone and will be inside at the present pace."""
        found = []
        for one in tracks:
            x, y = one.feet
            places = [
                (x + one.velocity[0] * ahead, y + one.velocity[1] * ahead)
                for ahead in (self._rules.approach_s * third / 3 for third in (1, 2, 3))
            ]
            if one.sightings < 3 or excluded(self._zones, (x, y), size=size):
                continue
            found += [
                (zone.id, one.id)
                for zone in guarded(self._zones)
                if (zone.id, one.id) not in self._stays
                and any(holds(zone, place, size=size) for place in places)
            ]
        return tuple(found)
