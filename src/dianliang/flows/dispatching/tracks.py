"""Lines on the map of routes: where work along them is done, where it is left, how far crews are.

What is done comes from reports alone: a crew may report beyond its own part, and parts of others
are then finished without a visit. So kilometres are counted, and never as visits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation.lines import Span, joined
from dianliang.domain.mobilisation.models import LineReport, LineWork
from dianliang.engines import routing
from dianliang.flows.planning.lines import line_of
from dianliang.kernel.geo import GeoPoint

Way = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A line with what is reported of it; `told` is who reported how many metres as the first."""

    number: str
    title: str
    line: routing.Line
    done: tuple[Span, ...]
    told: Mapping[str, float]
    is_cancelled: bool

    @property
    def done_m(self) -> float:
        """Return how much is reported as done, each metre once."""
        return sum(end - begin for begin, end in self.done)

    @property
    def left_m(self) -> float:
        """Return how much is still to be done; nothing of a line that was given up."""
        return 0.0 if self.is_cancelled else max(0.0, self.line.length_m - self.done_m)

    def at(self, metre: float) -> GeoPoint:
        """Return where a metre of it is."""
        (found,) = self.line.points_at([metre])
        return found

    def way(self, from_m: float, to_m: float) -> Way:
        """Return what lies between two metres, as a map draws it."""
        way = self.line.way(from_m, to_m)
        return [[round(point.lat, 5), round(point.lon, 5)] for point in way]

    def drawn(self) -> dict[str, object]:
        """Return the whole line and what is done of it, as a map draws them."""
        return {
            "number": self.number,
            "title": self.title,
            "way": self.way(0.0, self.line.length_m),
            "done": [self.way(begin, end) for begin, end in self.done],
        }


def tracks_of(incident: Incident, *, rank: str = "") -> dict[int, Track]:
    """Return the lines of an incident by their keys, of one grade if it is given; two queries."""
    works = LineWork.objects.filter(incident=incident).order_by("pk")
    if rank:
        works = works.filter(rank=rank)
    reports: dict[int, list[tuple[str, float, float, float]]] = {}
    columns = ("line_id", "team__code", "from_m", "to_m", "new_m")
    for key, *told in LineReport.objects.filter(line__incident=incident).values_list(*columns):
        reports.setdefault(key, []).append((told[0], told[1], told[2], told[3]))
    return {work.pk: _track(work, reports.get(work.pk, [])) for work in works}


def _track(work: LineWork, reports: list[tuple[str, float, float, float]]) -> Track:
    told: dict[str, float] = {}
    for code, _, _, new_m in reports:
        told[code] = told.get(code, 0.0) + new_m
    return Track(
        number=work.number,
        title=work.title,
        line=line_of(work),
        done=tuple(joined((begin, end) for _, begin, end, _ in reports)),
        told=told,
        is_cancelled=work.cancelled_at is not None,
    )
