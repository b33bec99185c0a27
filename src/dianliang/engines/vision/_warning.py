"""Decide what an event leads to: a voice at the place, a job for the steward, or only a line.

Debounced for each zone, silent at night where people sleep, and louder when somebody stays on.
"""

from dataclasses import dataclass
from enum import StrEnum

from dianliang.engines.vision._dwell import Stay
from dianliang.engines.vision._events import Event, EventKind, Reason
from dianliang.engines.vision._model import Zone, ZoneKind
from dianliang.engines.vision._rules import DAY_MINUTES, WarningRules
from dianliang.kernel.phrases import Phrase


class Level(StrEnum):
    """What is done."""

    CONSOLE = "console"
    """A line on the console."""
    VOICE = "voice"
    """The loudspeaker at the place speaks, and the console shows it."""
    STEWARD = "steward"
    """An urgent job for the steward of the cell, and all of the above that may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """What is done about an event, and why."""

    zone_id: str
    level: Level
    at_s: float
    event: Event
    reasons: tuple[Reason, ...]


class Warner:
    """Decide for one camera; remembers when each zone was last warned."""

    def __init__(self, zones: tuple[Zone, ...], rules: WarningRules) -> None:
        self._kinds = {zone.id: zone.kind for zone in zones}
        self._rules = rules
        self._open: dict[str, Warned] = {}
        self._escalated: set[str] = set()

    def decide(self, event: Event) -> Warned | None:
        """Return what is done about an event; None while the zone was warned a moment ago."""
        before = self._open.get(event.zone_id)
        is_fresh = before is not None and event.at_s - before.at_s < self._rules.debounce_s
        was_shown_only = before is not None and before.level is Level.CONSOLE
        if is_fresh and not (was_shown_only and self._deserves(event)):
            return None
        level, why = self._level(event)
        warned = Warned(
            zone_id=event.zone_id, level=level, at_s=event.at_s, event=event, reasons=(why,)
        )
        self._open[event.zone_id] = warned
        self._escalated.discard(event.zone_id)
        return warned

    def escalate(self, stays: tuple[Stay, ...], *, at_s: float) -> tuple[Warned, ...]:
        """Return the zones where somebody is still there long after the voice: once a warning."""
        found = []
        for zone_id, warned in self._open.items():
            after_s = at_s - warned.at_s
            if warned.level is not Level.VOICE or zone_id in self._escalated:
                continue
            still = any(one.zone_id == zone_id and one.is_due for one in stays)
            if still and after_s >= self._rules.escalate_s:
                why = Reason(code="still", words=Phrase("喊话 %(s).0f 秒后仍有人", s=after_s))
                self._escalated.add(zone_id)
                found.append(
                    Warned(
                        zone_id=zone_id,
                        level=Level.STEWARD,
                        at_s=at_s,
                        event=warned.event,
                        reasons=(why,),
                    )
                )
        return tuple(found)

    def _deserves(self, event: Event) -> bool:
        is_danger = self._kinds[event.zone_id] is ZoneKind.DANGER
        may = is_danger or event.kind is EventKind.FISHING
        is_sure = event.confidence >= self._rules.least_confidence
        return may and is_sure and event.people >= self._rules.least_people

    def _level(self, event: Event) -> tuple[Level, Reason]:
        if event.people < self._rules.least_people:
            words = Phrase("不到 %(n)d 人，只在台账显示", n=self._rules.least_people)
            return Level.CONSOLE, Reason(code="few", words=words)
        if not self._deserves(event):
            words = Phrase("把握不足或只在水边且没有钓竿，只在台账显示")
            return Level.CONSOLE, Reason(code="unsure", words=words)
        if self._is_quiet(event.at_s):
            words = Phrase("静音时段不喊话，直接派急单")
            return Level.STEWARD, Reason(code="quiet", words=words)
        return Level.VOICE, Reason(code="warn", words=Phrase("现场喊话"))

    def _is_quiet(self, at_s: float) -> bool:
        rules = self._rules
        minute = int((at_s + rules.utc_offset_s) // 60) % DAY_MINUTES
        begin, end = rules.quiet_from_min, rules.quiet_until_min
        if begin <= end:
            return begin <= minute < end
        return minute >= begin or minute < end
