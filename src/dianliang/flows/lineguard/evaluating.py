"""Tell how well a watch works on labelled films: by events, not by boxes.

A label is a visit: somebody was in a zone from one second of the film to another. A visit as long
as the zone's dwell time must lead to exactly one event, from a second before the dwell time is over
to two after the visit ends. Every other event is false: a duplicate, a visit too short, nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from dianliang.engines.vision import Event
from dianliang.flows.lineguard.configuration import Watched, loaded, refuse
from dianliang.kernel.errors import InvalidInputError

EARLY_S, LATE_S = 1.0, 2.0
DAY_S = 86400.0
Alarm = tuple[str, float]
"""An event: its zone, and the second of the film."""
LABEL = frozenset({"zone", "from_s", "until_s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody was in a zone, in seconds of the film."""

    zone_id: str
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well the watch over a camera did. Latencies are seconds past the dwell time."""

    camera_id: str
    hits: int
    false: int
    missed: int
    watched_s: float
    latencies_s: tuple[float, ...]
    missed_visits: tuple[Visit, ...] = ()
    told_visits: tuple[Visit, ...] = ()
    right_alarms: tuple[Alarm, ...] = ()
    false_alarms: tuple[Alarm, ...] = ()
    cpu_s: float = 0.0

    @property
    def precision(self) -> float | None:
        """Return the share of events that were right; None without events."""
        told = self.hits + self.false
        return self.hits / told if told else None

    @property
    def recall(self) -> float | None:
        """Return the share of visits that were told; None without visits."""
        due = self.hits + self.missed
        return self.hits / due if due else None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of both; None where nothing was due and nothing told."""
        every = 2 * self.hits + self.false + self.missed
        return 2 * self.hits / every if every else None

    @property
    def false_a_day(self) -> float | None:
        """Return false events per camera and day; None for a film of no length."""
        return self.false * DAY_S / self.watched_s if self.watched_s > 0 else None

    @property
    def cpu_share(self) -> float | None:
        """Return how much of one core the watch took, decoding left out."""
        return self.cpu_s / self.watched_s if self.watched_s > 0 else None

    def latency_s(self, percentile: float) -> float | None:
        """Return a percentile of how late events were."""
        return float(np.percentile(self.latencies_s, percentile)) if self.latencies_s else None


def labels_of(text: str, watched: Sequence[Watched]) -> dict[str, tuple[Visit, ...]]:
    """Read labels: `{"cameras": {"C001": [{"zone": …, "from_s": …, "until_s": …}]}}`.

    Raises:
        InvalidInputError: some label cannot be; all errors are listed.
    """
    given = loaded(text)
    rows = given.get("cameras") if isinstance(given, dict) else None
    if not isinstance(rows, dict):
        raise InvalidInputError("标注里要有 cameras：每台摄像机一列来访。", field="cameras")
    zones = {one.camera.id: {zone.id for zone in one.camera.zones} for one in watched}
    errors = [f"标注里的摄像机 {id_} 不在配置里。" for id_ in rows if id_ not in zones]
    errors += [f"摄像机 {id_} 没有标注。" for id_ in zones if id_ not in rows]
    found: dict[str, tuple[Visit, ...]] = {}
    for id_ in set(rows) & set(zones):
        visits = rows[id_] if isinstance(rows[id_], list) else [None]
        read = [
            _visit(f"{id_} 第 {n} 条", row, zones[id_], errors) for n, row in enumerate(visits, 1)
        ]
        found[id_] = tuple(one for one in read if one is not None)
    refuse(errors)
    return found


def _visit(where: str, row: Any, zones: set[str], errors: list[str]) -> Visit | None:
    is_row = isinstance(row, dict) and set(row) == LABEL
    if not is_row or not all(_is_time(row[name]) for name in ("from_s", "until_s")):
        errors.append(f"{where}：要有 zone、from_s、until_s（秒）。")
    elif not isinstance(row["zone"], str) or row["zone"] not in zones:
        errors.append(f"{where}：区域 {str(row['zone'])[:40]} 不在配置里。")
    elif row["until_s"] <= row["from_s"]:
        errors.append(f"{where}：until_s 应大于 from_s。")
    else:
        return Visit(zone_id=row["zone"], from_s=row["from_s"], until_s=row["until_s"])
    return None


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def scored(
    watched: Watched,
    events: Sequence[Event],
    visits: Sequence[Visit],
    *,
    starts_at_s: float,
    watched_s: float,
    cpu_s: float = 0.0,
) -> Score:
    """Match events with visits, as many as can be, and count what is left over."""
    dwell = {zone.id: zone.dwell_s for zone in watched.camera.zones}
    due = [one for one in visits if one.until_s - one.from_s >= dwell[one.zone_id]]
    late = np.full((len(events), len(due)), np.inf)
    for row, event in enumerate(events):
        for column, visit in enumerate(due):
            at_s = event.at_s - starts_at_s
            over_s = visit.from_s + dwell[visit.zone_id]
            if (
                event.zone_id == visit.zone_id
                and over_s - EARLY_S <= at_s <= visit.until_s + LATE_S
            ):
                late[row, column] = at_s - over_s
    pairs = _matched(late)
    alarms = [(one.zone_id, one.at_s - starts_at_s) for one in events]
    right, told = {row for row, _ in pairs}, {column for _, column in pairs}
    return Score(
        camera_id=watched.camera.id,
        hits=len(pairs),
        false=len(events) - len(pairs),
        missed=len(due) - len(pairs),
        watched_s=watched_s,
        latencies_s=tuple(float(late[pair]) for pair in pairs),
        missed_visits=tuple(one for n, one in enumerate(due) if n not in told),
        told_visits=tuple(one for n, one in enumerate(due) if n in told),
        right_alarms=tuple(one for n, one in enumerate(alarms) if n in right),
        false_alarms=tuple(one for n, one in enumerate(alarms) if n not in right),
        cpu_s=cpu_s,
    )


def _matched(late: np.ndarray) -> list[tuple[int, int]]:
    """Return as many pairs as can be, and of these the ones that are least late."""
    if not late.size:
        return []
    most = 1.0 + np.abs(late[np.isfinite(late)]).sum()
    rows, columns = linear_sum_assignment(np.where(np.isfinite(late), late, most))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if np.isfinite(late[row, column])]


def summed(scores: Mapping[str, Score]) -> Score:
    """Return all cameras as one."""
    every = list(scores.values())
    return Score(
        camera_id="合计",
        hits=sum(one.hits for one in every),
        false=sum(one.false for one in every),
        missed=sum(one.missed for one in every),
        watched_s=sum(one.watched_s for one in every),
        latencies_s=tuple(late for one in every for late in one.latencies_s),
        cpu_s=sum(one.cpu_s for one in every),
    )
