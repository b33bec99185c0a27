"""The routes in force on a map (路线图): what each crew has done, does and does next.

A crew is drawn where its work has brought it, not where its phones are: nobody's place is read. A
province has thousands of places to go to, so the map gets of each crew the next few, and of all
others a point each. Places are counted; work along lines is measured in kilometres (`tracks`), and
ways are those of the plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dianliang.domain.incidents import access
from dianliang.domain.incidents.queries.incidents import IncidentRow, row_of
from dianliang.domain.mobilisation import tasks
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.crew_routes import AHEAD, TONES, Crew, Scene, crew_of, crews
from dianliang.flows.dispatching.tracks import Track, tracks_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.geo import GeoPoint

MOST_NEXT, MOST_POINTS = 4, 6000
"""What the map gets: the next places of each crew, and points in all, those to be done first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteMap:
    """The routes in force of an incident, as a filter leaves them."""

    incident: IncidentRow
    plan: str
    at: datetime
    crews: tuple[Crew, ...]
    counts: Mapping[str, int]
    tracks: Mapping[int, Track]

    @property
    def line_done_m(self) -> float:
        """Return how much of all lines is reported as done."""
        return sum(track.done_m for track in self.tracks.values())

    @property
    def line_left_m(self) -> float:
        """Return how much of all lines is still to be done, whoever does it."""
        return sum(track.left_m for track in self.tracks.values())

    @property
    def way_left_m(self) -> int:
        """Return how far the crews that are shown still have to drive by the plan."""
        return sum(crew.way_left_m for crew in self.crews)

    def drawn(self) -> dict[str, Any]:
        """Return what the map draws: bounded, however many crews and places there are."""
        order = list(TONES)
        stops = [(n, stop) for n, crew in enumerate(self.crews) for stop in crew.stops]
        points = [
            (order.index(stop.tone), n, round(stop.lat, 4), round(stop.lon, 4))
            for n, stop in stops
            if stop.line is None
        ]
        points.sort(key=lambda point: point[0])
        return {
            "tones": order,
            "crews": [_drawn(crew) for crew in self.crews],
            "points": points[:MOST_POINTS],
            "left_off": max(0, len(points) - MOST_POINTS),
            "lines": [track.drawn() for track in self.tracks.values()],
            "parts": [
                (order.index(stop.tone), n, track.way(*stop.span))
                for n, stop in stops
                if stop.tone in AHEAD and (track := self.tracks.get(stop.line or 0))
            ],
        }


def _drawn(crew: Crew) -> dict[str, Any]:
    return {
        "code": crew.code,
        "name": crew.name,
        "tone": crew.tone,
        "at": [round(crew.lat, 5), round(crew.lon, 5)],
        "next": [
            [
                round(stop.lat, 5),
                round(stop.lon, 5),
                stop.tone,
                f"{stop.at.astimezone(SHANGHAI):%H:%M} {stop.title}",
            ]
            for stop in crew.ahead[:MOST_NEXT]
        ],
    }


def route_map(
    *, number: str, by: Actor, at: datetime, rank: str = "", tone: str = "", words: str = ""
) -> RouteMap:
    """Return the routes in force, of crews that a filter leaves; eight queries.

    `rank` leaves only places of that grade, `tone` crews that stand so, `words` crews of that name.

    Raises:
        NotVisibleError: the actor does not follow the incident.
    """
    incident = access.incident_to_follow(number, by=by)
    live = tasks.in_force(incident)
    tracks = tracks_of(incident, rank=rank) if live else {}
    found = [
        crew
        for crew in crews(incident, live, tracks, at=at, rank=rank)
        if words in f"{crew.code}{crew.name}" and tone in {"", crew.tone}
    ]
    counts = dict.fromkeys(TONES, 0)
    for crew in found:
        for stop in crew.stops:
            counts[stop.tone] += stop.line is None
    return RouteMap(
        incident=row_of(incident),
        plan=live.plan.number if live else "",
        at=at,
        crews=tuple(found),
        counts=counts,
        tracks=tracks,
    )


def crew_route(*, number: str, code: str, by: Actor, at: datetime) -> Crew:
    """Return the whole route in force of one crew; without one it has no places to go to.

    Raises:
        NotVisibleError: the actor does not follow the incident, or the crew does not work on it.
    """
    incident = access.incident_to_follow(number, by=by)
    live = tasks.in_force(incident)
    for crew in crews(incident, live, tracks_of(incident) if live else {}, at=at, code=code):
        return crew
    idle = next((team for team in scene.teams_for(incident) if team.code == code), None)
    if idle is None:
        raise NotVisibleError("没有找到这支队伍的路线。")
    nothing = Scene({}, frozenset(), {}, None, at)
    return crew_of((idle.code, idle.name), GeoPoint(idle.base_lat, idle.base_lon), (), nothing)
