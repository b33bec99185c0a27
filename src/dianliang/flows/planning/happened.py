"""What happened to a published plan, as a dispatcher tells it, and the problem that follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import cos, pi, radians, sin
from typing import Any

from dianliang.engines import routing
from dianliang.flows.planning.relaxing import Lane
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import kept, phrase_of

CORNERS = 24
"""A circle is drawn with so many corners: 1 % from round."""
METRES_PER_DEGREE = 111_195
LEAST_LEFT_S = 5 * 60
"""A visit that is under way lasts at least so much longer."""
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A road that nobody gets through: a line that is not crossed, or ground not entered."""

    points: tuple[GeoPoint, ...]
    is_closed: bool
    words: str


def circle(centre: GeoPoint, *, radius_m: float) -> tuple[GeoPoint, ...]:
    """Return the corners of the ground around a point."""
    north = radius_m / METRES_PER_DEGREE
    east = north / cos(radians(centre.lat))
    turns = [2 * pi * corner / CORNERS for corner in range(CORNERS)]
    return tuple(GeoPoint(centre.lat + north * cos(a), centre.lon + east * sin(a)) for a in turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Everything that differs from what a plan was made from.

    `lost` says from when on a team is missing on a day, `longer` how many minutes a job takes more,
    `withdrawn` which jobs are not visited after all.
    """

    lost: Mapping[Lane, datetime] = field(default_factory=dict[Lane, datetime])
    longer: Mapping[str, int] = field(default_factory=dict[str, int])
    cuts: tuple[Cut, ...] = ()
    withdrawn: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.lost or self.longer or self.cuts or self.withdrawn)

    def and_then(self, later: "Happened") -> "Happened":
        """Return this and what happened after it; minutes of one job add up."""
        both = self.longer.keys() | later.longer.keys()
        return Happened(
            lost={**self.lost, **later.lost},
            longer={n: self.longer.get(n, 0) + later.longer.get(n, 0) for n in both},
            cuts=(*self.cuts, *later.cuts),
            withdrawn=self.withdrawn | later.withdrawn,
        )

    def wanting(self, job_number: str) -> "Happened":
        """Return this for a plan that is to serve a job, also if it was withdrawn before."""
        return replace(self, withdrawn=self.withdrawn - {job_number})

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept with a plan."""
        return {
            "lost": [
                [code, on.isoformat(), at.isoformat()] for (code, on), at in self.lost.items()
            ],
            "longer": dict(self.longer),
            "cuts": [
                {
                    "points": [[point.lat, point.lon] for point in cut.points],
                    "is_closed": cut.is_closed,
                    "words": kept(cut.words),
                }
                for cut in self.cuts
            ],
            "withdrawn": sorted(self.withdrawn),
        }


NOTHING = Happened()


def happened_from(outcome: Mapping[str, Any] | None) -> Happened:
    """Return what is kept with a plan as having happened."""
    body = (outcome or {}).get("happened")
    if not body:
        return NOTHING
    return Happened(
        lost={
            (code, date.fromisoformat(on)): datetime.fromisoformat(at)
            for code, on, at in body["lost"]
        },
        longer=body["longer"],
        cuts=tuple(
            Cut(
                points=tuple(GeoPoint(*point) for point in cut["points"]),
                is_closed=cut["is_closed"],
                words=phrase_of(cut["words"]),
            )
            for cut in body["cuts"]
        ),
        withdrawn=frozenset(body["withdrawn"]),
    )


def made_true(
    problem: routing.Problem,
    happened: Happened,
    *,
    floors: Mapping[str, datetime],
    spent_s: Mapping[str, int],
) -> routing.Problem:
    """Return the problem as it is after what happened to jobs and roads.

    `floors` are instants before which nobody comes, because another time was told; `spent_s` is
    how long visits have been under way.
    """
    setups = {line.id: line.setup_s for line in problem.lines}
    jobs = tuple(
        replace(
            job,
            duration_s=_lasts(job, happened, spent_s, setups),
            windows=_from(job.windows, floors.get(job.id)),
        )
        for job in problem.jobs
    )
    busy = {job.id: timedelta(seconds=job.duration_s) for job in jobs if job.id in spent_s}
    problem = replace(problem, jobs=jobs, teams=tuple(_fed(problem, busy)))
    if not happened.cuts:
        return problem
    barriers = tuple(
        routing.Barrier(points=cut.points, is_closed=cut.is_closed) for cut in happened.cuts
    )
    return replace(problem, travel=routing.Blocked(barriers=barriers, travel=problem.travel))


def _fed(problem: routing.Problem, busy: Mapping[str, timedelta]) -> Iterator[routing.Team]:
    """Yield the teams; who is at a visit over lunch time has lunch after it, however late."""
    holds = {lock.team_id: lock for lock in problem.locks if lock.job_id in busy}
    for team in problem.teams:
        lock = holds.get(team.id)
        shift = team.shifts[lock.shift] if lock else None
        if lock is None or shift is None or shift.lunch is None:
            yield team
            continue
        begin = max(lock.start_at or shift.window.start, shift.window.start)
        latest = begin + busy[lock.job_id] + timedelta(seconds=shift.lunch.duration_s)
        window = TimeWindow(shift.lunch.window.start, max(shift.lunch.window.end, latest))
        eased = replace(shift, lunch=replace(shift.lunch, window=window))
        yield replace(
            team, shifts=(*team.shifts[: lock.shift], eased, *team.shifts[lock.shift + 1 :])
        )


def _lasts(
    job: routing.Job, happened: Happened, spent_s: Mapping[str, int], setups: Mapping[str, int]
) -> int:
    """Return how long a job still takes; who is on a line already has not to set up again."""
    whole = job.duration_s + 60 * happened.longer.get(job.id, 0)
    if job.id not in spent_s:
        return whole
    setup_s = setups.get(job.part.line_id, 0) if job.part else 0
    return max(LEAST_LEFT_S, whole - spent_s[job.id] - setup_s)


def _from(windows: tuple[TimeWindow, ...], floor: datetime | None) -> tuple[TimeWindow, ...]:
    """Return the windows without what lies before an instant, unless nothing were left."""
    if floor is None:
        return windows
    if not windows:
        return (TimeWindow(floor, floor + A_WEEK),)
    later = tuple(
        TimeWindow(max(window.start, floor), window.end) for window in windows if window.end > floor
    )
    return later or windows
